#include "core/base/cbor.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

using testing::HasReason;
using testing::HasReasonAt;

std::string FromHex(absl::string_view hex) { return absl::HexStringToBytes(hex); }

TEST(CborTest, NumbersOfTheStandard) {
  const std::pair<const char*, int64_t> numbers[] = {{"00", 0},
                                                     {"17", 23},
                                                     {"1818", 24},
                                                     {"1903e8", 1000},
                                                     {"1a000f4240", 1000000},
                                                     {"20", -1},
                                                     {"3863", -100},
                                                     {"1b7fffffffffffffff", std::numeric_limits<int64_t>::max()},
                                                     {"3b7fffffffffffffff", std::numeric_limits<int64_t>::min()}};
  for (const auto& [hex, number] : numbers) {
    const std::string bytes = FromHex(hex);
    ASSERT_OK_AND_ASSIGN(const Cbor item, ReadCbor(bytes));
    EXPECT_EQ(item.Int(), number) << hex;
    std::string written;
    CborWriter(written).Int(number);
    EXPECT_EQ(absl::BytesToHexString(written), hex);
  }
  const std::string large = FromHex("1bffffffffffffffff");
  ASSERT_OK_AND_ASSIGN(const Cbor item, ReadCbor(large));
  EXPECT_EQ(item.Int(), std::nullopt);
  EXPECT_EQ(item.number, std::numeric_limits<uint64_t>::max());
  const std::string negative = FromHex("3bffffffffffffffff");
  ASSERT_OK_AND_ASSIGN(const Cbor below, ReadCbor(negative));
  EXPECT_EQ(below.Int(), std::nullopt);
}

TEST(CborTest, RealsAndSimpleValuesOfTheStandard) {
  const std::pair<const char*, double> reals[] = {{"f90000", 0.0},
                                                  {"f93c00", 1.0},
                                                  {"f93e00", 1.5},
                                                  {"f97bff", 65504.0},
                                                  {"f90001", 5.960464477539063e-8},
                                                  {"f90400", 0.00006103515625},
                                                  {"f9c400", -4.0},
                                                  {"fa47c35000", 100000.0},
                                                  {"fb3ff199999999999a", 1.1},
                                                  {"f97c00", std::numeric_limits<double>::infinity()}};
  for (const auto& [hex, real] : reals) {
    const std::string bytes = FromHex(hex);
    ASSERT_OK_AND_ASSIGN(const Cbor item, ReadCbor(bytes));
    EXPECT_EQ(item.type, Cbor::Type::kFloat);
    EXPECT_EQ(item.real, real) << hex;
  }
  const std::string nan = FromHex("f97e00");
  ASSERT_OK_AND_ASSIGN(const Cbor item, ReadCbor(nan));
  EXPECT_TRUE(std::isnan(item.real));
  const std::string simple = FromHex("85f4f5f6f7f8ff");
  ASSERT_OK_AND_ASSIGN(const Cbor list, ReadCbor(simple));
  EXPECT_EQ(list.items[0].Bool(), false);
  EXPECT_EQ(list.items[1].Bool(), true);
  EXPECT_TRUE(list.items[2].IsNull());
  EXPECT_FALSE(list.items[3].IsNull());
  EXPECT_EQ(list.items[3].Bool(), std::nullopt);
  EXPECT_EQ(list.items[4].number, 255u);
}

