#include "tests/docs/adapters_page.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/registry.h"
#include "core/document/translate.h"
#include "core/elm/annex_one.h"
#include "tests/unit/adapters/contract/golden_documents.h"

namespace passerelle::docs {
namespace {

using document::v1::ElementStatus;

// The best that any document of the format states, and how many documents were read.
struct Measured {
  int accepted = 0;
  int refused = 0;
  std::map<std::string, ElementStatus> best;
};

int Rank(ElementStatus status) {
  switch (status) {
    case document::v1::ELEMENT_STATUS_STATED:
      return 5;
    case document::v1::ELEMENT_STATUS_DERIVED:
      return 4;
    case document::v1::ELEMENT_STATUS_TEXT:
      return 3;
    case document::v1::ELEMENT_STATUS_BY_REFERENCE:
      return 2;
    case document::v1::ELEMENT_STATUS_WITHHELD:
      return 1;
    default:
      return 0;
  }
}

std::map<std::string, Measured> Measure(const document::Registry& registry) {
  std::map<std::string, Measured> measured;
  for (const adapters::GoldenDocument& golden : adapters::GoldenDocuments(registry)) {
    Measured& format = measured[golden.format];
    const auto translated = document::Translate(registry, golden.bytes, golden.options);
    if (!translated.ok()) {
      ++format.refused;
      continue;
    }
    ++format.accepted;
    for (const auto& element : translated->report.elements()) {
      ElementStatus& best = format.best[element.element()];
      if (Rank(element.status()) > Rank(best)) best = element.status();
    }
  }
  return measured;
}

std::string Letter(ElementStatus status) {
  switch (status) {
    case document::v1::ELEMENT_STATUS_STATED:
      return "●";
    case document::v1::ELEMENT_STATUS_DERIVED:
      return "d";
    case document::v1::ELEMENT_STATUS_TEXT:
      return "t";
    case document::v1::ELEMENT_STATUS_BY_REFERENCE:
      return "r";
    case document::v1::ELEMENT_STATUS_WITHHELD:
      return "w";
    default:
      return "–";
  }
}

}  // namespace

std::string AdaptersPage() {
  const document::Registry registry = adapters::MakeRegistry();
  std::map<std::string, Measured> measured = Measure(registry);
  std::string page =
      "<!-- Generated from the adapters and tests/golden; scripts/check.sh docs --update writes it. -->\n"
      "# Formats\n\n"
      "What `passerelle formats` lists, with the documents of `tests/golden` that each adapter reads and refuses.\n\n"
      "| Format | Name | Versions | Directions | Maturity | Mapping | Read | Refused |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const auto& adapter : registry.adapters()) {
    const document::FormatInfo& info = adapter->Info();
    const Measured& format = measured[info.id];
    absl::StrAppend(&page, "| `", info.id, "` | ", info.name, " | ", absl::StrJoin(info.versions, ", "), " | ",
                    absl::StrJoin(info.directions, ", "), " | ", info.maturity, " | `", info.mapping_version, "` | ",
                    format.accepted, " | ", format.refused, " |\n");
  }
  absl::StrAppend(
      &page,
      "\n## Annex I\n\n"
      "The best that any of the documents says of each element: ● stated, d derived by a rule, t as text, "
      "r by\nreference, w withheld, – missing. The elements are those of Annex I in its order.\n\n| Format |");
  for (const elm::AnnexOneName& element : elm::kAnnexOne)
    absl::StrAppend(&page, " ", std::string(element.id).substr(3), " |");
  absl::StrAppend(&page, "\n|---|");
  for (size_t i = 0; i < std::size(elm::kAnnexOne); ++i) absl::StrAppend(&page, "---|");
  absl::StrAppend(&page, "\n");
  for (const auto& adapter : registry.adapters()) {
    Measured& format = measured[adapter->Info().id];
    if (format.best.empty()) continue;  // of catalogues, Annex I asks nothing
    absl::StrAppend(&page, "| `", adapter->Info().id, "` |");
    for (const elm::AnnexOneName& element : elm::kAnnexOne) {
      absl::StrAppend(&page, " ", Letter(format.best[element.id]), " |");
    }
    absl::StrAppend(&page, "\n");
  }
  absl::StrAppend(&page, "\n");
  for (const elm::AnnexOneName& element : elm::kAnnexOne) {
    absl::StrAppend(&page, "* ", std::string(element.id).substr(3), ": ", element.name, "\n");
  }
  return page;
}

}  // namespace passerelle::docs
