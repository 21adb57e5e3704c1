// Awarding processes and display that ELM v3 demands and v1 and v2 leave to the reader.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "adapters/elm_xml/source.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::elm_xml {

// Takes out claims that another claim describes as its part, and the list of claims repeats: v3 reads an id alone as a
// claim of no kind.
void DropOnlyNamed(elm::v3::Person* person);

// Gives achievements without a title that of what specifies them. Problem: kTitleMissing at the achievement, or at the
// learner if the element is not known any more.
absl::Status TitleAchievements(Source* source, const pugi::xml_node& subject, elm::v3::Person* person);

// Gives every claim without an awarding process one: that of the achievement it belongs to, or one of the issuer with
// the date of issue. Says so in the account and in the origins of what it gave.
void CompleteAwards(Source* source, const pugi::xml_node& root, elm::v3::Person* person, document::Imported* imported);

// Languages and a blank page.
void CompleteDisplay(elm::v3::EuropeanDigitalCredential* credential);

}  // namespace passerelle::adapters::elm_xml
