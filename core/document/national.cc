#include "core/document/national.h"

#include "absl/strings/str_cat.h"
#include "core/elm/rules/finland.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

constexpr LossClass kAccounted = v1::LOSS_CLASS_UNSPECIFIED;

// Whether the identifier was added to the node.
template <typename Node>
bool Add(const Targets& targets, const elm::v3::IdentifierNode& identifier, Node* node) {
  if (IsListed(targets, *node, "identifier", identifier)) return false;
  *node->add_identifier() = identifier;
  return true;
}

bool AddAt(const Targets& targets, char anchor, const elm::v3::IdentifierNode& identifier) {
  switch (anchor) {
    case 'S':
      return Add(targets, identifier, targets.subject);
    case 'A':
      return Add(targets, identifier, targets.achievement);
    case 'Q':
      return Add(targets, identifier, targets.qualification);
    case 'V':
      return Add(targets, identifier, targets.activity);
    case 'O':
      return Add(targets, identifier, targets.opportunity);
    default:
      return Add(targets, identifier, targets.body);
  }
}

}  // namespace

void CountryOfRegister(absl::string_view alpha2, const Context& context) {
  const auto country = elm::Country(alpha2);
  if (!country.has_value()) return;
  if (context.targets.body->location().empty()) {
    *context.targets.body->add_location()->add_address()->mutable_country_code() = *country;
  }
  context.source->Supply("B.location", kDefaulted, "country.register");
}

LossClass FinnishIdentityCode(const Step& step) {
  auto* const subject = step.context.targets.subject;
  if (subject->has_national_id()) {
    step.source().Use(step.node);
    return kAccounted;
  }
  const auto country = elm::Country("FI");
  auto* const legal = subject->mutable_national_id();
  legal->set_notation(step.Value());
  legal->set_scheme_name("henkilötunnus");
  if (country.has_value()) *legal->mutable_spatial() = *country;
  const auto code = elm::ReadIdentityCode(step.Value());
  if (!code.has_value()) {
    step.source().Warn("birth-date.hetu", step.node, "The identity code holds no birth date that could be read.");
    return step.rule.loss;
  }
  if (!code->check_matches) {
    step.source().Warn("birth-date.hetu", step.node, "The check character does not belong to the digits.");
  }
  const std::string date = absl::StrCat(code->birth_date, "T00:00:00Z");
  if (subject->date_of_birth().empty()) {
    subject->set_date_of_birth(date);
    step.source().Carry(step.node, "S.dateOfBirth", kDerived, "birth-date.hetu");
  } else if (subject->date_of_birth() != date) {
    step.source().Warn("birth-date.contradiction", step.node, "The identity code says another date of birth.");
  }
  return step.rule.loss;
}

LossClass FinnishLevelOfCode(const Step& step) {
  const auto level = elm::EqfLevelOfKoulutus(step.Value());
  const auto eqf = level.has_value() ? elm::ConceptOf(elm::Vocabulary::kEqf, absl::StrCat(*level)) : std::nullopt;
  if (!eqf.has_value()) return kAccounted;  // a code without a level; it is carried as an identifier
  return PutConcept(step.context.targets, step.rule.target, *eqf) == kKept ? step.rule.loss : kAccounted;
}

LossClass PutIdentifier(const Step& step, absl::string_view scheme) {
  return PutIdentifier(step, step.Value(), scheme);
}

LossClass PutIdentifier(const Step& step, absl::string_view notation, absl::string_view scheme) {
  google::protobuf::RepeatedPtrField<elm::v3::IdentifierNode> identifiers;
  AddIdentifier(notation, scheme, &identifiers);
  if (!identifiers.empty() && !AddAt(step.context.targets, step.rule.target.front(), identifiers.Get(0))) {
    step.source().Use(step.node);
    return kAccounted;
  }
  return step.rule.loss;
}

void MarkPassed(const Targets& targets) {
  const auto pass = elm::ConceptOf(elm::Vocabulary::kGradeStatus, elm::kGradeStatusPass);
  if (pass.has_value()) *targets.assessment->mutable_grade_status() = *pass;
}

}  // namespace passerelle::document
