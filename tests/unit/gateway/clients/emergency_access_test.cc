// Emergency access as stories: who does what, when, and what comes of it.
#include "gateway/clients/emergency_access.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "gateway/config/yaml.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

constexpr char kRecognition[] = "passerelle.recognition.v1.RecognitionService";
constexpr char kExchangeService[] = "passerelle.exchange.v1.ExchangeService";

constexpr char kEmergencyPort[] = R"(
clients:
- id: centre
  services: [passerelle.emergency.v1.EmergencyAccessService, passerelle.sharing.v1.SharingService]
  emergency:
    services: [passerelle.recognition.v1.RecognitionService, passerelle.exchange.v1.ExchangeService]
    case_roles: [evaluator]
- id: silent
  emergency: {services: [passerelle.recognition.v1.RecognitionService]}
- id: operator
  services: [passerelle.emergency.v1.EmergencyAccessService]
  emergency_duties: [declare]
- id: head
  services: [passerelle.emergency.v1.EmergencyAccessService]
  emergency_duties: [approve]
- id: both
  services: [passerelle.emergency.v1.EmergencyAccessService]
  emergency_duties: [declare, approve]
- id: stranger
  services: [passerelle.emergency.v1.EmergencyAccessService]
)";

class EmergencyAccessTest : public ::testing::Test {
 protected:
  EmergencyAccessTest() {
    config::v1::ClientPort port;
    EXPECT_OK(ReadYaml(kEmergencyPort, "port", &port));
    clients_.Replace(port);
    log_ = evidence::Log::ForReading({"NO", &store_, &clock_, nullptr, std::string(32, 's')});
    access_ = std::make_unique<EmergencyAccess>(Options());
  }

  EmergencyAccess::Options Options() {
    return {.node = "NO",
            .store = &store_,
            .clock = &clock_,
            .random = &random_,
            .log = log_.get(),
            .clients = &clients_,
            .life = absl::Hours(4),
            .happened = [this](const emergency::v1::EmergencyEvent& event) { events_.push_back(event); }};
  }

  emergency::v1::DeclareEmergencyRequest Declaration(const std::string& service, const std::string& client = "") {
    emergency::v1::DeclareEmergencyRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.set_client(client);
    request.add_services(service);
    request.set_ground(emergency::v1::EMERGENCY_GROUND_OUTAGE);
    request.set_reference("INC-2026/0412");
    return request;
  }

  // "recognition" is that service.
  static std::string Service(absl::string_view word) { return word == "recognition" ? kRecognition : kExchangeService; }

  // A step in words: "centre declares recognition", "operator declares recognition for centre", "head approves", "head
  // ends", "centre calls recognition", "centre gets", "centre lists", "3h59m pass", "time is looked at".
  std::string Take(const std::string& step) {
    const std::vector<std::string> words = absl::StrSplit(step, ' ');
    if (words[1] == "declares") {
      return Told(access_->Declare(words[0], Declaration(Service(words[2]), words.size() > 4 ? words[4] : "")));
    }
    if (words[1] == "approves") return Told(access_->Approve(words[0], id_));
    if (words[1] == "ends") return Told(access_->End(words[0], id_));
    if (words[1] == "calls") {
      const std::string service = Service(words[2]);
      return Told(access_->RecordCall(words[0], service, service + "/Method"));
    }
    if (words[1] == "gets") {
      emergency::v1::GetEmergencyRequest request;
      request.set_id(id_);
      const auto got = access_->Get(words[0], request);
      return got.ok() ? absl::StrCat(got->events_size(), " events") : Told(got.status());
    }
    if (words[1] == "lists") {
      const auto listed = access_->List(words[0]);
      return listed.ok() ? absl::StrCat(listed->accesses_size(), " listed") : Told(listed.status());
    }
    if (words[1] == "pass") {
      absl::Duration duration;
      EXPECT_TRUE(absl::ParseDuration(words[0], &duration)) << step;
      clock_.Advance(duration);
      return "";
    }
    EXPECT_EQ(step, "time is looked at");
    const auto open = access_->EndDue();
    return open.ok() ? absl::StrCat(*open, " open") : Told(open.status());
  }

  std::string Told(const absl::Status& status) {
    return status.ok() ? "OK" : absl::StrCat(base::Catalogue(base::ReasonOf(status)).name, " ", base::PlaceOf(status));
  }
  std::string Told(const absl::StatusOr<emergency::v1::EmergencyAccess>& access) {
    if (!access.ok()) return Told(access.status());
    id_ = access->id();
    return emergency::v1::EmergencyState_Name(access->state()).substr(sizeof("EMERGENCY_STATE_") - 1);
  }

