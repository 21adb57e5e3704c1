#include "core/authenticity/accreditation_check.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/assessors.h"
#include "core/authenticity/check.h"
#include "core/authenticity/issuer_identity.h"
#include "core/base/date_time.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/elm/annex_one_reading.h"
#include "core/trust/accreditation.h"

namespace passerelle::authenticity {
namespace {

namespace model = elm::v3;
using base::Reason;
using trust::Speaks;

constexpr absl::string_view kAccreditationCheck = "accreditation";
constexpr absl::string_view kAssessorCheck = "assessor";
constexpr char kNotTheSigners[] = "the signer is not known under the name that the report is about";

// One award of a document: what was awarded, when, by whom.
struct Award {
  const model::LearningAchievement* achievement = nullptr;
  const model::AwardingProcess* process = nullptr;
  absl::Time time;
};

std::vector<Award> AwardsOf(const elm::Reading& reading) {
  const model::EuropeanDigitalCredential& credential = reading.graph().credential();
  std::vector<Award> awards;
  for (const auto& achievement : reading.Achievements()) {
    const model::AwardingProcess& process = reading.Full(achievement.node->awarded_by());
    for (const std::string& date : {process.awarding_date(), credential.issuance_date(), credential.valid_from()}) {
      const std::optional<absl::Time> time = base::ParseDateTime(date);
      if (!time) continue;
      awards.push_back({achievement.node, &process, *time});
      break;
    }
  }
  return awards;
}

// The number at the end of the URI of a level, such as ".../eqf/5".
std::optional<int> LevelOf(const model::SpecificationNode& specification) {
  const std::string& uri = specification.qualification().eqf_level().id();
  int level = 0;
  if (!specification.has_qualification() || !absl::SimpleAtoi(uri.substr(uri.rfind('/') + 1), &level)) {
    return std::nullopt;
  }
  return level;
}

// As accreditation data write identifiers: "deqar:DEQARINST9001", or a URI.
std::vector<std::string> ProvidersOf(const Party& party) {
  std::vector<std::string> providers;
  for (const Identifier& identifier : party) {
    providers.push_back(identifier.value);
    providers.push_back(absl::StrCat(identifier.scheme, ":", identifier.value));
  }
  return providers;
}

// Each awarding body; the issuer where no body is identified.
std::vector<Party> BodiesOf(const Award& award, const elm::Reading& reading, const Sealed& sealed, Agents& agents) {
  std::vector<Party> bodies;
  bool known = false;
  for (const model::AgentNode& body : award.process->awarding_body()) {
    bodies.push_back(agents.PartyOf(body));
    known = known || !bodies.back().empty();
  }
  if (known) return bodies;
  Party issuer = agents.PartyOf(reading.graph().credential().issuer());
  const bool did = absl::StartsWith(sealed.issuer, "did:");
  if (!sealed.issuer.empty()) issuer.push_back({did ? "did" : "url", sealed.issuer});
  return {issuer};
}

trust::CoverageQuestion QuestionFor(const Award& award, const Party& body) {
  trust::CoverageQuestion question;
  question.award = absl::ToCivilDay(award.time, absl::UTCTimeZone());
  question.providers = ProvidersOf(body);
  const model::SpecificationNode& specification = award.achievement->specified_by();
  question.eqf_level = LevelOf(specification);
  const std::string& programme = specification.has_qualification()
                                     ? specification.qualification().id()
                                     : specification.learning_achievement_specification().id();
  if (!programme.empty()) question.programmes.push_back(programme);
  return question;
}

// Whether a negative decision about just this award held on its date.
bool IsRefused(const trust::Coverage& coverage) {
  return std::any_of(coverage.tried.begin(), coverage.tried.end(), [](const trust::TriedReport& tried) {
    if (tried.report->decision() != trust::v1::QUALITY_DECISION_NEGATIVE) return false;
    return std::all_of(tried.limits.begin(), tried.limits.end(), [](const auto& limit) {
      return limit.first == trust::Limit::kDecision || limit.second == trust::LimitResult::kMet;
    });
  });
}

v1::Check Judge(const trust::Coverage& coverage) {
  std::vector<std::string> inputs;
  if (coverage.decisive != nullptr) inputs.push_back(absl::StrCat("report=", coverage.decisive->id()));
  switch (coverage.outcome) {
    case trust::Outcome::kCovered:
      return Passed(kAccreditationCheck, Reason::kAccredited, std::move(inputs));
    case trust::Outcome::kCoveredWithConditions:
      inputs.emplace_back("with conditions");
      return Passed(kAccreditationCheck, Reason::kAccredited, std::move(inputs));
    case trust::Outcome::kNotCovered:
      return IsRefused(coverage) ? Failed(kAccreditationCheck, Reason::kNotAccredited, std::move(inputs))
                                 : Unknown(kAccreditationCheck, Reason::kNotCovered, std::move(inputs));
    case trust::Outcome::kUnknown:
      break;
  }
  return Unknown(kAccreditationCheck, Reason::kNoEvidence, std::move(inputs));
}

// By reports alone; that an assessor has none makes no document false, and neither does a negative one.
v1::Check JudgeAssessor(const trust::Coverage& coverage, std::vector<std::string> inputs) {
  if (!coverage.provider_known) return Unknown(kAssessorCheck, Reason::kAssessorUnresolved, std::move(inputs));
  if (coverage.decisive != nullptr) inputs.push_back(absl::StrCat("report=", coverage.decisive->id()));
  switch (coverage.outcome) {
    case trust::Outcome::kCovered:
    case trust::Outcome::kCoveredWithConditions:
      return Passed(kAssessorCheck, Reason::kAssessorResolved, std::move(inputs));
    case trust::Outcome::kNotCovered:
      return Unknown(kAssessorCheck, IsRefused(coverage) ? Reason::kNotAccredited : Reason::kNotCovered,
                     std::move(inputs));
    case trust::Outcome::kUnknown:
      break;
  }
  return Unknown(kAssessorCheck, Reason::kNoEvidence, std::move(inputs));
}

// The names alone under which the signer of a document is known. Whoever may speak for itself under one name could
// otherwise borrow the accreditation of another by adding a second name.
class SignersNames {
 public:
  SignersNames(const Sealed& sealed, const elm::Reading& reading, const Evidence& evidence)
      : sealed_(sealed), bundle_(*evidence.bundle), signed_at_(sealed.SignedAt(evidence.at)) {
    // What nobody signed has no signer to compare.
    if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) return;
    const NamedParties named = PartiesOf(sealed, &reading);
    for (const Identifier& name : named.awarding.front()) issuer_.insert(KeyOf(name));
    if (!sealed.certificate.has_value() || sealed.path.ok()) organization_ = sealed.signer.organization_identifier;
  }

