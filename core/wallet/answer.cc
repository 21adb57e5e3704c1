#include "core/wallet/answer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/encryption_key.h"
#include "core/proof/jose/jwe.h"
#include "core/wallet/form.h"

namespace passerelle::wallet {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

// Bytes of an error code. Those of OAuth have at most 30.
constexpr size_t kErrorBytesMax = 64;

absl::Status CheckState(absl::string_view state, const v1::StoredPresentation& stored) {
  if (state == stored.content().id()) return absl::OkStatus();
  return Problem(Reason::kFieldInvalid, "state", "it is not that of the request");
}

// RFC 6749, 4.1.2.1; stricter, so that nothing but a code is kept.
absl::Status CheckError(absl::string_view error) {
  const auto allowed = [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_'; };
  if (error.size() <= kErrorBytesMax && std::all_of(error.begin(), error.end(), allowed)) return absl::OkStatus();
  return Problem(Reason::kFieldInvalid, "error", "it is no error code");
}

absl::Status InResponse(const absl::Status& problem) {
  const std::string inner = base::PlaceOf(problem);
  return Problem(base::ReasonOf(problem), inner.empty() ? "response" : absl::StrCat("response: ", inner),
                 base::DetailOf(problem));
}

absl::StatusOr<std::string> Decrypt(absl::string_view response, const v1::StoredPresentation& stored) {
  ASSIGN_OR_RETURN(const proof::DecryptionKey key, proof::DecryptionKey::FromPem(stored.decryption_key()));
  ASSIGN_OR_RETURN(proof::JweParts parts, proof::ReadCompactJwe(response));
  ASSIGN_OR_RETURN(const proof::Jwe jwe, proof::Jwe::Parse(std::move(parts)));
  return jwe.Decrypt(key);
}

absl::StatusOr<WalletAnswer> ReadEncrypted(absl::string_view response, const v1::StoredPresentation& stored) {
  const absl::StatusOr<std::string> content = Decrypt(response, stored);
  if (!content.ok()) return InResponse(content.status());
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(*content, base::kTokenNestingMax);
  if (!document.ok()) return InResponse(document.status());
  const std::optional<object> members = base::AsObject(document->root());
  if (!members.has_value()) return Problem(Reason::kFieldInvalid, "response", "it is no object");
  RETURN_IF_ERROR(CheckState(base::FindString(*members, "state").value_or(""), stored));
  WalletAnswer answer;
  answer.error = std::string(base::FindString(*members, "error").value_or(""));
  if (!answer.error.empty()) {
    RETURN_IF_ERROR(CheckError(answer.error));
    return answer;
  }
  const std::optional<element> vp_token = base::Find(*members, "vp_token");
  if (!vp_token.has_value()) return Problem(Reason::kPresentationIncomplete, "vp_token", "it is missing");
  answer.vp_token = document->Text(*vp_token);
  return answer;
}

}  // namespace

absl::StatusOr<WalletAnswer> ReadAnswer(absl::string_view body, const v1::StoredPresentation& stored) {
  using Form = std::map<std::string, std::string>;
  ASSIGN_OR_RETURN(const Form form, ReadForm(body));
  WalletAnswer answer;
  answer.error = ValueOf(form, "error");
  if (!answer.error.empty()) {
    RETURN_IF_ERROR(CheckState(ValueOf(form, "state"), stored));
    RETURN_IF_ERROR(CheckError(answer.error));
    return answer;
  }
  answer.vp_token = ValueOf(form, "vp_token");
  if (stored.content().response_mode() == v1::RESPONSE_MODE_ENCRYPTED) {
    if (!answer.vp_token.empty()) return Problem(Reason::kFieldInvalid, "vp_token", "it is not encrypted");
    const std::string response = ValueOf(form, "response");
    if (response.empty()) return Problem(Reason::kPresentationIncomplete, "response", "it is missing");
    return ReadEncrypted(response, stored);
  }
  RETURN_IF_ERROR(CheckState(ValueOf(form, "state"), stored));
  if (answer.vp_token.empty()) return Problem(Reason::kPresentationIncomplete, "vp_token", "it is missing");
  return answer;
}

}  // namespace passerelle::wallet
