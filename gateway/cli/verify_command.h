// passerelle verify: the verdict on a document, as a signed message if wanted, and the same verdict come to again.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "core/document/adapter.h"
#include "gateway/cli/console.h"
#include "gateway/trust/trust_folder.h"

namespace passerelle::gateway {

struct VerifyRequest {
  std::string file;
  bool json = false;
  absl::Time at;
  absl::Time now;
  TrustFolders folders;
  std::string policy;  // YAML of passerelle.authenticity.v1.VerdictPolicy; empty for the strict one
  std::string audience;
  std::string nonce;
  std::string save;    // file for the signed verdict; empty for none
  std::string key;     // private key that signs it, PEM
  std::string replay;  // a signed verdict
  std::string signer;  // public key of whoever signed it, PEM; empty when it is not known
};

// kExitDone for authentic, kExitRefused for not authentic, kExitNotEstablished otherwise. What cannot be read was not
// judged and is not established; the reason is one line on the error stream.
int RunVerify(const document::Registry& registry, const VerifyRequest& request, const Console& console);

// Judges again by the record, which has the point in time and the demands. The exit code is that of the verdict, if
// judging again gives the same; kExitNotEstablished when it does not, or cannot be done. Without a document, only the
// signature is checked and the verdict shown.
int RunReplay(const document::Registry& registry, const VerifyRequest& request, const Console& console);

}  // namespace passerelle::gateway
