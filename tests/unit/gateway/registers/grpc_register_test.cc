// The register behind a service: one that answers in every wrong way, and the example in Python.
#include "gateway/registers/grpc_register.h"

#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using registers::v1::RegisterService;

constexpr absl::Duration kLimit = absl::Seconds(5);

std::unique_ptr<RegisterService::StubInterface> StubAt(const std::string& address) {
  return RegisterService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
}

// Answers right, unless `spoil` changes it; `code` is answered instead of anything.
class PlayedService : public RegisterService::Service {
 public:
  grpc::Status LookUpCredential(grpc::ServerContext*, const registers::v1::LookUpCredentialRequest* request,
                                registers::v1::LookUpCredentialResponse* response) override {
    auto* const entry = response->mutable_entry();
    entry->set_credential_id(request->credential_id());
    entry->mutable_issue_time()->set_seconds(1);
    entry->mutable_document()->set_content("<a/>");
    entry->mutable_document()->set_sha256(base::Sha256Hex("<a/>"));
    if (spoil_entry) spoil_entry(entry);
    return grpc::Status(code, "Ingrid Solbakken is not known here");
  }

  grpc::Status ConfirmDigest(grpc::ServerContext*, const registers::v1::ConfirmDigestRequest* request,
                             registers::v1::ConfirmDigestResponse* response) override {
    response->mutable_answer()->set_sha256(request->sha256());
    response->mutable_answer()->set_finding(authenticity::v1::REGISTER_FINDING_IN_FORCE);
    if (spoil_answer) spoil_answer(response->mutable_answer());
    return grpc::Status(code, "Ingrid Solbakken is not known here");
  }

  std::function<void(registers::v1::RegisterEntry*)> spoil_entry;
  std::function<void(authenticity::v1::AuthenticityAnswer*)> spoil_answer;
  grpc::StatusCode code = grpc::StatusCode::OK;
};

class GrpcRegisterTest : public ::testing::Test {
 protected:
  GrpcRegisterTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    reg_ = std::make_unique<GrpcRegister>(StubAt(absl::StrCat("127.0.0.1:", port)), kLimit);
  }

  PlayedService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcRegister> reg_;
};

TEST_F(GrpcRegisterTest, AnswersThatContradictThemselvesAreNotBelieved) {
  EXPECT_OK(reg_->LookUpCredential("c1").status());
  EXPECT_OK(reg_->ConfirmDigest(base::Sha256Hex("<a/>")).status());
  using Entry = registers::v1::RegisterEntry;
  const std::pair<const char*, std::function<void(Entry*)>> entries[] = {
      {"entry.credential_id", [](Entry* entry) { entry->set_credential_id("c2"); }},
      {"entry.issue_time", [](Entry* entry) { entry->clear_issue_time(); }},
      {"entry.document", [](Entry* entry) { entry->clear_document(); }},
      {"entry.document.sha256", [](Entry* entry) { entry->mutable_document()->set_content("<b/>"); }}};
  for (const auto& [place, spoil] : entries) {
    service_.spoil_entry = spoil;
    EXPECT_THAT(reg_->LookUpCredential("c1").status(), HasReasonAt(Reason::kRegisterUnavailable, place));
  }
  using Answer = authenticity::v1::AuthenticityAnswer;
  const std::pair<const char*, std::function<void(Answer*)>> answers[] = {
      {"answer.sha256", [](Answer* answer) { answer->set_sha256("other"); }},
      {"answer.finding", [](Answer* answer) { answer->clear_finding(); }}};
  for (const auto& [place, spoil] : answers) {
    service_.spoil_answer = spoil;
    EXPECT_THAT(reg_->ConfirmDigest(base::Sha256Hex("<a/>")).status(),
                HasReasonAt(Reason::kRegisterUnavailable, place));
  }
}

