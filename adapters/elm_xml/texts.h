// Texts of ELM v1 and v2: <title><text lang="en">…</text></title>, or a text by itself.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include "absl/strings/string_view.h"
#include "adapters/elm_xml/source.h"
#include "core/elm/codec_tables.h"
#include "google/protobuf/message.h"

namespace passerelle::adapters::elm_xml {

// The property of a class by its term; null for none.
const elm::PropertyTable* FindProperty(const elm::ClassTable& table, absl::string_view term);

// Adds the texts below an element to a property that holds texts by language; an element with none is a text without a
// language itself.
void PutTexts(Source* source, const pugi::xml_node& element, const elm::PropertyTable& property,
              google::protobuf::Message* message);

// The same of the one text that stands in the element.
void PutOneText(Source* source, const pugi::xml_node& element, const elm::PropertyTable& property,
                google::protobuf::Message* message);

}  // namespace passerelle::adapters::elm_xml
