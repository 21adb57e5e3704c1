// Any bytes as a fetched status list, of every kind: nothing crashes, and a list that is signed with no known key says
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/proof/status/signed_status_list.h"

namespace proof = passerelle::proof;

namespace {

class OneList : public proof::StatusLists {
 public:
  explicit OneList(absl::string_view bytes) : bytes_(std::make_shared<const std::string>(bytes)) {}
  std::optional<proof::StoredStatusList> Find(absl::string_view /*address*/) const override {
    return proof::StoredStatusList{bytes_, absl::UnixEpoch()};
  }

 private:
  std::shared_ptr<const std::string> bytes_;
};

absl::StatusOr<proof::KeySet> Keys(absl::string_view /*issuer*/) {
  return proof::KeySet::Parse(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const OneList lists(absl::string_view(reinterpret_cast<const char*>(data), size));
  proof::StatusReference reference;
  reference.list = "https://school.example/list";
  reference.issuer = "https://school.example";
  reference.purpose = "revocation";
  reference.credential_id = "urn:example:1";
  for (const proof::StatusScheme scheme :
       {proof::StatusScheme::kTokenStatusList, proof::StatusScheme::kBitstring, proof::StatusScheme::kStatusList2021,
        proof::StatusScheme::kRevocationList2020, proof::StatusScheme::kOneEdTech, proof::StatusScheme::kOpenBadges2}) {
    reference.scheme = scheme;
    const proof::StatusOutcome outcome =
        proof::CheckSignedStatus(reference, lists, {Keys, {}}, absl::UnixEpoch() + absl::Minutes(1));
    if (!outcome.weak && outcome.state != proof::StatusState::kUnknown) std::abort();
  }
  return 0;
}