// Not found is about an id; a digest that cannot be asked about is never "not issued". No word of the service is kept.
TEST_F(GrpcRegisterTest, FailuresAreNeverANo) {
  service_.code = grpc::StatusCode::NOT_FOUND;
  EXPECT_THAT(reg_->LookUpCredential("c1").status(), HasReasonAt(Reason::kResourceNotFound, "credential_id"));
  EXPECT_THAT(reg_->ConfirmDigest(base::Sha256Hex("<a/>")).status(), HasReasonAt(Reason::kRegisterUnavailable, "grpc"));
  EXPECT_THAT(reg_->ListHolderCredentials("h1", "", 10).status(), HasReasonAt(Reason::kRegisterUnavailable, "grpc"));
  service_.code = grpc::StatusCode::INTERNAL;
  const absl::Status failed = reg_->LookUpCredential("c1").status();
  EXPECT_THAT(failed, HasReasonAt(Reason::kRegisterUnavailable, "grpc"));
  EXPECT_EQ(failed.ToString().find("Ingrid"), std::string::npos);
  server_->Shutdown();
  EXPECT_THAT(reg_->LookUpCredential("c1").status(), HasReasonAt(Reason::kRegisterUnavailable, "grpc"));
}

// The example as a process of its own, ended with the object.
class Example {
 public:
  explicit Example(const std::string& folder) {
    int ends[2];
    if (pipe(ends) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      const std::string script = absl::StrCat(testing::kSourceDir, "/examples/register/register_service.py");
      execl("/usr/bin/python3", "python3", script.c_str(), "--folder", folder.c_str(), nullptr);
      _exit(127);
    }
    close(ends[1]);
    FILE* const out = fdopen(ends[0], "r");
    char line[64] = "";
    if (std::fgets(line, sizeof line, out) != nullptr) address_ = line;
    std::fclose(out);
    while (!address_.empty() && address_.back() == '\n') address_.pop_back();
  }
  ~Example() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  const std::string& address() const { return address_; }

 private:
  pid_t pid_ = -1;
  std::string address_;
};

TEST(GrpcRegisterExampleTest, ARegisterInPythonAnswersEveryQuestion) {
  if (std::system("/usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null") != 0) {
    GTEST_SKIP() << "SKIPPED: python3-grpcio and python3-protobuf are not installed (scripts/setup.sh installs them)";
  }
  const std::string folder = absl::StrCat(::testing::TempDir(), "/grpc_register_", getpid());
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/one.xml") << "<a/>";
  std::ofstream(folder + "/two.json") << "{}";
  std::ofstream(folder + "/register.csv")
      << "credential_id,holder_reference,issue_time,revoke_time,media_type,file\n"
         "c1,h1,2020-01-10T00:00:00Z,,application/xml,one.xml\n"
         "c2,h1,2020-01-11T00:00:00Z,2021-03-01T00:00:00Z,application/json,two.json\n";
  {
    const Example example(folder);
    ASSERT_NE(example.address(), "");
    GrpcRegister reg(StubAt(example.address()), kLimit);
    ASSERT_OK_AND_ASSIGN(const auto entry, reg.LookUpCredential("c1"));
    EXPECT_EQ(entry.document().content(), "<a/>");
    EXPECT_THAT(reg.LookUpCredential("c3").status(), HasReasonAt(Reason::kResourceNotFound, "credential_id"));
    ASSERT_OK_AND_ASSIGN(const auto good, reg.ConfirmDigest(base::Sha256Hex("<a/>")));
    EXPECT_EQ(good.finding(), authenticity::v1::REGISTER_FINDING_IN_FORCE);
    ASSERT_OK_AND_ASSIGN(const auto revoked, reg.ConfirmDigest(base::Sha256Hex("{}")));
    EXPECT_EQ(revoked.finding(), authenticity::v1::REGISTER_FINDING_REVOKED);
    ASSERT_OK_AND_ASSIGN(const auto forged, reg.ConfirmDigest(base::Sha256Hex("forged")));
    EXPECT_EQ(forged.finding(), authenticity::v1::REGISTER_FINDING_NOT_ISSUED);
    ASSERT_OK_AND_ASSIGN(const auto entries, reg.ListHolderCredentials("h1", "c1", 10));
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].credential_id(), "c2");
    EXPECT_FALSE(entries[0].has_document());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace passerelle::gateway
