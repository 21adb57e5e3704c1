// Port: the status of European Student Cards. The status alone: nothing about a holder is asked, and what an answer
// says of one is not taken.
//
// Thread-safety: StudentCards is thread-safe; the rest are free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "passerelle/authenticity/v1/authenticity_service.pb.h"

namespace passerelle::registers {

// The number of a card in lower case. By the specification of the European Student Card Number it is a UUID of version
// 1 (RFC 9562, 5.1) whose node part holds no address but digits: three of a prefix that the issuer chooses, and the
// nine of its Participant Identification Code. Problems, at "card_number": kFieldMissing, kFieldInvalid.
absl::StatusOr<std::string> ReadCardNumber(absl::string_view text);

// Makes of what was said of a card at one time what holds at another: an active card whose time is over has expired.
void JudgeCard(absl::Time now, authenticity::v1::CheckStudentCardResponse* card);

class StudentCards {
 public:
  virtual ~StudentCards() = default;
  // The status of the card with a number of ReadCardNumber. May block. That nobody could say is a status
  // (CANNOT_BE_ESTABLISHED) with its reason, never another one. Problem: kOverloaded.
  virtual absl::StatusOr<authenticity::v1::CheckStudentCardResponse> Check(const std::string& card_number) = 0;
};

}  // namespace passerelle::registers
