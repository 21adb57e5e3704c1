// The seals of each family. Internal to core/authenticity; seal_check.h is the entry.
//
// Thread-safety: free functions on values. All are total: any bytes.
#pragma once

#include "absl/strings/string_view.h"
#include "core/authenticity/sealed.h"
#include "core/proof/finding.h"
#include "core/proof/x509/signer_check.h"

namespace passerelle::authenticity {

// European Digital Credentials: JAdES (ETSI TS 119 182-1). In general or flattened JSON, or compact.
Sealed JudgeJades(absl::string_view text, const Evidence& evidence);

// W3C Data Integrity.
Sealed JudgeDataIntegrity(absl::string_view text, const Evidence& evidence);

// XML-DSig and XAdES.
Sealed JudgeXml(absl::string_view text, const Evidence& evidence);

// Compact tokens: credentials of the data models 1.1 and 2.0, and JAdES.
Sealed JudgeToken(absl::string_view token, const Evidence& evidence);

// SD-JWT, with the check "holder".
Sealed JudgeSelectiveToken(absl::string_view text, const Evidence& evidence);

// Mobile documents (ISO/IEC 18013-5), one at a time: what the issuer signed of them. Whether the device signed too is
// left open: what it signs is bound to a session of its own.
Sealed JudgeMobileDocument(absl::string_view bytes, const Evidence& evidence);

// The check "seal" from what a verifier says, in place of `sealed.check`. A signature that does not verify and a
// disclosure that is not signed are fails; everything else that speaks against the proof leaves the question open. What
// is the matter of another check (times, the path of a certificate, the holder) is left to it. `allows_legacy`: an
// exception for outdated algorithms holds.
void ConcludeSeal(bool verified, const proof::Findings& findings, absl::string_view family, bool allows_legacy,
                  Sealed& sealed);

// What seals with certificates are judged by; without anchors when there is no bundle.
const proof::SealTrust& SealTrustOf(const trust::TrustBundle* bundle);

// Takes over who signed, by the certificate, and where its path ends by what the verifier says.
void TakeCertificate(const proof::Certificate& signer, bool trusted, const proof::Findings& findings, Sealed& sealed);

// A seal of which nothing could be checked.
Sealed OpenSeal(base::Reason reason, absl::string_view family);

}  // namespace passerelle::authenticity
