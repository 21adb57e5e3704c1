#include "core/sharing/previews.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/page.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/sharing/authorisation_form.h"
#include "core/sharing/authorisations.h"
#include "core/sharing/holder_identity.h"
#include "core/sharing/request_records.h"

namespace passerelle::sharing {
namespace {

using base::Problem;
using base::Reason;
using registers::v1::RegisterEntry;

// What Once remembers of a decision that made no authorisation.
constexpr absl::string_view kNothingGiven = "declined";

absl::Status CheckPreview(const v1::PreviewAuthorisationRequest& request) {
  if (request.token().empty()) return Problem(Reason::kFieldMissing, "token");
  RETURN_IF_ERROR(CheckIdentity("holder", request.holder()));
  if (request.holder_reference().empty()) return Problem(Reason::kFieldMissing, "holder_reference");
  for (const auto& [field, text] :
       {std::pair{"holder_reference", &request.holder_reference()}, std::pair{"token", &request.token()}}) {
    if (text->size() > base::kIdBytesMax) return Problem(Reason::kFieldInvalid, field, "it is too long");
  }
  if (!IsAssuranceLevel(request.assurance_level())) {
    return Problem(Reason::kFieldInvalid, "assurance_level", "it is not low, substantial or high");
  }
  return absl::OkStatus();
}

absl::Status CheckDecision(const v1::DecideAuthorisationRequest& request) {
  if (request.token().empty()) return Problem(Reason::kFieldMissing, "token");
  if (request.token().size() > base::kIdBytesMax) return Problem(Reason::kFieldInvalid, "token", "it is too long");
  // What was left out by mistake is no decision.
  if (!request.declined() && !request.has_authorisation()) return Problem(Reason::kFieldMissing, "authorisation");
  if (request.declined() && request.has_authorisation()) {
    return Problem(Reason::kFieldInvalid, "declined", "there is an authorisation");
  }
  return absl::OkStatus();
}

absl::Status IdentitySwap() { return Problem(Reason::kIdentitySwap, "holder"); }

// A request that this client may go on with.
absl::StatusOr<v1::StoredRequest> LoadOwnRequest(absl::string_view client, absl::string_view token, absl::Time now,
                                                 base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::StoredRequest stored, LoadRequest(token, now, tx));
  if (!stored.client().empty() && stored.client() != client) return Problem(Reason::kResourceNotFound, "token");
  return stored;
}

// Whether the one who is logged in is the one for whom was asked. When that was compared before, the register's
// reference stands for the person.
bool IsHolder(const v1::StoredRequest& stored, const v1::PreviewAuthorisationRequest& request) {
  if (stored.swapped()) return false;
  if (!stored.holder_reference().empty()) return stored.holder_reference() == request.holder_reference();
  return IsSamePerson(stored.query().holder(), request.holder());
}

void Show(const v1::StoredRequest& stored, v1::PreviewAuthorisationResponse* shown) {
  const v1::AuthorisationQuery& query = stored.query();
  shown->set_receiver(stored.receiver());
  shown->set_purpose(query.purpose());
  *shown->mutable_elements_requested() = query.elements_requested();
  if (query.has_receiver_statement()) *shown->mutable_receiver_statement() = query.receiver_statement();
  shown->set_preview_required(query.preview_required());
  shown->set_preview_law(query.preview_law());
  shown->set_return_address(query.return_address());
  *shown->mutable_expire_time() = stored.expire_time();
}

// What the holder gives, with what was asked beside it.
absl::StatusOr<v1::Authorisation> Given(const v1::StoredRequest& stored, const v1::Authorisation& wished) {
  const v1::AuthorisationQuery& query = stored.query();
  // None would be the whole document, which is more than was asked for.
  if (!query.elements_requested().empty() && wished.elements().empty()) {
    return Problem(Reason::kFieldMissing, "authorisation.elements");
  }
  v1::Authorisation given = wished;
  given.set_receiver(stored.receiver());
  given.set_purpose(query.purpose());
  *given.mutable_elements_requested() = query.elements_requested();
  given.clear_receiver_statement();
  if (query.has_receiver_statement()) *given.mutable_receiver_statement() = query.receiver_statement();
  v1::Approval& approval = *given.mutable_approval();
  approval.set_assurance_level(stored.assurance_level());
  approval.clear_preview_law();
  if (approval.preview() == v1::PREVIEW_EXEMPT && !query.preview_required()) {
    approval.set_preview_law(query.preview_law());
  } else if (approval.preview() != v1::PREVIEW_DONE) {
    return Problem(Reason::kFieldInvalid, "authorisation.approval.preview",
                   "the holder has to have seen it, unless the receiver's law dispenses with that");
  }
  return given;
}

}  // namespace

