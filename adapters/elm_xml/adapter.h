// The European model's older XML forms. Credentials of ELM v1 and v2 (root europassCredential) are read into v3;
// catalogues (LOQ, AMS) are recognised, so that a caller learns what the file is, and are no credentials.
//
// Rules of the diagnostics:
//   agent.dangling       a body or an awarding process is referred to and not described; it is carried by its id
//   award.from-issuer    a claim that states no awarding process is taken as awarded by the issuer
//   award.shared         a part of an achievement without a process of its own belongs to the achievement's
//   credit.scheme        credits of no system that is known, or no number; they are kept as a note
//   credit.zero          credits of zero, or of no number, count as missing
//   date.calendar        a date without a time became midnight UTC
//   date.order           day, month and year were put into the order of ISO 8601
//   date.unreadable      what stands for a date is none
//   date.translation     no date from which the credential holds; that of the translation was taken
//   grading.rounded      a percentage with a fraction became an integer
//   location.country     a place of which only the country is stated; the country was written as its address too
//   reference.twice      two elements have the same id
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::elm_xml {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::elm_xml
