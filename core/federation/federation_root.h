// The root of a federation with its keys parsed: who may sign the node map.
//
// Thread-safety: immutable; can be shared.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/proof/jose/signed_archive.h"
#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

class FederationRoot {
 public:
  // Named, version at least 1, 1 <= threshold <= number of authorities, names and keys given and no key twice. Problem:
  // kNodeMapUnusable at "root" and the field.
  static absl::StatusOr<FederationRoot> Make(v1::FederationRoot root);

  const v1::FederationRoot& message() const { return root_; }
  const proof::ArchiveSigners& keys() const { return keys_; }
  // Name of the authority behind a key; empty for a stranger.
  std::string NameOf(absl::string_view thumbprint) const;
  // SHA-256 over federation, version, threshold and thumbprints: what people compare over the telephone. Names and the
  // order of authorities do not matter.
  std::string Fingerprint() const;

 private:
  FederationRoot(v1::FederationRoot root, proof::ArchiveSigners keys)
      : root_(std::move(root)), keys_(std::move(keys)) {}
  v1::FederationRoot root_;
  proof::ArchiveSigners keys_;
};

}  // namespace passerelle::federation
