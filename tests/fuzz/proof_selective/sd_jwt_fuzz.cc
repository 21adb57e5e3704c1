// Any bytes as SD-JWT: split, resolved, and never verified by a key that signed nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/proof/sd_jwt/sd_jwt.h"

namespace base = passerelle::base;
namespace proof = passerelle::proof;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

const proof::KeySet& Keys() {
  // The example key of RFC 7515, A.3.
  static const auto& keys = *new proof::KeySet(
      *proof::KeySet::Parse(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                            R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})"));
  return keys;
}

// What the payload would say if its signature held.
void Resolve(const base::SdJwtParts& parts) {
  const size_t begin = parts.token.find('.');
  if (begin == absl::string_view::npos) return;
  const absl::string_view rest = parts.token.substr(begin + 1);
  const auto payload = base::Base64UrlDecode(rest.substr(0, rest.find('.')));
  if (!payload.ok()) return;
  const auto document = base::JsonDocument::Parse(*payload);
  if (!document.ok()) return;
  const auto claims = base::ResolveDisclosures(*document, parts.disclosures);
  if (claims.ok()) {
    Require(base::JsonDocument::Parse(claims->json).ok());
  } else {
    Require(base::ReasonOf(claims.status()) != base::Reason::kInternal);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parts = base::SplitSdJwt(text);
  if (parts.ok()) Resolve(*parts);
  const proof::SdJwtVerdict verdict = proof::VerifySdJwt(text, Keys(), absl::FromUnixSeconds(1'900'000'000), {});
  Require(!verdict.verified && !verdict.claims.has_value() && verdict.findings.refused());
  return 0;
}