  // What the log has, in its order.
  std::vector<evidence::v1::StoredLeaf> Leaves() {
    std::vector<evidence::v1::StoredLeaf> leaves;
    EXPECT_OK(store_.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto records, tx.List(base::Table::kSetting, "log/waiting", "", 1000));
      for (const base::Record& record : records) EXPECT_TRUE(leaves.emplace_back().ParseFromString(record.value));
      return absl::OkStatus();
    }));
    return leaves;
  }

  testing::FakeClock clock_;
  testing::FakeRandom random_;
  testing::MemoryStore store_;
  ClientTable clients_;
  std::unique_ptr<evidence::Log> log_;
  std::unique_ptr<EmergencyAccess> access_;
  std::vector<emergency::v1::EmergencyEvent> events_;
  std::string id_;  // of the access that was told of last
};

struct Story {
  const char* name;
  // Steps with what comes of them: "step -> outcome".
  std::vector<const char*> steps;
};

const Story kStories[] = {
    {"NothingIsOpenByDefault",
     {"centre calls recognition -> EMERGENCY_ACCESS passerelle.recognition.v1.RecognitionService",
      "time is looked at -> 0 open", "head lists -> 0 listed"}},
    {"ADeclarationAloneOpensNothing",
     {"centre declares recognition -> DECLARED",
      "centre calls recognition -> EMERGENCY_ACCESS passerelle.recognition.v1.RecognitionService",
      "time is looked at -> 0 open", "head lists -> 1 listed"}},
    {"TwoPeopleOpenItForItsTime",
     {"centre declares recognition -> DECLARED", "head approves -> OPEN", "centre calls recognition -> OK",
      "time is looked at -> 1 open", "3h59m59s pass", "centre calls recognition -> OK", "1s pass",
      "centre calls recognition -> EMERGENCY_ACCESS passerelle.recognition.v1.RecognitionService",
      "time is looked at -> 0 open", "centre gets -> 5 events", "head lists -> 0 listed"}},
    {"ItIsForTheNamedServicesAndClientAlone",
     {"centre declares recognition -> DECLARED", "head approves -> OPEN",
      "centre calls exchange -> EMERGENCY_ACCESS passerelle.exchange.v1.ExchangeService",
      "silent calls recognition -> EMERGENCY_ACCESS passerelle.recognition.v1.RecognitionService"}},
    {"AnOperatorDeclaresForAClient",
     {"operator declares recognition for silent -> DECLARED", "head approves -> OPEN",
      "silent calls recognition -> OK"}},
    {"NobodyElseDeclaresForAClient",
     {"centre declares recognition for silent -> EMERGENCY_ACCESS client",
      "head declares recognition for centre -> EMERGENCY_ACCESS client",
      "stranger declares recognition -> EMERGENCY_ACCESS client",
      "operator declares recognition for nobody -> EMERGENCY_ACCESS client",
      "operator declares exchange for silent -> EMERGENCY_ACCESS services[0]", "head lists -> 0 listed"}},
    {"NobodyApprovesHisOwn",
     {"both declares recognition for centre -> DECLARED", "both approves -> EMERGENCY_ACCESS caller",
      "centre approves -> EMERGENCY_ACCESS caller", "operator approves -> EMERGENCY_ACCESS caller",
      "stranger approves -> RESOURCE_NOT_FOUND id", "head approves -> OPEN", "head approves -> OPEN",
      "centre gets -> 2 events"}},
    {"ADeclarationLapses",
     {"centre declares recognition -> DECLARED", "1h pass", "head approves -> EMERGENCY_ACCESS state",
      "time is looked at -> 0 open", "head approves -> EMERGENCY_ACCESS state", "head ends -> LAPSED",
      "centre gets -> 2 events"}},
    {"ItIsEndedBeforeItsTime",
     {"centre declares recognition -> DECLARED", "head approves -> OPEN", "stranger ends -> RESOURCE_NOT_FOUND id",
      "operator ends -> RESOURCE_NOT_FOUND id", "centre ends -> ENDED", "head ends -> ENDED",
      "centre calls recognition -> EMERGENCY_ACCESS passerelle.recognition.v1.RecognitionService",
      "head approves -> EMERGENCY_ACCESS state", "centre gets -> 3 events"}},
    {"OthersDoNotSeeIt",
     {"centre declares recognition -> DECLARED", "stranger gets -> RESOURCE_NOT_FOUND id", "stranger lists -> 0 listed",
      "silent lists -> 0 listed", "operator gets -> 1 events", "centre lists -> 1 listed"}},
};

