#include "core/federation/federation_root.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/key.h"

namespace passerelle::federation {
namespace {

absl::Status UnusableRoot(absl::string_view place, absl::string_view detail) {
  return base::Problem(base::Reason::kNodeMapUnusable, place, detail);
}

}  // namespace

absl::StatusOr<FederationRoot> FederationRoot::Make(v1::FederationRoot root) {
  if (root.federation().empty()) return UnusableRoot("root.federation", "it is missing");
  if (root.version() == 0) return UnusableRoot("root.version", "it is missing");
  // Each authority can sign once; an archive has room for so many signatures.
  if (static_cast<size_t>(root.authorities_size()) > base::kJwsSignaturesMax) {
    return UnusableRoot("root.authorities", absl::StrCat("more than ", base::kJwsSignaturesMax));
  }
  std::vector<std::string> jwks;
  for (const v1::FederationAuthority& authority : root.authorities()) {
    if (authority.name().empty()) return UnusableRoot("root.authorities", "one has no name");
    jwks.push_back(authority.jwk());
  }
  absl::StatusOr<proof::ArchiveSigners> keys = proof::ArchiveSigners::Make(jwks);
  if (!keys.ok()) {
    return UnusableRoot("root.authorities",
                        absl::StrCat(base::PlaceOf(keys.status()), ": ", base::DetailOf(keys.status())));
  }
  if (root.threshold() == 0 || root.threshold() > keys->size()) {
    return UnusableRoot("root.threshold", "1 <= threshold <= number of authorities does not hold");
  }
  return FederationRoot(std::move(root), *std::move(keys));
}

std::string FederationRoot::NameOf(absl::string_view thumbprint) const {
  for (const v1::FederationAuthority& authority : root_.authorities()) {
    const auto key = proof::VerificationKey::FromJwk(authority.jwk());
    if (key.ok() && key->thumbprint() == thumbprint) return authority.name();
  }
  return "";
}

std::string FederationRoot::Fingerprint() const {
  std::vector<std::string> thumbprints;
  for (const v1::FederationAuthority& authority : root_.authorities()) {
    const auto key = proof::VerificationKey::FromJwk(authority.jwk());
    thumbprints.push_back(key.ok() ? key->thumbprint() : "");
  }
  std::sort(thumbprints.begin(), thumbprints.end());
  return base::Sha256Hex(absl::StrCat(root_.federation(), "\n", root_.version(), "\n", root_.threshold(), "\n",
                                      absl::StrJoin(thumbprints, "\n")));
}

}  // namespace passerelle::federation
