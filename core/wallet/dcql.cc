#include "core/wallet/dcql.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::wallet {
namespace {

using base::JsonWriter;
using base::Problem;
using base::Reason;
using simdjson::dom::element;

absl::Status CheckText(const std::string& place, absl::string_view text) {
  if (text.empty()) return Problem(Reason::kFieldMissing, place);
  if (text.size() > base::kIdBytesMax) return Problem(Reason::kInputTooLarge, place);
  return absl::OkStatus();
}

absl::Status CheckCount(const std::string& place, int count, int most) {
  if (count == 0) return Problem(Reason::kFieldMissing, place);
  if (count > most) return Problem(Reason::kInputTooLarge, place, absl::StrCat("at most ", most));
  return absl::OkStatus();
}

absl::Status CheckId(const std::string& place, absl::string_view id) {
  RETURN_IF_ERROR(CheckText(place, id));
  const auto allowed = [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; };
  if (std::all_of(id.begin(), id.end(), allowed)) return absl::OkStatus();
  return Problem(Reason::kFieldInvalid, place, "letters, digits, \"_\" and \"-\" are expected");
}

template <typename Texts>
absl::Status CheckTexts(const std::string& place, const Texts& texts) {
  RETURN_IF_ERROR(CheckCount(place, texts.size(), kTypesMax));
  for (int i = 0; i < texts.size(); ++i) RETURN_IF_ERROR(CheckText(absl::StrCat(place, "[", i, "]"), texts.Get(i)));
  return absl::OkStatus();
}

absl::Status CheckTypes(const std::string& place, const v1::CredentialQuery& query) {
  const std::string vct = place + ".vct_values";
  const std::string types = place + ".type_values";
  const auto other = [](const std::string& field) {
    return Problem(Reason::kFieldInvalid, field, "credentials of this format have none");
  };
  switch (query.format()) {
    case v1::CREDENTIAL_FORMAT_SD_JWT_VC:
      if (!query.type_values().empty()) return other(types);
      return CheckTexts(vct, query.vct_values());
    case v1::CREDENTIAL_FORMAT_JWT_VC_JSON:
      if (!query.vct_values().empty()) return other(vct);
      RETURN_IF_ERROR(CheckCount(types, query.type_values_size(), kTypesMax));
      for (int i = 0; i < query.type_values_size(); ++i) {
        RETURN_IF_ERROR(CheckTexts(absl::StrCat(types, "[", i, "].types"), query.type_values(i).types()));
      }
      return absl::OkStatus();
    case v1::CREDENTIAL_FORMAT_UNSPECIFIED:
      return Problem(Reason::kFieldMissing, place + ".format");
    default:
      return Problem(Reason::kFieldInvalid, place + ".format", "this format is not known");
  }
}

absl::Status CheckPath(const std::string& place, const ClaimPath& path) {
  RETURN_IF_ERROR(CheckCount(place, path.size(), kPathStepsMax));
  for (int i = 0; i < path.size(); ++i) {
    const std::string step = absl::StrCat(place, "[", i, "]");
    switch (path.Get(i).step_case()) {
      case v1::PathStep::kMember:
        RETURN_IF_ERROR(CheckText(step + ".member", path.Get(i).member()));
        break;
      case v1::PathStep::kElement:
        break;
      case v1::PathStep::kAllElements:
        if (!path.Get(i).all_elements()) return Problem(Reason::kFieldInvalid, step + ".all_elements", "it is false");
        break;
      case v1::PathStep::STEP_NOT_SET:
        return Problem(Reason::kFieldMissing, step);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckClaims(const std::string& place, const v1::CredentialQuery& query) {
  if (query.claims_size() > kClaimsMax) return Problem(Reason::kInputTooLarge, place + ".claims");
  std::set<std::string> paths;
  for (int i = 0; i < query.claims_size(); ++i) {
    const std::string field = absl::StrCat(place, ".claims[", i, "].path");
    RETURN_IF_ERROR(CheckPath(field, query.claims(i).path()));
    if (!paths.insert(PathJson(query.claims(i).path())).second) {
      return Problem(Reason::kFieldInvalid, field, "it stands twice");
    }
  }
  return absl::OkStatus();
}

void WritePath(const ClaimPath& path, JsonWriter& json) {
  json.BeginArray();
  for (const v1::PathStep& step : path) {
    if (step.has_member()) json.String(step.member());
    if (step.has_element()) json.Int(step.element());
    if (step.has_all_elements()) json.Null();
  }
  json.EndArray();
}

template <typename Texts>
void WriteTexts(const Texts& texts, JsonWriter& json) {
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void WriteQuery(const v1::CredentialQuery& query, JsonWriter& json) {
  json.BeginObject();
  json.Member("id", query.id());
  json.Member("format", FormatName(query.format()));
  json.Key("meta");
  json.BeginObject();
  if (!query.vct_values().empty()) {
    json.Key("vct_values");
    WriteTexts(query.vct_values(), json);
  }
  if (!query.type_values().empty()) {
    json.Key("type_values");
    json.BeginArray();
    for (const v1::TypeSet& set : query.type_values()) WriteTexts(set.types(), json);
    json.EndArray();
  }
  json.EndObject();
  if (!query.claims().empty()) {
    json.Key("claims");
    json.BeginArray();
    for (const v1::ClaimQuery& claim : query.claims()) {
      json.BeginObject();
      json.Key("path");
      WritePath(claim.path(), json);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

struct Selected {
  std::string pointer;
  element value;
};

std::string Below(const std::string& pointer, absl::string_view token) {
  std::string below = pointer;
  base::AppendPointerToken(token, below);
  return below;
}

// OpenID4VP 1.0, 7.1.1: what an element has at a step. False where the step does not fit the kind of the element.
bool Follow(const v1::PathStep& step, const Selected& from, std::vector<Selected>& to) {
  if (step.has_member()) {
    const auto object = base::AsObject(from.value);
    if (!object.has_value()) return false;
    const auto member = base::Find(*object, step.member());
    if (member.has_value()) to.push_back({Below(from.pointer, step.member()), *member});
    return true;
  }
  const auto array = base::AsArray(from.value);
  if (!array.has_value()) return false;
  size_t index = 0;
  for (const element value : *array) {
    if (to.size() > kSelectedMax) return true;
    if (step.has_all_elements() || index == step.element()) {
      to.push_back({Below(from.pointer, absl::StrCat(index)), value});
    }
    ++index;
  }
  return true;
}

}  // namespace

absl::string_view FormatName(v1::CredentialFormat format) {
  return format == v1::CREDENTIAL_FORMAT_JWT_VC_JSON ? "jwt_vc_json" : "dc+sd-jwt";
}

absl::Status CheckQueries(const Queries& queries) {
  RETURN_IF_ERROR(CheckCount("queries", queries.size(), kQueriesMax));
  std::set<std::string> ids;
  for (int i = 0; i < queries.size(); ++i) {
    const v1::CredentialQuery& query = queries.Get(i);
    const std::string place = absl::StrCat("queries[", i, "]");
    RETURN_IF_ERROR(CheckId(place + ".id", query.id()));
    if (!ids.insert(query.id()).second) return Problem(Reason::kFieldInvalid, place + ".id", "it stands twice");
    RETURN_IF_ERROR(CheckTypes(place, query));
    RETURN_IF_ERROR(CheckClaims(place, query));
  }
  return absl::OkStatus();
}

std::string DcqlJson(const Queries& queries) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Key("credentials");
  json.BeginArray();
  for (const v1::CredentialQuery& query : queries) WriteQuery(query, json);
  json.EndArray();
  json.EndObject();
  return out;
}

std::string PathJson(const ClaimPath& path) {
  std::string out;
  JsonWriter json(out);
  WritePath(path, json);
  return out;
}

absl::StatusOr<std::vector<std::string>> Select(const ClaimPath& path, element root) {
  std::vector<Selected> selected = {{"", root}};
  for (const v1::PathStep& step : path) {
    std::vector<Selected> next;
    for (const Selected& from : selected) {
      if (!Follow(step, from, next)) {
        return Problem(Reason::kPresentationIncomplete, PathJson(path), "the credential is made otherwise");
      }
      if (next.size() > kSelectedMax) return Problem(Reason::kInputTooLarge, PathJson(path));
    }
    selected = std::move(next);
  }
  if (selected.empty()) return Problem(Reason::kPresentationIncomplete, PathJson(path), "there is no such claim");
  std::vector<std::string> pointers;
  pointers.reserve(selected.size());
  for (Selected& one : selected) pointers.push_back(std::move(one.pointer));
  return pointers;
}

}  // namespace passerelle::wallet
