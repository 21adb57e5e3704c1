#include "gateway/conformance/case_parameters.h"

#include <algorithm>
#include <iterator>

#include "absl/time/clock.h"
#include "core/base/date_time.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using simdjson::dom::element;

void WritePublicHalf(const base::JsonDocument& document, element value, base::JsonWriter& out) {
  static constexpr absl::string_view kPrivate[] = {"d", "p", "q", "dp", "dq", "qi", "oth"};
  const auto members = base::AsObject(value);
  const auto entries = base::AsArray(value);
  if (members.has_value()) {
    out.BeginObject();
    for (const simdjson::dom::key_value_pair member : *members) {
      const absl::string_view name = base::View(member.key);
      if (std::find(std::begin(kPrivate), std::end(kPrivate), name) != std::end(kPrivate)) continue;
      out.Key(name);
      WritePublicHalf(document, member.value, out);
    }
    out.EndObject();
  } else if (entries.has_value()) {
    out.BeginArray();
    for (const element entry : *entries) WritePublicHalf(document, entry, out);
    out.EndArray();
  } else {
    out.Raw(document.Text(value));
  }
}

}  // namespace

std::string PublicHalf(const base::JsonDocument& document, element keys) {
  std::string text;
  base::JsonWriter out(text);
  WritePublicHalf(document, keys, out);
  return text;
}

absl::StatusOr<CaseParameters> CaseParameters::Of(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::Parse(row.params.empty() ? "{}" : row.params));
  return CaseParameters(row, std::move(document));
}

std::optional<element> CaseParameters::Find(absl::string_view name) const {
  const auto members = base::AsObject(document_.root());
  return members.has_value() ? base::Find(*members, name) : std::nullopt;
}

std::string CaseParameters::Text(absl::string_view name) const {
  const std::optional<element> value = Find(name);
  return std::string(value.has_value() ? base::AsString(*value).value_or("") : "");
}

bool CaseParameters::Flag(absl::string_view name) const {
  const std::optional<element> value = Find(name);
  bool flag = false;
  return value.has_value() && value->get(flag) == simdjson::SUCCESS && flag;
}

absl::Time CaseParameters::Time() const {
  const std::string at = Text("at");
  return at.empty() ? absl::Now() : base::ParseDateTime(at).value_or(absl::InfiniteFuture());
}

absl::StatusOr<proof::KeySet> CaseParameters::Keys() const {
  const std::optional<element> keys = Find("keys");
  if (!keys.has_value()) return base::Problem(base::Reason::kFieldMissing, "keys");
  const std::optional<absl::string_view> path = base::AsString(*keys);
  if (!path.has_value()) return proof::KeySet::Parse(PublicHalf(document_, *keys));
  ASSIGN_OR_RETURN(const std::string bytes, row_->Read(*path));
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(bytes));
  return proof::KeySet::Parse(PublicHalf(document, document.root()));
}

}  // namespace passerelle::gateway
