// A real node with a catalogue that anybody may search.

#include "gateway/grpc/catalogue_service.h"

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gtest/gtest.h"
#include "passerelle/catalogue/v1/catalogue_service.grpc.pb.h"
#include "passerelle/pathway/v1/pathway_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

namespace v1 = catalogue::v1;
using base::Reason;
using Stub = v1::CatalogueService::Stub;

constexpr int kOffers = 230;
constexpr char kSearch[] = "passerelle.catalogue.v1.CatalogueService/SearchOffers";

class CatalogueServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    folder_ = tests::ScratchFolder();
    Harvest(0, kOffers);
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    LocalNode node;
    node.id = "SE";
    node.competent_authority = "Authority of the test";
    node.country = "SE";
    node.clients = {{"portal",
                     {"passerelle.sharing.v1.SharingService", "passerelle.pathway.v1.PathwayService",
                      "passerelle.catalogue.v1.CatalogueService"}}};
    node.http = true;
    node.catalogue = folder_ + "/offers.db";
    node.providers = absl::StrCat(::passerelle::testing::kSourceDir, "/docs/concepts/providers.yaml");
    node.catalogue_is_open = true;
    options.nodes = {node};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    // Of a certificate that the node does not know.
    const auto stranger = federation_->StrangerTls("stranger");
    ASSERT_TRUE(stranger.ok()) << stranger.status();
    catalogue_ = v1::CatalogueService::NewStub(federation_->ClientChannel("SE", *stranger));
  }

  // The whole catalogue of the source: offers of these numbers.
  void Harvest(int from, int until,
               const std::string& source = absl::StrCat(::passerelle::testing::kSourceDir,
                                                        "/docs/concepts/source.yaml")) const {
    std::string nodes;
    for (int i = from; i < until; ++i) {
      absl::StrAppend(&nodes, i == from ? "" : ",", R"({"@id":"urn:example:opportunity:)", i,
                      R"(","@type":"LearningOpportunity","title":{"en":"Tides )", i, "\"}}");
    }
    const std::string file = folder_ + "/catalogue.json";
    tests::WriteAll(
        file, absl::StrCat(R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":[)", nodes, "]}"));
    const tests::Outcome harvest = tests::RunProgram(
        {PASSERELLE_PROGRAM, "catalogue", "harvest", "--index", folder_ + "/offers.db", "--source", source, file,
         "--skills", absl::StrCat(::passerelle::testing::kSourceDir, "/docs/concepts/digital-skills.yaml"), "--at",
         "2026-01-31"});
    ASSERT_EQ(harvest.exit_code, 0) << harvest.err;
  }

  // What the node answers over HTTP to somebody who does not say who asks, unless `who` does.
  std::string Post(const std::string& path, const std::string& json, const std::vector<std::string>& who = {}) const {
    // No argument of a program may be as long as some of what is sent.
    tests::WriteAll(folder_ + "/request.json", json);
    std::vector<std::string> arguments = {"/usr/bin/curl",
                                          "--silent",
                                          "--show-error",
                                          "--max-time",
                                          "30",
                                          "--cacert",
                                          federation_->folder() + "/authority.crt.pem",
                                          "--header",
                                          "Content-Type: application/json",
                                          "--data-binary",
                                          "@" + folder_ + "/request.json"};
    arguments.insert(arguments.end(), who.begin(), who.end());
    arguments.push_back(absl::StrCat("https://127.0.0.1:", federation_->PortsOf("SE").http, "/", path));
    return tests::RunProgram(arguments).out;
  }

  std::string folder_;
  std::unique_ptr<LocalFederation> federation_;
  std::unique_ptr<Stub> catalogue_;
};

TEST_F(CatalogueServiceTest, PagesHaveEveryOfferOnce) {
  v1::SearchOffersRequest request;
  request.set_text("tides");
  request.set_page_size(100);
  std::set<std::string> ids;
  int pages = 0;
  do {
    const auto page = Call(*catalogue_, &Stub::SearchOffers, request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->offers_size(), 100);
    for (const v1::Offer& offer : page->offers()) EXPECT_TRUE(ids.insert(offer.id()).second) << offer.id();
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < 10);
  EXPECT_EQ(ids.size(), static_cast<size_t>(kOffers));
  EXPECT_EQ(pages, 3);
}

