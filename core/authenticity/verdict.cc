#include "core/authenticity/verdict.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/authenticity/accreditation_check.h"
#include "core/authenticity/check.h"
#include "core/authenticity/seal_check.h"
#include "core/authenticity/signer_check.h"
#include "core/authenticity/status_check.h"
#include "core/authenticity/validity.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/document/foreign.h"
#include "core/document/translate.h"
#include "core/elm/annex_one_reading.h"

namespace passerelle::authenticity {
namespace {

using base::FromProto;
using base::Reason;

constexpr absl::string_view kEuropeanFormat = "elm";
constexpr absl::string_view kChecks[] = {"format", "seal",          "signer", "register", "validity",
                                         "status", "accreditation", "holder", "assessor"};

// The document as far as it could be read.
struct Reading {
  std::string format;
  std::string what = "";  // where no format is recognised: what it looks like, in words for people
  absl::StatusOr<document::Imported> imported = absl::UnknownError("");

  const elm::v3::EuropeanDigitalCredential* credential() const {
    return imported.ok() ? &*imported->credential : nullptr;
  }
};

// What is judged: the document itself, out of all that it came in, as deep as Translate opens it.
std::string DocumentOf(const document::Registry& adapters, std::string content) {
  for (int i = 0; i < document::kWrappingsMax; ++i) {
    const document::Adapter* const adapter = adapters.Find(document::Detect(adapters, content).format);
    std::optional<std::string> within = adapter == nullptr ? std::nullopt : adapter->SignedWithin(content);
    if (!within.has_value()) break;
    content = *std::move(within);
  }
  return content;
}

// What was sealed is read, and nothing else of the bytes, where the two differ.
Reading ReadDocument(const document::Registry& adapters, const std::string& content, const Sealed& sealed) {
  Reading reading;
  reading.format = document::Detect(adapters, content).format;
  const document::Adapter* adapter = adapters.Find(reading.format);
  if (adapter == nullptr) {
    reading.imported = base::Problem(content.empty() ? Reason::kInputEmpty : Reason::kFormatUnknown, "document");
    reading.what = document::DescribeForeign(content);
  } else {
    reading.imported = adapter->Import(sealed.content.empty() ? content : sealed.content, {});
  }
  return reading;
}

v1::Check CheckFormat(const Reading& reading) {
  const std::string format = absl::StrCat("format=", reading.format);
  if (reading.imported.ok()) return Passed("format", Reason::kFormatRecognised, {format});
  const absl::Status& problem = reading.imported.status();
  std::vector<std::string> inputs = {format, absl::StrCat("place=", base::PlaceOf(problem))};
  if (!reading.what.empty()) inputs.push_back(absl::StrCat("what=", reading.what));
  return Unknown("format", base::ReasonOf(problem), std::move(inputs));
}

v1::Check CheckRegister(const Question& question, const std::string& sha256) {
  constexpr absl::string_view kName = "register";
  if (!question.register_answer.has_value()) return Unknown(kName, Reason::kNoEvidence);
  const absl::StatusOr<v1::AuthenticityAnswer>& answer = *question.register_answer;
  if (!answer.ok()) return Unknown(kName, base::ReasonOf(answer.status()));
  if (answer->sha256() != sha256) return Unknown(kName, Reason::kPeerAnswerInvalid);
  std::vector<std::string> inputs = {absl::StrCat("sha256=", sha256)};
  if (answer->has_register_time()) inputs.push_back(Dated("register_time", FromProto(answer->register_time())));
  switch (answer->finding()) {
    case v1::REGISTER_FINDING_IN_FORCE:
    case v1::REGISTER_FINDING_REVOKED:
      // That it was revoked since is the matter of the status check.
      return Passed(kName, Reason::kRegisterConfirms, std::move(inputs));
    case v1::REGISTER_FINDING_NOT_ISSUED:
      return Failed(kName, Reason::kRegisterDenies, std::move(inputs));
    default:
      return Unknown(kName, Reason::kRegisterUnavailable, std::move(inputs));
  }
}

v1::Check CheckOwnValidity(const Reading& reading, const Sealed& sealed, absl::Time at) {
  const bool european =
      reading.credential() != nullptr && (reading.imported->european || reading.format == kEuropeanFormat);
  // Of other formats only what was signed is taken; what their translation says is the translator's.
  const std::vector<ValidityStatement> statements =
      european ? StatementsOf(*reading.credential()) : StatementsOf(sealed);
  v1::Check check = CheckValidity(statements, at);
  const bool ends = std::any_of(statements.begin(), statements.end(),
                                [](const ValidityStatement& one) { return one.is_end && !one.text.empty(); });
  if (sealed.withholds && !ends && check.outcome() == v1::CHECK_OUTCOME_PASS) {
    return Unknown("validity", Reason::kNoEvidence, {"the end may have been withheld"});
  }
  if (sealed.out_of_time.has_value() && check.outcome() != v1::CHECK_OUTCOME_FAIL) {
    return Failed("validity", *sealed.out_of_time, {check.inputs().begin(), check.inputs().end()});
  }
  return check;
}

// A bundle that is too old says nothing, and that is said.
void TellExpiry(const trust::TrustBundle& bundle, v1::Check& check) {
  if (check.outcome() != v1::CHECK_OUTCOME_UNKNOWN) return;
  check.set_reason(std::string(base::Catalogue(Reason::kTrustBundleUnusable).name));
  check.add_inputs(absl::StrCat("bundle=", bundle.sha256(), " version ", bundle.message().version()));
  check.add_inputs(Dated("bundle_expired", bundle.expire_time()));
}

void JudgeContent(const document::Registry& adapters, const Question& question, const v1::Check& in_register,
                  v1::AuthenticityVerdict& verdict) {
  const bool expired = question.bundle != nullptr && !question.bundle->CheckInForce(question.now).ok();
  const Evidence evidence{expired ? nullptr : question.bundle.get(), question.at, question.holder,
                          question.status_lists.get()};
  const std::string content = DocumentOf(adapters, *question.content);
  const Sealed sealed = CheckSeal(content, evidence);
  const Reading reading = ReadDocument(adapters, content, sealed);
  std::optional<elm::Reading> names;
  if (reading.credential() != nullptr) names.emplace(*reading.credential());
  const elm::Reading* const named = names.has_value() ? &*names : nullptr;
  const v1::AuthenticityAnswer* const issued =
      in_register.outcome() == v1::CHECK_OUTCOME_PASS ? &**question.register_answer : nullptr;
  *verdict.add_checks() = CheckFormat(reading);
  *verdict.add_checks() = sealed.check;
  v1::Check* const signer = verdict.add_checks();
  *signer = CheckSigner(sealed, named, evidence, question.policy);
  // No register knows the presentation that a wallet has just made: it was asked about other bytes than the document's.
  const bool of_carrier = content != *question.content && in_register.outcome() == v1::CHECK_OUTCOME_FAIL;
  *verdict.add_checks() =
      of_carrier ? Unknown("register", Reason::kRegisterDenies, {"asked about the carrier"}) : in_register;
  *verdict.add_checks() = CheckOwnValidity(reading, sealed, question.at);
  *verdict.add_checks() = CheckStatus(issued, sealed, named, evidence, question.policy);
  v1::Check* const accreditation = verdict.add_checks();
  *accreditation = CheckAccreditation(sealed, named, evidence);
  *verdict.add_checks() = sealed.holder.value_or(Unknown("holder", Reason::kNotStated));
  v1::Check* const assessor = verdict.add_checks();
  *assessor = CheckAssessor(named, evidence);
  if (expired) {
    TellExpiry(*question.bundle, *signer);
    TellExpiry(*question.bundle, *accreditation);
    // Without another assessor nothing was asked of the bundle.
    if (assessor->reason() == base::Catalogue(Reason::kNoEvidence).name) TellExpiry(*question.bundle, *assessor);
  }
}

// Without the document, the register alone can speak.
void JudgeDigest(const Question& question, const v1::Check& in_register, v1::AuthenticityVerdict& verdict) {
  const bool confirmed = in_register.outcome() == v1::CHECK_OUTCOME_PASS;
  for (const absl::string_view name : kChecks) {
    v1::Check* const check = verdict.add_checks();
    *check = Unknown(name, Reason::kNoEvidence);
    if (name == "register") *check = in_register;
    if (name == "status" && confirmed) {
      *check = CheckStatus(&**question.register_answer, {}, nullptr, {nullptr, question.at, {}}, question.policy);
    }
  }
}

class Rule {
 public:
  explicit Rule(const v1::AuthenticityVerdict& verdict) : verdict_(verdict) {}

