#include "core/proof/status/status_list.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "gtest/gtest.h"
#include "tests/support/deflate.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::Deflated;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;
using ::passerelle::testing::Wrapping;

constexpr size_t kBitstringBytes = 131072 / 8;

TEST(TokenStatusListTest, LowBitsComeFirstInEverySize) {
  // 1011'1001 1010'0011
  const std::string lst = Deflated("\xb9\xa3", Wrapping::kZlib);
  const struct {
    int64_t bits;
    std::vector<uint64_t> entries;
  } cases[] = {{1, {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1}},
               {2, {1, 2, 3, 2, 3, 0, 2, 2}},
               {4, {9, 11, 3, 10}},
               {8, {0xb9, 0xa3}}};
  for (const auto& one : cases) {
    ASSERT_OK_AND_ASSIGN(const StatusList list, StatusList::FromTokenList(lst, one.bits));
    ASSERT_EQ(list.size(), one.entries.size());
    for (size_t i = 0; i < one.entries.size(); ++i) EXPECT_THAT(list.At(i), IsOkAndHolds(one.entries[i])) << i;
    EXPECT_THAT(list.At(one.entries.size()), HasReason(Reason::kStatusIndex));
    EXPECT_THAT(list.At(~uint64_t{0}), HasReason(Reason::kStatusIndex));
  }
  for (const int64_t bits : {-1, 0, 3, 16}) {
    EXPECT_THAT(StatusList::FromTokenList(lst, bits), HasReasonAt(Reason::kStatusList, "bits"));
  }
}

TEST(TokenStatusListTest, OtherWrappingsAndRemaindersAreRefused) {
  const std::string zlib = Deflated("\x01", Wrapping::kZlib);
  EXPECT_OK(StatusList::FromTokenList(zlib, 1));
  const std::string raw = *base::Base64UrlDecode(zlib);
  for (const std::string& lst : {std::string(), absl::StrCat("u", zlib), absl::StrCat(zlib, "="),
                                 Deflated("\x01", Wrapping::kGzip), base::Base64UrlEncode(raw + "x"),
                                 base::Base64UrlEncode(raw.substr(0, raw.size() - 1)), base::Base64UrlEncode("\x01")}) {
    EXPECT_THAT(StatusList::FromTokenList(lst, 1), HasReasonAt(Reason::kStatusList, "lst")) << lst;
  }
}

TEST(TokenStatusListTest, ABombStopsAtTheLimit) {
  EXPECT_OK(StatusList::FromTokenList(Deflated(std::string(base::kStatusListBytesMax, '\0'), Wrapping::kZlib), 1));
  EXPECT_THAT(StatusList::FromTokenList(Deflated(std::string(base::kStatusListBytesMax + 1, '\0'), Wrapping::kZlib), 1),
              HasReasonAt(Reason::kStatusList, "lst"));
  EXPECT_THAT(StatusList::FromTokenList(Deflated(std::string(64 << 20, '\0'), Wrapping::kZlib), 1),
              HasReasonAt(Reason::kStatusList, "lst"));
}

TEST(BitstringStatusListTest, HighBitsComeFirst) {
  std::string bytes(kBitstringBytes, '\0');
  bytes[0] = '\x41';                    // entries 1 and 7
  bytes[kBitstringBytes - 1] = '\x01';  // the last
  const std::string encoded = absl::StrCat("u", Deflated(bytes, Wrapping::kGzip));
  ASSERT_OK_AND_ASSIGN(const StatusList list, StatusList::FromBitstring(encoded, 1));
  for (const uint64_t index : {0, 2, 6, 8, 131070}) EXPECT_THAT(list.At(index), IsOkAndHolds(0u)) << index;
  for (const uint64_t index : {1, 7, 131071}) EXPECT_THAT(list.At(index), IsOkAndHolds(1u)) << index;
  EXPECT_THAT(list.At(131072), HasReason(Reason::kStatusIndex));
}

TEST(BitstringStatusListTest, EntriesOfSeveralBitsAreReadFromTheHighOneOn) {
  std::string bytes(kBitstringBytes * 3, '\0');
  bytes[0] = '\x53';  // 010 100 11
  bytes[1] = '\x80';  // 1
  const std::string encoded = absl::StrCat("u", Deflated(bytes, Wrapping::kGzip));
  ASSERT_OK_AND_ASSIGN(const StatusList list, StatusList::FromBitstring(encoded, 3));
  EXPECT_EQ(list.size(), 131072u);
  EXPECT_THAT(list.At(0), IsOkAndHolds(2u));
  EXPECT_THAT(list.At(1), IsOkAndHolds(4u));
  EXPECT_THAT(list.At(2), IsOkAndHolds(7u));
  EXPECT_THAT(list.At(3), IsOkAndHolds(0u));
  // As many bytes hold fewer entries when they are larger.
  EXPECT_THAT(StatusList::FromBitstring(encoded, 4), HasReasonAt(Reason::kStatusList, "encodedList"));
  for (const int64_t size : {-1, 0, 33}) {
    EXPECT_THAT(StatusList::FromBitstring(encoded, size), HasReasonAt(Reason::kStatusList, "statusSize"));
  }
}

TEST(BitstringStatusListTest, FormAndLengthAreStrict) {
  const std::string gzip = Deflated(std::string(kBitstringBytes, '\0'), Wrapping::kGzip);
  EXPECT_OK(StatusList::FromBitstring(absl::StrCat("u", gzip), 1));
  EXPECT_THAT(StatusList::FromBitstring(gzip, 1), HasReason(Reason::kStatusList));
  EXPECT_THAT(StatusList::FromBitstring(absl::StrCat("z", gzip), 1), HasReason(Reason::kStatusList));
  EXPECT_THAT(StatusList::FromBitstring(
                  absl::StrCat("u", Deflated(std::string(kBitstringBytes - 1, '\0'), Wrapping::kGzip)), 1),
              HasReason(Reason::kStatusList));
  EXPECT_THAT(
      StatusList::FromBitstring(absl::StrCat("u", Deflated(std::string(kBitstringBytes, '\0'), Wrapping::kZlib)), 1),
      HasReason(Reason::kStatusList));
}

TEST(BitstringStatusListTest, TheForerunnersWriteItInEitherAlphabet) {
  const std::string gzip = Deflated("\x80", Wrapping::kGzip);
  const std::string base64 = base::Base64Encode(*base::Base64UrlDecode(gzip));
  for (const std::string& encoded : {gzip, base64, absl::StrCat("u", gzip)}) {
    ASSERT_OK_AND_ASSIGN(const StatusList list, StatusList::FromOlderBitstring(encoded));
    EXPECT_THAT(list.At(0), IsOkAndHolds(1u));
    EXPECT_THAT(list.At(1), IsOkAndHolds(0u));
  }
  EXPECT_THAT(StatusList::FromOlderBitstring("!"), HasReason(Reason::kStatusList));
}

}  // namespace
}  // namespace passerelle::proof
