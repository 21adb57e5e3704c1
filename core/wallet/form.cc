#include "core/wallet/form.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"

namespace passerelle::wallet {
namespace {

using base::Problem;
using base::Reason;

// Nothing for a broken escape.
std::optional<std::string> Unescape(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else if (i + 2 < text.size() && absl::ascii_isxdigit(text[i + 1]) && absl::ascii_isxdigit(text[i + 2])) {
      out += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadForm(absl::string_view body) {
  std::map<std::string, std::string> form;
  if (body.empty()) return form;
  size_t count = 0;
  for (const absl::string_view part : absl::StrSplit(body, '&')) {
    if (part.empty()) continue;
    if (++count > kFormParametersMax) return Problem(Reason::kInputTooLarge, "body", "it has too many parameters");
    const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(part, absl::MaxSplits('=', 1));
    std::optional<std::string> name = Unescape(halves.first);
    std::optional<std::string> value = Unescape(halves.second);
    if (!name.has_value() || !value.has_value()) return Problem(Reason::kFieldInvalid, "body", "an escape is broken");
    if (!form.emplace(*std::move(name), *std::move(value)).second) {
      return Problem(Reason::kFieldInvalid, "body", "a parameter stands twice");
    }
  }
  return form;
}

std::string ValueOf(const std::map<std::string, std::string>& form, absl::string_view name) {
  const auto found = form.find(std::string(name));
  return found == form.end() ? std::string() : found->second;
}

std::string EscapeForQuery(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      absl::StrAppend(&out, "%", absl::AsciiStrToUpper(absl::BytesToHexString(absl::string_view(&c, 1))));
    }
  }
  return out;
}

}  // namespace passerelle::wallet