  // Of the issuer those of its names that are known to be the signer's; of another body all.
  Party Known(const Party& body) const {
    const bool is_issuer =
        std::any_of(body.begin(), body.end(), [this](const Identifier& name) { return issuer_.contains(KeyOf(name)); });
    if (!is_issuer) return body;
    Party known;
    std::copy_if(body.begin(), body.end(), std::back_inserter(known), [this](const Identifier& name) {
      const trust::SpeaksAnswer said = bundle_.MaySpeak(sealed_.signer, name.scheme, name.value, signed_at_);
      return said.speaks == Speaks::kYes || IsIdentifiedBy({name}, organization_);
    });
    return known;
  }

 private:
  const Sealed& sealed_;
  const trust::TrustBundle& bundle_;
  const absl::Time signed_at_;
  std::string organization_;
  absl::flat_hash_set<std::string> issuer_;
};

// How much is open: of several answers the one with the most of it counts.
int WeightOf(const v1::Check& check) {
  if (check.outcome() == v1::CHECK_OUTCOME_FAIL) return 2;
  return check.outcome() == v1::CHECK_OUTCOME_UNKNOWN ? 1 : 0;
}

// What the credential is, by its types; everything is a VerifiableCredential and a VerifiableAttestation.
std::vector<std::string> TypesOf(const Sealed& sealed) {
  std::vector<std::string> types;
  const auto member = sealed.credential ? base::Find(*sealed.credential, "type") : std::nullopt;
  const auto list = member ? base::AsArray(*member) : std::nullopt;
  if (!list) return types;
  for (const simdjson::dom::element entry : *list) {
    const absl::string_view type = base::AsString(entry).value_or("");
    if (!type.empty() && type != "VerifiableCredential" && type != "VerifiableAttestation") types.emplace_back(type);
  }
  return types;
}

// By EBSI's registry, which accredits issuers for types of credentials; nothing when it does not know the issuer.
std::optional<v1::Check> JudgeEbsi(const Sealed& sealed, const Evidence& evidence) {
  const absl::Time signed_at = sealed.SignedAt(evidence.at);
  Speaks best = Speaks::kUnknown;
  for (const std::string& type : TypesOf(sealed)) {
    const Speaks said = evidence.bundle->EbsiAccredited(sealed.issuer, type, signed_at);
    if (said == Speaks::kUnknown) return std::nullopt;
    if (said == Speaks::kYes || best == Speaks::kUnknown) best = said;
  }
  if (best == Speaks::kUnknown) return std::nullopt;
  const std::vector<std::string> inputs = {absl::StrCat("issuer=", sealed.issuer)};
  v1::Check check = best == Speaks::kYes ? Passed(kAccreditationCheck, Reason::kAccredited, inputs)
                                         : Failed(kAccreditationCheck, Reason::kNotAccredited, inputs);
  *check.mutable_time() = base::ToProto(signed_at);
  return check;
}

}  // namespace

