// Property: a document that is authentic is not authentic any more when any byte of what was signed is another one.
#include <gtest/gtest.h>

#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

TEST(FlippedByteTest, NoneIsAuthentic) {
  const auto bundle = Made(FjordBundle());
  for (const SignedDocument& document : SignedDocuments()) {
    SCOPED_TRACE(document.family);
    ASSERT_LT(document.begin + 300, document.end);
    ASSERT_EQ(JudgeWith(bundle, document.bytes, "2025-06-02").verdict(), v1::VERDICT_AUTHENTIC);
    size_t flipped = 0;
    for (size_t i = document.begin; i < document.end; ++i) {
      // Which bit goes through all eight from byte to byte.
      std::string changed = document.bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
      const v1::AuthenticityVerdict verdict = JudgeWith(bundle, changed, "2025-06-02");
      ++flipped;
      ASSERT_NE(verdict.verdict(), v1::VERDICT_AUTHENTIC) << "byte " << i << ": " << Told(verdict);
    }
    EXPECT_EQ(flipped, document.end - document.begin);
  }
}

}  // namespace
}  // namespace passerelle::authenticity
