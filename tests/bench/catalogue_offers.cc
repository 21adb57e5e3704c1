#include "tests/bench/catalogue_offers.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace passerelle::bench {
namespace {

struct Country {
  const char* code;
  const char* authority;  // code in the vocabulary of the Publications Office
};
constexpr Country kCountries[] = {{"NO", "NOR"}, {"SE", "SWE"}, {"DE", "DEU"}, {"FR", "FRA"}, {"NL", "NLD"},
                                  {"BG", "BGR"}, {"FI", "FIN"}, {"DK", "DNK"}, {"LV", "LVA"}, {"ES", "ESP"}};
constexpr const char* kLanguages[] = {"NOR", "SWE", "DEU", "FRA", "NLD", "BUL", "FIN", "DAN", "LAV", "SPA"};
constexpr const char* kFields[] = {"0113", "0222", "0311", "0413", "0532", "0613", "0715", "0811", "0913", "1013"};
constexpr const char* kCredits[] = {"1", "2.5", "3", "5", "5", "5", "7.5", "10", "15", "30"};
constexpr size_t kProviders = 500;

// Sums of 1 / (rank + 2), by which ranks are drawn.
const std::vector<double>& Sums() {
  static const auto* const sums = [] {
    auto* made = new std::vector<double>;
    double sum = 0;
    for (size_t rank = 0; rank < kVocabulary; ++rank) made->push_back(sum += 1.0 / static_cast<double>(rank + 2));
    return made;
  }();
  return *sums;
}

std::string Texts(size_t words, Numbers* numbers) {
  std::string text;
  for (size_t i = 0; i < words; ++i) absl::StrAppend(&text, i == 0 ? "" : " ", FrequentWord(numbers));
  return text;
}

std::string Concept(const std::string& name, const std::string& id) {
  return absl::StrCat("\"", name, "\":{\"@id\":\"", id, "\",\"@type\":\"Concept\"}");
}

std::string Opportunity(size_t number, int version) {
  Numbers numbers(number * 7919 + static_cast<uint64_t>(version));
  const size_t provider = number % kProviders;
  const std::string office = "http://publications.europa.eu/resource/authority/";
  // One offer in a hundred has no title.
  const std::string title = number % 100 == 99 ? "" : absl::StrCat("\"title\":{\"en\":\"", Texts(6, &numbers), "\"},");
  std::string outcomes;
  for (int i = 0; i < 3; ++i) {
    absl::StrAppend(&outcomes, i == 0 ? "" : ",", R"({"@type":"LearningOutcome","title":{"en":")", Texts(6, &numbers),
                    "\"}}");
  }
  return absl::StrCat(
      R"({"@id":")", OfferId(number), R"(","@type":"LearningOpportunity",)", title, R"("description":{"en":")",
      Texts(25, &numbers), R"("},)",
      Concept("http://data.europa.eu/snb/model/elm/defaultLanguage",
              absl::StrCat(office, "language/", kLanguages[provider % 10])),
      R"(,"providedBy":{"@id":"urn:example:organisation:)", provider,
      R"(","@type":"Organisation"},"learningAchievementSpecification":{"@id":"urn:example:specification:)", number,
      R"(","@type":"Qualification","title":{"en":")", Texts(4, &numbers), R"("},)",
      Concept("eqfLevel", absl::StrCat("http://data.europa.eu/snb/eqf/", 1 + numbers.Below(8))), ",",
      Concept("thematicArea", absl::StrCat("http://data.europa.eu/snb/isced-f/", FieldAt(numbers.Below(10)))),
      R"(,"creditPoint":{"@type":"CreditPoint",)",
      Concept("framework", "http://data.europa.eu/snb/education-credit/6fcec5c5af"), R"(,"point":")",
      kCredits[numbers.Below(10)], R"("},"learningOutcome":[)", outcomes, "]}}");
}

std::string Provider(size_t provider) {
  Numbers numbers(provider);
  return absl::StrCat(R"({"@id":"urn:example:organisation:)", provider,
                      R"(","@type":"Organisation","legalName":{"en":")", Texts(2, &numbers),
                      R"("},"location":{"@type":"Location","address":{"@type":"Address",)",
                      Concept("countryCode", absl::StrCat("http://publications.europa.eu/resource/authority/country/",
                                                          kCountries[provider % 10].authority)),
                      "}}}");
}

}  // namespace

uint64_t Numbers::Next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::string WordAt(size_t rank) {
  // Frequent words are short; no two are the same.
  constexpr char kConsonants[] = "bdfgklmnprst";
  constexpr char kVowels[] = "aeiou";
  std::string word;
  for (size_t left = rank + 60; left > 0; left /= 60) {
    word += kConsonants[left % 60 / 5];
    word += kVowels[left % 5];
  }
  return word;
}

std::string FrequentWord(Numbers* numbers) {
  const std::vector<double>& sums = Sums();
  const double drawn = static_cast<double>(numbers->Next() >> 11) / 9007199254740992.0 * sums.back();
  const auto found = std::upper_bound(sums.begin(), sums.end(), drawn);
  return WordAt(std::min<size_t>(static_cast<size_t>(found - sums.begin()), kVocabulary - 1));
}

std::string OfferId(size_t number) { return absl::StrFormat("urn:example:opportunity:%016x", Numbers(number).Next()); }

std::string CountryAt(size_t number) { return kCountries[number % 10].code; }

std::string FieldAt(size_t number) { return kFields[number % 10]; }

std::string CatalogueFile(size_t file, int version) {
  std::string nodes;
  for (size_t i = 0; i < kOffersOfFile; ++i) {
    absl::StrAppend(&nodes, Opportunity(file * kOffersOfFile + i, i == 0 ? version : 0), ",\n");
  }
  for (size_t provider = 0; provider < kProviders; ++provider) {
    absl::StrAppend(&nodes, provider == 0 ? "" : ",\n", Provider(provider));
  }
  return absl::StrCat(R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":[)", nodes, "]}\n");
}

}  // namespace passerelle::bench
