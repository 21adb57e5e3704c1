// Trusted lists of the Union (ETSI TS 119 612): the list of the lists, and the national ones that it points to. Nothing
// of a list is read but the canonical bytes that its signature covers.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "passerelle/trust/v1/trust_bundle.pb.h"

namespace passerelle::trust {

// Where another list is, and who signs it.
struct ListPointer {
  std::string territory;
  std::string location;
  bool list_of_lists = false;
  std::vector<std::string> certificates;  // DER
};

struct TrustedList {
  std::string territory;
  int64_t sequence_number = 0;
  bool list_of_lists = false;
  absl::Time issue_time;
  std::optional<absl::Time> next_update;  // none: the list is closed
  std::string sha256;                     // of the file, lower-case hexadecimal
  std::string signer;                     // the certificate that signed it, DER
  std::vector<ListPointer> pointers;
  std::vector<std::string> information;  // URIs of the scheme; a list of the lists names its pivots here, newest first
  // Trust services of the kinds that a bundle knows, each certificate with the periods in which it was granted.
  std::vector<v1::ServiceCertificate> services;

  // Past its next update: still the last that is known, and no longer current.
  bool IsStale(absl::Time now) const { return next_update.has_value() && now > *next_update; }
};

// Opens a list that has to be signed with one of the certificates (DER), with XAdES and without SHA-1 (which may name
// the certificate, since that is compared itself). Problem: kTrustedListUnusable with the place.
absl::StatusOr<TrustedList> OpenTrustedList(absl::string_view bytes, absl::Span<const std::string> signers);

// Opens the list of the lists, starting from the certificates that were published in the Official Journal. When they
// did not sign it, the pivots are followed from the oldest to the newest: each has to be signed by those whom its
// predecessor names, and names those who sign its successor.
absl::StatusOr<TrustedList> OpenListOfLists(absl::string_view bytes, absl::Span<const std::string> pivots,
                                            absl::Span<const std::string> official_journal);

}  // namespace passerelle::trust
