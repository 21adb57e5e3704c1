// Annex I of the Council Recommendation of 16 June 2022: which of its standard elements a credential states, and how.
// Completeness never implies recognition (footnote 27).
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

class NodeGraph;  // constraints_graph.h

// Ids and English names of the sixteen elements, in the order of Annex I.
struct AnnexOneName {
  const char* id;    // "A1-M01" … "A1-M11", "A1-O01" … "A1-O05"
  const char* name;  // as Annex I words it, shortened
};
inline constexpr AnnexOneName kAnnexOne[] = {
    {"A1-M01", "Identification of the learner"},
    {"A1-M02", "Title of the micro-credential"},
    {"A1-M03", "Country or region of the issuer"},
    {"A1-M04", "Awarding body"},
    {"A1-M05", "Date of issuing"},
    {"A1-M06", "Learning outcomes"},
    {"A1-M07", "Notional workload"},
    {"A1-M08", "Level of the learning experience"},
    {"A1-M09", "Type of assessment"},
    {"A1-M10", "Form of participation in the learning activity"},
    {"A1-M11", "Type of quality assurance"},
    {"A1-O01", "Prerequisites needed to enrol"},
    {"A1-O02", "Supervision and identity verification during assessment"},
    {"A1-O03", "Grade achieved"},
    {"A1-O04", "Integration and stackability options"},
    {"A1-O05", "Further information"},
};

// The sixteen elements of a credential: stated, text or missing, with the paths and the value. (Derived, withheld and
// by reference can only be known by the adapter that read another format; document::Translate puts them in.)
//
// An element counts as stated if any learning achievement among the learner's claims states it, or its specification.
// Text is what only a note or a private concept says, and what no rule computes with: a workload in months, credits of
// an unknown system. The date of award is awardingDate alone; the date of the document is shown as a hint in the value
// of a missing A1-M05. `complete` asks for all eleven mandatory elements: A1-M08 applies "if applicable", which no
// document can say, so that its absence makes a record incomplete and the reader decides. Paths are JSON pointers into
// what codec.h writes.
//
// Values are shown in `language`, one of LabelLanguages(): labels of concepts and our own words in it, texts of the
// document in it where the document has them. Without one they stand in the document's primary language, with English
// words.
document::v1::AnnexOneReport AnnexOne(const v3::EuropeanDigitalCredential& credential, absl::string_view language = "");
// The same of a graph that others read too.
document::v1::AnnexOneReport AnnexOne(std::shared_ptr<const NodeGraph> graph, absl::string_view language = "");

}  // namespace passerelle::elm