  v1::Verdict Conclude(const v1::VerdictPolicy& policy) const {
    for (const v1::Check& check : verdict_.checks()) {
      if (check.outcome() == v1::CHECK_OUTCOME_FAIL) return v1::VERDICT_NOT_AUTHENTIC;
    }
    const bool by_register = Passes("register") && Passes("status");
    const bool not_revoked = Passes("status") || Says("status", Reason::kNotStated);
    // Whom the parts name that could not be read was compared with nobody. What is of no known format has no such
    // parts.
    const bool read = Passes("format") || Says("format", Reason::kFormatUnknown);
    // A register that was asked about a carrier alone may deny the document inside as well.
    const bool open = Says("register", Reason::kRegisterDenies);
    const bool by_seal = read && !open && Passes("seal") && Passes("signer") && Passes("validity") && not_revoked;
    const bool demanded = std::all_of(policy.required_checks().begin(), policy.required_checks().end(),
                                      [this](const std::string& name) { return Passes(name); });
    return (by_register || by_seal) && demanded ? v1::VERDICT_AUTHENTIC : v1::VERDICT_CANNOT_BE_ESTABLISHED;
  }

 private:
  const v1::Check& Get(absl::string_view name) const {
    for (const v1::Check& check : verdict_.checks()) {
      if (check.name() == name) return check;
    }
    return v1::Check::default_instance();
  }
  bool Says(absl::string_view name, Reason reason) const { return Get(name).reason() == base::Catalogue(reason).name; }
  bool Passes(absl::string_view name) const { return Get(name).outcome() == v1::CHECK_OUTCOME_PASS; }

