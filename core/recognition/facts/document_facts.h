// The facts that a document states, and what was established about it. Of the person nothing is taken: neither name nor
// date of birth nor identifier, and no grade.
//
// Several learning achievements count together: the lowest level, the sum of the credits, all learning outcomes, the
// earliest day. Where they differ in what cannot be added up, nothing is known.
//
// Thread-safety: free functions on values.
#pragma once

#include "core/trust/accreditation.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "passerelle/recognition/v1/case_facts.pb.h"

namespace passerelle::recognition {

// What the credential itself says, and which elements of Annex I it states.
v1::CaseFacts FactsOfDocument(const elm::v3::EuropeanDigitalCredential& credential,
                              const document::v1::AnnexOneReport& annex_one);

// What a verdict establishes. A check that is UNKNOWN says nothing. The answer of a register counts only where that
// register `speaks_for_issuer`: any node can keep a register of documents, and has not issued those of others. That a
// document was revoked counts from anybody.
v1::AuthenticityFacts FactsOfVerdict(const authenticity::v1::AuthenticityVerdict& verdict, bool speaks_for_issuer);

// What the registers of quality assurance say of the award, by the identifiers, the day and the level in `facts`; in a
// joint award, of the body that is the least assured.
v1::QualityFacts FactsOfRegisters(const trust::AccreditationIndex& index, const v1::CaseFacts& facts);

// What the same registers say of those who assessed and did not award: whether they have them, and whether a report
// covers them on the day of the award. What is known already stays. Nothing where the day of the award is not known.
void AddAssessorQuality(const trust::AccreditationIndex& index, v1::CaseFacts* facts);

// Puts what is given over what was found: a field that is given replaces the one that was found, and so does a list.
void Overlay(const v1::CaseFacts& given, v1::CaseFacts* found);

}  // namespace passerelle::recognition
