// Signing an XML document: one enveloped XML signature (XML Signature 1.1, 4) as the last thing in the root, over the
// whole document, with Exclusive C14N and SHA-256, as EMREX ELMO has it.
//
// Thread-safety: a free function; the sealer can be shared.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/jades/sealer.h"

namespace passerelle::proof {

// The signed document. The certificates stand in KeyInfo, for whoever knows them. Problems: kCertificateExpired outside
// of the certificate's validity, those of XmlTree, and what our own verifier would refuse: a signature that is there
// already, a document type declaration, comments.
absl::StatusOr<std::string> SealXml(absl::string_view document, const Sealer& sealer, absl::Time at);

}  // namespace passerelle::proof
