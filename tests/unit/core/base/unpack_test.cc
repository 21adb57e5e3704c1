#include "core/base/unpack.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

using ::passerelle::testing::HasReason;

std::string Gzip(const std::string& bytes) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string result(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = bytes.size();
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = result.size();
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

TEST(UnpackTest, UndoesEachWrappingOnce) {
  const std::string xml = "<elmo/>";
  for (const std::string& wrapped : {xml, Base64Encode(xml), Gzip(xml), Base64Encode(Gzip(xml))}) {
    ASSERT_OK_AND_ASSIGN(const Unpacked unpacked, Unpack(wrapped));
    EXPECT_EQ(unpacked.bytes, xml);
    EXPECT_EQ(UnpackBeginning(wrapped, 1000), xml);
  }
  const std::string twice = Gzip(Gzip(xml));
  ASSERT_OK_AND_ASSIGN(const Unpacked unpacked, Unpack(twice));
  EXPECT_EQ(unpacked.bytes, Gzip(xml));
}

TEST(UnpackTest, AllowsTheUsualFormsOfBase64AroundDocuments) {
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::string xml : {"<elmo>1</elmo>", "<elmo>12</elmo>", "<elmo>\xC3\xBF\xC3\xBE?~</elmo>"}) {
    for (const std::string& bytes : {xml, Gzip(xml)}) {
      std::string bare = Base64Encode(bytes);
      while (bare.back() == '=') bare.pop_back();
      for (const std::string& wrapped :
           {bare, mark + Base64Encode(bytes) + "\r\n", Base64UrlEncode(bytes), mark + Base64UrlEncode(bytes)}) {
        ASSERT_OK_AND_ASSIGN(const Unpacked unpacked, Unpack(wrapped));
        EXPECT_EQ(unpacked.bytes, xml) << wrapped;
        EXPECT_EQ(UnpackBeginning(wrapped, 1000).substr(0, 5), "<elmo") << wrapped;
      }
    }
  }
  // Two alphabets in one text, and padding that is not whole.
  EXPECT_THAT(Unpack("H4sI+_8="), HasReason(Reason::kCompressedBroken));
  EXPECT_THAT(Unpack(Base64Encode(Gzip("<elmo/>")) + "="), HasReason(Reason::kCompressedBroken));
}

TEST(UnpackTest, RefusesWhatIsBroken) {
  const std::string packed = Gzip("<elmo>something to pack</elmo>");
  EXPECT_THAT(Unpack(packed.substr(0, packed.size() / 2)), HasReason(Reason::kCompressedBroken));
  EXPECT_THAT(Unpack(packed + "x"), HasReason(Reason::kCompressedBroken));
  EXPECT_THAT(Unpack(Base64Encode(packed).substr(0, 21)), HasReason(Reason::kCompressedBroken));
  EXPECT_THAT(Unpack(Base64Encode(packed) + "!"), HasReason(Reason::kCompressedBroken));
}

TEST(UnpackTest, RefusesBombs) {
  const std::string bomb = Gzip(std::string(kUnpackedBytesMax + 1, 'a'));
  EXPECT_LT(bomb.size(), kUnpackedBytesMax / 100);
  EXPECT_THAT(Unpack(bomb), HasReason(Reason::kCompressedTooLarge));
  EXPECT_TRUE(Unpack(Gzip(std::string(kUnpackedBytesMax, 'a'))).ok());
  EXPECT_EQ(UnpackBeginning(bomb, 100).size(), 100);
}

TEST(UnpackTest, LeavesWhatOnlyLooksWrapped) {
  for (const std::string text : {"", "hello", "{\"a\":1}", "eyJhIjoxfQ", "a-word_of-two"}) {
    ASSERT_OK_AND_ASSIGN(const Unpacked unpacked, Unpack(text));
    EXPECT_EQ(unpacked.bytes, text);
  }
}

}  // namespace
}  // namespace passerelle::base
