// Items and pathways for tests, written in one line.
//
// An item is its id and what it states: "m1 c=5 l=6 f=0613 o=s1,s2 d=2025-03-01". Letters:
//
//   c credits ("5", "4-5", "-" none)  l level    f fields     o outcomes        d date of award ("-" none)
//   r date of renewal                 u valid until or "?"    p providers       s specifications
//   v course version                  parts, sup items        t texts of outcomes
//   k confirmed outcomes              g grade@scheme          q scheme:coverage, "+" behind it for obligatory
//   a assessment (yes, attended, -)   at types of assessment  sv supervision 1 to 3
//   auth (yes, no, -)                 st status (ok, revoked, suspended, -)
//   use award@owner, or "unknown"     title
//
// What is not written is: 5 credits, of the owner "own", awarded on 2025-01-01, assessed, authentic, in force, used for
// nothing.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

v1::Item WrittenItem(absl::string_view text);

// Items with ";" between them.
std::vector<v1::Item> WrittenItems(absl::string_view text);

// An open pathway of the owner "own", in force, with rules in the text format of protobuf.
v1::Pathway WrittenPathway(const std::string& rules);

// "SATISFIED 30 | total=S theme=N | m1:COUNTED m2:PART_OF(m1) m3:COUNTED@thesis"; a rule is S, N or U.
std::string Summary(const v1::Evaluation& evaluation);

}  // namespace passerelle::pathway
