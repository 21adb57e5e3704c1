#include "adapters/families/status_word.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"

namespace passerelle::adapters::families {
namespace {

struct KnownWord {
  absl::string_view word;
  StatusWord status;
};

// ResultStatusType of Open Badges 3.0, what issuers write instead, and what is said of awards.
constexpr KnownWord kKnownWords[] = {
    {"completed", StatusWord::kPassed},      {"complete", StatusWord::kPassed},
    {"passed", StatusWord::kPassed},         {"pass", StatusWord::kPassed},
    {"failed", StatusWord::kNotPassed},      {"fail", StatusWord::kNotPassed},
    {"notpassed", StatusWord::kNotPassed},   {"dropped", StatusWord::kNotPassed},
    {"withdrew", StatusWord::kNotPassed},    {"withdrawn", StatusWord::kWithdrawn},
    {"revoked", StatusWord::kRevoked},       {"cancelled", StatusWord::kRevoked},
    {"canceled", StatusWord::kRevoked},      {"annulled", StatusWord::kRevoked},
    {"rescinded", StatusWord::kRevoked},     {"void", StatusWord::kRevoked},
    {"voided", StatusWord::kRevoked},        {"invalidated", StatusWord::kRevoked},
    {"invalid", StatusWord::kRevoked},       {"suspended", StatusWord::kSuspended},
    {"enrolled", StatusWord::kUnfinished},   {"inprogress", StatusWord::kUnfinished},
    {"onhold", StatusWord::kUnfinished},     {"provisional", StatusWord::kUnfinished},
    {"incomplete", StatusWord::kUnfinished}, {"notcompleted", StatusWord::kUnfinished},
    {"pending", StatusWord::kUnfinished},
};

}  // namespace

StatusWord StatusWordOf(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const size_t segment = text.find_last_of("#/:");
  if (segment != absl::string_view::npos) text.remove_prefix(segment + 1);
  std::string word;
  for (const char c : text) {
    const auto letter = static_cast<unsigned char>(c);
    if (c != '-' && c != '_' && !absl::ascii_isspace(letter)) word.push_back(absl::ascii_tolower(letter));
  }
  const auto* const known = std::find_if(std::begin(kKnownWords), std::end(kKnownWords),
                                         [&word](const KnownWord& row) { return row.word == word; });
  return known == std::end(kKnownWords) ? StatusWord::kOther : known->status;
}

}  // namespace passerelle::adapters::families
