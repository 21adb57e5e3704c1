// Reads the tables of core/rdf/contexts.
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/pinned_contexts.h"

namespace passerelle::rdf {
namespace {

struct Line {
  size_t number;
  size_t depth;
  std::vector<absl::string_view> words;
};

class TableReader {
 public:
  explicit TableReader(absl::string_view text) : json_(table_.json) {
    size_t number = 0;
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++number;
      const size_t indent = line.find_first_not_of(' ');
      if (indent == absl::string_view::npos || line[indent] == '#') continue;
      lines_.push_back({number, indent / 2, absl::StrSplit(line, ' ', absl::SkipEmpty())});
    }
  }

  absl::StatusOr<ContextTable> Read() {
    RETURN_IF_ERROR(ReadHead());
    json_.BeginObject();
    json_.Key("@context");
    RETURN_IF_ERROR(ReadContext(0));
    json_.EndObject();
    if (at_ < lines_.size()) return Fault("a line is further in than its context");
    return std::move(table_);
  }

 private:
  absl::Status ReadHead() {
    for (; at_ < lines_.size(); ++at_) {
      const std::vector<absl::string_view>& words = lines_[at_].words;
      if (words[0] == "url" && words.size() == 2) {
        table_.url = std::string(words[1]);
      } else if (words[0] == "sha256" && words.size() == 2) {
        table_.sha256 = std::string(words[1]);
      } else if (words[0] == "let" && words.size() == 3) {
        abbreviations_[std::string(words[1])] = std::string(words[2]);
      } else {
        break;
      }
    }
    return table_.url.empty() ? Fault("the table has no url") : absl::OkStatus();
  }

  // The lines at this depth, as one context.
  absl::Status ReadContext(size_t depth) {
    if (At(depth) && lines_[at_].words[0] == "@context") {
      ++at_;
      json_.Null();
      return absl::OkStatus();
    }
    json_.BeginObject();
    while (At(depth)) {
      const std::vector<absl::string_view>& words = lines_[at_].words;
      if (words[0][0] == '@' && words[0] != "@type") {
        RETURN_IF_ERROR(ReadHeader(words));
        ++at_;
      } else {
        RETURN_IF_ERROR(ReadTerm(words, depth));
      }
    }
    json_.EndObject();
    return absl::OkStatus();
  }

  absl::Status ReadHeader(const std::vector<absl::string_view>& words) {
    if (words.size() != 2) return Fault("a header has one value");
    json_.Key(words[0]);
    const bool is_text = words[1] != "true" && words[1] != "false" && words[1] != "1.1" && words[1] != "null";
    if (is_text) {
      json_.String(words[1]);
    } else {
      json_.Raw(words[1]);
    }
    return absl::OkStatus();
  }

  absl::Status ReadTerm(const std::vector<absl::string_view>& words, size_t depth) {
    if (words.size() < 3 || (words[1] != "=" && words[1] != ":")) return Fault("a term is followed by = or :");
    json_.Key(words[0]);
    if (words[1] == "=") {
      if (words.size() != 3) return Fault("a mere IRI stands alone");
      if (words[2] == "null") {
        json_.Null();
      } else {
        RETURN_IF_ERROR(WriteIri(words[2]));
      }
      ++at_;
      return absl::OkStatus();
    }
    json_.BeginObject();
    if (words[2] != "-") {
      json_.Key("@id");
      RETURN_IF_ERROR(WriteIri(words[2]));
    }
    for (size_t i = 3; i + 1 < words.size(); i += 2) {
      json_.Key(absl::StrCat("@", words[i]));
      if (words[i] == "protected") {
        json_.Bool(words[i + 1] == "true");
      } else if (words[i] == "type" || words[i] == "container") {
        RETURN_IF_ERROR(WriteIri(words[i + 1]));
      } else {
        return Fault("a term has type, container and protected only");
      }
    }
    if (words.size() % 2 == 0) return Fault("a word is missing");
    ++at_;
    if (At(depth + 1)) {
      json_.Key("@context");
      RETURN_IF_ERROR(ReadContext(depth + 1));
    }
    json_.EndObject();
    return absl::OkStatus();
  }

  absl::Status WriteIri(absl::string_view text) {
    const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('|', 1));
    if (parts.size() == 1) {
      json_.String(text);
      return absl::OkStatus();
    }
    const auto abbreviation = abbreviations_.find(std::string(parts[0]));
    if (abbreviation == abbreviations_.end()) return Fault("there is no such abbreviation");
    json_.String(absl::StrCat(abbreviation->second, parts[1]));
    return absl::OkStatus();
  }

  bool At(size_t depth) const { return at_ < lines_.size() && lines_[at_].depth == depth; }

  absl::Status Fault(absl::string_view detail) const {
    const size_t number = at_ < lines_.size() ? lines_[at_].number : 0;
    return base::Problem(base::Reason::kConfigInvalid, absl::StrCat("line ", number), detail);
  }

  ContextTable table_;
  base::JsonWriter json_;
  std::vector<Line> lines_;
  size_t at_ = 0;
  std::map<std::string, std::string> abbreviations_;
};

}  // namespace

absl::StatusOr<ContextTable> ReadContextTable(absl::string_view text) { return TableReader(text).Read(); }

}  // namespace passerelle::rdf
