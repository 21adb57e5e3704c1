// Concepts, which ELM v1 and v2 write in attributes and names.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include "adapters/elm_xml/source.h"
#include "core/elm/codec_tables.h"
#include "google/protobuf/message.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::elm_xml {

// Fills the concept of a property from an element.
void FillConcept(Source* source, const pugi::xml_node& element, const elm::PropertyTable& property,
                 elm::v3::Concept* concept_node);

// A language, a country or a level of the EQF that is none of its list is no concept of the model: it becomes a note of
// the owner, or is dropped where that has no notes, and is warned of. Whether the element was such.
bool PutUnlisted(Source* source, const pugi::xml_node& element, const elm::PropertyTable& property,
                 google::protobuf::Message* owner);

}  // namespace passerelle::adapters::elm_xml
