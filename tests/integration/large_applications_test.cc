// An application with a document that is larger than a piece crosses the border between two node processes, whatever is
// cut on the way; the case opens with all of it.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

using recognition::v1::RecognitionCase;
using recognition::v1::RecognitionService;

constexpr size_t kDossierBytes = size_t{6} << 20;
// A message, and a check, that were claimed by a node which was killed are taken up after a minute each.
constexpr absl::Duration kLongest = absl::Seconds(180);

// A transcript with a long remark, of bytes that do not repeat, so that no piece passes for another.
const std::string& Dossier() {
  static const std::string& dossier = *[] {
    auto* bytes = new std::string(absl::StrCat(Transcript(), "<!--"));
    bytes->reserve(kDossierBytes + 32);
    while (bytes->size() < kDossierBytes) absl::StrAppend(bytes, bytes->size(), " remarked\n");
    bytes->append("-->\n");
    return bytes;
  }();
  return dossier;
}

class LargeApplicationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalNode norway;
    norway.id = "NO";
    norway.competent_authority = "Holder's side of the test";
    norway.country = "NO";
    norway.clients = {
        {"portal", {"passerelle.sharing.v1.SharingService", "passerelle.recognition.v1.RecognitionService"}}};
    LocalNode authority;
    authority.id = "BG";
    authority.competent_authority = "Authority of the test";
    authority.country = "BG";
    authority.clients = {
        {"evaluators", {"passerelle.recognition.v1.RecognitionService"}, {recognition::v1::CASE_ACTOR_EVALUATOR}}};
    authority.policies = {
        tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/policies/model-centre.yaml"))};
    for (LocalNode* node : {&norway, &authority}) node->encryption = true;
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    options.peer_call = absl::Seconds(5);
    options.nodes = {norway, authority};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  NodeClient Portal() { return NodeClient(federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal"))); }
  NodeClient Evaluators() {
    return NodeClient(federation_->ClientChannel("BG", federation_->ClientTls("BG", "evaluators")));
  }

  // Submits the dossier; returns the id of the case.
  std::string Apply() {
    const NodeClient portal = Portal();
    sharing::v1::CreateAuthorisationRequest wish;
    wish.set_request_id(base::NewUuid(random_));
    sharing::v1::Authorisation& authorisation = *wish.mutable_authorisation();
    authorisation.set_holder_pseudonym("pseudonym-1");
    authorisation.set_receiver("BG");
    authorisation.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    authorisation.add_credential_ids(absl::StrCat("sha256:", base::Sha256Hex(Dossier())));
    authorisation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 600);
    authorisation.set_uses_allowed(1);
    const auto allowed = Call(*portal.sharing, &sharing::v1::SharingService::Stub::CreateAuthorisation, wish);
    EXPECT_TRUE(allowed.ok()) << allowed.status();
    if (!allowed.ok()) return "";
    recognition::v1::CreateCaseRequest create;
    create.set_request_id(base::NewUuid(random_));
    create.set_authority_node("BG");
    create.set_authorisation_id(allowed->authorisation().id());
    create.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    create.set_content(Dossier());
    const auto created = Call(*portal.recognition, &RecognitionService::Stub::CreateCase, create);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->recognition_case().id() : "";
  }

  // The case as a client has it once `ready` says so, or as it is when patience is over.
  static RecognitionCase WaitFor(const NodeClient& client, const std::string& id,
                                 const std::function<bool(const RecognitionCase&)>& ready) {
    recognition::v1::GetCaseRequest get;
    get.set_id(id);
    RecognitionCase content;
    absl::Status problem;
    for (const absl::Time end = absl::Now() + kLongest; absl::Now() < end; absl::SleepFor(absl::Milliseconds(100))) {
      const auto found = Call(*client.recognition, &RecognitionService::Stub::GetCase, get);
      problem = found.status();
      if (!found.ok()) continue;
      content = found->recognition_case();
      if (ready(content)) return content;
    }
    content.mutable_document()->clear_content();
    ADD_FAILURE() << problem << "\n" << content.DebugString();
    return content;
  }

  // Both sides have the same case, with the dossier, and know that the other has.
  void ExpectOpened(const std::string& id) {
    const RecognitionCase theirs =
        WaitFor(Evaluators(), id, [](const RecognitionCase& content) { return content.has_outcome(); });
    EXPECT_TRUE(theirs.document().content() == Dossier());
    EXPECT_EQ(theirs.document_bytes(), Dossier().size());
    const RecognitionCase ours =
        WaitFor(Portal(), id, [](const RecognitionCase& content) { return content.has_outcome(); });
    EXPECT_EQ(ours.outcome().document_sha256(), base::Sha256Hex(Dossier()));
    EXPECT_EQ(ours.outcome().revision(), theirs.outcome().revision());
  }

  // The id of the first question for a piece that belongs to a case, in a list of the log.
  static std::string QuestionOf(const std::string& list, const std::string& id) {
    for (const absl::string_view line : absl::StrSplit(list, '\n')) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      if (words.size() == 6 && absl::EndsWith(words[4], ".ContentQuery") && words[5] == id) return words[3];
    }
    return "";
  }

  SystemRandom random_;
  std::unique_ptr<LocalFederation> federation_;
};

TEST_F(LargeApplicationsTest, ADossierOfSomeMebibytesOpensACase) {
  const std::string id = Apply();
  ASSERT_NE(id, "");
  ExpectOpened(id);

  // A piece is a part of the file, and erased with it.
  federation_->StopNode("BG");
  const std::string config = federation_->ConfigPath("BG");
  const tests::Outcome log = tests::RunProgram({PASSERELLE_PROGRAM, "evidence", "list", "--config", config});
  ASSERT_EQ(log.exit_code, 0) << log.err;
  const std::string piece = QuestionOf(log.out, id);
  ASSERT_NE(piece, "") << log.out;
  const tests::Outcome erased =
      tests::RunProgram({PASSERELLE_PROGRAM, "evidence", "erase", "--config", config, "--id", piece});
  EXPECT_NE(erased.exit_code, 0);
  EXPECT_NE(erased.err.find("RETAINED"), std::string::npos) << erased.err;
  const tests::Outcome kept =
      tests::RunProgram({PASSERELLE_PROGRAM, "evidence", "export", "--config", config, "--id", piece});
  EXPECT_EQ(kept.exit_code, 0) << kept.err;
}

TEST_F(LargeApplicationsTest, NoPowerCutLosesAPiece) {
  const std::string id = Apply();
  ASSERT_NE(id, "");
  for (const char* node : {"BG", "NO"}) {
    federation_->KillNode(node);
    const absl::Status restarted = federation_->StartNode(node);
    ASSERT_TRUE(restarted.ok()) << restarted;
  }
  ExpectOpened(id);
}

}  // namespace
}  // namespace passerelle::gateway
