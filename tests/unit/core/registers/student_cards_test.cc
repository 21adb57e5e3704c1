#include "core/registers/student_cards.h"

#include <string>

#include "core/base/date_time.h"
#include "core/base/proto_time.h"
#include "tests/support/status_matchers.h"

namespace passerelle::registers {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;

struct NumberForm {
  const char* what;
  const char* text;
  bool good;
};

TEST(CardNumberTest, IsAUuidOfVersionOneWithPrefixAndPic) {
  for (const NumberForm& row : {
           NumberForm{"prefix 001, PIC 912345678", "5f0c7a10-3b2e-11ef-8a4d-001912345678", true},
           NumberForm{"every variant: 9", "5f0c7a10-3b2e-11ef-9a4d-001912345678", true},
           NumberForm{"every variant: b", "5f0c7a10-3b2e-11ef-ba4d-999912345678", true},
           NumberForm{"version 4", "5f0c7a10-3b2e-41ef-8a4d-001912345678", false},
           NumberForm{"another variant", "5f0c7a10-3b2e-11ef-ca4d-001912345678", false},
           NumberForm{"an address of a network card as the node", "5f0c7a10-3b2e-11ef-8a4d-00a912345678", false},
           NumberForm{"no hyphens", "5f0c7a103b2e11ef8a4d001912345678", false},
           NumberForm{"braces", "{5f0c7a10-3b2e-11ef-8a4d-001912345678}", false},
           NumberForm{"one digit less", "5f0c7a10-3b2e-11ef-8a4d-00191234567", false},
           NumberForm{"one digit more", "5f0c7a10-3b2e-11ef-8a4d-0019123456780", false},
           NumberForm{"no hexadecimal digit", "5g0c7a10-3b2e-11ef-8a4d-001912345678", false},
           NumberForm{"a way into another path", "../../../../persons/urn:schac:001912", false},
           NumberForm{"a student identifier", "urn:schac:personalUniqueCode:int:esi:uma.example:1234567", false},
           NumberForm{"the address in the QR code", "http://esc.gg/5f0c7a10-3b2e-11ef-8a4d-001912345678", false},
       }) {
    if (row.good) {
      EXPECT_THAT(ReadCardNumber(row.text), IsOkAndHolds(std::string(row.text))) << row.what;
    } else {
      EXPECT_THAT(ReadCardNumber(row.text), HasReasonAt(Reason::kFieldInvalid, "card_number")) << row.what;
    }
  }
  EXPECT_THAT(ReadCardNumber("5F0C7A10-3B2E-11EF-8A4D-001912345678"),
              IsOkAndHolds(std::string("5f0c7a10-3b2e-11ef-8a4d-001912345678")));
  EXPECT_THAT(ReadCardNumber(""), HasReasonAt(Reason::kFieldMissing, "card_number"));
}

TEST(JudgeCardTest, AnActiveCardWhoseTimeIsOverHasExpired) {
  const absl::Time end = *base::ParseDateTime("2031-10-01T00:00:00Z");
  const auto judged = [end](authenticity::v1::StudentCardStatus said, absl::Duration after) {
    authenticity::v1::CheckStudentCardResponse card;
    card.set_status(said);
    *card.mutable_expire_time() = base::ToProto(end);
    JudgeCard(end + after, &card);
    return card.status();
  };
  EXPECT_EQ(judged(authenticity::v1::STUDENT_CARD_STATUS_ACTIVE, -absl::Seconds(1)),
            authenticity::v1::STUDENT_CARD_STATUS_ACTIVE);
  EXPECT_EQ(judged(authenticity::v1::STUDENT_CARD_STATUS_ACTIVE, absl::ZeroDuration()),
            authenticity::v1::STUDENT_CARD_STATUS_EXPIRED);
  // What was said otherwise stays, before and after.
  for (const auto said : {authenticity::v1::STUDENT_CARD_STATUS_INACTIVE, authenticity::v1::STUDENT_CARD_STATUS_EXPIRED,
                          authenticity::v1::STUDENT_CARD_STATUS_CANNOT_BE_ESTABLISHED}) {
    EXPECT_EQ(judged(said, -absl::Hours(1)), said);
    EXPECT_EQ(judged(said, absl::Hours(1)), said);
  }
  authenticity::v1::CheckStudentCardResponse without_end;
  without_end.set_status(authenticity::v1::STUDENT_CARD_STATUS_ACTIVE);
  JudgeCard(end, &without_end);
  EXPECT_EQ(without_end.status(), authenticity::v1::STUDENT_CARD_STATUS_ACTIVE);
}

}  // namespace
}  // namespace passerelle::registers
