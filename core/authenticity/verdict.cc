#include "core/authenticity/verdict.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/authenticity/seal_check.h"
#include "core/authenticity/validity.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/document/translate.h"

namespace passerelle::authenticity {
namespace {

using base::FromProto;
using base::Reason;

constexpr absl::string_view kEuropeanFormat = "elm";

v1::Check MakeCheck(absl::string_view name, v1::CheckOutcome outcome, Reason reason,
                    std::initializer_list<std::string> inputs = {}) {
  v1::Check check;
  check.set_name(std::string(name));
  check.set_outcome(outcome);
  check.set_reason(std::string(base::Catalogue(reason).name));
  for (const std::string& input : inputs) check.add_inputs(input);
  return check;
}

std::string Dated(absl::string_view what, const google::protobuf::Timestamp& time) {
  return absl::StrCat(what, "=", absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", FromProto(time), absl::UTCTimeZone()));
}

// The document as far as it could be read.
struct Reading {
  std::string format;
  absl::StatusOr<document::Imported> imported = absl::UnknownError("");
};

Reading ReadDocument(const document::Registry& adapters, const std::string& content) {
  Reading reading;
  reading.format = document::Detect(adapters, content).format;
  const document::Adapter* adapter = adapters.Find(reading.format);
  if (adapter == nullptr) {
    reading.imported = base::Problem(content.empty() ? Reason::kInputEmpty : Reason::kFormatUnknown, "document");
  } else {
    reading.imported = adapter->Import(content, {});
  }
  return reading;
}

v1::Check CheckFormat(const std::optional<Reading>& reading) {
  if (!reading.has_value()) return MakeCheck("format", v1::CHECK_OUTCOME_UNKNOWN, Reason::kNoEvidence);
  const std::string format = absl::StrCat("format=", reading->format);
  if (reading->imported.ok()) {
    return MakeCheck("format", v1::CHECK_OUTCOME_PASS, Reason::kFormatRecognised, {format});
  }
  const absl::Status& problem = reading->imported.status();
  return MakeCheck("format", v1::CHECK_OUTCOME_UNKNOWN, base::ReasonOf(problem),
                   {format, absl::StrCat("place=", base::PlaceOf(problem))});
}

v1::Check CheckRegister(const Question& question, const std::string& sha256) {
  constexpr absl::string_view kName = "register";
  if (!question.register_answer.has_value()) {
    return MakeCheck(kName, v1::CHECK_OUTCOME_UNKNOWN, Reason::kNoEvidence);
  }
  const absl::StatusOr<v1::AuthenticityAnswer>& answer = *question.register_answer;
  if (!answer.ok()) return MakeCheck(kName, v1::CHECK_OUTCOME_UNKNOWN, base::ReasonOf(answer.status()));
  if (answer->sha256() != sha256) {
    return MakeCheck(kName, v1::CHECK_OUTCOME_UNKNOWN, Reason::kPeerAnswerInvalid);
  }
  v1::Check check;
  switch (answer->finding()) {
    case v1::REGISTER_FINDING_IN_FORCE:
    case v1::REGISTER_FINDING_REVOKED:
      // That it was revoked since is the matter of the status check.
      check = MakeCheck(kName, v1::CHECK_OUTCOME_PASS, Reason::kRegisterConfirms);
      break;
    case v1::REGISTER_FINDING_NOT_ISSUED:
      check = MakeCheck(kName, v1::CHECK_OUTCOME_FAIL, Reason::kRegisterDenies);
      break;
    default:
      check = MakeCheck(kName, v1::CHECK_OUTCOME_UNKNOWN, Reason::kRegisterUnavailable);
  }
  check.add_inputs(absl::StrCat("sha256=", sha256));
  if (answer->has_register_time()) check.add_inputs(Dated("register_time", answer->register_time()));
  return check;
}

// The status of a document that the register has issued.
v1::Check CheckIssued(const v1::AuthenticityAnswer& answer, absl::Time at) {
  constexpr absl::string_view kName = "status";
  if (answer.has_issue_time() && FromProto(answer.issue_time()) > at) {
    return MakeCheck(kName, v1::CHECK_OUTCOME_FAIL, Reason::kNotYetValid, {Dated("issue_time", answer.issue_time())});
  }
  if (answer.finding() == v1::REGISTER_FINDING_IN_FORCE) {
    return MakeCheck(kName, v1::CHECK_OUTCOME_PASS, Reason::kRegisterConfirms);
  }
  if (answer.has_revoke_time()) {
    const std::string revoked = Dated("revoke_time", answer.revoke_time());
    return FromProto(answer.revoke_time()) > at
               ? MakeCheck(kName, v1::CHECK_OUTCOME_PASS, Reason::kRegisterConfirms,
                           {revoked, "revoked only after the point in time that was asked for"})
               : MakeCheck(kName, v1::CHECK_OUTCOME_FAIL, Reason::kRevoked, {revoked});
  }
  // Revoked at a time that the register does not state: by its present state at the latest.
  const bool before_state = answer.has_register_time() && at < FromProto(answer.register_time());
  return before_state ? MakeCheck(kName, v1::CHECK_OUTCOME_UNKNOWN, Reason::kNotStated,
                                  {"the register does not state when the document was revoked"})
                      : MakeCheck(kName, v1::CHECK_OUTCOME_FAIL, Reason::kRevoked);
}

v1::Check CheckStatus(const Question& question, const std::optional<Reading>& reading, const v1::Check& in_register) {
  if (in_register.outcome() == v1::CHECK_OUTCOME_PASS) {
    return CheckIssued(**question.register_answer, question.at);
  }
  const bool names_list = reading.has_value() && reading->imported.ok() && reading->imported->european &&
                          !reading->imported->credential.credential_status().empty();
  return names_list ? MakeCheck("status", v1::CHECK_OUTCOME_UNKNOWN, Reason::kCheckNotImplemented,
                                {"the document names a status list, which was not looked at"})
                    : MakeCheck("status", v1::CHECK_OUTCOME_UNKNOWN, Reason::kNoEvidence);
}

v1::Check CheckOwnValidity(const std::optional<Reading>& reading, absl::Time at) {
  if (!reading.has_value() || !reading->imported.ok()) {
    return MakeCheck("validity", v1::CHECK_OUTCOME_UNKNOWN, Reason::kNoEvidence);
  }
  // Other formats state no validity; what their translation says of it is the translator's.
  if (!reading->imported->european && reading->format != kEuropeanFormat) {
    return MakeCheck("validity", v1::CHECK_OUTCOME_UNKNOWN, Reason::kNotStated);
  }
  return CheckValidity(reading->imported->credential, at);
}

v1::Verdict Conclude(const v1::AuthenticityVerdict& verdict) {
  bool confirmed = false;
  bool in_force = false;
  for (const v1::Check& check : verdict.checks()) {
    if (check.outcome() == v1::CHECK_OUTCOME_FAIL) return v1::VERDICT_NOT_AUTHENTIC;
    if (check.outcome() != v1::CHECK_OUTCOME_PASS) continue;
    confirmed = confirmed || check.name() == "register";
    in_force = in_force || check.name() == "status";
  }
  return confirmed && in_force ? v1::VERDICT_AUTHENTIC : v1::VERDICT_CANNOT_BE_ESTABLISHED;
}

}  // namespace

v1::AuthenticityVerdict Judge(const document::Registry& adapters, const Question& question) {
  v1::AuthenticityVerdict verdict;
  verdict.set_sha256(question.content.has_value() ? base::Sha256Hex(*question.content) : question.sha256);
  *verdict.mutable_at() = base::ToProto(question.at);
  std::optional<Reading> reading;
  if (question.content.has_value()) reading = ReadDocument(adapters, *question.content);

  *verdict.add_checks() = CheckFormat(reading);
  *verdict.add_checks() = question.content.has_value()
                              ? CheckSeal(*question.content, question.at)
                              : MakeCheck("seal", v1::CHECK_OUTCOME_UNKNOWN, Reason::kNoEvidence);
  const v1::Check in_register = CheckRegister(question, verdict.sha256());
  *verdict.add_checks() = in_register;
  *verdict.add_checks() = CheckOwnValidity(reading, question.at);
  *verdict.add_checks() = CheckStatus(question, reading, in_register);
  *verdict.add_checks() = MakeCheck("accreditation", v1::CHECK_OUTCOME_UNKNOWN, Reason::kCheckNotImplemented);
  *verdict.add_checks() = MakeCheck("holder", v1::CHECK_OUTCOME_UNKNOWN, Reason::kCheckNotImplemented);
  verdict.set_verdict(Conclude(verdict));
  return verdict;
}

}  // namespace passerelle::authenticity