TEST_F(CatalogueServiceTest, ATokenIsForItsSearch) {
  v1::SearchOffersRequest request;
  request.set_text("tides");
  request.set_page_size(10);
  const auto page = Call(*catalogue_, &Stub::SearchOffers, request);
  ASSERT_TRUE(page.ok()) << page.status();
  request.set_page_token(page->next_page_token());
  request.set_text("other");
  const absl::Status refused = Call(*catalogue_, &Stub::SearchOffers, request).status();
  EXPECT_EQ(base::ReasonOf(refused), Reason::kFieldInvalid);
  EXPECT_EQ(base::PlaceOf(refused), "page_token");
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(base::PlaceOf(Call(*catalogue_, &Stub::SearchOffers, request).status()), "page_size");
}

TEST_F(CatalogueServiceTest, WhatIsHarvestedMeanwhileIsFoundAndWhatIsGoneStaysResolvable) {
  v1::ListChangesRequest changes;
  auto listed = Call(*catalogue_, &Stub::ListChanges, changes);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->changes_size(), kOffers);
  changes.set_after(listed->changes(kOffers - 1).sequence());
  Harvest(1, kOffers + 1);
  listed = Call(*catalogue_, &Stub::ListChanges, changes);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->changes_size(), 2);
  EXPECT_EQ(listed->changes(0).kind(), v1::CHANGE_KIND_ADDED);
  EXPECT_EQ(listed->changes(1).kind(), v1::CHANGE_KIND_WITHDRAWN);
  v1::GetOfferRequest gone;
  gone.set_id(listed->changes(1).offer_id());
  const auto offer = Call(*catalogue_, &Stub::GetOffer, gone);
  ASSERT_TRUE(offer.ok()) << offer.status();
  EXPECT_EQ(offer->offer().id(), gone.id());
  v1::SearchOffersRequest search;
  search.set_text(absl::StrCat("tides ", kOffers));
  const auto found = Call(*catalogue_, &Stub::SearchOffers, search);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->offers_size(), 1);
  gone.set_id("urn:example:none");
  EXPECT_EQ(base::ReasonOf(Call(*catalogue_, &Stub::GetOffer, gone).status()), Reason::kResourceNotFound);
}

TEST_F(CatalogueServiceTest, FindsOffersByTheSocialPartnersThatDesignedThem) {
  v1::SearchOffersRequest search;
  search.set_co_designed_by("SOCIAL_PARTNER");
  auto found = Call(*catalogue_, &Stub::SearchOffers, search);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->offers_size(), 0);
  const std::string source = folder_ + "/partners.yaml";
  tests::WriteAll(source,
                  "id: se-authority\nkind: authority\nprovider_type: HEI\nco_designed_by:\n"
                  "  - organisation: {id: \"https://guild.example/id\", kind: employers}\n"
                  "    offers: [\"urn:example:opportunity:7\"]\n");
  Harvest(0, kOffers, source);
  found = Call(*catalogue_, &Stub::SearchOffers, search);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->offers_size(), 1);
  EXPECT_EQ(found->offers(0).id(), "urn:example:opportunity:7");
  EXPECT_EQ(found->offers(0).co_designed_by(0).kind(), v1::CO_DESIGNER_KIND_EMPLOYERS);
  search.set_co_designer("https://another.example/id");
  EXPECT_EQ(Call(*catalogue_, &Stub::SearchOffers, search)->offers_size(), 0);
  search.clear_co_designer();
  search.set_tag("DIGITAL");  // of no skill of it
  EXPECT_EQ(Call(*catalogue_, &Stub::SearchOffers, search)->offers_size(), 0);
  search.set_co_designed_by("UNION");
  EXPECT_EQ(base::PlaceOf(Call(*catalogue_, &Stub::SearchOffers, search).status()), "co_designed_by");
}

