// Who may include whom.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/arch/rules.h"

namespace passerelle::arch {
namespace {

using Rooms = std::set<std::string>;

// What each room of the core may know, besides itself. docs/ARCHITECTURE.md shows the same as a picture.
const std::map<std::string, Rooms>& CoreEdges() {
  static const auto* const edges = new std::map<std::string, Rooms>{
      {"base", {}},
      {"elm", {"base"}},
      {"document", {"base", "elm"}},
      {"registers", {"base", "elm", "document"}},
      {"rdf", {"base"}},
      {"proof", {"base", "elm", "document", "rdf"}},
      {"evidence", {"base", "proof"}},
      {"trust", {"base", "elm", "document", "proof"}},
      {"federation", {"base", "elm", "document", "proof"}},
      {"relay", {"base", "elm", "document", "proof", "evidence", "federation"}},
      {"authenticity", {"base", "elm", "document", "registers", "proof", "trust", "federation", "relay"}},
      {"sharing", {"base", "elm", "document", "registers", "proof", "federation", "relay"}},
      {"contents", {"base", "federation", "relay", "sharing"}},
      {"exchange", {"base", "elm", "document", "registers", "proof", "federation", "relay", "sharing", "contents"}},
      {"recognition",
       {"base", "elm", "document", "registers", "proof", "trust", "federation", "relay", "sharing", "authenticity",
        "contents"}},
      {"erasure",
       {"base", "elm", "document", "proof", "evidence", "federation", "relay", "sharing", "contents", "exchange",
        "recognition"}},
      {"wallet", {"base", "document", "proof", "evidence", "trust", "authenticity", "recognition"}},
      {"pathway", {"base", "elm"}},
      {"statistics", {"base"}},
      {"catalogue", {"base", "elm"}},
  };
  return *edges;
}

// "a/b/c.h" of an include of that file; empty for other lines. `quoted_only` leaves <…> out.
std::string Included(const std::string& line) {
  absl::string_view rest = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&rest, "#include")) return "";
  rest = absl::StripLeadingAsciiWhitespace(rest);
  if (rest.empty() || (rest[0] != '"' && rest[0] != '<')) return "";
  const size_t end = rest.find(rest[0] == '"' ? '"' : '>', 1);
  return end == absl::string_view::npos ? "" : std::string(rest.substr(1, end - 1));
}

// Calls `visit(file, line number, included path)` for every include of the C++ files below `folder`.
template <typename Visit>
void ForEachInclude(const SourceTree& tree, absl::string_view folder, Visit visit) {
  for (const SourceFile& file : tree.files()) {
    if (!IsCpp(file.path) || !absl::StartsWith(file.path, folder)) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string included = Included(file.lines[i]);
      if (!included.empty()) visit(file, i + 1, included);
    }
  }
}

// The first `count` parts of a path.
std::string Head(absl::string_view path, size_t count) {
  std::vector<std::string> parts = absl::StrSplit(path, '/');
  if (parts.size() > count) parts.resize(count);
  std::string head;
  for (const std::string& part : parts) absl::StrAppend(&head, head.empty() ? "" : "/", part);
  return head;
}

std::string CoreRoom(absl::string_view path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  return parts.size() > 2 && parts[0] == "core" ? parts[1] : "";
}

// What is wrong with a file of the core including a path; empty when nothing is.
std::string CoreBreach(const SourceFile& file, const std::string& included) {
  if (absl::StartsWith(included, "gateway/") || absl::StartsWith(included, "adapters/")) {
    return absl::StrCat("the core includes ", included);
  }
  const std::string from = CoreRoom(file.path);
  const std::string to = CoreRoom(included);
  if (to.empty() || to == from) return "";
  const auto allowed = CoreEdges().find(from);
  if (allowed == CoreEdges().end()) return absl::StrCat("core/", from, " is not in the table of rooms");
  return allowed->second.count(to) > 0 ? "" : absl::StrCat("core/", from, " may not know core/", to);
}

