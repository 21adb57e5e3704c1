// What the versions of the interface name, spell and shape differently where catalogues are written: data for the one
// writer, which speaks version 6.
//
// Source: Open Education API 5.0 and 6.0, Course, Program(me), CourseOffering, Program(me)Offering, Organi(s|z)ation.
// Thread-safety: constants. Ownership: everything lives as long as the program.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace passerelle::adapters::ooapi {

// Of version 6, and how the version at hand has it.
struct Spelling {
  absl::string_view six;
  absl::string_view own;
};

// A mode of learning: the code of the European list, empty where that has none, and the word of the interface.
struct ModeName {
  absl::string_view code;
  absl::string_view word;
};

// A member that the version demands, and the JSON value which says that nothing is known.
struct Demand {
  absl::string_view member;
  absl::string_view nothing;
};

struct Version {
  absl::Span<const Spelling> members;
  absl::Span<const Spelling> words;  // kinds, levels, costs and types of codes
  absl::Span<const ModeName> modes;
  absl::Span<const Demand> demands;

  // Members that have no one name in the other version. Empty: the version has none.
  absl::string_view course_of_offering;
  absl::string_view programme_of_offering;
  absl::string_view owner;        // the id of an organisation that is named elsewhere
  absl::string_view first_start;  // of courses
  absl::string_view first_start_of_programme;
  absl::string_view enrolment_end;
  absl::string_view eqf_prefix;

  bool other_modes;      // words beside those of `modes`
  bool one_value;        // one study load and one language of teaching, not lists
  bool three_letters;    // of a language, where one is a value
  bool whole_days;       // days instead of points in time
  bool plain_outcomes;   // outcomes are texts, without ids and codes
  bool plain_countries;  // a country is its code
  bool owner_is_whole;   // the owner's member holds the organisation where it is described
  bool typed_offerings;  // one kind of offering, which says what it offers
  bool dated_offerings;  // an offering has a first and a last day

  // How the version has a member or word of version 6; what it has not otherwise is the same.
  absl::string_view Member(absl::string_view six) const;
  absl::string_view Word(absl::string_view six) const;
};

extern const Version kVersion5;
extern const Version kVersion6;

}  // namespace passerelle::adapters::ooapi
