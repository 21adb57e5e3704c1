#include "core/rdf/dataset.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::rdf {
namespace {

// The escapes of canonical N-Quads: the named ones, \u for other control characters, and nothing else.
void AppendEscaped(absl::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    switch (c) {
      case '\b':
        out += "\\b";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\r':
        out += "\\r";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        if (const auto byte = static_cast<uint8_t>(c); byte < 0x20 || byte == 0x7f) {
          out += "\\u00";
          out += kHex[byte >> 4];
          out += kHex[byte & 15];
        } else {
          out += c;
        }
    }
  }
}

}  // namespace

Dataset::Dataset() { Intern(""); }

TermId Dataset::Intern(std::string text) {
  const auto known = ids_.find(text);
  if (known != ids_.end()) return known->second;
  const auto id = static_cast<TermId>(texts_.size());
  texts_.push_back(std::move(text));
  ids_.emplace(texts_.back(), id);
  return id;
}

TermId Dataset::Iri(absl::string_view iri) { return Intern(absl::StrCat("<", iri, ">")); }

TermId Dataset::BlankNode(absl::string_view label) { return Intern(absl::StrCat("_:", label)); }

TermId Dataset::Literal(absl::string_view lexical, absl::string_view datatype, absl::string_view language) {
  std::string text;
  text.reserve(lexical.size() + datatype.size() + 8);
  text += '"';
  AppendEscaped(lexical, text);
  text += '"';
  if (!language.empty()) {
    absl::StrAppend(&text, "@", language);
  } else if (datatype != kXsdString) {
    absl::StrAppend(&text, "^^<", datatype, ">");
  }
  return Intern(std::move(text));
}

absl::Status Dataset::Add(const Quad& quad) {
  if (!present_.insert(quad).second) return absl::OkStatus();
  constexpr size_t kPunctuationBytes = 6;
  text_bytes_ += texts_[quad.subject].size() + texts_[quad.predicate].size() + texts_[quad.object].size() +
                 texts_[quad.graph].size() + kPunctuationBytes;
  if (quads_.size() >= base::kRdfQuadsMax || text_bytes_ > base::kRdfTextBytesMax) {
    return base::Problem(base::Reason::kRdfTooComplex, "", "too many statements");
  }
  quads_.push_back(quad);
  return absl::OkStatus();
}

std::string Dataset::Line(const Quad& quad) const {
  return quad.graph == kDefaultGraph
             ? absl::StrCat(Text(quad.subject), " ", Text(quad.predicate), " ", Text(quad.object), " .\n")
             : absl::StrCat(Text(quad.subject), " ", Text(quad.predicate), " ", Text(quad.object), " ",
                            Text(quad.graph), " .\n");
}

}  // namespace passerelle::rdf
