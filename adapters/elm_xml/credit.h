// Credits that ELM v1 and v2 write as the text of an element, by rule credit.ects.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include <optional>

#include "adapters/elm_xml/source.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::elm_xml {

void FillCredit(Source* source, const pugi::xml_node& element, elm::v3::CreditPoint* credit);

// Credits of no system that is known are never converted, and those that are no number cannot be counted: they become a
// note. Nothing for others.
std::optional<elm::v3::Note> CreditAsNote(Source* source, const pugi::xml_node& element);

}  // namespace passerelle::adapters::elm_xml