  const v1::AuthenticityVerdict& verdict_;
};

}  // namespace

v1::AuthenticityVerdict Judge(const document::Registry& adapters, const Question& question) {
  v1::AuthenticityVerdict verdict;
  verdict.set_sha256(question.content.has_value() ? base::Sha256Hex(*question.content) : question.sha256);
  *verdict.mutable_at() = base::ToProto(question.at);
  const v1::Check in_register = CheckRegister(question, verdict.sha256());
  if (question.content.has_value()) {
    JudgeContent(adapters, question, in_register, verdict);
  } else {
    JudgeDigest(question, in_register, verdict);
  }
  verdict.set_verdict(Rule(verdict).Conclude(question.policy));
  return verdict;
}

absl::Status CheckVerdictPolicy(const v1::VerdictPolicy& policy) {
  for (const std::string& name : policy.required_checks()) {
    if (std::find(std::begin(kChecks), std::end(kChecks), name) == std::end(kChecks)) {
      return base::Problem(Reason::kConfigInvalid, "verdict_policy.required_checks", "there is no such check");
    }
  }
  if (policy.status_age_max().seconds() < 0 || policy.status_age_max().nanos() < 0) {
    return base::Problem(Reason::kConfigInvalid, "verdict_policy.status_age_max", "it is negative");
  }
  return absl::OkStatus();
}

}  // namespace passerelle::authenticity