v1::Check CheckAccreditation(const Sealed& sealed, const elm::Reading* reading, const Evidence& evidence) {
  if (evidence.bundle == nullptr) return Unknown(kAccreditationCheck, Reason::kNoEvidence);
  if (std::optional<v1::Check> check = JudgeEbsi(sealed, evidence)) return *std::move(check);
  const trust::AccreditationIndex* const index = evidence.bundle->accreditation();
  if (index == nullptr || reading == nullptr) return Unknown(kAccreditationCheck, Reason::kNoEvidence);
  const std::vector<Award> awards = AwardsOf(*reading);
  if (awards.empty()) return Unknown(kAccreditationCheck, Reason::kNotStated);
  // The worst decides, of all awards and, in a joint one, of all its bodies: a refusal, then what is open.
  std::optional<v1::Check> worst;
  Agents agents(*reading);
  const SignersNames names(sealed, *reading, evidence);
  for (const Award& award : awards) {
    const std::vector<Party> bodies = BodiesOf(award, *reading, sealed, agents);
    for (const Party& body : bodies) {
      v1::Check check = Judge(index->Check(QuestionFor(award, body)));
      const Party known = names.Known(body);
      if (check.outcome() == v1::CHECK_OUTCOME_PASS && known.size() < body.size() &&
          Judge(index->Check(QuestionFor(award, known))).outcome() != v1::CHECK_OUTCOME_PASS) {
        check = Unknown(kAccreditationCheck, Reason::kNoEvidence, {kNotTheSigners});
      }
      *check.mutable_time() = base::ToProto(award.time);
      if (bodies.size() > 1 && !body.empty()) check.add_inputs(absl::StrCat("body=", body.front().value));
      if (!worst || WeightOf(check) > WeightOf(*worst)) worst = std::move(check);
    }
  }
  return *std::move(worst);
}

v1::Check CheckAssessor(const elm::Reading* reading, const Evidence& evidence) {
  if (reading == nullptr) return Unknown(kAssessorCheck, Reason::kNoEvidence);
  const trust::AccreditationIndex* const index =
      evidence.bundle == nullptr ? nullptr : evidence.bundle->accreditation();
  AssessorReader reader(*reading, reading->graph().credential().issuer());
  bool stated = false;
  std::optional<v1::Check> worst;
  for (const Award& award : AwardsOf(*reading)) {
    const Assessors assessors = reader.Of(*award.achievement);
    stated = stated || assessors.stated;
    for (const Party& party : assessors.others) {
      const std::vector<std::string> identifiers = ProvidersOf(party);
      std::vector<std::string> inputs = {
          absl::StrCat("assessor=", identifiers.empty() ? "not identified" : identifiers.back())};
      v1::Check check = index == nullptr ? Unknown(kAssessorCheck, Reason::kNoEvidence, std::move(inputs))
                                         : JudgeAssessor(index->Check(QuestionFor(award, party)), inputs);
      *check.mutable_time() = base::ToProto(award.time);
      if (!worst || WeightOf(check) > WeightOf(*worst)) worst = std::move(check);
    }
  }
  if (worst.has_value()) return *std::move(worst);
  return stated ? Passed(kAssessorCheck, Reason::kAssessorResolved) : Unknown(kAssessorCheck, Reason::kNotStated);
}

}  // namespace passerelle::authenticity
