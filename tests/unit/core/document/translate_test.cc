#include "core/document/translate.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/document/stand_in_adapter.h"

namespace passerelle::document {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

// A credential that states a title and nothing else.
Imported TitleOnly() {
  Imported imported;
  auto* achievement = imported.credential->mutable_credential_subject()->mutable_person()->add_has_claim();
  auto* title = achievement->mutable_learning_achievement()->add_title();
  title->set_language("en");
  title->set_value("Welding");
  return imported;
}

Registry One(Imported imported) {
  return RegistryOf(std::make_unique<StandInAdapter>("x", Confidence::kCertain, std::move(imported)));
}

const v1::AnnexOneElement& Element(const v1::TranslationReport& report, const std::string& id) {
  for (const auto& element : report.elements()) {
    if (element.element() == id) return element;
  }
  return v1::AnnexOneElement::default_instance();
}

TEST(TranslateTest, EmbedsTheBytesAsReceived) {
  const std::string bytes("{\"a\":\0}", 7);
  ASSERT_OK_AND_ASSIGN(const Translated translated, Translate(One(TitleOnly()), bytes, {}));
  ASSERT_EQ(translated.credential->evidence_size(), 1);
  const auto& original = translated.credential->evidence(0).embedded_evidence(0);
  EXPECT_EQ(original.content(), base::Base64Encode(bytes));
  EXPECT_EQ(original.content_type().id(), "http://publications.europa.eu/resource/authority/file-type/JSON");
  EXPECT_EQ(translated.credential->credential_schema(0).id(), "http://data.europa.eu/snb/model/ap/edc-converted");
  EXPECT_EQ(translated.report.mapping_version(), "7");
}

TEST(TranslateTest, LeavesAEuropeanDocumentWithoutEvidence) {
  Imported imported = TitleOnly();
  imported.european = true;
  ASSERT_OK_AND_ASSIGN(const Translated translated, Translate(One(std::move(imported)), "x", {}));
  EXPECT_EQ(translated.credential->evidence_size(), 0);
  EXPECT_EQ(translated.credential->credential_schema_size(), 0);
}

TEST(TranslateTest, TheAdapterRefinesButCannotInvent) {
  Imported imported = TitleOnly();
  imported.origins = {{"A1-M02", v1::ELEMENT_STATUS_DERIVED, {"/t"}, "rule.t"},
                      {"A1-M05", v1::ELEMENT_STATUS_STATED, {"/d"}, ""},
                      {"A1-M06", v1::ELEMENT_STATUS_WITHHELD, {"/o"}, ""}};
  ASSERT_OK_AND_ASSIGN(const Translated translated, Translate(One(std::move(imported)), "x", {}));
  EXPECT_EQ(Element(translated.report, "A1-M02").status(), v1::ELEMENT_STATUS_DERIVED);
  EXPECT_EQ(Element(translated.report, "A1-M02").source(0), "/t");
  EXPECT_EQ(Element(translated.report, "A1-M02").rule(), "rule.t");
  EXPECT_EQ(Element(translated.report, "A1-M05").status(), v1::ELEMENT_STATUS_MISSING);
  EXPECT_EQ(Element(translated.report, "A1-M06").status(), v1::ELEMENT_STATUS_WITHHELD);
  EXPECT_EQ(translated.report.score(), 100u / 42);
}

TEST(TranslateTest, RefusesALossThatTheCallerRefuses) {
  TranslateOptions options;
  options.refuse_loss = {"A1-M02", "A1-M08", "A1-M05"};
  EXPECT_THAT(Translate(One(TitleOnly()), "x", options), HasReasonAt(Reason::kLossRefused, "A1-M05,A1-M08"));
  options.refuse_loss = {"A1-M02"};
  EXPECT_TRUE(Translate(One(TitleOnly()), "x", options).ok());
  options.refuse_loss = {"M2"};
  EXPECT_THAT(Translate(One(TitleOnly()), "x", options), HasReasonAt(Reason::kFieldInvalid, "refuse_loss"));
}

TEST(TranslateTest, RefusesWhatItCannotTake) {
  EXPECT_THAT(Translate(One(TitleOnly()), "", {}), HasReason(Reason::kInputEmpty));
  EXPECT_THAT(Translate(One(TitleOnly()), std::string(base::kDocumentBytesMax + 1, ' '), {}),
              HasReason(Reason::kInputTooLarge));
  EXPECT_THAT(Translate(RegistryOf(), "x", {}), HasReason(Reason::kFormatUnknown));
  TranslateOptions options;
  options.from = "other";
  EXPECT_THAT(Translate(One(TitleOnly()), "x", options), HasReasonAt(Reason::kFormatUnknown, "from"));
}

TEST(TranslateTest, NamesTheFormatsThatADocumentCanBeOf) {
  const Registry registry = RegistryOf(std::make_unique<StandInAdapter>("a", Confidence::kPossible),
                                       std::make_unique<StandInAdapter>("b", Confidence::kCertain),
                                       std::make_unique<StandInAdapter>("c", Confidence::kCertain));
  const absl::Status status = Translate(registry, "x", {}).status();
  EXPECT_THAT(status, HasReasonAt(Reason::kFormatUnknown, "document"));
  EXPECT_EQ(base::DetailOf(status), "it can be of several formats, of which one must be named: b, c");
}

TEST(ReportTest, WritesTheContractOfTheCommandLine) {
  v1::TranslationReport report;
  report.set_from("elmo");
  report.set_to("elm");
  report.set_mapping_version("1");
  auto* element = report.add_elements();
  element->set_element("A1-M01");
  element->set_status(v1::ELEMENT_STATUS_BY_REFERENCE);
  element->add_source("/a");
  element->set_rule("r");
  auto* dropped = report.add_dropped();
  dropped->set_source("/b");
  dropped->set_reason("no \"place\"");
  auto* diagnostic = report.add_diagnostics();
  diagnostic->set_rule("d");
  diagnostic->set_place("/c");
  diagnostic->set_message("m");
  diagnostic->set_severity(v1::SEVERITY_WARNING);
  report.set_score(45);
  EXPECT_EQ(ReportJson(report),
            "{\"from\":\"elmo\",\"to\":\"elm\",\"mapping_version\":\"1\",\"elements\":{\"A1-M01\":{\"status\":"
            "\"by_reference\",\"source\":[\"/a\"],\"rule\":\"r\"}},\"dropped\":[{\"source\":\"/b\",\"reason\":"
            "\"no \\\"place\\\"\"}],\"diagnostics\":[{\"rule\":\"d\",\"place\":\"/c\",\"message\":\"m\",\"severity\":"
            "\"warning\"}],\"score\":45}");
  EXPECT_EQ(ReportText(report),
            "elmo to elm, mapping 1: score 45 of 100\n\n"
            "A1-M01  by_reference Identification of the learner                              [r] /a\n\n"
            "Dropped:\n  /b: no \"place\"\n\nDiagnostics:\n  warning [d] /c: m\n");
  // What a document says forges no line.
  diagnostic->set_message("m\n  error [d] /c\x1B[2J");
  dropped->set_source("/b\u202E");
  const std::string text = ReportText(report);
  EXPECT_NE(text.find("  /b\\u202e: no"), std::string::npos) << text;
  EXPECT_NE(text.find("/c: m\\x0a  error [d] /c\\x1b[2J\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace passerelle::document
