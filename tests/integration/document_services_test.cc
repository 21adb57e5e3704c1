// A real node for clients that have a document: what it is, what it says, and what a pathway makes of it.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/config/yaml.h"
#include "gateway/grpc/tls.h"
#include "gtest/gtest.h"
#include "passerelle/document/v1/document_service.grpc.pb.h"
#include "passerelle/pathway/v1/pathway_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
namespace document_v1 = document::v1;
namespace pathway_v1 = pathway::v1;

class DocumentServicesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    LocalNode node;
    node.id = "NO";
    node.competent_authority = "Authority of the test";
    node.country = "NO";
    node.skill_collections = {absl::StrCat(::passerelle::testing::kSourceDir, "/docs/concepts/digital-skills.yaml")};
    node.clients = {
        {"desk", {document_v1::DocumentService::service_full_name(), pathway_v1::PathwayService::service_full_name()}},
        {"portal", {"passerelle.sharing.v1.SharingService"}}};
    options.nodes = {node};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    const auto channel = federation_->ClientChannel("NO", federation_->ClientTls("NO", "desk"));
    documents_ = document_v1::DocumentService::NewStub(channel);
    pathways_ = pathway_v1::PathwayService::NewStub(channel);
  }

  absl::StatusOr<document_v1::TranslateDocumentResponse> Translate(
      const document_v1::TranslateDocumentRequest& request) {
    return Call(*documents_, &document_v1::DocumentService::Stub::TranslateDocument, request);
  }
  absl::StatusOr<document_v1::CheckDocumentResponse> Check(const document_v1::CheckDocumentRequest& request) {
    return Call(*documents_, &document_v1::DocumentService::Stub::CheckDocument, request);
  }
  absl::StatusOr<pathway_v1::EvaluatePathwayResponse> Evaluate(const pathway_v1::EvaluatePathwayRequest& request) {
    return Call(*pathways_, &pathway_v1::PathwayService::Stub::EvaluatePathway, request);
  }

  std::unique_ptr<LocalFederation> federation_;
  std::unique_ptr<document_v1::DocumentService::Stub> documents_;
  std::unique_ptr<pathway_v1::PathwayService::Stub> pathways_;
};

TEST_F(DocumentServicesTest, NamesTheFormatsAndTheOneOfADocument) {
  const auto formats = Call(*documents_, &document_v1::DocumentService::Stub::ListFormats, {});
  ASSERT_TRUE(formats.ok()) << formats.status();
  bool writes_elmo = false;
  for (const document_v1::Format& format : formats->formats()) {
    const auto& directions = format.directions();
    writes_elmo |=
        format.id() == "elmo" && std::find(directions.begin(), directions.end(), "write") != directions.end();
  }
  EXPECT_TRUE(writes_elmo);
  document_v1::DetectDocumentRequest request;
  request.set_content(Transcript());
  auto detected = Call(*documents_, &document_v1::DocumentService::Stub::DetectDocument, request);
  ASSERT_TRUE(detected.ok()) << detected.status();
  EXPECT_EQ(detected->format(), "elmo");
  EXPECT_GT(detected->confidence(), 0u);
  request.set_content("Dear Sir or Madam");
  detected = Call(*documents_, &document_v1::DocumentService::Stub::DetectDocument, request);
  ASSERT_TRUE(detected.ok()) << detected.status();
  EXPECT_EQ(detected->format(), "unknown");
}

