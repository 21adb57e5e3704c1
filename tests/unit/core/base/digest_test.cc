#include "core/base/digest.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

TEST(DigestTest, Sha256IsThatOfTheStandard) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DigestTest, TheLongerDigestsAreThoseOfTheStandardAndPiecesAreJoined) {
  const std::string sha384 = Digest(HashAlgorithm::kSha384, "abc");
  EXPECT_EQ(absl::BytesToHexString(sha384),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  const std::string sha512 = Digest(HashAlgorithm::kSha512, {"a", "", "bc"});
  EXPECT_EQ(absl::BytesToHexString(sha512),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(absl::BytesToHexString(Digest(HashAlgorithm::kSha256, "abc")), Sha256Hex("abc"));
  EXPECT_EQ(DigestBytes(HashAlgorithm::kSha384), 48u);
}

TEST(DigestTest, HexOfADigestHas64LowerCaseDigits) {
  EXPECT_TRUE(IsSha256Hex(Sha256Hex("abc")));
  EXPECT_FALSE(IsSha256Hex(std::string(63, 'a')));
  EXPECT_FALSE(IsSha256Hex(std::string(64, 'A')));
  EXPECT_FALSE(IsSha256Hex(std::string(64, 'g')));
}

TEST(Base64Test, RoundTripsEveryByteAndEveryRemainder) {
  std::string bytes;
  for (int i = 0; i < 258; ++i) {
    EXPECT_THAT(Base64UrlDecode(Base64UrlEncode(bytes)), testing::IsOkAndHolds(bytes));
    EXPECT_THAT(Base64Decode(Base64Encode(bytes)), testing::IsOkAndHolds(bytes));
    bytes.push_back(static_cast<char>(i));
  }
  EXPECT_EQ(Base64UrlEncode("\xfb\xff"), "-_8");
  EXPECT_EQ(Base64Encode("\xfb\xff"), "+/8=");
}

TEST(Base64Test, UrlFormRefusesPaddingBlanksOtherLettersAndUnusedBits) {
  for (const char* const text : {"YQ==", "Y Q", "YQ\n", "+_8", "YR", "Y", "Y\xc3\xa9"}) {
    EXPECT_FALSE(Base64UrlDecode(text).ok()) << text;
  }
}

TEST(Base64Test, PaddedFormTakesLineBreaksAndRefusesTheRest) {
  EXPECT_THAT(Base64Decode("YWJj\r\nZGVm\n"), testing::IsOkAndHolds("abcdef"));
  for (const char* const text : {"YQ", "YQ=", "YR==", "Y===", "-_8=", "YQ==YQ=="}) {
    EXPECT_FALSE(Base64Decode(text).ok()) << text;
  }
}

}  // namespace
}  // namespace passerelle::base