TEST(CborTest, MapsTagsAndTheBytesOfEveryItem) {
  std::string bytes;
  CborWriter writer(bytes);
  writer.Map(4);
  writer.Int(-7);
  writer.Text("\xC3\xA9");
  writer.Text("list");
  writer.Array(2);
  writer.Bool(true);
  writer.Null();
  writer.Bytes("key");
  writer.Tag(24);
  writer.Bytes("\x01");
  writer.Text("key");
  writer.Unsigned(300);
  ASSERT_OK_AND_ASSIGN(const Cbor item, ReadCbor(bytes));
  EXPECT_EQ(item.encoded, bytes);
  EXPECT_EQ(item.Find(-7)->Text(), "\xC3\xA9");
  EXPECT_EQ(item.Find("list")->items.size(), 2u);
  EXPECT_EQ(absl::BytesToHexString(item.Find("list")->encoded), "82f5f6");
  EXPECT_EQ(item.Find("key")->Int(), 300);
  EXPECT_EQ(item.items[5].Tagged(24)->Bytes(), "\x01");
  EXPECT_EQ(item.items[5].Tagged(23), nullptr);
  EXPECT_EQ(absl::BytesToHexString(item.items[5].encoded), "d8184101");
  EXPECT_EQ(item.Find(7), nullptr);
  EXPECT_EQ(item.Find("other"), nullptr);
  EXPECT_EQ(item.items[0].Find(1), nullptr);
}

TEST(CborTest, WhatIsNotStrictIsRefusedAtItsByte) {
  const struct {
    const char* hex;
    Reason reason;
    const char* place;
  } cases[] = {
      {"", Reason::kInputEmpty, "byte 0"},
      {"0000", Reason::kCborMalformed, "byte 1"},      // a second item
      {"18", Reason::kCborMalformed, "byte 0"},        // cut in a head
      {"1c", Reason::kCborMalformed, "byte 0"},        // reserved
      {"6261", Reason::kCborMalformed, "byte 1"},      // cut in a text
      {"62c328", Reason::kCborMalformed, "byte 1"},    // no UTF-8
      {"5f4101ff", Reason::kCborMalformed, "byte 0"},  // indefinite bytes
      {"9f01ff", Reason::kCborMalformed, "byte 0"},    // indefinite array
      {"bf0101ff", Reason::kCborMalformed, "byte 0"},  // indefinite map
      {"ff", Reason::kCborMalformed, "byte 0"},        // a break alone
      {"8201", Reason::kCborMalformed, "byte 1"},      // an array cut
      {"820100ff", Reason::kCborMalformed, "byte 3"},  //
      {"9bffffffffffffffff00", Reason::kCborMalformed, "byte 9"},
      {"bbffffffffffffffff0000", Reason::kCborMalformed, "byte 9"},
      {"7bffffffffffffffff61", Reason::kCborMalformed, "byte 9"},
      {"a201010102", Reason::kCborDuplicateKey, "byte 3"},
      {"a20101180102", Reason::kCborDuplicateKey, "byte 3"},  // the same key in another encoding
      {"a2616100616101", Reason::kCborDuplicateKey, "byte 4"},
      {"a1f500", Reason::kCborMalformed, "byte 1"},  // a key that is true
      {"a1810100", Reason::kCborMalformed, "byte 1"},
      {"c0", Reason::kCborMalformed, "byte 1"},
      {"f814", Reason::kCborMalformed, "byte 2"},  // false in two bytes
  };
  for (const auto& one : cases) {
    const std::string bytes = FromHex(one.hex);
    EXPECT_THAT(ReadCbor(bytes), HasReasonAt(one.reason, one.place)) << one.hex;
  }
}

TEST(CborTest, DepthItemsAndSizeAreBounded) {
  std::string deep(kNestingMax, '\x81');
  deep.push_back('\0');
  EXPECT_OK(ReadCbor(deep));
  EXPECT_THAT(ReadCbor(absl::StrCat(std::string(10000, '\x81'), std::string(1, '\0'))),
              HasReason(Reason::kInputTooDeep));
  EXPECT_THAT(ReadCbor(std::string(10000, '\xc1')), HasReason(Reason::kInputTooDeep));
  std::string many;
  CborWriter(many).Array(kCborItemsMax);
  many.append(kCborItemsMax, '\0');
  EXPECT_THAT(ReadCbor(many), HasReason(Reason::kInputTooLarge));
  std::string large;
  CborWriter(large).Bytes(std::string(kCborBytesMax, 'x'));
  EXPECT_THAT(ReadCbor(large), HasReason(Reason::kInputTooLarge));
}

}  // namespace
}  // namespace passerelle::base