// Every document that only carries another, and every fourth of the rest.
TEST_F(DocumentServicesTest, TranslatesAsTheCommandDoes) {
  document_v1::TranslateDocumentRequest request;
  request.set_catalogues(true);  // which the command takes too
  int documents = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           absl::StrCat(::passerelle::testing::kSourceDir, "/tests/golden"))) {
    const std::string path = entry.path().string();
    const bool plain = !std::filesystem::exists(entry.path().parent_path() / "options.txt");
    if (entry.path().stem() != "input" || !plain) continue;
    const bool carries = absl::StrContains(path, "/golden/presentation/");
    if (++documents % 4 != 0 && !carries) continue;
    const tests::Outcome command = tests::RunProgram({PASSERELLE_PROGRAM, "translate", path});
    request.set_content(tests::ReadAll(path));
    if (request.content().empty()) continue;
    const auto translated = Translate(request);
    EXPECT_EQ(translated.ok(), command.exit_code == 0) << path << " " << translated.status() << command.err;
    if (!translated.ok()) continue;
    EXPECT_EQ(translated->translation().content() + "\n", command.out) << path;
  }
  EXPECT_GT(documents, 100);
}

TEST_F(DocumentServicesTest, TranslatesBackWithAnAccountOfEveryValue) {
  document_v1::TranslateDocumentRequest request;
  request.set_content(Transcript());
  const auto translated = Translate(request);
  ASSERT_TRUE(translated.ok()) << translated.status();
  const document_v1::Translation& translation = translated->translation();
  EXPECT_EQ(translation.report().from(), "elmo");
  EXPECT_EQ(translation.report().elements_size(), 16);
  EXPECT_EQ(translation.report().mapped_size(), 0);
  // And back, with the list of what was carried.
  request.set_content(translation.content());
  request.set_target_format("elmo");
  request.set_list_mapped(true);
  const auto back = Translate(request);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_TRUE(absl::StrContains(back->translation().content(), "<elmo")) << back->translation().content();
  EXPECT_GT(back->translation().report().mapped_size(), 0);
}

TEST_F(DocumentServicesTest, ChecksInTheLanguageOfTheReader) {
  document_v1::CheckDocumentRequest request;
  request.set_content(Transcript());
  request.set_language("bg");
  const auto checked = Check(request);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->format(), "elmo");
  EXPECT_EQ(checked->annex_one().elements_size(), 16);
  EXPECT_EQ(checked->definition_size(), 6);
  for (const document_v1::DefinitionLimb& limb : checked->definition()) {
    EXPECT_NE(limb.outcome(), document_v1::LIMB_OUTCOME_UNSPECIFIED) << limb.limb();
  }
  // A European credential is checked as it stands: what a translation would tidy up is told.
  request.set_content(R"({"@context":["https://www.w3.org/ns/credentials/v2",)"
                      R"("http://data.europa.eu/snb/model/context/edc-ap"],"id":"urn:credential:1",)"
                      R"("type":["VerifiableCredential","EuropeanDigitalCredential"]})");
  const auto bare = Check(request);
  ASSERT_TRUE(bare.ok()) << bare.status();
  EXPECT_EQ(bare->format(), "elm");
  EXPECT_FALSE(bare->european_model().conforms());
  EXPECT_GT(bare->european_model().findings_size(), 0);
  EXPECT_FALSE(bare->annex_one().complete());
}

