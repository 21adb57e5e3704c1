#include "adapters/sd_jwt_vc/presentation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/families/carrier.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/json_peek.h"
#include "core/base/jws_payload.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/base/status_macros.h"

namespace passerelle::adapters::sd_jwt_vc {
namespace {

using base::Problem;
using base::Reason;

// The text in the form of the standard, from the forms of drafts.
std::string MadeGood(absl::string_view bytes, bool* changed) {
  std::string text;
  std::copy_if(bytes.begin(), bytes.end(), std::back_inserter(text),
               [](char c) { return !absl::ascii_isspace(static_cast<unsigned char>(c)); });
  const size_t last = text.rfind('~');
  if (last != std::string::npos && last + 1 < text.size() && !absl::StrContains(text.substr(last), ".")) text += '~';
  *changed = text != bytes;
  return text;
}

// The JSON of a part of a token; empty when it is none.
std::string PartOf(absl::string_view base64url) {
  const absl::StatusOr<std::string> json = base::Base64UrlDecode(base64url);
  return json.ok() ? *json : "";
}

}  // namespace

absl::StatusOr<Presentation> ReadPresentation(absl::string_view bytes, bool lenient) {
  if (bytes.size() > base::kDocumentBytesMax) return Problem(Reason::kInputTooLarge, "document");
  Presentation presentation;
  std::string text(absl::StripTrailingAsciiWhitespace(bytes));
  if (lenient) text = MadeGood(text, &presentation.draft_form);
  ASSIGN_OR_RETURN(const base::SdJwtParts parts, base::SplitSdJwt(text));
  RETURN_IF_ERROR(families::CheckSigned(parts.token));
  ASSIGN_OR_RETURN(const std::string payload, base::PayloadOfCompactJws(parts.token));
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(payload));
  ASSIGN_OR_RETURN(base::DisclosedClaims claims, base::ResolveDisclosures(document, parts.disclosures));
  const auto type = base::FindString(*base::AsObject(document.root()), "vct");
  if (!type || type->empty()) return Problem(Reason::kFieldMissing, "/vct");
  presentation.type = std::string(*type);
  presentation.claims = std::move(claims.json);
  presentation.withheld = std::move(claims.withheld);
  return presentation;
}

Outline OutlineOf(absl::string_view bytes) {
  Outline outline;
  const size_t tilde = bytes.find('~');
  if (tilde == absl::string_view::npos) return outline;
  const std::vector<absl::string_view> parts = absl::StrSplit(bytes.substr(0, tilde), '.');
  if (parts.size() != 3) return outline;
  const std::string header_json = PartOf(parts[0]);
  const std::string payload_json = PartOf(parts[1]);
  const auto header = base::JsonPeek::Of(header_json);
  const auto payload = base::JsonPeek::Of(payload_json);
  if (!header || !payload) return outline;
  outline.is_sd_jwt = true;
  const absl::string_view type = header->Value("typ");
  outline.media_type_fits = type == "\"dc+sd-jwt\"" || type == "\"vc+sd-jwt\"";
  outline.has_type = payload->Has("vct");
  return outline;
}

}  // namespace passerelle::adapters::sd_jwt_vc