TEST_F(CatalogueServiceTest, AGapOfAPathwayNamesTheOfferThatFillsIt) {
  using pathway::v1::PathwayService;
  const auto pathways =
      PathwayService::NewStub(federation_->ClientChannel("SE", federation_->ClientTls("SE", "portal")));
  pathway::v1::EvaluatePathwayRequest request;
  request.set_day("2026-06-01");
  pathway::v1::Pathway& pathway = *request.mutable_pathway();
  pathway.set_id("tides");
  pathway.set_version("1");
  pathway.set_owner("urn:example:owner");
  pathway.set_status(pathway::v1::PATHWAY_STATUS_ACTIVE);
  pathway.set_type(pathway::v1::PATHWAY_TYPE_OPEN);
  pathway::v1::Rule& rule = *pathway.add_rules();
  rule.set_id("core");
  pathway::v1::Element& element = *rule.mutable_required()->add_elements();
  element.set_id("tides-5");
  element.set_title("Tides 5");
  element.add_specifications("urn:example:opportunity:5");
  const auto plain = Call(*pathways, &PathwayService::Stub::EvaluatePathway, request);
  ASSERT_TRUE(plain.ok()) << plain.status();
  ASSERT_EQ(plain->evaluation().gaps_size(), 1);
  EXPECT_EQ(plain->evaluation().gaps(0).suggestions_size(), 0);
  EXPECT_EQ(plain->suggestions_note(), "");
  request.set_suggest_offers(true);
  const auto suggested = Call(*pathways, &PathwayService::Stub::EvaluatePathway, request);
  ASSERT_TRUE(suggested.ok()) << suggested.status();
  const pathway::v1::Gap& gap = suggested->evaluation().gaps(0);
  ASSERT_EQ(gap.suggestions_size(), 1) << suggested->DebugString();
  EXPECT_EQ(gap.suggestions(0).offer_id(), "urn:example:opportunity:5");
  EXPECT_EQ(gap.suggestions(0).provider_policy(), pathway::v1::PROVIDER_POLICY_UNKNOWN);
  EXPECT_FALSE(suggested->evaluation().creates_entitlement());
  EXPECT_TRUE(absl::StrContains(suggested->suggestions_note(), "promise")) << suggested->suggestions_note();
}

TEST_F(CatalogueServiceTest, SaysWhoAccepts) {
  v1::FindAcceptanceRequest request;
  request.set_purpose(v1::ACCEPTANCE_PURPOSE_CREDIT);
  request.set_eqf_level(6);
  request.set_credits("5");
  request.set_field("0613");
  request.set_day("2026-06-01");
  const auto answers = Call(*catalogue_, &Stub::FindAcceptance, request);
  ASSERT_TRUE(answers.ok()) << answers.status();
  ASSERT_EQ(answers->answers_size(), 4);
  EXPECT_EQ(answers->answers(0).provider().id(), "https://hamn.example/id");
  EXPECT_EQ(answers->answers(0).acceptance(), v1::ACCEPTANCE_ACCEPTS);
  EXPECT_EQ(answers->answers(3).acceptance(), v1::ACCEPTANCE_NOT_PUBLISHED);
  request.clear_purpose();
  EXPECT_EQ(base::PlaceOf(Call(*catalogue_, &Stub::FindAcceptance, request).status()), "purpose");
}

// Nobody has to say who asks: no certificate, no token. Nothing else is open to such callers.
TEST_F(CatalogueServiceTest, AnybodyMayAskOverHttp) {
  const std::string found = Post(kSearch, R"({"text":"tides 17","pageSize":1})");
  EXPECT_TRUE(absl::StrContains(found, "urn:example:opportunity:17")) << found;
  const std::string refused = Post("passerelle.sharing.v1.SharingService/GetAuthorisation", "{}");
  EXPECT_TRUE(absl::StrContains(refused, "CLIENT_UNKNOWN")) << refused;
  const std::string wrong = Post(kSearch, R"({"leastCredits":"many"})");
  EXPECT_TRUE(absl::StrContains(wrong, "least_credits")) << wrong;
}

