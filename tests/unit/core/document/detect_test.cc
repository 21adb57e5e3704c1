#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/base/limits.h"
#include "core/document/translate.h"
#include "tests/unit/core/document/stand_in_adapter.h"

namespace passerelle::document {
namespace {

std::unique_ptr<const Adapter> Make(const char* id, Confidence confidence) {
  return std::make_unique<StandInAdapter>(id, confidence);
}

TEST(DetectTest, TheSurestWins) {
  const Registry registry =
      RegistryOf(Make("a", Confidence::kPossible), Make("b", Confidence::kCertain), Make("c", Confidence::kNone));
  EXPECT_EQ(Detect(registry, "x").format, "b");
  EXPECT_EQ(Detect(registry, "x").confidence, 100);
}

TEST(DetectTest, TwoEquallySureAreUnknownNeverAGuess) {
  EXPECT_EQ(Detect(RegistryOf(Make("a", Confidence::kCertain), Make("b", Confidence::kCertain)), "x").format,
            "unknown");
  EXPECT_EQ(Detect(RegistryOf(Make("a", Confidence::kPossible), Make("b", Confidence::kPossible),
                              Make("c", Confidence::kCertain)),
                   "x")
                .format,
            "c");
}

TEST(DetectTest, NothingAndTooMuchAreUnknown) {
  const Registry registry = RegistryOf(Make("a", Confidence::kCertain));
  EXPECT_EQ(Detect(registry, "").format, "unknown");
  EXPECT_EQ(Detect(registry, std::string(base::kDocumentBytesMax + 1, ' ')).format, "unknown");
  EXPECT_EQ(Detect(RegistryOf(), "x").format, "unknown");
}

TEST(MakeDocumentTest, KeepsTheBytesAndTheirDigest) {
  const auto document = MakeDocument("abc", "elm", "text/plain");
  EXPECT_EQ(document.content(), "abc");
  EXPECT_EQ(document.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace passerelle::document
