#include "tests/docs/recommendation_page.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace passerelle::docs {
namespace {

enum class Row { kSection, kPoint, kPolicy, kShown };

// A row of recommendation.def as it stands there.
struct Written {
  Row row;
  const char* a;
  const char* b = "";
  const char* c = "";
  const char* d = "";
  const char* e = "";
};

constexpr Written kWritten[] = {
#define SECTION(title) {Row::kSection, title},
#define POINT(reference, about, does, by, missing) {Row::kPoint, reference, about, does, by, missing},
#define POLICY(reference, about) {Row::kPolicy, reference, about},
#define SHOWN(file, test, datum, example) {Row::kShown, file, test, datum, example},
#include "tests/docs/recommendation.def"
#undef SECTION
#undef POINT
#undef POLICY
#undef SHOWN
};

// Text for the cell of a table.
std::string TableCell(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}, {"\t", " "}});
}

std::string OrDash(const std::string& text) { return text.empty() ? "–" : text; }

// "[vectors.yaml](../../tests/…): the text", "the text", or nothing.
std::string DatumOf(const Shown& shown) {
  const std::vector<std::string> parts = absl::StrSplit(shown.datum, absl::MaxSplits('#', 1));
  const std::string text = parts.size() == 2 ? absl::StrCat("\"", parts[1], "\"") : "";
  if (parts[0].empty()) return text.empty() ? "" : absl::StrCat(", ", text);
  const std::string name = parts[0].substr(parts[0].rfind('/') + 1);
  return absl::StrCat(", [", name, "](../../", parts[0], ")", text.empty() ? "" : ": ", text);
}

std::string CellOf(const Shown& shown) {
  return TableCell(absl::StrCat(shown.example, " ([", shown.test, "](../../", shown.file, ")", DatumOf(shown), ")"));
}

std::string Line(const Point& point) {
  const auto add_shown = [](std::string* out, const Shown& shown) { absl::StrAppend(out, CellOf(shown)); };
  const auto add_command = [](std::string* out, const std::string& by) { absl::StrAppend(out, "`", by, "`"); };
  return absl::StrCat("| ", point.reference, " | ", TableCell(point.about), " | ", StateOf(point), " | ",
                      OrDash(TableCell(point.does)), " | ", OrDash(absl::StrJoin(point.shown, "<br>", add_shown)),
                      " | ", OrDash(absl::StrJoin(point.by, "<br>", add_command)), " | ",
                      OrDash(TableCell(point.missing)), " |\n");
}

std::string Counts(const std::vector<Point>& points) {
  std::map<std::string, int> counts;
  for (const Point& point : points) ++counts[StateOf(point)];
  return absl::StrCat("Of ", points.size(), " rows ", counts["shown"], " are shown, ", counts["in part"], " in part, ",
                      counts["not yet"], " not yet, and ", counts["policy"],
                      " are matters of policy for which software has no function.\n");
}

}  // namespace

std::vector<Point> RecommendationPoints() {
  std::vector<Point> points;
  std::string section;
  for (const Written& row : kWritten) {
    switch (row.row) {
      case Row::kSection:
        section = row.a;
        break;
      case Row::kPoint:
        points.push_back({section, row.a, row.b, row.c, absl::StrSplit(row.d, "; ", absl::SkipEmpty()), row.e, {}});
        break;
      case Row::kPolicy:
        points.push_back({section, row.a, row.b, "", {}, "", {}, true});
        break;
      case Row::kShown:
        points.back().shown.push_back({row.a, row.b, row.c, row.d});
        break;
    }
  }
  return points;
}

std::string StateOf(const Point& point) {
  if (point.policy) return "policy";
  if (point.shown.empty()) return "not yet";
  return point.missing.empty() ? "shown" : "in part";
}

std::string RecommendationPage() {
  const std::vector<Point> points = RecommendationPoints();
  std::string page = absl::StrCat(
      "<!-- Generated from tests/docs/recommendation.def; scripts/check.sh docs --update writes it. -->\n"
      "# The Recommendation, point by point\n\n"
      "What Passerelle has for each point of the Council Recommendation of 16 June 2022 on micro-credentials (OJ C "
      "243,\n"
      "27.6.2022, p. 10). `p9a` is point 9(a), `rec19` recital 19, `A1` Annex I, `A2.6` principle 6 of Annex II. Each\n"
      "example is a test; a test also checks that every test, command and method on this page exists.\n\n",
      Counts(points));
  std::string section;
  for (const Point& point : points) {
    if (point.section != section) {
      section = point.section;
      absl::StrAppend(&page, "\n## ", section,
                      "\n\n| Point | About | State | What Passerelle does | Shown by | To be had by | Not yet |\n"
                      "|---|---|---|---|---|---|---|\n");
    }
    absl::StrAppend(&page, Line(point));
  }
  return page;
}

}  // namespace passerelle::docs
