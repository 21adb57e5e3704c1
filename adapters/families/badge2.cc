#include "adapters/families/badge2.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/badge3_parts.h"
#include "adapters/families/carrier.h"
#include "adapters/families/names.h"
#include "adapters/families/revocation.h"
#include "core/base/json_peek.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::families {
namespace {

using document::DropIt;
using document::LabelledNote;
using document::Text;
using document::UseIt;

constexpr absl::string_view kBadge2Picture = "a picture is presentation";
constexpr absl::string_view kBadge2SealStays = "belongs to the checks, which stay with the original";
constexpr absl::string_view kBadge2Endorsement = "an endorsement is another credential; it stays with the original";

// An address where they stand, or their words.
LossClass CriteriaOrAddress(const Step& step) {
  return elm::IsWebAddress(step.Value()) ? document::WebAddress(step)
                                         : NoteOf(step, "Q.additionalNote", "Criteria", step.Value());
}

// {type, identity, hashed, salt}: the learner as a badge names one.
LossClass Recipient(const Step& step) {
  document::Source& source = step.source();
  const SourceNode* const place = source.FindFirst(step.node, "identity");
  const std::string identity = source.TextOf(step.node, "identity");
  if (identity.empty()) return NamesNothing(step);
  const std::string type = source.TextOf(step.node, "type");
  const std::string salt = source.TextOf(step.node, "salt");
  const bool hashed = source.TextOf(step.node, "hashed") == "true" || absl::StartsWith(identity, "sha256$") ||
                      absl::StartsWith(identity, "md5$");
  for (const SourceNode* part : source.Find(step.node, "type|hashed|salt")) source.Use(part);
  if (!hashed && type == "email" && absl::StrContains(identity, "@")) {
    elm::v3::Mailbox mailbox;
    mailbox.add_type("Mailbox");
    mailbox.set_id(absl::StrCat("mailto:", identity));
    if (PutMessage(step.context.targets, "S.contactPoint.emailAddress", mailbox) == kDropped) return kDropped;
    source.Carry(place, "S.contactPoint.emailAddress", kKept, step.rule.rule);
    return document::v1::LOSS_CLASS_UNSPECIFIED;
  }
  document::AddIdentifier(identity,
                          absl::StrCat(hashed ? "hash of " : "", type.empty() ? "identity" : type,
                                       hashed && !salt.empty() ? absl::StrCat(", salt ", salt) : ""),
                          step.context.targets.subject->mutable_identifier());
  source.Origin("A1-M01", document::v1::ELEMENT_STATUS_BY_REFERENCE, place, step.rule.rule);
  source.Carry(place, "S.identifier#", kKept, step.rule.rule);
  return document::v1::LOSS_CLASS_UNSPECIFIED;
}

constexpr Rule kAssertion[] = {
    {"@context|type|@language", "", UseIt, kKept, ""},
    {"id|uid", "C.identifier.notation", document::Verbatim, kKept, ""},
    {"recipient", "S.identifier#", Recipient, kKept, "learner.identity-object", true},
    {"expires", "C.validUntil", document::DateTime, kKept, "date.calendar"},
    {"updatedAt", "date of the record, not of the award", DropIt, kDropped, ""},
    {"verification|verify", kBadge2SealStays, DropIt, kDropped, ""},
    {"image", kBadge2Picture, DropIt, kDropped, ""},
    {"endorsement", kBadge2Endorsement, DropIt, kDropped, ""},
    {"recipientProfile|extensions:recipientProfile/@context|type", "", UseIt, kKept, ""},
    {"recipientProfile|extensions:recipientProfile/name", "S.fullName", Text, kKept, ""},
};

constexpr Rule kBadge2Claim[] = {
    {"issuedOn", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"narrative", "A.additionalNote", document::Prose, kKept, ""},
    {"evidence", "A.supplementaryDocument", Evidence, kKept, "", true},
};

constexpr Rule kBadge[] = {
    {"@context|type|@language", "", UseIt, kKept, ""},
    {"name", "A.title", Text, kKept, ""},
    {"id", "Q.identifier", NodeIdentifier, kKept, ""},
    {"description", "Q.description", document::Prose, kKept, ""},
    {"criteria", "Q.supplementaryDocument", CriteriaOrAddress, kKept, "criteria.note"},
    {"criteria/type", "", UseIt, kKept, ""},
    {"criteria/id", "Q.supplementaryDocument", document::WebAddress, kKept, "address.web"},
    {"criteria/narrative", "Q.additionalNote", Criteria, kWidened, "criteria.note"},
    {"alignment", "Q.learningOutcome", Alignment, kKept, "", true},
    {"tags|version", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"related/id", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"image", kBadge2Picture, DropIt, kDropped, ""},
    {"endorsement", kBadge2Endorsement, DropIt, kDropped, ""},
};

constexpr Rule kBadge2Issuer[] = {
    {"@context|type|@language", "", UseIt, kKept, ""},
    {"name", "B.legalName", IssuerName, kKept, ""},
    {"id", "B.identifier", NodeIdentifier, kKept, ""},
    {"url", "B.homepage", document::WebAddress, kKept, "address.web"},
    {"email", "B.contactPoint.emailAddress", Mail, kKept, ""},
    {"description", "B.additionalNote", document::Prose, kKept, ""},
    {"telephone", "B.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"image", kBadge2Picture, DropIt, kDropped, ""},
    {"publicKey|revocationList|verification", kBadge2SealStays, DropIt, kDropped, ""},
    {"endorsement", kBadge2Endorsement, DropIt, kDropped, ""},
};

// Extensions that only edubadges has; "extensions:" stands before them in the production form, not in the pilot's.
constexpr absl::string_view kEdubadgeMarks[] = {
    "ECTSExtension\"",
    "EQFExtension\"",
    "NiveauExtension\"",
    "LearningOutcomeExtension\"",
    "StudyLoadExtension\"",
    "TimeInvestmentExtension\"",
    "GradingTableExtension\"",
    "InstitutionNameExtension\"",
    "InstitutionIdentifierExtension\"",
    "EducationProgramIdentifierExtension\"",
    "LanguageExtension\"",
    "InstitutionCountryExtension\"",
};

bool IsType(const document::Source& source, absl::string_view name) {
  for (const SourceNode* type : source.Find(source.root(), "type")) {
    if (absl::string_view(type->text) == name) return true;
  }
  return false;
}

void MapIssuer(const Badge2Extension& extension, const SourceNode* issuer, Context context) {
  document::Source& source = *context.source;
  const SourceNode* stated = source.FindFirst(issuer, "@language");
  if (stated == nullptr) stated = source.FindFirst(source.root(), "@language");
  context.language = source.Language(stated);
  if (issuer != nullptr && issuer->IsBranch()) {
    Apply(extension.issuer_first, issuer, context);
    Apply(kBadge2Issuer, issuer, context);
    Apply(extension.issuer, issuer, context);
  } else {
    constexpr Rule kReference[] = {{"", "B.identifier", NodeIdentifier, kKept, ""}};
    Apply(kReference, issuer, context);
  }
  elm::v3::Organisation* const body = context.targets.body;
  if (extension.country.empty() || body->location_size() > 0) return;
  const auto country = elm::Country(extension.country);
  if (!country.has_value()) return;
  *body->add_location()->add_address()->mutable_country_code() = *country;
  source.Supply("B.location", kDerived, "country.register");
}

// A badge class has one issuer; where it names several, all of them are awarding bodies.
void MapIssuers(const Badge2Extension& extension, const SourceNode* badge, const Context& context,
                document::Draft* draft, document::DraftAchievement* claim) {
  const std::vector<const SourceNode*> issuers = context.source->Find(badge, "issuer");
  MapIssuer(extension, issuers.empty() ? nullptr : issuers.front(), context);
  for (size_t i = 1; i < issuers.size(); ++i) {
    context.source->Warn("issuer.several", issuers[i],
                         "A badge has one issuer; this one is written as a further awarding body.");
    Context further = context;
    further.targets.body = claim->further_bodies.emplace_back(draft->AddBody());
    MapIssuer(extension, issuers[i], further);
  }
}

// Hashes cannot be told to be of one person: recipients are one only if they are named alike.
absl::Status CheckOneRecipient(const document::Source& source) {
  const std::vector<const SourceNode*> identities = source.Find(source.root(), "recipient/identity");
  for (const SourceNode* identity : identities) {
    if (identity->text == identities.front()->text) continue;
    const bool in_list = identity->parent->kind == SourceNode::Kind::kArray;
    return Problem(Reason::kSeveralSubjects, source.tree().Path(in_list ? identity : identity->parent));
  }
  return absl::OkStatus();
}

absl::Status CheckAssertion(const document::Source& source) {
  const SourceNode* const root = source.root();
  RETURN_IF_ERROR(CheckNotRevoked(source, root));
  if (!IsType(source, "Assertion")) {
    return Problem(Reason::kNotACredential, "/type",
                   "an Assertion is expected; a badge class or issuer says nothing of a learner");
  }
  const SourceNode* const badge = source.FindFirst(root, "badge");
  if (badge == nullptr) return Problem(Reason::kNothingAwarded, "/badge");
  const std::vector<const SourceNode*> badges = source.Find(root, "badge");
  if (badges.size() > 1) {
    return Problem(Reason::kFieldInvalid, source.tree().Path(badges[1]), "an assertion is of one badge");
  }
  if (!badge->IsBranch()) return Problem(Reason::kReferenceNotEmbedded, "/badge");
  return CheckOneRecipient(source);
}

}  // namespace

LossClass IssuedBy(const Step& step) {
  for (const auto& name : step.context.targets.body->legal_name()) {
    if (absl::string_view(name.value()) != step.Value()) continue;
    step.source().Use(step.node);
    return kDone;
  }
  return NoteOf(step, "B.additionalNote", "Issued by", step.Value());
}

LossClass IssuerName(const Step& step) {
  return step.context.targets.body->legal_name().empty() ? Text(step) : IssuedBy(step);
}

Badge2Look LookForBadge2(absl::string_view bytes) {
  std::string buffer;
  const absl::string_view json = PeekCarrier(bytes, kBadge2Marks, &buffer);
  const auto peek = base::JsonPeek::Of(json);
  Badge2Look look;
  // A picture that is damaged, or has an address; reading it says so.
  look.is_badge = !peek.has_value() && IsMarked(bytes, kBadge2Marks);
  if (!peek.has_value()) return look;
  // What has no name of its own and is nothing is no document of a badge, but a context that describes them.
  const bool is_something = peek->Has("id") || peek->Has("type") || peek->Has("@type") || peek->Has("badge");
  const bool by_context = is_something && absl::StrContains(peek->Value("@context"), "w3id.org/openbadges");
  const bool by_members =
      absl::StrContains(peek->Value("type"), "Assertion") && peek->Has("badge") && peek->Has("recipient");
  look.is_badge = by_context || by_members;
  look.is_certain = by_context;
  if (!look.is_badge) return look;
  for (const absl::string_view mark : kEdubadgeMarks) {
    look.is_edubadge = look.is_edubadge || absl::StrContains(json, mark);
  }
  // What is left of a revoked assertion, and one that only refers to its badge, show the service by their address.
  look.is_edubadge = look.is_edubadge || absl::StrContains(peek->Value("id"), "edubadges.");
  return look;
}

std::optional<std::string> UnbakeBadge2(absl::string_view bytes) { return Unbake(bytes, kBadge2Marks); }

absl::StatusOr<document::Imported> ImportBadge2(absl::string_view bytes, const document::ImportOptions& options,
                                                const Badge2Extension& extension) {
  ASSIGN_OR_RETURN(const Carried carried, OpenCarrier(bytes, kBadge2Marks));
  ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(carried.json));
  document::Source source(std::move(tree), options);
  RETURN_IF_ERROR(CheckAssertion(source));
  if (carried.is_signed) {
    source.Note("signature.not-judged", source.root(),
                "Read out of a signature, which is judged on the original only.");
  }
  document::Draft draft(&source, bytes);
  const SourceNode* const root = source.root();
  const SourceNode* const badge = source.FindFirst(root, "badge");
  document::DraftAchievement& claim = draft.AddAchievement(badge);
  Context context{&source, draft.TargetsOf(claim)};
  const SourceNode* const stated =
      source.FindFirst(badge, extension.language.empty() ? "@language" : extension.language);
  context.language = source.Language(stated);
  Apply(kBadge, badge, context);
  Apply(extension.badge, badge, context);
  Apply(kBadge2Claim, root, context);
  Apply(kAssertion, root, context);
  Apply(extension.assertion, root, context);
  MapIssuers(extension, badge, context, &draft, &claim);
  return draft.Finish(options);
}

}  // namespace passerelle::adapters::families
