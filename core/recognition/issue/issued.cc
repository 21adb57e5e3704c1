#include "core/recognition/issue/issued.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"
#include "core/proof/status/make_status_list.h"
#include "core/recognition/issue/letter_labels.h"
#include "core/recognition/reason_codes.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;
using proof::kStatusEntries;

absl::Status InvalidIssue(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, place, detail);
}

std::set<uint64_t> Taken(const v1::IssuedDecisions& book) {
  std::set<uint64_t> taken;
  for (const v1::IssuedDecision& decision : book.decisions()) taken.insert(decision.status_index());
  return taken;
}

uint64_t FreePlace(const std::set<uint64_t>& taken, base::Random& random) {
  while (true) {
    uint64_t place = 0;
    for (const char byte : random.Bytes(4)) place = place << 8 | static_cast<uint8_t>(byte);
    place %= kStatusEntries;
    if (taken.count(place) == 0) return place;
  }
}

}  // namespace

absl::Status CheckBook(const v1::IssuedDecisions& book) {
  if (!elm::IsWebAddress(book.issuer())) return InvalidIssue("issuer", "it is no address on the web");
  if (book.country().size() != 2 || !elm::Country(book.country()).has_value()) {
    return InvalidIssue("country", "it is no country by ISO 3166-1 alpha-2");
  }
  if (!IsLetterLanguage(book.language())) {
    return InvalidIssue("language", absl::StrCat("there are words in ", absl::StrJoin(LetterLanguages(), ", ")));
  }
  if (!elm::IsWebAddress(book.verify_at()) || !absl::StartsWith(book.verify_at(), "https://")) {
    return InvalidIssue("verify_at", "it does not begin with https://");
  }
  if (!elm::IsWebAddress(book.bitstring_list())) return InvalidIssue("bitstring_list", "it is no address on the web");
  if (!elm::IsWebAddress(book.token_list())) return InvalidIssue("token_list", "it is no address on the web");
  if (book.bitstring_list() == book.token_list()) return InvalidIssue("token_list", "it is that of the other list");
  if (book.decisions_size() > kIssuedMax) return InvalidIssue("decisions", "there are too many");
  std::set<uint64_t> taken;
  for (int i = 0; i < book.decisions_size(); ++i) {
    const uint64_t place = book.decisions(i).status_index();
    const std::string field = absl::StrCat("decisions[", i, "].status_index");
    if (place >= kStatusEntries) return InvalidIssue(field, "it is beyond the lists");
    if (!taken.insert(place).second) return InvalidIssue(field, "another decision has it");
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Enter(absl::string_view case_id, absl::string_view decision_sha256, absl::Time now,
                               base::Random& random, v1::IssuedDecisions* book) {
  for (const v1::IssuedDecision& decision : book->decisions()) {
    if (decision.case_id() != case_id || decision.decision_sha256() != decision_sha256) continue;
    if (decision.has_revoke_time()) return Problem(Reason::kFieldInvalid, "decisions", "this decision was revoked");
    return decision.status_index();
  }
  if (book->decisions_size() >= kIssuedMax) return Problem(Reason::kInputTooLarge, "decisions");
  for (v1::IssuedDecision& decision : *book->mutable_decisions()) {
    if (decision.case_id() == case_id && !decision.has_revoke_time()) {
      *decision.mutable_revoke_time() = base::ToProto(now);
    }
  }
  v1::IssuedDecision entry;
  entry.set_case_id(std::string(case_id));
  entry.set_decision_sha256(std::string(decision_sha256));
  entry.set_status_index(FreePlace(Taken(*book), random));
  *entry.mutable_issue_time() = base::ToProto(now);
  *book->add_decisions() = entry;
  return entry.status_index();
}

absl::Status CheckHolds(absl::string_view case_id, absl::string_view decision_sha256, const v1::IssuedDecisions& book) {
  for (const v1::IssuedDecision& decision : book.decisions()) {
    if (decision.case_id() != case_id || decision.decision_sha256() != decision_sha256) continue;
    if (decision.has_revoke_time()) return Problem(Reason::kFieldInvalid, "decisions", "this decision was revoked");
    return absl::OkStatus();
  }
  return Problem(Reason::kFieldInvalid, "decisions", "this decision was not issued");
}

absl::Status Revoke(absl::string_view case_id, absl::string_view reason_code, absl::Time now,
                    v1::IssuedDecisions* book) {
  if (!reason_code.empty() && !ShowsFraudOrLoss(reason_code)) {
    return Problem(Reason::kFieldInvalid, "reason_code", "it is no code for which a decision can be revoked");
  }
  bool found = false;
  for (v1::IssuedDecision& decision : *book->mutable_decisions()) {
    if (decision.case_id() != case_id) continue;
    found = true;
    // What was revoked before keeps its day and reason.
    if (decision.has_revoke_time()) continue;
    *decision.mutable_revoke_time() = base::ToProto(now);
    decision.set_revoke_reason(std::string(reason_code));
  }
  return found ? absl::OkStatus() : Problem(Reason::kResourceNotFound, "case");
}

std::set<uint64_t> RevokedPlaces(const v1::IssuedDecisions& book) {
  std::set<uint64_t> places;
  for (const v1::IssuedDecision& decision : book.decisions()) {
    if (decision.has_revoke_time()) places.insert(decision.status_index());
  }
  return places;
}

}  // namespace passerelle::recognition
