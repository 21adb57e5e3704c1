// How the router of the European Student Card is asked for the status of a card, and how its answers are read. Two of
// its interfaces are open to everybody:
//
//   verification service, version 1: GET /esc-verifier-service/api/v1/cards/verify/{card number}
//   router, version 2:               GET /esc-rest/api/v2/cards/{card number}/status
//
// (The first is what the validator client of the European Student Card asks, the second stands in the router's own
// OpenAPI document "V2", operation "status".) Both answer with the card, or with a message of a code and a text. Only
// what the router itself says counts: a page of a proxy, or a card with another number, is no answer.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/authenticity/v1/authenticity_service.pb.h"

namespace passerelle::registers {

enum class CardInterface { kVerifyV1, kStatusV2 };

// Bytes of an answer. Those of both interfaces have some 600.
// Test: tests/unit/gateway/registers/esc_router_test.cc.
inline constexpr size_t kCardAnswerBytesMax = 16u << 10;

// The path under which the router is asked about a number of ReadCardNumber.
std::string CardPath(CardInterface interface, absl::string_view card_number);

// What an answer, by its HTTP status and its body, says of the card with the number: its status as the router has it,
// when its time is over, and the issuer. NOT_REGISTERED only where the router says that it has no such card. Problems:
// kCardRouterUnavailable for an answer of another status than 200 that is not that, kCardRouterAnswer for one that
// cannot be used; neither holds anything of the answer but the HTTP status and names of members.
absl::StatusOr<authenticity::v1::CheckStudentCardResponse> ReadCardAnswer(CardInterface interface,
                                                                          absl::string_view card_number,
                                                                          int http_status, absl::string_view body);

}  // namespace passerelle::registers
