// Conversions of the parts of an Open Badges 3.0 credential; the rows that use them stand in badge3.cc.
//
// Thread-safety: free functions; each writes to the Source and messages of its step.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::families {

// An id of a node: an address or DID, as an identifier.
document::LossClass NodeIdentifier(const document::Step& step);
// A value whose member's name says what it identifies.
document::LossClass NamedIdentifier(const document::Step& step);
// {identifier, identifierType}, the type without the prefix of extensions.
document::LossClass OtherIdentifier(const document::Step& step);
// An object without the value that it is there for; left out with that reason.
document::LossClass NamesNothing(const document::Step& step);
// An e-mail address as a mailbox.
document::LossClass Mail(const document::Step& step);
document::LossClass ParentOrganisation(const document::Step& step);
// Who designed it, an address or an object with a name.
document::LossClass CreatorUnlessIssuer(const document::Step& step);
// Who assessed, where it is not the issuer.
document::LossClass SourceOfClaim(const document::Step& step);

// The learner: rule learner.identifier says that an identifier alone is a reference to a person, not a person.
document::LossClass LearnerId(const document::Step& step);
// {identityHash, identityType, hashed, salt}.
document::LossClass IdentityObject(const document::Step& step);

// A text, or one in its language as JSON-LD has it: {"@value", "@language"}. The schema wants plain text; issuers
// differ.
document::LossClass TextInLanguage(const document::Step& step);
document::LossClass ProseInLanguage(const document::Step& step);

// The name of the credential, which mostly repeats the title of the achievement.
document::LossClass NameUnlessTitle(const document::Step& step);
// The id of an achievement that this one is related to.
document::LossClass RelatedAchievement(const document::Step& step);
// Conditions are no outcomes.
document::LossClass Criteria(const document::Step& step);
document::LossClass Evidence(const document::Step& step);
// A link to a framework: level, quality assurance, field of study, a skill of ESCO, or another.
document::LossClass Alignment(const document::Step& step);
document::LossClass Supervision(const document::Step& step);
document::LossClass IdentityChecked(const document::Step& step);
// The address of a concept of the European vocabularies as they write it, with http; any other as it is.
std::string VocabularyAddress(absl::string_view address);
// The code that an address of the fields of ISCED ends in; empty for any other address.
std::string IscedCodeOfAddress(absl::string_view address);

}  // namespace passerelle::adapters::families
