#include "core/elm/codec.h"

#include "gtest/gtest.h"

namespace passerelle::elm {
namespace {

TEST(CodecTest, EnvelopesHaveNames) { EXPECT_EQ(EnvelopeName(Envelope::kSealed), "sealed"); }

}  // namespace
}  // namespace passerelle::elm
