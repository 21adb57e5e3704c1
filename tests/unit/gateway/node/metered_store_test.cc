#include "gateway/node/metered_store.h"

#include <string>

#include "core/base/status_macros.h"
#include "core/recognition/case_records.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passerelle/exchange/v1/exchange.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"
#include "tests/support/memory_store.h"
#include "tests/support/store_contract.h"

namespace passerelle::gateway {
namespace {

using base::Record;
using base::Table;
using base::Transaction;
using ::passerelle::testing::IsOk;
using ::passerelle::testing::MemoryStore;
using ::testing::HasSubstr;
using ::testing::Not;

Record ExchangeRecord(exchange::v1::ExchangeState state) {
  exchange::v1::Exchange exchange;
  exchange.set_state(state);
  Record record;
  record.key = "e";
  record.group = "client";
  record.value = exchange.SerializeAsString();
  return record;
}

TEST(MeteredStore, CountsAStateOnceWhenItIsReached) {
  Metrics metrics;
  MeteredStore store(std::make_unique<MemoryStore>(), &metrics);
  const Record pending = ExchangeRecord(exchange::v1::EXCHANGE_STATE_PENDING);
  ASSERT_THAT(store.Write([&](Transaction& tx) { return tx.Insert(Table::kExchange, pending); }), IsOk());
  ASSERT_THAT(store.Write([&](Transaction& tx) { return tx.Update(Table::kExchange, pending); }), IsOk());
  const Record delivered = ExchangeRecord(exchange::v1::EXCHANGE_STATE_DELIVERED);
  ASSERT_THAT(store.Write([&](Transaction& tx) { return tx.Update(Table::kExchange, delivered); }), IsOk());
  EXPECT_THAT(metrics.Text(), HasSubstr("passerelle_exchange_state_total{state=\"pending\"} 1"));
  EXPECT_THAT(metrics.Text(), HasSubstr("passerelle_exchange_state_total{state=\"delivered\"} 1"));
}

TEST(MeteredStore, CountsNothingThatWasRolledBackOrIsNoState) {
  Metrics metrics;
  MeteredStore store(std::make_unique<MemoryStore>(), &metrics);
  EXPECT_FALSE(store
                   .Write([&](Transaction& tx) -> absl::Status {
                     RETURN_IF_ERROR(tx.Insert(Table::kExchange, ExchangeRecord(exchange::v1::EXCHANGE_STATE_PENDING)));
                     return absl::CancelledError();
                   })
                   .ok());
  Record document;
  document.key = "e/document";
  document.value = "\xff not a message";
  ASSERT_THAT(store.Write([&](Transaction& tx) { return tx.Insert(Table::kCase, document); }), IsOk());
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("_state_total{")));
}

TEST(MeteredStore, CountsTheStatesOfCases) {
  Metrics metrics;
  MeteredStore store(std::make_unique<MemoryStore>(), &metrics);
  recognition::v1::RecognitionCase recognition_case;
  recognition_case.set_state(recognition::v1::CASE_STATE_AUTO_CHECK);
  Record record;
  record.key = "c";
  record.group = "case";
  record.value = recognition_case.SerializeAsString();
  ASSERT_THAT(store.Write([&](Transaction& tx) { return tx.Insert(Table::kCase, record); }), IsOk());
  EXPECT_THAT(metrics.Text(), HasSubstr("passerelle_recognition_state_total{state=\"auto_check\"} 1"));
}

// Questions of other nodes lie in the same table, and are no cases.
TEST(MeteredStore, CountsNoQuestionAsACase) {
  Metrics metrics;
  MeteredStore store(std::make_unique<MemoryStore>(), &metrics);
  recognition::v1::ReceivedInquiry inquiry;
  inquiry.set_id("11111111-1111-4111-8111-111111111111");
  inquiry.set_question("Was this course assessed?");
  inquiry.mutable_receive_time()->set_seconds(1'900'000'000);
  inquiry.set_evidence_sha256(std::string(64, 'a'));
  Record record;
  record.key = "inquiry/1";
  record.group = "inquiry";
  record.value = inquiry.SerializeAsString();
  ASSERT_THAT(store.Write([&](Transaction& tx) { return tx.Insert(Table::kCase, record); }), IsOk());
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("_state_total{")));
}

// A case that arrives lies beside it until it opens, and is counted then; what is left of one that did not is none.
TEST(MeteredStore, CountsACaseOnceThatArrivesBeforeItOpens) {
  Metrics metrics;
  MeteredStore store(std::make_unique<MemoryStore>(), &metrics);
  recognition::v1::RecognitionCase opens;
  opens.set_id("11111111-1111-4111-8111-111111111111");
  opens.set_applicant_node("IT");
  opens.set_state(recognition::v1::CASE_STATE_SUBMITTED);
  recognition::v1::RecognitionCase ends = opens;
  ends.set_id("22222222-2222-4222-8222-222222222222");
  for (const recognition::v1::RecognitionCase& arriving : {opens, ends}) {
    ASSERT_THAT(store.Write([&](Transaction& tx) { return recognition::InsertArriving(arriving, tx); }), IsOk());
  }
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("_state_total{")));
  ASSERT_THAT(store.Write([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(recognition::DeleteArriving(opens.id(), tx));
    RETURN_IF_ERROR(recognition::InsertCase(opens, absl::InfiniteFuture(), tx));
    RETURN_IF_ERROR(recognition::EndUnopened(ends, absl::UnixEpoch(), tx));
    return recognition::FileUnopened(ends.id(), tx).status();
  }),
              IsOk());
  EXPECT_THAT(metrics.Text(), HasSubstr("passerelle_recognition_state_total{state=\"submitted\"} 1"));
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("not_delivered")));
}

// The store behind it, seen through it, is a store. Metrics that outlive every store of the suite.
Metrics& SuiteMetrics() {
  static Metrics& metrics = *new Metrics();
  return metrics;
}

}  // namespace

using ::passerelle::testing::StoreContract;
INSTANTIATE_TEST_SUITE_P(Metered, StoreContract, ::testing::Values(::passerelle::testing::StoreFactory([] {
                           return std::make_unique<MeteredStore>(std::make_unique<MemoryStore>(), &SuiteMetrics());
                         })));

}  // namespace passerelle::gateway
