#include "core/registers/student_cards.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"

namespace passerelle::registers {
namespace {

using base::Problem;
using base::Reason;

// x: a hexadecimal digit, v: one that begins a variant of RFC 9562, 0: a decimal digit; everything else: itself.
constexpr absl::string_view kCardNumberForm = "xxxxxxxx-xxxx-1xxx-vxxx-000000000000";

bool FitsForm(char form, char c) {
  switch (form) {
    case 'x':
      return absl::ascii_isxdigit(static_cast<unsigned char>(c));
    case 'v':
      return absl::StrContains("89ab", c);
    case '0':
      return absl::ascii_isdigit(static_cast<unsigned char>(c));
    default:
      return form == c;
  }
}

}  // namespace

absl::StatusOr<std::string> ReadCardNumber(absl::string_view text) {
  if (text.empty()) return Problem(Reason::kFieldMissing, "card_number");
  bool fits = text.size() == kCardNumberForm.size();
  std::string number;
  if (fits) number = absl::AsciiStrToLower(text);
  for (size_t i = 0; fits && i < number.size(); ++i) fits = FitsForm(kCardNumberForm[i], number[i]);
  if (fits) return number;
  return Problem(Reason::kFieldInvalid, "card_number",
                 "a UUID of version 1 is expected that ends with a prefix of three digits and a PIC of nine");
}

void JudgeCard(absl::Time now, authenticity::v1::CheckStudentCardResponse* card) {
  const bool active = card->status() == authenticity::v1::STUDENT_CARD_STATUS_ACTIVE;
  if (active && card->has_expire_time() && base::FromProto(card->expire_time()) <= now) {
    card->set_status(authenticity::v1::STUDENT_CARD_STATUS_EXPIRED);
  }
}

}  // namespace passerelle::registers