TEST_F(EmergencyAccessTest, Stories) {
  for (const Story& story : kStories) {
    SCOPED_TRACE(story.name);
    for (const char* line : story.steps) {
      const std::vector<std::string> parts = absl::StrSplit(line, " -> ");
      const std::string came = Take(parts[0]);
      EXPECT_EQ(came, parts.size() > 1 ? parts[1] : "") << parts[0];
    }
    // The next one begins with nothing open.
    clock_.Advance(absl::Hours(24));
    EXPECT_THAT(access_->EndDue(), testing::IsOkAndHolds(0));
  }
}

TEST_F(EmergencyAccessTest, EverythingThatHappensLeavesALeafAndIsToldOfOnce) {
  for (const char* step : {"centre declares recognition", "head approves", "centre calls recognition",
                           "stranger approves", "centre calls exchange", "head ends"}) {
    Take(step);
  }
  const std::vector<evidence::v1::StoredLeaf> leaves = Leaves();
  ASSERT_EQ(events_.size(), 4u);
  ASSERT_EQ(leaves.size(), 4u);
  std::vector<std::string> kinds;
  for (size_t i = 0; i < events_.size(); ++i) {
    const evidence::v1::StoredStatement& about = leaves[i].statement();
    EXPECT_EQ(about.kind(), "emergency");
    EXPECT_EQ(about.peer(), "NO");
    EXPECT_EQ(about.type(), "passerelle.emergency.v1.EmergencyEvent");
    EXPECT_EQ(about.message_id(), events_[i].id());
    EXPECT_EQ(about.body_sha256(), base::Sha256Hex(events_[i].SerializeAsString()));
    EXPECT_EQ(leaves[i].resource(), id_);
    kinds.push_back(absl::StrCat(events_[i].actor(), " ", emergency::v1::EmergencyEventKind_Name(events_[i].kind())));
  }
  EXPECT_EQ(absl::StrJoin(kinds, ", "),
            "centre EMERGENCY_EVENT_KIND_DECLARED, head EMERGENCY_EVENT_KIND_APPROVED, "
            "centre EMERGENCY_EVENT_KIND_CALLED, head EMERGENCY_EVENT_KIND_ENDED");
  EXPECT_EQ(events_[2].method(), std::string(kRecognition) + "/Method");
  EXPECT_EQ(events_[3].access().calls(), 1u);
  EXPECT_EQ(events_[3].access().ender(), "head");
}

// What cannot be put on record does not happen.
TEST_F(EmergencyAccessTest, WithoutEvidenceNothingIsOpenedOrCalled) {
  Take("centre declares recognition");
  log_->RefuseFrom(absl::InfinitePast());
  EXPECT_EQ(Take("head approves"), "EVIDENCE_UNAVAILABLE evidence");
  log_->RefuseFrom(absl::InfiniteFuture());
  EXPECT_EQ(Take("head approves"), "OPEN");
  log_->RefuseFrom(absl::InfinitePast());
  EXPECT_EQ(Take("centre calls recognition"), "EVIDENCE_UNAVAILABLE evidence");
  EXPECT_EQ(events_.size(), 2u);
}

TEST_F(EmergencyAccessTest, ARequestIsCarriedOutOnce) {
  const auto request = Declaration(kRecognition);
  ASSERT_OK_AND_ASSIGN(const auto first, access_->Declare("centre", request));
  ASSERT_OK_AND_ASSIGN(const auto second, access_->Declare("centre", request));
  EXPECT_EQ(first.id(), second.id());
  EXPECT_EQ(events_.size(), 1u);
}

struct BadDeclaration {
  const char* place;
  Reason reason;
  void (*change)(emergency::v1::DeclareEmergencyRequest&);
};

const BadDeclaration kBadDeclarations[] = {
    {"services", Reason::kFieldMissing, [](auto& request) { request.clear_services(); }},
    {"services[1]", Reason::kFieldInvalid, [](auto& request) { request.add_services(kRecognition); }},
    {"services[1]", Reason::kEmergencyAccess,
     [](auto& request) { request.add_services("passerelle.sharing.v1.SharingService"); }},
    {"ground", Reason::kFieldMissing, [](auto& request) { request.clear_ground(); }},
    {"ground", Reason::kFieldInvalid,
     [](auto& request) { request.set_ground(static_cast<emergency::v1::EmergencyGround>(99)); }},
    {"reference", Reason::kFieldMissing, [](auto& request) { request.clear_reference(); }},
    {"reference", Reason::kFieldInvalid, [](auto& request) { request.set_reference("Ingrid Fjordheim is ill"); }},
    {"reference", Reason::kFieldInvalid, [](auto& request) { request.set_reference(std::string(65, '1')); }},
    {"reference", Reason::kFieldInvalid, [](auto& request) { request.set_reference("a\nb"); }},
    {"life", Reason::kFieldInvalid, [](auto& request) { request.mutable_life()->set_seconds(4 * 3600 + 1); }},
    {"life", Reason::kFieldInvalid, [](auto& request) { request.mutable_life()->set_seconds(0); }},
    {"life", Reason::kFieldInvalid, [](auto& request) { request.mutable_life()->set_seconds(-1); }},
    {"request_id", Reason::kFieldMissing, [](auto& request) { request.clear_request_id(); }},
};