absl::StatusOr<v1::StoredRequest> Previews::Claim(absl::string_view client,
                                                  const v1::PreviewAuthorisationRequest& request) {
  v1::StoredRequest claimed;
  const absl::Status written = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(claimed, LoadOwnRequest(client, request.token(), options_.clock->Now(), tx));
    const bool is_holder = IsHolder(claimed, request);
    if (is_holder && !claimed.client().empty()) return absl::OkStatus();
    claimed.set_client(std::string(client));
    claimed.mutable_query()->clear_holder();
    if (is_holder) {
      claimed.set_holder_reference(request.holder_reference());
      claimed.set_assurance_level(request.assurance_level());
    } else {
      claimed.set_swapped(true);
      return CloseRequest(claimed, tx);
    }
    return UpdateRequest(claimed, tx);
  });
  RETURN_IF_ERROR(written);
  // Not from the transaction, which has to stay.
  if (claimed.swapped()) return IdentitySwap();
  return claimed;
}

absl::StatusOr<v1::PreviewAuthorisationResponse> Previews::Preview(absl::string_view client,
                                                                   const v1::PreviewAuthorisationRequest& request) {
  RETURN_IF_ERROR(CheckPreview(request));
  const std::string list = absl::StrCat("preview\n", client, "\n", request.token());
  ASSIGN_OR_RETURN(const base::Page page, base::ReadPage(list, request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const v1::StoredRequest stored, Claim(client, request));
  v1::PreviewAuthorisationResponse response;
  Show(stored, &response);
  if (options_.reg == nullptr) return response;
  // One more than the page, to see whether there is another.
  ASSIGN_OR_RETURN(std::vector<RegisterEntry> entries,
                   options_.reg->ListHolderCredentials(stored.holder_reference(), page.after, page.size + 1));
  const size_t shown = std::min(entries.size(), static_cast<size_t>(page.size));
  for (size_t i = 0; i < shown; ++i) *response.add_entries() = std::move(entries[i]);
  if (entries.size() > shown && shown > 0) {
    response.set_next_page_token(base::PageToken(list, response.entries().rbegin()->credential_id()));
  }
  return response;
}

// The portal says which credentials; that they are the holder's the register says.
absl::Status Previews::CheckHoldersOwn(const v1::DecideAuthorisationRequest& request,
                                       absl::string_view holder_reference) const {
  const auto& ids = request.authorisation().credential_ids();
  absl::flat_hash_set<std::string> own;
  const auto is_own = [&own](const std::string& id) { return own.contains(id); };
  std::string after;
  for (int seen = 0; options_.reg != nullptr && seen < kHolderCredentialsMax; seen += base::kPageSizeMax) {
    ASSIGN_OR_RETURN(const std::vector<RegisterEntry> entries,
                     options_.reg->ListHolderCredentials(holder_reference, after, base::kPageSizeMax));
    for (const RegisterEntry& entry : entries) own.insert(entry.credential_id());
    if (entries.size() < static_cast<size_t>(base::kPageSizeMax)) break;
    if (std::all_of(ids.begin(), ids.end(), is_own)) break;
    after = entries.back().credential_id();
  }
  for (int i = 0; i < ids.size(); ++i) {
    if (is_own(ids[i])) continue;
    return Problem(Reason::kFieldInvalid, absl::StrCat("authorisation.credential_ids[", i, "]"),
                   "it is none of the holder's");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DecideAuthorisationResponse> Previews::Decide(absl::string_view client,
                                                                 const v1::DecideAuthorisationRequest& request) {
  RETURN_IF_ERROR(CheckDecision(request));
  const absl::Time now = options_.clock->Now();
  absl::StatusOr<v1::StoredRequest> known;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    known = LoadOwnRequest(client, request.token(), now, tx);
    return absl::OkStatus();
  }));
  // The register is asked outside of the transaction. A decision that is repeated finds no open request.
  if (known.ok() && !request.declined() && !known->holder_reference().empty()) {
    RETURN_IF_ERROR(CheckHoldersOwn(request, known->holder_reference()));
  }
  const auto decide = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(v1::StoredRequest stored, LoadOwnRequest(client, request.token(), now, tx));
    if (stored.swapped()) return IdentitySwap();
    stored.set_decided(true);
    if (request.declined()) {
      RETURN_IF_ERROR(CloseRequest(stored, tx));
      return std::string(kNothingGiven);
    }
    // The preview may have come after the register was asked.
    if (!known.ok() || stored.holder_reference().empty() || known->holder_reference() != stored.holder_reference()) {
      return Problem(Reason::kFieldInvalid, "token", "there was no preview of it");
    }
    ASSIGN_OR_RETURN(const v1::Authorisation given, Given(stored, request.authorisation()));
    RETURN_IF_ERROR(Authorisations::Record(client, stored.authorisation_id(), given, now, tx));
    RETURN_IF_ERROR(CloseRequest(stored, tx));
    return stored.authorisation_id();
  };
  v1::DecideAuthorisationResponse response;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::string id,
        base::Once(tx, client, request.request_id(), absl::StrCat("DecideAuthorisation\n", request.SerializeAsString()),
                   now, [&] { return decide(tx); }));
    if (id == kNothingGiven) return absl::OkStatus();
    ASSIGN_OR_RETURN(*response.mutable_authorisation(), Authorisations::ReadOwn(client, id, now, tx));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace passerelle::sharing
