#include "core/recognition/plain_text.h"

#include <string>

#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passerelle/recognition/v1/recognition.pb.h"
#include "tests/support/status_matchers.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOk;

TEST(PlainText, HasNoControlCharactersButTabsAndEndsOfLines) {
  for (const char* const plain :
       {"", "one\nparagraph", "of\r\nanother system", "a\ttable", "Ünïcödé", "\u00a0", "\u202e", "~"}) {
    EXPECT_THAT(CheckPlainText("reason", plain), IsOk()) << plain;
  }
  for (const char* const steering : {"\x1b[2J", "\r", "over\rwritten", "a\r\r\n", "a\x7f", "\u0080",
                                     "\u009b"
                                     "31m",
                                     "\x01"}) {
    EXPECT_THAT(CheckPlainText("reason", steering), HasReasonAt(Reason::kFieldInvalid, "reason"));
  }
  EXPECT_THAT(CheckPlainText("reason", std::string("a\0b", 3)), HasReasonAt(Reason::kFieldInvalid, "reason"));
}

TEST(PlainText, IsLookedForInAllOfAMessage) {
  v1::CaseAction action;
  EXPECT_THAT(CheckPlainTexts("action", action), IsOk());
  action.set_reason("late");
  action.add_items()->set_needed("the syllabus");
  action.add_items()->set_needed("the\nmarks");
  action.mutable_decision()->add_comparable("a degree");
  EXPECT_THAT(CheckPlainTexts("action", action), IsOk());
  action.mutable_decision()->add_comparable("\x1b");
  EXPECT_THAT(CheckPlainTexts("", action), HasReasonAt(Reason::kFieldInvalid, "decision.comparable[1]"));
  action.mutable_items(1)->set_needed("\x1b");
  EXPECT_THAT(CheckPlainTexts("action", action), HasReasonAt(Reason::kFieldInvalid, "action.items[1].needed"));
}

}  // namespace
}  // namespace passerelle::recognition
