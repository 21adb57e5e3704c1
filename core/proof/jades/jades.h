// Seals of JSON documents: JAdES (ETSI TS 119 182-1), baseline levels B to LTA, as the European Digital Credentials
// have them.
//
//   const JadesVerdict verdict = VerifyJades(bytes, trust, clock.Now());
//   if (verdict.Accepted() && verdict.signatures[0].trusted) Use(verdict.payload);
//
// Thread-safety: free functions on values; JadesTrust is const after filling. Ownership: a verdict owns what it tells,
// except that it points into the document when that was in the compact form.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/finding.h"
#include "core/proof/jose/jws.h"
#include "core/proof/x509/certificate.h"
#include "core/proof/x509/revocation.h"
#include "core/proof/x509/signer_check.h"

namespace passerelle::proof {

using JadesTrust = SealTrust;

// What the document carries and holds technically (TS 119 182-1, 6): B a signature with its certificate, T with a
// time-stamp, LT with the material to check it later, LTA with time-stamps over that.
enum class JadesLevel { kNone, kB, kT, kLt, kLta };
absl::string_view JadesLevelName(JadesLevel level);

struct JadesSignature {
  bool verified = false;
  JadesLevel level = JadesLevel::kNone;
  std::optional<Certificate> signer;
  bool trusted = false;                    // there is a path to an anchor, at the best time
  std::vector<Certificate> path;           // that path, the signer first; empty without one
  std::optional<absl::Time> claimed_time;  // "sigT" or "iat"
  std::optional<absl::Time> proven_time;   // of the earliest time-stamp of a trusted authority
  RevocationAnswer revocation;             // by the evidence in the document, and that at hand
  int counter_signatures = 0;
  int verified_counter_signatures = 0;  // with the certificates that they carry; they change nothing else
};

struct JadesVerdict {
  bool verified = false;  // every signature, mathematically
  Findings findings;
  std::vector<JadesSignature> signatures;
  absl::string_view payload;  // the sealed bytes; empty unless verified
  std::unique_ptr<const Jws> jws;

  bool Accepted() const { return verified && !findings.refused(); }
};

// Checks a document in any of the three serialisations, as of a time. Nothing is fetched: content that is only referred
// to ("sigD") is refused. The certificate has to be protected, by itself and by its digest (SHA-2). A certificate is
// judged at the earliest proven time of the signature, or at `at` without one, so that a seal without time-stamps ends
// with its certificate.
JadesVerdict VerifyJades(absl::string_view bytes, const JadesTrust& trust, absl::Time at);

// "b64", and what TS 119 182-1, 5.1.9 lets "crit" name.
const JoseProfile& JadesProfile();

}  // namespace passerelle::proof
