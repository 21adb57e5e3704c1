#include "gateway/node/metered.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using ::passerelle::testing::IsOkAndHolds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kMessageType[] = "passerelle.exchange.v1.CredentialQuery";

class CostlyHandler : public relay::Handler {
 public:
  std::string Type() const override { return kMessageType; }
  absl::StatusOr<std::string> Prepare(const relay::Opened& message) override {
    if (message.body.empty()) return base::Problem(base::Reason::kFieldMissing, "body");
    return "prepared " + message.body;
  }
  bool PrepareIsCostly() const override { return costly; }
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& /*message*/, const std::string& prepared,
                                      base::Transaction& /*tx*/) override {
    return relay::Reply{"reply", prepared};
  }
  bool costly = false;
};

class MeteredHandlerTest : public ::testing::Test {
 protected:
  MeteredHandlerTest() { message_.body = "body"; }
  ~MeteredHandlerTest() override { std::fclose(stream_); }

  std::FILE* const stream_ = std::tmpfile();
  Metrics metrics_;
  Log log_{stream_};
  CostlyHandler inner_;
  MeteredHandler handler_{&inner_, &metrics_, &log_};
  relay::Opened message_;
};

TEST_F(MeteredHandlerTest, SaysAllThatTheHandlerSays) {
  EXPECT_EQ(handler_.Type(), kMessageType);
  EXPECT_THAT(handler_.Prepare(message_), IsOkAndHolds("prepared body"));
  for (const bool costly : {false, true}) {
    inner_.costly = costly;
    EXPECT_EQ(handler_.PrepareIsCostly(), costly);
  }
  passerelle::testing::MemoryStore store;
  EXPECT_OK(store.Write([&](base::Transaction& tx) -> absl::Status {
    const absl::StatusOr<relay::Reply> reply = handler_.Handle(message_, "prepared", tx);
    EXPECT_EQ(reply.ok() ? reply->body : "", "prepared");
    return reply.status();
  }));
}

TEST_F(MeteredHandlerTest, CountsWhatMessagesCameToOnceThatIsDurable) {
  passerelle::testing::MemoryStore store;
  EXPECT_OK(store.Write([&](base::Transaction& tx) { return handler_.Handle(message_, "prepared", tx).status(); }));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("outcome=\"accepted\"")));
  handler_.Handled(message_, absl::OkStatus());
  EXPECT_THAT(metrics_.Text(), HasSubstr("outcome=\"accepted\""));
  handler_.Handled(message_, base::Problem(base::Reason::kFieldMissing, "body"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("outcome=\"refused\""));
}

// Answers every question of an adapter with something of its own.
class TalkativeAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }
  document::Confidence Detect(absl::string_view /*bytes*/) const override { return document::Confidence::kCertain; }
  absl::StatusOr<document::Imported> Import(absl::string_view /*bytes*/,
                                            const document::ImportOptions& /*options*/) const override {
    document::Imported imported;
    imported.european = true;
    return imported;
  }
  absl::StatusOr<std::optional<document::Enclosed>> Open(absl::string_view /*bytes*/,
                                                         const document::ImportOptions& /*options*/) const override {
    document::Enclosed enclosed;
    enclosed.place = "inside";
    return enclosed;
  }
  std::optional<std::string> SignedWithin(absl::string_view /*bytes*/) const override { return "signed"; }
  absl::StatusOr<document::Exported> Export(const elm::v3::EuropeanDigitalCredential& /*credential*/,
                                            const document::ExportOptions& /*options*/) const override {
    return Written("credential");
  }
  absl::StatusOr<document::Exported> ExportCatalogue(const elm::v3::Dataset& /*catalogue*/,
                                                     const document::ExportOptions& /*options*/) const override {
    return Written("catalogue");
  }

 private:
  static document::Exported Written(const std::string& content) {
    document::Exported exported;
    exported.content = content;
    return exported;
  }
  document::FormatInfo info_{"talk", "Talk", {}, {}, "alpha", "", "", false};
};

TEST(MeterAdaptersTest, TheySayAllThatTheirAdaptersSay) {
  std::vector<std::unique_ptr<const document::Adapter>> adapters;
  adapters.push_back(std::make_unique<TalkativeAdapter>());
  const document::Registry registry(std::move(adapters));
  Metrics metrics;
  const document::Registry metered = MeterAdapters(registry, &metrics);
  const document::Adapter* const adapter = metered.Find("talk");
  ASSERT_NE(adapter, nullptr);
  EXPECT_EQ(adapter->Detect(""), document::Confidence::kCertain);
  EXPECT_TRUE(adapter->Import("", {})->european);
  EXPECT_EQ((*adapter->Open("", {}))->place, "inside");
  EXPECT_EQ(adapter->SignedWithin(""), "signed");
  EXPECT_EQ(adapter->Export({}, {})->content, "credential");
  EXPECT_EQ(adapter->ExportCatalogue({}, {})->content, "catalogue");
  EXPECT_THAT(metrics.Text(), HasSubstr("outcome=\"translated\""));
}

}  // namespace
}  // namespace passerelle::gateway
