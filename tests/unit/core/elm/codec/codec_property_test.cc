// For any message, writing and reading gives the message again, and writing that gives the same bytes.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "core/elm/codec.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/unit/core/elm/codec/random_message.h"

namespace passerelle::elm {
namespace {

constexpr int kMessages = 300;
constexpr int kNodesMax = 400;

// PASSERELLE_SEED repeats a run.
unsigned Seed() {
  unsigned seed = 0;
  const char* const stated = std::getenv("PASSERELLE_SEED");
  if (stated != nullptr && absl::SimpleAtoi(stated, &seed)) return seed;
  return std::random_device()();
}

TEST(CodecPropertyTest, WhatIsWrittenIsReadAgainForEveryMessage) {
  const unsigned seed = Seed();
  std::printf("seed %u; PASSERELLE_SEED=%u repeats it\n", seed, seed);
  std::mt19937 random(seed);
  size_t bytes = 0;
  for (int i = 0; i < kMessages; ++i) {
    const v3::EuropeanDigitalCredential message = RandomCredential(random, 1 + i % kNodesMax);
    const std::string written = Write(message);
    bytes += written.size();
    const auto read = Read(written);
    ASSERT_TRUE(read.ok()) << "seed " << seed << ", message " << i << ": " << read.status();
    google::protobuf::util::MessageDifferencer differencer;
    std::string difference;
    differencer.ReportDifferencesToString(&difference);
    ASSERT_TRUE(differencer.Compare(message, read->credential)) << "seed " << seed << ", message " << i << ":\n"
                                                                << difference.substr(0, 2000);
    ASSERT_EQ(Write(read->credential), written) << "seed " << seed << ", message " << i;
    const auto pretty = Read(WritePretty(message));
    ASSERT_TRUE(pretty.ok()) << pretty.status();
    ASSERT_EQ(Write(pretty->credential), written) << "seed " << seed << ", message " << i;
  }
  std::printf("%d messages, %zu bytes\n", kMessages, bytes);
}

}  // namespace
}  // namespace passerelle::elm
