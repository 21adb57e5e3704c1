// For any message, writing and reading gives the message again, and writing that gives the same bytes.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "core/elm/codec.h"
#include "core/elm/set_fields.h"
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

// The fields that reflection lists are listed, as often as they have values, all the way down.
void ExpectFieldsOf(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const ClassTable& table = TableOf(*message.GetDescriptor());
  std::vector<const google::protobuf::FieldDescriptor*> listed;
  reflection.ListFields(message, &listed);
  std::vector<int> expected;
  std::vector<int> found;
  for (const auto* const field : listed) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    expected.insert(expected.end(), static_cast<size_t>(size), field->number());
    const auto* const type = field->message_type();
    if (type == nullptr || !type->options().HasExtension(v3::class_)) continue;
    for (int i = 0; i < size; ++i) {
      ExpectFieldsOf(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                          : reflection.GetMessage(message, field));
    }
  }
  if (table.is_union()) {
    const UnionMember member = UnionMemberOf(message, table);
    if (member.alternative != nullptr) found.push_back(member.alternative->field->number());
  } else {
    std::vector<SetField> fields;
    AppendSetFields(message, table, &fields);
    for (const SetField& field : fields) found.push_back(field.number);
  }
  EXPECT_EQ(found, expected) << message.GetTypeName();
}

TEST(CodecPropertyTest, SetFieldsAreThoseThatReflectionLists) {
  const unsigned seed = Seed();
  std::printf("seed %u; PASSERELLE_SEED=%u repeats it\n", seed, seed);
  std::mt19937 random(seed);
  for (int i = 0; i < kMessages; ++i) ExpectFieldsOf(RandomCredential(random, 1 + i % kNodesMax));
}

}  // namespace
}  // namespace passerelle::elm