TEST_F(DocumentServicesTest, TellsTheTagsOfSkillsByTheCollectionsOfTheNode) {
  document_v1::CheckDocumentRequest request;
  request.set_content(R"({"@context":["https://www.w3.org/ns/credentials/v2",)"
                      R"("http://data.europa.eu/snb/model/context/edc-ap"],"id":"urn:credential:1",)"
                      R"("type":["VerifiableCredential","EuropeanDigitalCredential"],"credentialSubject":)"
                      R"({"id":"urn:example:1","type":"Person","hasClaim":{"id":"urn:example:2","type":)"
                      R"("LearningAchievement","specifiedBy":{"id":"urn:example:3","type":"Qualification",)"
                      R"("learningOutcome":{"id":"urn:example:4","type":"LearningOutcome","relatedESCOSkill":)"
                      R"([{"id":"https://skills.example/digital/spreadsheets","type":"Concept"},)"
                      R"({"id":"https://skills.example/mending-nets","type":"Concept"}]}}}}})");
  const auto checked = Check(request);
  ASSERT_TRUE(checked.ok()) << checked.status();
  ASSERT_EQ(checked->skill_tags().tags_size(), 1) << checked->skill_tags().DebugString();
  EXPECT_EQ(checked->skill_tags().tags(0).tag(), "DIGITAL");
  ASSERT_EQ(checked->skill_tags().untagged_skills_size(), 1);
  EXPECT_EQ(checked->skill_tags().untagged_skills(0), "https://skills.example/mending-nets");
}

TEST_F(DocumentServicesTest, RefusesWithReasonAndPlace) {
  const auto expect = [](const absl::Status& status, Reason reason, absl::string_view place) {
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(base::ReasonOf(status), reason) << status;
    EXPECT_EQ(base::PlaceOf(status), place) << status;
  };
  expect(Translate({}).status(), Reason::kFieldMissing, "content");
  expect(Check({}).status(), Reason::kFieldMissing, "content");
  document_v1::TranslateDocumentRequest translate;
  translate.set_content("Dear Sir or Madam");
  EXPECT_EQ(base::ReasonOf(Translate(translate).status()), Reason::kFormatUnknown);
  translate.set_content(Transcript());
  translate.set_target_format("virta");
  EXPECT_EQ(base::ReasonOf(Translate(translate).status()), Reason::kFormatNotSupported);
  document_v1::CheckDocumentRequest check;
  check.set_content(Transcript());
  check.set_language("tlh");
  expect(Check(check).status(), Reason::kFieldInvalid, "language");
  const auto channel = federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal"));
  const auto stub = document_v1::DocumentService::NewStub(channel);
  EXPECT_EQ(base::ReasonOf(Call(*stub, &document_v1::DocumentService::Stub::CheckDocument, check).status()),
            Reason::kClientNotAllowed);
  // Nothing of a document stands in the log.
  EXPECT_FALSE(absl::StrContains(federation_->LogOf("NO"), "Fjordheim"));
}

TEST_F(DocumentServicesTest, EvaluatesAPathway) {
  pathway_v1::EvaluatePathwayRequest request;
  const std::string concepts = absl::StrCat(::passerelle::testing::kSourceDir, "/docs/concepts/");
  ASSERT_TRUE(ReadYamlFile(concepts + "public-health.yaml", request.mutable_pathway()).ok());
  request.add_documents()->set_content(Transcript());
  request.set_day("2026-06-01");
  auto evaluated = Evaluate(request);
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  EXPECT_EQ(evaluated->evaluation().outcome(), pathway_v1::OUTCOME_NOT_SATISFIED);
  EXPECT_EQ(evaluated->evaluation().credits_low(), "7.5");
  EXPECT_FALSE(evaluated->evaluation().creates_entitlement());
  // With what the holder brings on paper.
  pathway_v1::Facts stated;
  ASSERT_TRUE(ReadYamlFile(concepts + "statistics-course.yaml", &stated).ok());
  *request.mutable_items() = stated.items();
  evaluated = Evaluate(request);
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  EXPECT_EQ(evaluated->evaluation().outcome(), pathway_v1::OUTCOME_SATISFIED);
  // Whose the documents are is no matter of a pathway, and in no answer.
  for (const char* personal : {kLearner, "Solveig", "1994-05-17", "700142"}) {
    ASSERT_TRUE(absl::StrContains(request.SerializeAsString(), personal)) << personal;
    EXPECT_FALSE(absl::StrContains(evaluated->SerializeAsString(), personal)) << personal;
  }
  // A fact about an item that nobody presents is a mistake, not nothing.
  request.add_facts()->set_id("urn:example:none");
  EXPECT_EQ(base::PlaceOf(Evaluate(request).status()), "facts[0].id");
  request.clear_facts();
  request.add_documents()->set_content("Dear Sir or Madam");
  EXPECT_TRUE(absl::StartsWith(base::PlaceOf(Evaluate(request).status()), "documents[1]"));
}

}  // namespace
}  // namespace passerelle::gateway
