// Identifiers, which ELM v1 and v2 write as a text with attributes.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include "adapters/elm_xml/source.h"
#include "core/elm/codec_tables.h"
#include "google/protobuf/message.h"

namespace passerelle::adapters::elm_xml {

// Fills an Identifier or a LegalIdentifier, whose table is given.
void FillIdentifier(Source* source, const pugi::xml_node& element, const elm::ClassTable& table,
                    google::protobuf::Message* node);

}  // namespace passerelle::adapters::elm_xml