std::string AdapterBreach(const SourceFile& file, const std::string& included) {
  for (const absl::string_view room :
       {"core/base/", "core/elm/", "core/document/", "passerelle/elm/", "passerelle/document/"}) {
    if (absl::StartsWith(included, room)) return "";
  }
  if (absl::StartsWith(included, "adapters/")) {
    // What the formats of a family share stands beside them, and knows none of them.
    if (Head(included, 2) == "adapters/families") return "";
    // adapters/registry.h is made for those who use adapters, not for adapters.
    return Head(included, 2) == Head(file.path, 2) ? "" : absl::StrCat("an adapter includes ", included);
  }
  for (const absl::string_view ours : {"core/", "gateway/", "passerelle/", "tests/"}) {
    if (absl::StartsWith(included, ours)) return absl::StrCat("an adapter includes ", included);
  }
  return "";
}

}  // namespace

std::vector<Breach> CheckIncludeEdges(const SourceTree& tree) {
  std::vector<Breach> breaches;
  const auto note = [&](const SourceFile& file, size_t line, const std::string& what) {
    if (!what.empty()) breaches.push_back({file.path, line, what});
  };
  ForEachInclude(tree, "core/", [&](const SourceFile& file, size_t line, const std::string& included) {
    note(file, line, CoreBreach(file, included));
  });
  ForEachInclude(tree, "adapters/", [&](const SourceFile& file, size_t line, const std::string& included) {
    if (file.path != "adapters/registry.h") note(file, line, AdapterBreach(file, included));
  });
  ForEachInclude(tree, "gateway/", [&](const SourceFile& file, size_t line, const std::string& included) {
    if (absl::StartsWith(included, "adapters/") && included != "adapters/registry.h") {
      note(file, line, absl::StrCat("the gateway includes ", included, " instead of adapters/registry.h"));
    }
  });
  for (const absl::string_view folder : {"core/", "adapters/", "gateway/"}) {
    ForEachInclude(tree, folder, [&](const SourceFile& file, size_t line, const std::string& included) {
      if (absl::StartsWith(included, "tests/")) note(file, line, absl::StrCat("the product includes ", included));
    });
  }
  return breaches;
}

std::vector<Breach> CheckCoreIsPure(const SourceTree& tree) {
  static constexpr absl::string_view kOutside[] = {"grpc/",       "grpcpp/",   "sqlite3.h", "sys/socket.h", "netinet/",
                                                   "arpa/",       "netdb.h",   "curl/",     "httplib.h",    "civetweb",
                                                   "prometheus/", "yaml-cpp/", "CLI/",      "filesystem",   "fstream",
                                                   "thread",      "unistd.h",  "random"};
  std::vector<Breach> breaches;
  for (const absl::string_view folder : {"core/", "adapters/"}) {
    ForEachInclude(tree, folder, [&](const SourceFile& file, size_t line, const std::string& included) {
      for (const absl::string_view outside : kOutside) {
        const bool folder_of_headers = absl::EndsWith(outside, "/");
        if (folder_of_headers ? absl::StartsWith(included, outside) : included == outside) {
          breaches.push_back({file.path, line, absl::StrCat("includes ", included)});
        }
      }
      if (absl::EndsWith(included, ".grpc.pb.h")) {
        breaches.push_back({file.path, line, absl::StrCat("includes ", included)});
      }
    });
  }
  return breaches;
}

std::vector<Breach> CheckConcreteStores(const SourceTree& tree) {
  std::vector<Breach> breaches;
  ForEachInclude(tree, "gateway/", [&](const SourceFile& file, size_t line, const std::string& included) {
    if (!absl::StartsWith(included, "gateway/store/") || absl::StartsWith(file.path, "gateway/store/")) return;
    // What stores are built with is no store: a connection, the schema behind it, a statement. Offers are kept so too.
    constexpr absl::string_view kPieces[] = {"gateway/store/postgres_connection.h",
                                             "gateway/store/postgres_schema_target.h", "gateway/store/sqlite_use.h"};
    const bool is_piece = std::find(std::begin(kPieces), std::end(kPieces), included) != std::end(kPieces);
    if (is_piece && absl::StartsWith(file.path, "gateway/catalogue/")) return;
    if (file.path != "gateway/main.cc") breaches.push_back({file.path, line, absl::StrCat("includes ", included)});
  });
  return breaches;
}

}  // namespace passerelle::arch
