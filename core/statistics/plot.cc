// Bar charts, as SVG without scripts, fonts or anything that is fetched.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/statistics/cube_report.h"
#include "core/statistics/facts.h"

namespace passerelle::statistics {
namespace {

// Pixels.
constexpr int kWidth = 640;
constexpr int kLabels = 160;
constexpr int kBarStep = 24;
constexpr int kBarHeight = 16;
constexpr int kTop = 44;
constexpr int kNumbers = 80;

struct Bar {
  std::string label;
  const v1::Cell* cell;
};

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::vector<Bar> BarsOf(const v1::Cube& cube) {
  std::vector<Bar> bars;
  for (const v1::Cell& cell : cube.cells()) {
    bool margin = cell.values_size() > 0 && cell.values(0) != kTotal;
    for (int d = 1; d < cell.values_size(); ++d) margin = margin && cell.values(d) == kTotal;
    if (margin) bars.push_back({cell.values(0) == kUnknown ? "not stated" : cell.values(0), &cell});
  }
  if (bars.size() > static_cast<size_t>(kBarsMax)) bars.resize(kBarsMax);
  return bars;
}

std::string Text(int x, int y, absl::string_view anchor, absl::string_view text) {
  return absl::StrCat("<text x=\"", x, "\" y=\"", y, "\" text-anchor=\"", anchor, "\">", Escaped(text), "</text>\n");
}

}  // namespace

std::string CubeSvg(const v1::Cube& cube) {
  const std::vector<Bar> bars = BarsOf(cube);
  uint64_t largest = 1;
  for (const Bar& bar : bars) largest = std::max(largest, bar.cell->count());
  const int height = kTop + kBarStep * static_cast<int>(bars.size()) + kBarStep;
  const std::string title = absl::StrCat(cube.title(), ", ", cube.node(), ", ", cube.period());
  std::string description = absl::StrCat("By ", cube.dimensions().empty() ? "nothing" : cube.dimensions(0), ":");
  std::string drawn;
  for (size_t i = 0; i < bars.size(); ++i) {
    const int y = kTop + kBarStep * static_cast<int>(i);
    const v1::Cell& cell = *bars[i].cell;
    const std::string number = cell.confidential() ? "confidential" : absl::StrCat(cell.count());
    absl::StrAppend(&description, " ", bars[i].label, " ", number, i + 1 < bars.size() ? ";" : ".");
    absl::StrAppend(&drawn, Text(kLabels - 8, y + kBarHeight - 3, "end", bars[i].label));
    int length = 0;
    if (!cell.confidential()) {
      length = static_cast<int>(cell.count() * static_cast<uint64_t>(kWidth - kLabels - kNumbers) / largest);
      absl::StrAppend(&drawn, "<rect x=\"", kLabels, "\" y=\"", y, "\" width=\"", length, "\" height=\"", kBarHeight,
                      "\" fill=\"#1f4e79\"/>\n");
    }
    absl::StrAppend(&drawn, Text(kLabels + length + 6, y + kBarHeight - 3, "start", number));
  }
  return absl::StrCat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title description\" "
      "width=\"",
      kWidth, "\" height=\"", height, "\" viewBox=\"0 0 ", kWidth, " ", height,
      "\" font-family=\"sans-serif\" font-size=\"13\">\n<title id=\"title\">", Escaped(title),
      "</title>\n<desc id=\"description\">", Escaped(description), "</desc>\n",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n", Text(8, 24, "start", title), drawn, "</svg>\n");
}

}  // namespace passerelle::statistics