TEST_F(EmergencyAccessTest, RefusesWhatIsNotToBeDeclared) {
  for (const BadDeclaration& bad : kBadDeclarations) {
    auto request = Declaration(kRecognition);
    bad.change(request);
    EXPECT_THAT(access_->Declare("centre", request), HasReasonAt(bad.reason, bad.place)) << request.ShortDebugString();
  }
  EXPECT_TRUE(events_.empty());
  EXPECT_TRUE(Leaves().empty());
}

TEST_F(EmergencyAccessTest, OnlySoManyAreDeclaredAtATime) {
  for (int i = 0; i < kEmergenciesMax; ++i) ASSERT_OK(access_->Declare("centre", Declaration(kRecognition)).status());
  EXPECT_THAT(access_->Declare("centre", Declaration(kRecognition)),
              HasReasonAt(Reason::kOverloaded, "emergency access"));
  clock_.Advance(kApprovalPatience);
  EXPECT_THAT(access_->EndDue(), testing::IsOkAndHolds(0));
  EXPECT_OK(access_->Declare("centre", Declaration(kRecognition)).status());
}

// A shorter life than that of the configuration holds.
TEST_F(EmergencyAccessTest, EndsAfterItsOwnLife) {
  auto request = Declaration(kRecognition);
  request.mutable_life()->set_seconds(60);
  id_ = access_->Declare("centre", request)->id();
  EXPECT_EQ(Take("head approves"), "OPEN");
  clock_.Advance(absl::Seconds(59));
  EXPECT_EQ(Take("centre calls recognition"), "OK");
  clock_.Advance(absl::Seconds(1));
  EXPECT_NE(Take("centre calls recognition"), "OK");
}

// Another replica on the same store.
TEST_F(EmergencyAccessTest, HoldsForAllReplicas) {
  Take("centre declares recognition");
  EmergencyAccess other(Options());
  EXPECT_OK(other.Approve("head", id_).status());
  EXPECT_EQ(Take("centre calls recognition"), "OK");
  EXPECT_THAT(other.EndDue(), testing::IsOkAndHolds(1));
}

TEST_F(EmergencyAccessTest, ThePagesOfEventsFollowEachOther) {
  Take("centre declares recognition");
  Take("head approves");
  for (int i = 0; i < 250; ++i) ASSERT_EQ(Take("centre calls recognition"), "OK");
  emergency::v1::GetEmergencyRequest request;
  request.set_id(id_);
  ASSERT_OK_AND_ASSIGN(const auto first, access_->Get("head", request));
  ASSERT_EQ(first.events_size(), 200);
  EXPECT_EQ(first.access().calls(), 250u);
  request.set_after_event_id(first.events(199).id());
  ASSERT_OK_AND_ASSIGN(const auto second, access_->Get("head", request));
  EXPECT_EQ(second.events_size(), 52);
  request.set_after_event_id("none");
  EXPECT_THAT(access_->Get("head", request), HasReasonAt(Reason::kFieldInvalid, "after_event_id"));
}

TEST_F(EmergencyAccessTest, TheTableKnowsWhatIsForEmergenciesOnly) {
  EXPECT_TRUE(clients_.NeedsEmergency("centre", kRecognition));
  EXPECT_FALSE(clients_.NeedsEmergency("centre", "passerelle.sharing.v1.SharingService"));
  EXPECT_FALSE(clients_.NeedsEmergency("operator", kRecognition));
  EXPECT_FALSE(clients_.NeedsEmergency("nobody", kRecognition));
  EXPECT_EQ(clients_.CaseRoles("centre", kRecognition),
            std::vector<recognition::v1::CaseActor>{recognition::v1::CASE_ACTOR_EVALUATOR});
  EXPECT_TRUE(clients_.CaseRoles("centre", "passerelle.sharing.v1.SharingService").empty())
      << "it may call this without an emergency, and so without the roles for one";
}

}  // namespace
}  // namespace passerelle::gateway
