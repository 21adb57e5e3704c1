#include "core/rdf/iri.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace passerelle::rdf {
namespace {

// The parts of a reference by the expression of RFC 3986, appendix B. A part that is there may be empty.
struct Parts {
  absl::string_view scheme;
  absl::string_view authority;
  absl::string_view path;
  absl::string_view query;
  absl::string_view fragment;
  bool has_scheme = false;
  bool has_authority = false;
  bool has_query = false;
  bool has_fragment = false;
};

// Length of the scheme at the start, without its colon; 0 when there is none.
size_t SchemeLength(absl::string_view text) {
  if (text.empty() || !absl::ascii_isalpha(static_cast<unsigned char>(text[0]))) return 0;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':') return i;
    const auto c = static_cast<unsigned char>(text[i]);
    if (!absl::ascii_isalnum(c) && c != '+' && c != '-' && c != '.') return 0;
  }
  return 0;
}

Parts Split(absl::string_view text) {
  Parts parts;
  if (const size_t length = SchemeLength(text); length > 0) {
    parts.has_scheme = true;
    parts.scheme = text.substr(0, length);
    text.remove_prefix(length + 1);
  }
  if (const size_t mark = text.find('#'); mark != absl::string_view::npos) {
    parts.has_fragment = true;
    parts.fragment = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (const size_t mark = text.find('?'); mark != absl::string_view::npos) {
    parts.has_query = true;
    parts.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (absl::StartsWith(text, "//")) {
    parts.has_authority = true;
    const size_t end = std::min(text.find('/', 2), text.size());
    parts.authority = text.substr(2, end - 2);
    text.remove_prefix(end);
  }
  parts.path = text;
  return parts;
}

// RFC 3986, 5.2.4.
std::string RemoveDotSegments(absl::string_view in) {
  std::string out;
  const auto drop_last_segment = [&out] {
    const size_t slash = out.rfind('/');
    out.resize(slash == std::string::npos ? 0 : slash);
  };
  while (!in.empty()) {
    if (absl::StartsWith(in, "../")) {
      in.remove_prefix(3);
    } else if (absl::StartsWith(in, "./") || absl::StartsWith(in, "/./")) {
      in.remove_prefix(2);
    } else if (in == "/.") {
      in = "/";
    } else if (absl::StartsWith(in, "/../")) {
      in.remove_prefix(3);
      drop_last_segment();
    } else if (in == "/..") {
      in = "/";
      drop_last_segment();
    } else if (in == "." || in == "..") {
      in = "";
    } else {
      const size_t end = std::min(in.find('/', 1), in.size());
      out.append(in.data(), end);
      in.remove_prefix(end);
    }
  }
  return out;
}

// RFC 3986, 5.2.3.
std::string MergePaths(const Parts& base, absl::string_view path) {
  if (base.has_authority && base.path.empty()) return absl::StrCat("/", path);
  const size_t slash = base.path.rfind('/');
  return absl::StrCat(slash == absl::string_view::npos ? "" : base.path.substr(0, slash + 1), path);
}

std::string Join(const Parts& parts, absl::string_view path) {
  std::string out;
  if (parts.has_scheme) absl::StrAppend(&out, parts.scheme, ":");
  if (parts.has_authority) absl::StrAppend(&out, "//", parts.authority);
  absl::StrAppend(&out, path);
  if (parts.has_query) absl::StrAppend(&out, "?", parts.query);
  if (parts.has_fragment) absl::StrAppend(&out, "#", parts.fragment);
  return out;
}

}  // namespace

bool HasScheme(absl::string_view text) {
  return SchemeLength(text) > 0 && std::none_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isspace(static_cast<unsigned char>(c));
         });
}

bool IsIriReference(absl::string_view text) {
  return SchemeLength(text) > 0 && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<uint8_t>(c) <= 0x20 || absl::StrContains("<>\"{}|^`\\", c);
         });
}

bool IsWellFormedIri(absl::string_view text) {
  return IsIriReference(text) && std::count(text.begin(), text.end(), '#') <= 1;
}

bool IsBlankNodeId(absl::string_view text) { return absl::StartsWith(text, "_:"); }

// RFC 3986, 5.2.2.
std::string ResolveIri(absl::string_view base, absl::string_view reference) {
  const Parts from = Split(base);
  if (!from.has_scheme) return std::string(reference);
  Parts target = Split(reference);
  if (target.has_scheme) return Join(target, RemoveDotSegments(target.path));
  target.has_scheme = true;
  target.scheme = from.scheme;
  if (target.has_authority) return Join(target, RemoveDotSegments(target.path));
  target.has_authority = from.has_authority;
  target.authority = from.authority;
  if (target.path.empty()) {
    if (!target.has_query) {
      target.has_query = from.has_query;
      target.query = from.query;
    }
    return Join(target, from.path);
  }
  if (target.path[0] == '/') return Join(target, RemoveDotSegments(target.path));
  return Join(target, RemoveDotSegments(MergePaths(from, target.path)));
}

}  // namespace passerelle::rdf
