#include "core/elm/region.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

constexpr absl::string_view kUnitBase = "http://publications.europa.eu/resource/authority/atu/";
constexpr absl::string_view kNutsBase = "http://data.europa.eu/nuts/code/";

// The parts of the United Kingdom have codes of their own in the list of territorial units.
constexpr absl::string_view kBritish[] = {"ENG", "SCT", "WLS", "NIR"};

// A NUTS code: two letters of the country and up to three more letters or digits.
bool IsNutsCode(absl::string_view code) {
  return code.size() >= 2 && code.size() <= 5 && std::all_of(code.begin(), code.end(), [](char c) {
           return absl::ascii_isupper(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

}  // namespace

bool IsRegion(absl::string_view iri) {
  if (absl::ConsumePrefix(&iri, kUnitBase)) return !iri.empty();
  return absl::ConsumePrefix(&iri, kNutsBase) && IsNutsCode(iri);
}

std::optional<v3::Concept> CountryOfRegion(absl::string_view iri) {
  if (absl::ConsumePrefix(&iri, kUnitBase)) {
    const absl::string_view code = iri.substr(0, iri.find('_'));
    if (std::find(std::begin(kBritish), std::end(kBritish), code) != std::end(kBritish)) return Country("GBR");
    return code.size() == 3 ? Country(code) : std::nullopt;
  }
  if (absl::ConsumePrefix(&iri, kNutsBase) && IsNutsCode(iri)) return Country(iri.substr(0, 2));
  return std::nullopt;
}

}  // namespace passerelle::elm
