// Credits that ELM v1 and v2 write as the text of an element, by rule credit.ects.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include <optional>

#include "adapters/elm_xml/source.h"
#include "core/elm/codec_tables.h"
#include "google/protobuf/message.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::elm_xml {

void FillCredit(Source* source, const pugi::xml_node& element, elm::v3::CreditPoint* credit);

// Credits of no system that is known are never converted, those that are no number cannot be counted, and of several
// amounts of one system, which the property of the owner holds, the first counts: the others become a note. Nothing for
// all else.
std::optional<elm::v3::Note> CreditAsNote(Source* source, const pugi::xml_node& element,
                                          const google::protobuf::Message& owner, const elm::PropertyTable& property);

}  // namespace passerelle::adapters::elm_xml
