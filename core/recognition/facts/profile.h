// A stand-alone micro-credential by seven criteria, each in steps from 3 to 0 with its evidence. There is no total:
// which criterion matters most is decided by the purpose, and by a person.
//
//   Q quality assurance  3 provider and course, 2 provider of a credit-bearing course, 1 label or own, 0 negative
//   V verification       3 document, issuer and standing, 2 document and issuer, 1 one of them, 0 altered or revoked
//   L level              3 in the national register, 2 mapped, 1 the provider's claim, 0 none by the framework
//   O learning outcomes  3 all coded, 2 some coded, 1 as text
//   W workload           3 ECTS, 2 hours with their factor, 1 hours alone
//   T testing            3 against published criteria and supervised, 2 one of both, 1 tested, 0 attendance
//   I identification     3 identity verified, 1 supervised, 0 neither
//
// V and I do not apply to courses on site. What is not known is "?", never 0.
//
// Thread-safety: free functions on values.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/recognition/rules/fact_sheet.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

inline constexpr int kNotApplicable = -2;
inline constexpr int kNotKnown = -1;

struct Profile {
  std::array<int, 7> steps = {kNotKnown, kNotKnown, kNotKnown, kNotKnown, kNotKnown, kNotKnown, kNotKnown};
  std::vector<v1::RuleInput> evidence;  // one for each criterion

  // "Q3 V3 L2 O3 W3 T2 I1"; "V-" where it does not apply, "Q?" where it is not known.
  std::string Text() const;
};

Profile MakeProfile(const FactSheet& sheet);

}  // namespace passerelle::recognition
