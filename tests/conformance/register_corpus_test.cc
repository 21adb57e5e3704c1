// Documents of national registers and sectors (../shared/corpus): each is detected as what it is and as nothing else,
// and comes out as its manifest and the mapping say.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/base/problem.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "tests/conformance/corpus.h"

namespace passerelle {
namespace {

namespace fs = std::filesystem;

// The folders of the corpus whose files are of one of the formats here.
const std::map<std::string, std::string>& FormatOfFolder() {
  static const auto& formats = *new std::map<std::string, std::string>{
      {"koski", "koski"}, {"virta", "virta"}, {"xhochschule", "xhochschule"}, {"xberufsbildung", "xberufsbildung"},
      {"ooapi", "ooapi"}, {"ewp", "ewp"},
  };
  return formats;
}

// Files that are of another format than their folder: both members of a pair, a rendering for people.
const std::map<std::string, std::string>& FormatOfFile() {
  static const auto& formats = *new std::map<std::string, std::string>{
      {"virta/pairs/kaisa-elmo.json", "unknown"},
      {"virta/pairs/kaisa-one-course-elm.json", "elm"},
      {"xhochschule/0.7-hs-mannheim/zeugnis_pdfa_signed.pdf", "unknown"},
      {"elmo/de/xhochschule-0.6-elmoCredential.xml", "xhochschule"},
  };
  return formats;
}

// Reasons by file; what is not listed translates.
const std::map<std::string, std::string>& Refused() {
  static const auto& refused = *new std::map<std::string, std::string>{
      {"koski/Jatkuvaanoppimiseensuunnattuvapaansivistystyonkoulutus_2024-05-24.json", "AWARD_NOT_CONFIRMED"},
      {"koski/ammatillinen-lisatiedot_2024-07-26.json", "AWARD_NOT_CONFIRMED"},
      {"koski/ammatillinen-muuammatillinenkoulutus_2024-04-10.json", "AWARD_NOT_CONFIRMED"},
      {"koski/ammatillinen-ops_2022-07-14.json", "AWARD_NOT_CONFIRMED"},
      {"koski/ammatillinen-reforminmukainenperustutkinto2022_2024-08-08.json", "AWARD_NOT_CONFIRMED"},
      {"koski/ammatillinen-reformiuseitatutkinnonosia_2025-08-19.json", "AWARD_NOT_CONFIRMED"},
      {"koski/ammatillinen-tutkinnonosaapienempikokonaisuus_2024-04-10.json", "AWARD_NOT_CONFIRMED"},
      {"koski/tiedonsiirto-epaonnistunut_2022-09-26.json", "AWARD_NOT_CONFIRMED"},
      {"virta/henkilotiedot/010190-4473.xml", "NOTHING_AWARDED"},
      {"virta/henkilotiedot/030199-3419.xml", "NOTHING_AWARDED"},
      {"virta/henkilotiedot/080795-884U.xml", "NOTHING_AWARDED"},
      {"virta/henkilotiedot/130505A831H.xml", "NOTHING_AWARDED"},
      {"virta/henkilotiedot/141199-418X.xml", "NOTHING_AWARDED"},
      {"virta/henkilotiedot/200990-228R.xml", "NOTHING_AWARDED"},
      {"virta/opintotiedot/010190-4473.xml", "NOTHING_AWARDED"},
      {"virta/pairs/kaisa-elmo.json", "FORMAT_UNKNOWN"},
      {"xhochschule/0.7-hs-mannheim/zeugnis_pdfa_signed.pdf", "FORMAT_UNKNOWN"},
      {"xhochschule/0.91/exmatrikulationsbescheinigung_signiert.xml", "ENROLMENT_CERTIFICATE"},
      {"xhochschule/1.2/Exmatrikulationsbescheinigung.xml", "ENROLMENT_CERTIFICATE"},
      {"xhochschule/1.2/Immatrikulationsbescheinigung.xml", "ENROLMENT_CERTIFICATE"},
      {"xberufsbildung/F01_negativ.xml", "LEARNER_UNCLEAR"},
      {"xberufsbildung/F02_negativ.xml", "LEARNER_UNCLEAR"},
      {"ooapi/v5/course-consumers.json", "NOT_A_CREDENTIAL"},
      {"ooapi/v5/organization.json", "NOT_A_CREDENTIAL"},
      {"ooapi/v5/organizations.json", "NOT_A_CREDENTIAL"},
      {"ooapi/v5/person_template.json", "TEMPLATE_NOT_FILLED"},
  };
  return refused;
}

// What the seal adds may be missing from a draft, nothing else.
void ExpectConformingDraft(const std::string& content, const std::string& name) {
  const auto read = elm::Read(content);
  ASSERT_TRUE(read.ok()) << name << " " << read.status();
  for (const elm::Finding& finding : elm::CheckConstraints(*read).findings) {
    const bool added_by_the_seal = finding.rule == "shape.min" && (absl::StrContains(finding.message, "issue") ||
                                                                   absl::StrContains(finding.pointer, "issue"));
    EXPECT_TRUE(added_by_the_seal) << name << " " << finding.pointer << " " << finding.rule << ": " << finding.message;
  }
}

TEST(RegisterCorpusTest, EveryDocumentComesOutAsItsManifestSays) {
  if (!fs::exists(Corpus())) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus";
  const document::Registry registry = adapters::MakeRegistry();
  for (const auto& [folder, format] : FormatOfFolder()) {
    for (const fs::path& file : FilesBelow(Corpus() / folder)) {
      const std::string name = fs::relative(file, Corpus()).string();
      document::TranslateOptions options;
      options.catalogues = true;
      const auto translated = document::Translate(registry, ReadFile(file), options);
      const auto refused = Refused().find(name);
      const std::string outcome =
          translated.ok() ? "translated" : std::string(base::Catalogue(base::ReasonOf(translated.status())).name);
      EXPECT_EQ(outcome, refused == Refused().end() ? "translated" : refused->second)
          << name << " " << translated.status();
      if (!translated.ok()) continue;
      if (translated->catalogue.has_value()) {
        std::printf("%-72s catalogue of %d nodes, dropped %3d, diagnostics %3d\n", name.c_str(),
                    translated->catalogue->node_size(), translated->report.dropped_size(),
                    translated->report.diagnostics_size());
        EXPECT_TRUE(elm::ReadData(translated->content).ok()) << name;
        continue;
      }
      std::printf("%-72s score %3u, claims %3d, dropped %3d, diagnostics %3d\n", name.c_str(),
                  translated->report.score(), translated->credential->credential_subject().person().has_claim_size(),
                  translated->report.dropped_size(), translated->report.diagnostics_size());
      ExpectConformingDraft(translated->content, name);
    }
  }
}

TEST(RegisterCorpusTest, NoAdapterClaimsADocumentOfAnotherFormat) {
  if (!fs::exists(Corpus())) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus";
  const document::Registry registry = adapters::MakeRegistry();
  for (const fs::path& file : FilesBelow(Corpus())) {
    const std::string name = fs::relative(file, Corpus()).string();
    const std::string detected = document::Detect(registry, ReadFile(file)).format;
    const auto own = FormatOfFile().find(name);
    if (own != FormatOfFile().end()) {
      EXPECT_EQ(detected, own->second) << name;
      continue;
    }
    const auto expected = FormatOfFolder().find(name.substr(0, name.find('/')));
    if (expected != FormatOfFolder().end()) {
      EXPECT_EQ(detected, expected->second) << name;
      continue;
    }
    for (const auto& [folder, format] : FormatOfFolder()) EXPECT_NE(detected, format) << name;
  }
}

}  // namespace
}  // namespace passerelle
