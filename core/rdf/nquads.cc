#include "core/rdf/nquads.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/iri.h"

namespace passerelle::rdf {
namespace {

constexpr uint32_t kNoCharacter = 0xffffffff;

void AppendUtf8(uint32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | (point >> 6));
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | (point >> 12));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (point >> 18));
    out += static_cast<char>(0x80 | ((point >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

// Characters of a blank node label (PN_CHARS_U and digits; later also "-", "." and U+00B7). Everything beyond ASCII
// is taken, since XML's name ranges leave out next to nothing that is a letter.
bool StartsLabel(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isalnum(byte) || c == '_' || c == ':' || byte >= 0x80;
}

class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  absl::Status Read(Dataset& dataset) {
    while (at_ < text_.size()) {
      SkipBlanks();
      if (!AtLineEnd()) RETURN_IF_ERROR(ReadStatement(dataset));
      SkipBlanks();
      if (at_ < text_.size() && text_[at_] == '#') {
        while (!AtEndOfLineOrText()) ++at_;
      }
      if (at_ < text_.size() && !EatLineEnd()) return Fault("a statement must end its line");
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadStatement(Dataset& dataset) {
    Quad quad{};
    ASSIGN_OR_RETURN(quad.subject, ReadNode(dataset, "a subject"));
    SkipBlanks();
    if (Peek() != '<') return Fault("a predicate is an IRI");
    ASSIGN_OR_RETURN(quad.predicate, ReadNode(dataset, "a predicate"));
    SkipBlanks();
    if (Peek() == '"') {
      ASSIGN_OR_RETURN(quad.object, ReadLiteral(dataset));
    } else {
      ASSIGN_OR_RETURN(quad.object, ReadNode(dataset, "an object"));
    }
    SkipBlanks();
    if (Peek() != '.') {
      ASSIGN_OR_RETURN(quad.graph, ReadNode(dataset, "a graph name or a full stop"));
      SkipBlanks();
    }
    if (Peek() != '.') return Fault("a statement ends with a full stop");
    ++at_;
    return dataset.Add(quad);
  }

  absl::StatusOr<TermId> ReadNode(Dataset& dataset, absl::string_view what) {
    if (Peek() == '<') {
      ASSIGN_OR_RETURN(const std::string iri, ReadIri());
      return dataset.Iri(iri);
    }
    if (!absl::StartsWith(text_.substr(at_), "_:")) return Fault(absl::StrCat(what, " was expected"));
    at_ += 2;
    const size_t start = at_;
    // The first character is a letter or digit; full stops stand inside only.
    while (at_ < text_.size() && (StartsLabel(text_[at_]) || (at_ > start && (Peek() == '-' || Peek() == '.')))) ++at_;
    while (at_ > start && text_[at_ - 1] == '.') --at_;
    if (at_ == start) return Fault("a blank node has a label");
    return dataset.BlankNode(text_.substr(start, at_ - start));
  }

  absl::StatusOr<std::string> ReadIri() {
    ++at_;
    std::string iri;
    while (Peek() != '>') {
      if (AtEndOfLineOrText()) return Fault("an IRI ends with >");
      if (Peek() == '\\') {
        ++at_;
        const uint32_t point = ReadCodePoint();
        if (point == kNoCharacter) return Fault("an IRI has no other escapes than \\u and \\U");
        AppendUtf8(point, iri);
      } else {
        iri += text_[at_++];
      }
    }
    if (!IsIriReference(iri)) return Fault("this is no absolute IRI");
    ++at_;
    return iri;
  }

  absl::StatusOr<TermId> ReadLiteral(Dataset& dataset) {
    ++at_;
    std::string lexical;
    while (Peek() != '"') {
      if (AtEndOfLineOrText()) return Fault("a literal ends with a quote on its line");
      if (Peek() == '\\') {
        ++at_;
        RETURN_IF_ERROR(ReadEscape(lexical));
      } else {
        lexical += text_[at_++];
      }
    }
    ++at_;
    if (absl::StartsWith(text_.substr(at_), "^^<")) {
      at_ += 2;
      ASSIGN_OR_RETURN(const std::string datatype, ReadIri());
      return dataset.Literal(lexical, datatype, "");
    }
    if (Peek() != '@') return dataset.Literal(lexical, kXsdString, "");
    ++at_;
    const size_t start = at_;
    while (at_ < text_.size() && (absl::ascii_isalpha(static_cast<unsigned char>(Peek())) ||
                                  (at_ > start && (absl::ascii_isdigit(static_cast<unsigned char>(Peek())) ||
                                                   (Peek() == '-' && text_[at_ - 1] != '-'))))) {
      ++at_;
    }
    if (at_ == start || text_[at_ - 1] == '-') return Fault("a language tag was expected");
    return dataset.Literal(lexical, kRdfLangString, text_.substr(start, at_ - start));
  }

  absl::Status ReadEscape(std::string& out) {
    constexpr absl::string_view kNames = "tbnrf\"'\\";
    constexpr absl::string_view kMeanings = "\t\b\n\r\f\"'\\";
    const size_t named = kNames.find(Peek());
    if (named != absl::string_view::npos) {
      out += kMeanings[named];
      ++at_;
      return absl::OkStatus();
    }
    const uint32_t point = ReadCodePoint();
    if (point == kNoCharacter) return Fault("there is no such escape");
    AppendUtf8(point, out);
    return absl::OkStatus();
  }

  // uXXXX or UXXXXXXXX; kNoCharacter for anything else, and for surrogates.
  uint32_t ReadCodePoint() {
    const char kind = Peek();
    if (kind != 'u' && kind != 'U') return kNoCharacter;
    const size_t digits = kind == 'u' ? 4 : 8;
    ++at_;
    uint32_t point = 0;
    for (size_t i = 0; i < digits; ++i) {
      const char c = Peek();
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(c)) || point > 0xfffffff) return kNoCharacter;
      const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
      point = point * 16 + static_cast<uint32_t>(lower <= '9' ? lower - '0' : lower - 'a' + 10);
      ++at_;
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return surrogate || point > 0x10ffff ? kNoCharacter : point;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool AtEndOfLineOrText() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }
  bool AtLineEnd() const { return AtEndOfLineOrText() || text_[at_] == '#'; }
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool EatLineEnd() {
    if (!AtEndOfLineOrText()) return false;
    ++at_;
    return true;
  }

  absl::Status Fault(absl::string_view detail) const {
    size_t line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < at_ && i < text_.size(); ++i) {
      if (text_[i] != '\n') continue;
      ++line;
      line_start = i + 1;
    }
    return base::Problem(base::Reason::kNQuadsMalformed, absl::StrCat("line ", line, ", column ", at_ - line_start + 1),
                         detail);
  }

  absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<Dataset> ReadNQuads(absl::string_view text) {
  if (text.size() > base::kDocumentBytesMax) return base::Problem(base::Reason::kInputTooLarge, "");
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return base::Problem(base::Reason::kNQuadsMalformed, "", "it is not UTF-8");
  }
  Dataset dataset;
  RETURN_IF_ERROR(Reader(text).Read(dataset));
  return dataset;
}

std::string WriteNQuads(const Dataset& dataset) {
  std::string out;
  for (const Quad& quad : dataset.quads()) out += dataset.Line(quad);
  return out;
}

}  // namespace passerelle::rdf
