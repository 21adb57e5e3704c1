// A document that is larger than any message crosses the border: whole, whatever is cut on the way, and in the memory
// of a piece of it.
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "gtest/gtest.h"
#include "tests/integration/federation_fixture.h"

namespace passerelle::gateway {
namespace {

constexpr size_t kScanBytes = size_t{128} << 20;
// Less than the document: it is in no process as a whole.
constexpr size_t kGrowthMax = size_t{96} << 20;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsReal = false;
#else
constexpr bool kMemoryIsReal = true;
#endif

// Bytes that do not repeat, so that no piece passes for another.
const std::string& Scan() {
  static const std::string& scan = *[] {
    auto* bytes = new std::string("%PDF-1.7\n");
    bytes->reserve(kScanBytes + 32);
    while (bytes->size() < kScanBytes) absl::StrAppend(bytes, bytes->size(), " scanned\n");
    bytes->resize(kScanBytes);
    return bytes;
  }();
  return scan;
}

size_t PeakMemoryOf(pid_t process) {
  std::ifstream status(absl::StrCat("/proc/", process, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (absl::StartsWith(line, "VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

class LargeDocumentsTest : public FederationTest {
 protected:
  std::vector<LocalEntry> MoreEntries() override {
    LocalEntry entry{"NO-scan", "holder-1", Scan(), absl::FromUnixSeconds(1770000000)};
    entry.media_type = "application/pdf";
    return {entry};
  }
  absl::Duration PeerCallLimit() override { return absl::Seconds(5); }

  // The digest of a content as the office reads it, a piece at a time.
  std::string DigestOf(const std::string& exchange, const std::string& sha256) {
    base::Sha256Stream digest;
    exchange::v1::ReadContentRequest request;
    request.set_id(exchange);
    request.set_sha256(sha256);
    const NodeClient office = Office();
    while (true) {
      const auto read = Call(*office.exchange, &exchange::v1::ExchangeService::Stub::ReadContent, request);
      if (!read.ok()) return read.status().ToString();
      if (read->data().empty()) return digest.EndHex();
      digest.Add(read->data());
      request.set_read_offset(request.read_offset() + read->data().size());
    }
  }

  // A node waits for a minute at most.
  exchange::v1::Exchange WaitForEnd(const std::string& id) {
    absl::StatusOr<exchange::v1::Exchange> exchange;
    for (int waits = 0; waits < 40; ++waits) {
      exchange = Wait(id, absl::Seconds(30));
      if (exchange.ok() && exchange->state() != exchange::v1::EXCHANGE_STATE_PENDING) return *exchange;
    }
    ADD_FAILURE() << exchange.status();
    return exchange.ok() ? *exchange : exchange::v1::Exchange();
  }

  void ExpectScan(const exchange::v1::Exchange& exchange) {
    ASSERT_EQ(exchange.state(), exchange::v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
    const exchange::v1::DeliveredDocument& delivered = exchange.documents(0);
    EXPECT_EQ(delivered.original_bytes(), kScanBytes);
    EXPECT_EQ(delivered.document().content(), "");
    EXPECT_EQ(DigestOf(exchange.id(), delivered.document().sha256()), base::Sha256Hex(Scan()));
  }
};

TEST_F(LargeDocumentsTest, AFileOf128MebibytesCrossesInTheMemoryOfAPiece) {
  const auto peak = [&](const char* node) { return PeakMemoryOf(federation_->PidOf(node)); };
  const size_t norway = peak("NO");
  const size_t netherlands = peak("NL");
  const auto created = StartExchange(Authorise("NO-scan"));
  ASSERT_TRUE(created.ok()) << created.status();
  ExpectScan(WaitForEnd(created->id()));
  if (!kMemoryIsReal) {
    GTEST_SKIP() << "SKIPPED: a sanitizer keeps what is freed, so that memory says nothing";
  }
  EXPECT_LT(peak("NO") - norway, kGrowthMax);
  EXPECT_LT(peak("NL") - netherlands, kGrowthMax);
  RecordProperty("norway_bytes", absl::StrCat(peak("NO") - norway));
  RecordProperty("netherlands_bytes", absl::StrCat(peak("NL") - netherlands));
}

TEST_F(LargeDocumentsTest, NoPowerCutLosesAPiece) {
  const auto created = StartExchange(Authorise("NO-scan"));
  ASSERT_TRUE(created.ok()) << created.status();
  for (const char* node : {"NL", "NO", "NL"}) {
    absl::SleepFor(absl::Milliseconds(300));
    federation_->KillNode(node);
    const absl::Status restarted = federation_->StartNode(node);
    ASSERT_TRUE(restarted.ok()) << restarted;
  }
  ExpectScan(WaitForEnd(created->id()));
}

}  // namespace
}  // namespace passerelle::gateway
