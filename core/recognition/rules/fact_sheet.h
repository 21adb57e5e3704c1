// The facts of a case as the rules read them: days, numbers and levels parsed once, whatever number of rules ask.
//
// What cannot be parsed is not known, never an error: a date that is none says nothing.
//
// Thread-safety: const after construction. Ownership: points to the facts, which must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "core/base/decimal.h"
#include "core/elm/rules/workload.h"
#include "core/recognition/facts/level.h"
#include "passerelle/recognition/v1/case_facts.pb.h"

namespace passerelle::recognition {

// Place of an element of Annex I among the sixteen, from 0; -1 for what is none.
int ElementIndex(absl::string_view element);

struct FactSheet {
  explicit FactSheet(const v1::CaseFacts& case_facts);

  const v1::CaseFacts& facts;
  std::optional<absl::CivilDay> award;
  std::optional<absl::CivilDay> decision;
  std::string award_country;     // ISO 3166-1 alpha-2; empty where it is not known
  std::string receiver_country;  // the same
  LevelFinding level;
  bool credits_declared = false;  // in ECTS, by the credential itself; before credits, which sets it
  std::optional<elm::CreditRange> credits;
  uint32_t elements = 0;  // a bit for each element of Annex I that is stated
};

}  // namespace passerelle::recognition
