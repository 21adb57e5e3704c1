#include "core/sharing/authorisation_form.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/elm/disclosed.h"
#include "core/elm/vocabulary.h"
#include "core/sharing/authorisations.h"

namespace passerelle::sharing {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;

absl::Status Missing(absl::string_view field) {
  return Problem(Reason::kFieldMissing, absl::StrCat("authorisation.", field));
}

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Problem(Reason::kFieldInvalid, absl::StrCat("authorisation.", field), detail);
}

absl::Status CheckText(absl::string_view field, absl::string_view text) {
  return text.size() <= base::kIdBytesMax ? absl::OkStatus() : Invalid(field, "it is longer than an id may be");
}

absl::Status CheckCredentialIds(const v1::Authorisation& authorisation) {
  if (authorisation.credential_ids().empty()) return Missing("credential_ids");
  if (authorisation.credential_ids_size() > base::kAuthorisationCredentialsMax) {
    return Invalid("credential_ids", absl::StrCat("there are more than ", base::kAuthorisationCredentialsMax));
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < authorisation.credential_ids_size(); ++i) {
    const std::string field = absl::StrCat("credential_ids[", i, "]");
    absl::string_view id = authorisation.credential_ids(i);
    if (id.empty()) return Missing(field);
    RETURN_IF_ERROR(CheckText(field, id));
    if (!seen.insert(id).second) return Invalid(field, "it is named twice");
    if (absl::ConsumePrefix(&id, kDigestPrefix) && !base::IsSha256Hex(id)) {
      return Invalid(field, "what follows \"sha256:\" is not 64 lower-case hexadecimal digits");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPeriod(const v1::Authorisation& authorisation, absl::Time now) {
  if (!authorisation.has_valid_until()) return Missing("valid_until");
  if (!base::IsValid(authorisation.valid_until())) return Invalid("valid_until", "it is not a valid time");
  if (authorisation.has_valid_from() && !base::IsValid(authorisation.valid_from())) {
    return Invalid("valid_from", "it is not a valid time");
  }
  const absl::Time from = authorisation.has_valid_from() ? FromProto(authorisation.valid_from()) : now;
  const absl::Time until = FromProto(authorisation.valid_until());
  if (until <= from) return Invalid("valid_until", "it is not after valid_from");
  if (until <= now) return Invalid("valid_until", "it is over already");
  return absl::OkStatus();
}

// Texts that name something, each as long as an id may be.
template <size_t n>
absl::Status CheckTexts(const std::pair<absl::string_view, const std::string*> (&texts)[n]) {
  for (const auto& [field, text] : texts) RETURN_IF_ERROR(CheckText(field, *text));
  return absl::OkStatus();
}

absl::Status At(absl::string_view field, const absl::Status& status) {
  return status.ok() ? status : Invalid(absl::StrCat(field, base::PlaceOf(status)), base::DetailOf(status));
}

absl::Status CheckElements(const v1::Authorisation& authorisation) {
  RETURN_IF_ERROR(At("elements_requested", elm::ElementsNamed(authorisation.elements_requested()).status()));
  const absl::StatusOr<elm::Elements> elements = elm::ElementsNamed(authorisation.elements());
  if (!elements.ok()) return At("elements", elements.status());
  return authorisation.elements().empty() ? absl::OkStatus() : At("elements", elm::CheckDisclosable(*elements));
}

absl::Status CheckStatement(const v1::ReceiverStatement& statement) {
  RETURN_IF_ERROR(CheckTexts({{"receiver_statement.legal_id", &statement.legal_id()},
                              {"receiver_statement.service", &statement.service()},
                              {"receiver_statement.legal_basis", &statement.legal_basis()},
                              {"receiver_statement.retention", &statement.retention()},
                              {"receiver_statement.erasure_contact", &statement.erasure_contact()},
                              {"receiver_statement.supervisory_authority", &statement.supervisory_authority()}}));
  if (!statement.country().empty() && (statement.country().size() != 2 || !elm::Country(statement.country()))) {
    return Invalid("receiver_statement.country", "it is no country by ISO 3166-1 alpha-2");
  }
  return absl::OkStatus();
}

absl::Status CheckApproval(const v1::Approval& approval) {
  RETURN_IF_ERROR(CheckTexts({{"approval.method", &approval.method()},
                              {"approval.text_version", &approval.text_version()},
                              {"approval.preview_law", &approval.preview_law()}}));
  if (!IsAssuranceLevel(approval.assurance_level())) {
    return Invalid("approval.assurance_level", "it is not low, substantial or high");
  }
  if (!approval.text_language().empty() && !elm::Language(approval.text_language())) {
    return Invalid("approval.text_language", "it is no language by BCP 47");
  }
  if (!approval.text_sha256().empty() && !base::IsSha256Hex(approval.text_sha256())) {
    return Invalid("approval.text_sha256", "it is not a SHA-256");
  }
  if (!v1::Preview_IsValid(approval.preview())) return Invalid("approval.preview", "it is not known");
  if ((approval.preview() == v1::PREVIEW_EXEMPT) == approval.preview_law().empty()) {
    return Invalid("approval.preview_law", "it names the law that dispenses with a preview, and is empty otherwise");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsAssuranceLevel(absl::string_view level) {
  return level.empty() || level == "low" || level == "substantial" || level == "high";
}

absl::Status CheckForm(const v1::Authorisation& authorisation, absl::Time now) {
  RETURN_IF_ERROR(CheckText("holder_pseudonym", authorisation.holder_pseudonym()));
  if (authorisation.receiver().empty()) return Missing("receiver");
  RETURN_IF_ERROR(CheckText("receiver", authorisation.receiver()));
  if (authorisation.purpose() == v1::PURPOSE_UNSPECIFIED) return Missing("purpose");
  if (!v1::Purpose_IsValid(authorisation.purpose())) return Invalid("purpose", "this purpose is not known");
  RETURN_IF_ERROR(CheckCredentialIds(authorisation));
  RETURN_IF_ERROR(CheckPeriod(authorisation, now));
  if (authorisation.uses_allowed() == 0) return Invalid("uses_allowed", "at least one use must be allowed");
  RETURN_IF_ERROR(CheckElements(authorisation));
  RETURN_IF_ERROR(CheckStatement(authorisation.receiver_statement()));
  RETURN_IF_ERROR(CheckApproval(authorisation.approval()));
  return absl::OkStatus();
}

}  // namespace passerelle::sharing
