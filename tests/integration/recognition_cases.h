// The cases of recognition_cases/cases.tsv: invented people with invented courses, what the authority's people do, and
// what has to follow. docs/concepts/recognition-cases.md shows them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"

namespace passerelle::gateway {

// A row, by the names of its columns; "-" is empty.
using CaseRow = std::map<std::string, std::string>;
std::vector<CaseRow> CaseRows();

// What may stand in no message of an automatic check: a person, as the documents name one.
struct CasePerson {
  std::string given_name;
  std::string family_name;
  std::string birth_date = "1991-04-17";
  std::string student_identifier = "urn:schac:personalUniqueCode:int:esi:fjord.example:8812771";
};
CasePerson PersonOf(const CaseRow& row);

// The document of a row, awarded half a year before `today`: a credential of the European Learning Model.
std::string DocumentOf(const CaseRow& row, absl::CivilDay today);

}  // namespace passerelle::gateway
