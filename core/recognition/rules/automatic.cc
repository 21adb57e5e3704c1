// R-A01 to R-A11: automatic recognition. One function a rule.
#include <algorithm>

#include "core/recognition/rules/rule_book.h"

namespace passerelle::recognition {
namespace {

Finding NotMet(absl::string_view text, absl::string_view code = "") { return {v1::RULE_OUTCOME_NOT_MET, code, text}; }

Finding Aim(const FactSheet& sheet) {
  switch (sheet.facts.aim()) {
    case v1::RECOGNITION_AIM_FURTHER_LEARNING:
      return Met("The purpose is access to further learning.");
    case v1::RECOGNITION_AIM_MOBILITY_CREDIT:
      return Met("The purpose is credit under a learning agreement.");
    case v1::RECOGNITION_AIM_UNSPECIFIED:
      return Unknown("The purpose is not stated.");
    default:
      return NotMet("Automatic recognition is for access to further learning and for agreed mobility credit only.");
  }
}

Finding CountriesInAgreement(const RuleBook& book, const FactSheet& sheet) {
  if (sheet.award_country.empty() || sheet.receiver_country.empty() || !sheet.decision.has_value()) {
    return Unknown("A country or the day of the decision is not known.");
  }
  for (const BookAgreement& agreement : book.agreements()) {
    if (agreement.Covers(sheet)) return Met("Both countries are parties to an agreement that is in force.");
  }
  return NotMet("No agreement of the policy is in force between the two countries on the day of the decision.");
}

Finding KindInScope(const RuleBook& book, const FactSheet& sheet) {
  const v1::CredentialKind kind = sheet.facts.credential().kind();
  if (kind == v1::CREDENTIAL_KIND_UNSPECIFIED) return Unknown("It is not known which kind of credential it is.");
  for (const BookAgreement& agreement : book.agreements()) {
    if (agreement.Covers(sheet) && agreement.HasKind(kind))
      return Met("The agreement is about credentials of this kind.");
  }
  return NotMet("Kind not in scope: no agreement between the two countries is about credentials of this kind.");
}

struct AuthenticityPart {
  v1::Known answer;
  absl::string_view code;
  absl::string_view failed;
  absl::string_view unknown;
};

Finding Authentic(const FactSheet& sheet) {
  const v1::AuthenticityFacts& facts = sheet.facts.authenticity();
  if (facts.fraud_suspected()) return Unknown("There is a suspicion of fraud that nobody has dropped.");
  const AuthenticityPart parts[] = {{facts.integrity(), "AUTH-INTEGRITY", "The document was altered.",
                                     "Whether the document was altered is not known."},
                                    {facts.issuer(), "AUTH-ISSUER", "The document is not from the body that it names.",
                                     "Whether the document is from the body that it names is not known."},
                                    {facts.in_force(), "AUTH-REVOKED", "The credential was revoked or has expired.",
                                     "Whether the credential is in force is not known."},
                                    {facts.subject(), "AUTH-SUBJECT", "The document is about another person.",
                                     "Whether the applicant is the person whom the document is about is not known."}};
  for (const AuthenticityPart& part : parts) {
    if (part.answer == v1::KNOWN_NO) return NotMet(part.failed, part.code);
  }
  for (const AuthenticityPart& part : parts) {
    if (part.answer != v1::KNOWN_YES) return Unknown(part.unknown);
  }
  return Met("The document is genuine, in force, and about the applicant.");
}

Finding OfficiallyRecognised(const FactSheet& sheet) {
  if (sheet.facts.provider().mill() == v1::KNOWN_YES)
    return NotMet("The awarding body is known to sell credentials.", "MILL");
  switch (sheet.facts.provider().officially_recognised()) {
    case v1::KNOWN_YES:
      return Met("The awarding body was officially recognised in its system on the day of the award.");
    case v1::KNOWN_NO:
      return NotMet("The awarding body was not officially recognised in its system on the day of the award.");
    default:
      return Unknown("Whether the awarding body was officially recognised on the day of the award is not known.");
  }
}

Finding RegisteredLevel(const FactSheet& sheet) {
  switch (sheet.level.standing) {
    case LevelStanding::kRegistered:
      return Met(sheet.level.reason);
    case LevelStanding::kClaimed:
      return NotMet(sheet.level.reason);
    default:
      return Unknown(sheet.level.reason);
  }
}

Finding ObligatoryQuality(const RuleBook& book, const FactSheet& sheet) {
  const v1::QualityFacts& quality = sheet.facts.quality();
  switch (quality.coverage()) {
    case v1::QUALITY_COVERAGE_NEGATIVE:
      return NotMet("A negative decision covers the award.");
    case v1::QUALITY_COVERAGE_NOT_COVERED:
      return NotMet("Reports were found, and none of them covers the award.");
    case v1::QUALITY_COVERAGE_UNSPECIFIED:
      return Unknown("No report was found; that is no statement about the provider.");
    case v1::QUALITY_COVERAGE_WITH_CONDITIONS:
      if (!book.policy().automatic().conditions_accepted()) {
        return NotMet("The decision is positive with conditions, which the policy does not take.");
      }
      break;
    default:
      break;
  }
  if (quality.obligatory() == v1::KNOWN_NO)
    return NotMet("The report is voluntary; it never carries an automatic rule.");
  if (quality.flagged() == v1::KNOWN_YES) return Unknown("The register has flagged the report; a person looks at it.");
  if (quality.agency_registered() == v1::KNOWN_NO) {
    return NotMet("The agency was not registered, or not official for the country, on the day of the report.");
  }
  if (quality.obligatory() != v1::KNOWN_YES || quality.agency_registered() != v1::KNOWN_YES) {
    return Unknown("Whether the report is obligatory, and its agency registered, is not known.");
  }
  return Met("An obligatory evaluation by a registered agency covers the award.");
}

Finding DeclaredWorkload(const FactSheet& sheet) {
  if (sheet.credits_declared) return Met("The credential declares its ECTS credits.");
  if (sheet.credits.has_value()) return NotMet("The credits can only be estimated from hours.");
  return Unknown("No workload is stated.");
}

Finding Assessed(const FactSheet& sheet) {
  const v1::CredentialFacts& credential = sheet.facts.credential();
  switch (credential.assessment().assessed()) {
    case v1::KNOWN_NO:
      return NotMet("The document certifies attendance and no assessed learning.", "NOT-ASSESSED");
    case v1::KNOWN_UNSPECIFIED:
      return Unknown("Whether the learning was assessed is not stated.");
    default:
      break;
  }
  const bool supervision_stated = credential.assessment().supervision() != v1::ASSESSMENT_SUPERVISION_UNSPECIFIED;
  if (supervision_stated || credential.mode() == v1::PARTICIPATION_MODE_ON_SITE) {
    return Met("The learning was assessed, and it is stated how that was supervised, or it was on site.");
  }
  return Unknown("The learning was assessed online, or it is not known where, and no supervision is stated.");
}

Finding RequiredLevel(const RuleBook& book, const FactSheet& sheet) {
  const int required = static_cast<int>(book.policy().automatic().required_eqf_level());
  if (required == 0) return NotApplicable("The policy asks for no level.");
  if (!sheet.level.eqf.has_value()) return Unknown("The level in the European framework is not known.");
  return *sheet.level.eqf >= required ? Met("The level is as high as required, or higher.")
                                      : NotMet("The level is lower than required.", "SD-LEVEL");
}

Finding AgreedCredits(const FactSheet& sheet) {
  if (sheet.facts.aim() != v1::RECOGNITION_AIM_MOBILITY_CREDIT)
    return NotApplicable("The case is not about mobility credit.");
  const v1::MobilityFacts& mobility = sheet.facts.mobility();
  const v1::Known answers[] = {mobility.learning_agreement(), mobility.in_agreement(), mobility.in_transcript()};
  if (std::count(std::begin(answers), std::end(answers), v1::KNOWN_NO) > 0) {
    return NotMet("The credits are not in both the learning agreement and the transcript.");
  }
  if (std::count(std::begin(answers), std::end(answers), v1::KNOWN_YES) < 3) {
    return Unknown("Whether the credits are in the learning agreement and in the transcript is not known.");
  }
  return Met("The credits are in the learning agreement and in the transcript: all of them count.");
}

}  // namespace

Finding JudgeAutomatic(const RuleBook& book, const BookRule& rule, const FactSheet& sheet) {
  switch (rule.kind) {
    case RuleKind::kA01:
      return Aim(sheet);
    case RuleKind::kA02:
      return CountriesInAgreement(book, sheet);
    case RuleKind::kA03:
      return KindInScope(book, sheet);
    case RuleKind::kA04:
      return Authentic(sheet);
    case RuleKind::kA05:
      return OfficiallyRecognised(sheet);
    case RuleKind::kA06:
      return RegisteredLevel(sheet);
    case RuleKind::kA07:
      return ObligatoryQuality(book, sheet);
    case RuleKind::kA08:
      return DeclaredWorkload(sheet);
    case RuleKind::kA09:
      return Assessed(sheet);
    case RuleKind::kA10:
      return RequiredLevel(book, sheet);
    default:
      return AgreedCredits(sheet);
  }
}

}  // namespace passerelle::recognition
