#include "core/proof/di/verification_method.h"

#include <utility>

#include "absl/strings/match.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::proof {
namespace {

absl::Status Unknown(absl::string_view detail) {
  return base::Problem(base::Reason::kVerificationMethod, "verificationMethod", detail);
}

// "did:method:rest" or an http(s) address.
bool CanHaveFragmentKey(absl::string_view controller) {
  if (absl::StartsWith(controller, "https://") || absl::StartsWith(controller, "http://")) return true;
  return absl::StartsWith(controller, "did:") && controller.find(':', 4) != absl::string_view::npos;
}

}  // namespace

absl::StatusOr<VerificationMethod> FindVerificationMethod(absl::string_view id, const InstalledMethods& installed) {
  if (id.size() > base::kJsonLdPrefixBytesMax) return Unknown("it is too long");
  const size_t hash = id.find('#');
  const absl::string_view controller = id.substr(0, hash);
  if (const auto known = installed.find(base::StdView(id)); known != installed.end()) {
    return VerificationMethod{known->second, std::string(controller), true};
  }
  if (absl::StartsWith(id, "did:key:")) {
    absl::StatusOr<PublicKey> key = PublicKey::FromDidKey(id);
    if (!key.ok()) return Unknown("the did:key is malformed, or its fragment names another key");
    return VerificationMethod{*std::move(key), std::string(controller), true};
  }
  if (hash == absl::string_view::npos || !CanHaveFragmentKey(controller)) return Unknown("it holds no key");
  absl::StatusOr<PublicKey> key = PublicKey::FromMultibase(id.substr(hash + 1));
  if (!key.ok()) return Unknown("the fragment is no Multikey");
  return VerificationMethod{*std::move(key), std::string(controller), false};
}

}  // namespace passerelle::proof