// A message that was read can have many times its bytes: strangers are asked to be brief before anything is read.
TEST_F(CatalogueServiceTest, AStrangersLongRequestIsRefusedAndAClientsAnswered) {
  constexpr size_t kLong = 1u << 20;
  const std::string spaced = absl::StrCat(R"({"text":"tides 17","pageSize":1)", std::string(kLong, ' '), "}");
  const std::string refused = Post(kSearch, spaced);
  EXPECT_TRUE(absl::StrContains(refused, "INPUT_TOO_LARGE")) << refused;
  EXPECT_TRUE(absl::StrContains(refused, R"("place":"body")")) << refused;
  const std::string files = federation_->NodeFolder("SE") + "/clients/portal";
  const std::string answered = Post(kSearch, spaced, {"--cert", files + ".crt.pem", "--key", files + ".key.pem"});
  EXPECT_TRUE(absl::StrContains(answered, "urn:example:opportunity:17")) << answered.substr(0, 1000);
  // Over gRPC the length is one of a field that nobody knows.
  v1::SearchOffersRequest search;
  search.set_text("tides 17");
  search.GetReflection()->MutableUnknownFields(&search)->AddLengthDelimited(1000, std::string(kLong, 'x'));
  const absl::Status status = Call(*catalogue_, &Stub::SearchOffers, search).status();
  EXPECT_EQ(base::ReasonOf(status), Reason::kInputTooLarge) << status;
  EXPECT_EQ(base::PlaceOf(status), "request");
  const auto portal =
      v1::CatalogueService::NewStub(federation_->ClientChannel("SE", federation_->ClientTls("SE", "portal")));
  const auto found = Call(*portal, &Stub::SearchOffers, search);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_GT(found->offers_size(), 0);
}

// Whoever asks, and whichever field it is.
TEST_F(CatalogueServiceTest, FieldsHoldNoMoreThanAQuestionNeeds) {
  const auto portal =
      v1::CatalogueService::NewStub(federation_->ClientChannel("SE", federation_->ClientTls("SE", "portal")));
  for (Stub* const stub : {catalogue_.get(), portal.get()}) {
    const auto refused_at = [](const absl::Status& status, absl::string_view place) {
      EXPECT_EQ(base::ReasonOf(status), Reason::kFieldInvalid) << status;
      EXPECT_EQ(base::PlaceOf(status), place);
    };
    v1::SearchOffersRequest search;
    search.set_text(std::string(kCatalogueTextBytesMax, 'x'));
    EXPECT_TRUE(Call(*stub, &Stub::SearchOffers, search).ok());
    search.mutable_text()->push_back('x');
    refused_at(Call(*stub, &Stub::SearchOffers, search).status(), "text");
    v1::FindAcceptanceRequest acceptance;
    acceptance.set_purpose(v1::ACCEPTANCE_PURPOSE_CREDIT);
    for (int i = 0; i < kCatalogueValuesMax; ++i) acceptance.add_quality_schemes(v1::QUALITY_ASSURANCE_SCHEME_ESG);
    EXPECT_TRUE(Call(*stub, &Stub::FindAcceptance, acceptance).ok());
    acceptance.add_quality_schemes(v1::QUALITY_ASSURANCE_SCHEME_ESG);
    refused_at(Call(*stub, &Stub::FindAcceptance, acceptance).status(), "quality_schemes");
    v1::GetOfferRequest get;
    get.set_id(std::string(kCatalogueKeyBytesMax, 'x'));
    EXPECT_EQ(base::ReasonOf(Call(*stub, &Stub::GetOffer, get).status()), Reason::kResourceNotFound);
    get.mutable_id()->push_back('x');
    refused_at(Call(*stub, &Stub::GetOffer, get).status(), "id");
  }
}

// Minimisation by task: a question about offers has no place for a person, and one that names somebody is refused.
TEST_F(CatalogueServiceTest, AQuestionThatNamesAPersonIsRefused) {
  for (const char* const member : {"subjectId", "holderPseudonym", "dateOfBirth", "europeanStudentIdentifier"}) {
    SCOPED_TRACE(member);
    const std::string refused = Post(kSearch, absl::StrCat(R"({"text":"tides 17",")", member, R"(":"4711-0815"})"));
    EXPECT_TRUE(absl::StrContains(refused, "invalid_argument")) << refused;
    EXPECT_TRUE(absl::StrContains(refused, member)) << refused;
    EXPECT_FALSE(absl::StrContains(refused, "4711-0815")) << refused;
    EXPECT_FALSE(absl::StrContains(refused, "urn:example:opportunity")) << refused;
  }
}

}  // namespace
}  // namespace passerelle::gateway
