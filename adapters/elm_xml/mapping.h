// Reads elements of ELM v1 and v2 into messages of v3, by the tables of the codec and the names of names.h. No class is
// mapped by hand; what v3 has no place for is listed as dropped.
//
// Thread-safety: free functions that write to a Source.
#pragma once

#include "adapters/elm_xml/source.h"
#include "google/protobuf/message.h"

namespace passerelle::adapters::elm_xml {

// Fills the message, which is of a class of the model, from an element that describes a node.
void FillNode(Source* source, const pugi::xml_node& element, google::protobuf::Message* message);

}  // namespace passerelle::adapters::elm_xml
