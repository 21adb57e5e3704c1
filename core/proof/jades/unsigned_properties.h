// The unsigned part of a JAdES signature, "etsiU" (TS 119 182-1, 5.3): time-stamps and what is needed to check later.
//
// Thread-safety: belongs to one thread. Ownership: owns what it has decoded; points into the document otherwise.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/proof/finding.h"
#include "core/proof/jose/header.h"
#include "core/proof/x509/certificate.h"
#include "core/proof/x509/revocation.h"

namespace passerelle::proof {

struct UnsignedProperty {
  std::string name;
  absl::string_view encoded;  // base64url as sent; empty when it stands in clear JSON
  simdjson::dom::element value;
};

class UnsignedProperties {
 public:
  // All components are base64url, or all are objects (5.3.1). Problems: kProofHeader at "etsiU", kInputTooLarge for
  // more than kUnsignedPropertiesMax.
  static absl::StatusOr<UnsignedProperties> Read(const JoseHeader& header);

  const std::vector<UnsignedProperty>& list() const { return list_; }

  // The certificates of "xVals" and its kin. What cannot be read is told and left out.
  void CollectCertificates(std::vector<Certificate>& certificates, Findings& findings) const;
  // The evidence of "rVals" and its kin.
  RevocationEvidence CollectEvidence(Findings& findings) const;

 private:
  std::vector<base::JsonDocument> documents_;
  std::vector<UnsignedProperty> list_;
};

// The tokens of a time-stamp container ("tstTokens"), decoded. Problem: kTimeStampMalformed.
absl::StatusOr<std::vector<std::string>> TimeStampTokens(simdjson::dom::element container);

}  // namespace passerelle::proof
