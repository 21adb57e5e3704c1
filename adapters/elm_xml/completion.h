// What ELM v3 demands of places, media, identifiers, organisations and others, and v1 and v2 leave open. Nothing is
// guessed: what cannot be completed from what the document states goes elsewhere, or goes with a reason in the account.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include <string>

#include "adapters/elm_xml/source.h"
#include "core/elm/codec_tables.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::elm_xml {

// Completes a node that was read from `element`, and says so in the account. Empty if it is valid then, else the reason
// for which v3 cannot hold it.
std::string CompleteNode(Source* source, const pugi::xml_node& element, google::protobuf::Message* node);

// The nodes that a message describes, itself included, and does not only name.
Described DescribedBy(const google::protobuf::Message& node);

// Makes the organisation of a union an agent if v3 demands more of organisations than it states. What was taken since
// the mark for parts that an agent lacks is free again.
void CompleteAgent(Source* source, const pugi::xml_node& element, size_t mark, elm::v3::AgentNode* node);

// Gives parts and specifications without a title, which v3 demands, that of what they belong to.
void GiveTitles(Source* source, const pugi::xml_node& element, const elm::ClassTable& table,
                google::protobuf::Message* node);

// Moves a concept into the scheme that v3 demands where only the name of the scheme changed: skills and occupations of
// ESCO, and countries among the administrative territorial units.
void FitScheme(absl::string_view scheme, elm::v3::Concept* concept_node);

}  // namespace passerelle::adapters::elm_xml
