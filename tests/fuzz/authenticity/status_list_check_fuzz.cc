// Any bytes as a status list, of every kind: nothing crashes, and a list that is signed with no known key says nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "core/authenticity/status_list_check.h"

namespace authenticity = passerelle::authenticity;
namespace base = passerelle::base;
namespace proof = passerelle::proof;

namespace {

// A credential with a reference to an entry of a list of every kind.
constexpr absl::string_view kCredential = R"({
  "id": "urn:example:1",
  "issuer": "https://school.example",
  "status": {"status_list": {"idx": 1, "uri": "https://school.example/list"}},
  "credentialStatus": [
    {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1",
     "statusListCredential": "https://school.example/list"},
    {"type": "StatusList2021Entry", "statusPurpose": "revocation", "statusListIndex": "1",
     "statusListCredential": "https://school.example/list"},
    {"type": "RevocationList2020Status", "revocationListIndex": "1",
     "revocationListCredential": "https://school.example/list"},
    {"type": "1EdTechRevocationList", "id": "https://school.example/list"}
  ]
})";

// A badge of version 2.0, whose issuer's profile names the list.
constexpr absl::string_view kBadge = R"({
  "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:example:1",
  "badge": {"issuer": {"id": "https://school.example", "revocationList": "https://school.example/list"}}
})";

class AnyList : public proof::StatusLists {
 public:
  explicit AnyList(absl::string_view bytes) : bytes_(std::make_shared<const std::string>(bytes)) {}
  std::optional<proof::StoredStatusList> Find(absl::string_view /*address*/) const override {
    return proof::StoredStatusList{bytes_, absl::UnixEpoch()};
  }

 private:
  std::shared_ptr<const std::string> bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const AnyList list(absl::string_view(reinterpret_cast<const char*>(data), size));
  authenticity::UsedStatusLists used(&list);
  authenticity::Evidence evidence;
  evidence.at = absl::UnixEpoch() + absl::Minutes(1);
  evidence.status_lists = &used;
  authenticity::Sealed sealed;
  sealed.issuer = "https://school.example";
  sealed.document = *base::JsonDocument::Parse(kCredential);
  sealed.credential = *base::AsObject(sealed.document->root());
  const base::JsonDocument badge = *base::JsonDocument::Parse(kBadge);
  sealed.claims = *base::AsObject(badge.root());
  const auto checks = authenticity::CheckStatusLists(sealed, evidence, {});
  constexpr size_t kReferences = 6;
  if (checks.size() != kReferences) std::abort();
  for (const auto& check : checks) {
    if (check.outcome() != authenticity::v1::CHECK_OUTCOME_UNKNOWN) std::abort();
  }
  return 0;
}
