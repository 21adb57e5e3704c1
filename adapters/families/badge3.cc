#include "adapters/families/badge3.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "adapters/families/badge3_parts.h"
#include "adapters/families/badge3_results.h"
#include "adapters/families/names.h"
#include "core/document/mapping.h"
#include "core/elm/rules/text.h"

namespace passerelle::adapters::families {
namespace {

using document::DropIt;
using document::LabelledNote;
using document::Text;
using document::UseIt;

constexpr absl::string_view kSealStays = "belongs to the seal and its checks, which stay with the original";
constexpr absl::string_view kPicture = "a picture is presentation";
constexpr absl::string_view kEndorsement = "an endorsement is another credential; it stays with the original";

constexpr Rule kEnvelope[] = {
    {"@context|type", "", UseIt, kKept, ""},
    {"id", "C.identifier.notation", document::Verbatim, kKept, ""},
    {"validFrom", "C.validFrom", document::DateTime, kKept, "date.calendar"},
    {"issuanceDate", "C.validFrom", document::DateTime, kKept, "date.calendar"},
    {"validUntil", "C.validUntil", document::DateTime, kKept, "date.calendar"},
    {"expirationDate", "C.validUntil", document::DateTime, kKept, "date.calendar"},
    {"proof|credentialSchema|credentialStatus|refreshService|termsOfUse", kSealStays, DropIt, kDropped, ""},
    {"image", kPicture, DropIt, kDropped, ""},
    {"endorsement|endorsementJwt", kEndorsement, DropIt, kDropped, ""},
};

constexpr Rule kIssuer[] = {
    {"type", "", UseIt, kKept, ""},
    {"name", "B.legalName", TextInLanguage, kKept, "", true},
    {"id", "B.identifier", NodeIdentifier, kKept, ""},
    {"url", "B.homepage", document::WebAddress, kKept, "address.web"},
    {"email", "B.contactPoint.emailAddress", Mail, kKept, ""},
    {"phone", "B.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"description", "B.additionalNote", ProseInLanguage, kKept, "", true},
    {"address/type", "", UseIt, kKept, ""},
    {"address/addressCountryCode", "B.location", document::CountryCode, kKept, "country.code"},
    {"address/streetAddress|postOfficeBoxNumber|postalCode|addressLocality|addressRegion|addressCountry",
     "B.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"otherIdentifier", "B.identifier", OtherIdentifier, kKept, "", true},
    {"parentOrg/name", "B.additionalNote", ParentOrganisation, kWidened, "note.labelled"},
    {"official", "the name of a person who does not hold the credential", DropIt, kDropped, ""},
    {"image", kPicture, DropIt, kDropped, ""},
    {"endorsement|endorsementJwt", kEndorsement, DropIt, kDropped, ""},
};

constexpr Rule kLearner[] = {
    {"type", "", UseIt, kKept, ""},
    {"id", "S.identifier#", LearnerId, kKept, "learner.identifier"},
    {"identifier", "S.identifier#", IdentityObject, kKept, "learner.identity-object", true},
    {"name", "S.fullName", TextInLanguage, kKept, "", true},
    {"image", kPicture, DropIt, kDropped, ""},
};

// What the credential and its subject say of the achievement.
constexpr Rule kClaim[] = {
    {"awardedDate", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"name", "A.additionalNote", NameUnlessTitle, kWidened, "title.repeated", true},
    {"description", "A.additionalNote", ProseInLanguage, kKept, "", true},
    {"evidence", "A.supplementaryDocument", Evidence, kKept, "", true},
};
constexpr Rule kSubject[] = {
    {"activityStartDate", "V.temporal[0].startDate", document::DateTime, kKept, "date.calendar"},
    {"activityEndDate", "V.temporal[0].endDate", document::DateTime, kKept, "date.calendar"},
    {"term", "V.temporal[0].prefLabel", Text, kKept, ""},
    {"creditsEarned", "A.additionalNote#A1-M07", LabelledNote, kWidened, "credit.no-unit"},
    {"licenseNumber", "A.identifier", NamedIdentifier, kKept, ""},
    {"role", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"narrative", "A.additionalNote", document::Prose, kKept, ""},
    {"source", "A.additionalNote", SourceOfClaim, kWidened, "source.note", true},
};

constexpr Rule kAchievement[] = {
    {"type", "", UseIt, kKept, ""},
    {"name", "A.title", TextInLanguage, kKept, "", true},
    {"id", "Q.identifier", NodeIdentifier, kKept, ""},
    {"inLanguage", "Q.language", document::LanguageCode, kKept, "language.bcp47"},
    {"achievementType", "Q.category", Text, kKept, ""},
    {"description", "Q.learningOutcomeSummary", ProseInLanguage, kKept, "outcomes.prose", true},
    {"criteria/type", "", UseIt, kKept, ""},
    {"criteria/narrative", "Q.additionalNote", Criteria, kWidened, "criteria.note"},
    {"criteria/id", "Q.supplementaryDocument", document::WebAddress, kKept, "address.web"},
    {"alignment", "Q.learningOutcome", Alignment, kKept, "", true},
    {"ECTS", "Q.creditPoint", document::EctsPoints, kKept, "credit.ects"},
    {"SBU", "Q.volumeOfLearning", document::Hours, kKept, "workload.hours"},
    {"timeInvestment", "Q.volumeOfLearning", document::Hours, kKept, "workload.hours"},
    {"creditsAvailable", "Q.additionalNote#A1-M07", LabelledNote, kWidened, "credit.no-unit"},
    {"participationType", "Q.mode", document::ModeWord, kKept, "mode.word"},
    {"assessmentType", "T.specifiedBy[0].dcType", document::AssessmentWord, kKept, "assessment.word"},
    {"supervisionType", "T.idVerification", Supervision, kKept, "supervision.word"},
    {"identityChecked", "Q.additionalNote#A1-O02", IdentityChecked, kWidened, "supervision.word"},
    {"educationProgramIdentifier|educationProgrammeIdentifier|humanCode", "Q.identifier", NamedIdentifier, kKept, ""},
    {"otherIdentifier", "Q.identifier", OtherIdentifier, kKept, "", true},
    {"fieldOfStudy|specialization|tag|version", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"creator", "Q.additionalNote", CreatorUnlessIssuer, kWidened, "creator.note", true},
    {"related/id", "Q.additionalNote", RelatedAchievement, kWidened, "note.labelled"},
    {"image", kPicture, DropIt, kDropped, ""},
    {"endorsement|endorsementJwt", kEndorsement, DropIt, kDropped, ""},
};

// A name that is not hashed; of several the first. Wallets write it as a member of the subject, too.
std::string NameOf(const document::Source& source, const SourceNode* subject) {
  for (const SourceNode* identity : source.Find(subject, "identifier")) {
    const bool hashed = source.TextOf(identity, "hashed") == "true";
    if (!hashed && source.TextOf(identity, "identityType") == "name") return source.TextOf(identity, "identityHash");
  }
  const std::string name = source.TextOf(subject, "name");
  return name.empty() ? source.TextOf(subject, "name/@value") : name;
}

// The words of a name in any order: some write the family name first.
std::vector<std::string> WordsOf(absl::string_view name) {
  std::vector<std::string> words =
      absl::StrSplit(elm::InSmallLetters(name), absl::ByAnyChar(" ,\t\r\n"), absl::SkipEmpty());
  std::sort(words.begin(), words.end());
  return words;
}

size_t BytesOf(const SourceNode& node) {
  constexpr size_t kNodeBytes = 64;  // of what a value is written with
  size_t bytes = node.text.size() + kNodeBytes;
  for (const SourceNode* child = node.first_child; child != nullptr; child = child->next_sibling) {
    bytes += BytesOf(*child);
  }
  return bytes;
}

// What the rules write of the node: once more for every further achievement.
size_t BytesOf(const document::Source& source, const SourceNode* node, document::Rules rules) {
  size_t bytes = 0;
  for (const Rule& rule : rules) {
    for (const SourceNode* found : source.Find(node, rule.source)) bytes += BytesOf(*found);
  }
  return bytes;
}

}  // namespace

bool NamesBadge3(absl::string_view type_json) {
  return absl::StrContains(type_json, "OpenBadgeCredential") || absl::StrContains(type_json, "AchievementCredential");
}

void MapBadge3Envelope(document::Source* source, document::Draft* draft, const SourceNode* credential) {
  Apply(kEnvelope, credential, {source, draft->DocumentTargets()});
}

// Bodies that award together; real ones are two or three.
constexpr size_t kFurtherBodiesMax = 16;

Badge3Bodies MapBadge3Issuer(document::Source* source, const SourceNode* credential, document::Draft* draft,
                             elm::v3::Organisation* first) {
  Badge3Bodies bodies{first, {}};
  Context context{source, draft->DocumentTargets()};
  context.targets.body = first;
  constexpr Rule kReference[] = {{"", "B.identifier", NodeIdentifier, kKept, ""}};
  const std::vector<const SourceNode*> issuers = source->Find(credential, "issuer");
  for (const SourceNode* issuer : issuers) {
    // Each stands in every achievement.
    if (bodies.further.size() == kFurtherBodiesMax) {
      source->Warn("issuer.too-many", issuer, "More bodies award together than are written; this one is left out.");
      source->Drop(issuer, "more awarding bodies than are written");
      continue;
    }
    if (issuer != issuers.front()) context.targets.body = bodies.further.emplace_back(draft->AddBody());
    Apply(issuer->IsBranch() ? document::Rules(kIssuer) : document::Rules(kReference), issuer, context);
  }
  if (!bodies.further.empty()) {
    source->Warn(
        "issuer.several", credential,
        "A credential has one issuer; this one names several, and all of them are written as awarding bodies.");
  }
  return bodies;
}

void MapBadge3Learner(document::Source* source, const SourceNode* subject, document::Draft* draft) {
  Apply(kLearner, subject, {source, draft->DocumentTargets()});
}

absl::Status CheckOneSubject(const document::Source& source, const SourceNode* credential) {
  const std::vector<const SourceNode*> subjects = source.tree().Find(credential, "credentialSubject");
  for (const SourceNode* subject : subjects) {
    const std::string id = source.tree().TextOf(subject, "id");
    if (subject == subjects.front() || (!id.empty() && id == source.tree().TextOf(subjects.front(), "id"))) continue;
    return Problem(Reason::kSeveralSubjects, source.tree().Path(subject));
  }
  return absl::OkStatus();
}

absl::Status CheckEmbedded(const document::Source& source, const SourceNode* credential) {
  for (const SourceNode* achievement : source.Find(credential, "credentialSubject/achievement")) {
    const bool address = !achievement->IsBranch() && !achievement->text.empty();
    if (address) return Problem(Reason::kReferenceNotEmbedded, source.tree().Path(achievement));
  }
  return absl::OkStatus();
}

absl::Status OneLearner::Meet(const document::Source& source, const SourceNode* subject) {
  const std::string id = source.TextOf(subject, "id");
  const std::string name = NameOf(source, subject);
  const Identifiers identifiers = IdentifiersOf(source, subject);
  const bool has_ids = !id.empty() && !id_.empty();
  const bool has_names = !name.empty() && !name_.empty();
  bool other = (has_ids && id != id_) || (has_names && WordsOf(name) != WordsOf(name_));
  for (const auto& [type, values] : identifiers) {
    std::set<std::string>& known = identifiers_[type];
    const bool shared =
        std::any_of(values.begin(), values.end(), [&known](const std::string& value) { return known.contains(value); });
    other = other || (!has_ids && !known.empty() && !shared);
    known.insert(values.begin(), values.end());
  }
  if (other) return Problem(Reason::kSeveralSubjects, source.tree().Path(subject));
  if (id_.empty()) id_ = id;
  if (name_.empty()) name_ = name;
  return absl::OkStatus();
}

OneLearner::Identifiers OneLearner::IdentifiersOf(const document::Source& source, const SourceNode* subject) {
  Identifiers identifiers;
  for (const SourceNode* identity : source.Find(subject, "identifier")) {
    const std::string type = absl::AsciiStrToLower(source.TextOf(identity, "identityType"));
    const std::string value = absl::AsciiStrToLower(source.TextOf(identity, "identityHash"));
    const bool hashed = source.TextOf(identity, "hashed") == "true" || absl::StrContains(value, "$");
    if (hashed || value.empty() || type.empty() || type == "name") continue;
    identifiers[std::string(absl::StripPrefix(type, "ext:"))].insert(value);
  }
  return identifiers;
}

document::DraftAchievement* MapBadge3Claims(document::Source* source, const SourceNode* credential,
                                            document::Draft* draft, const Badge3Bodies& bodies) {
  document::DraftAchievement* last = nullptr;
  for (const SourceNode* subject : source->Find(credential, "credentialSubject")) {
    const SubjectResults results(*source, subject);
    const size_t shared = BytesOf(*source, subject, kSubject) + BytesOf(*source, credential, kClaim);
    bool passed = false;
    bool failed = false;
    for (const SourceNode* node : source->Find(subject, "achievement")) {
      if (source->IsExhausted()) break;  // the draft is refused when it is finished
      if (const SourceNode* const status = results.FirstIfNonePassed(node)) {
        failed = true;
        DropNotPassed(source, status, node);
        results.DropNamed(node, source);
        continue;
      }
      passed = true;
      document::DraftAchievement& claim = draft->AddAchievement(node);
      last = &claim;
      claim.body = bodies.first;
      draft->ShareBodies(bodies.further, &claim);
      Context context{source, draft->TargetsOf(claim)};
      context.language = source->Language(source->FindFirst(node, "inLanguage"));
      Apply(kAchievement, node, context);
      MapResults(context, results.Of(node));
      source->Charge(shared);
      Apply(kSubject, subject, context);
      Apply(kClaim, credential, context);
      if (!claim.achievement.awarded_by().awarding_date().empty()) continue;
      constexpr Rule kDerivedDate[] = {
          {"validFrom", "A.awardedBy.awardingDate", document::DateTime, kDerived, "date.award"},
          {"issuanceDate", "A.awardedBy.awardingDate", document::DateTime, kDerived, "date.award"}};
      Apply(kDerivedDate, credential, context);
    }
    if (failed && !passed) {
      source->Drop(subject, kNotPassedReason);
    } else {
      for (const SourceNode* naming : source->Find(subject, "id|type")) source->Use(naming);  // the first one's, too
    }
  }
  return last;
}

}  // namespace passerelle::adapters::families
