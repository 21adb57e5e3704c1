// Open Education API 5 and 6: what the interface of an institution answers, as JSON.
//
// A result (an association of a person with the offering of a course, programme or component) becomes a credential once
// it is final and passed. Courses, programmes and offerings are a catalogue, which is written as version 6, or as
// version 5 where the format ooapi5 is asked for. Organisations and persons alone are recognised; they are neither.
//
// An answer may hold the id of a person, course or organisation where another has the whole of it; what is only named
// by its id is by reference. Consumer blocks belong to their consumers and are passed over.
//
// Thread-safety: adapters are const. Ownership: the caller owns what the functions return.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::ooapi {

std::unique_ptr<const document::Adapter> MakeAdapter();
// Format ooapi5: writes catalogues as version 5, and reads nothing.
std::unique_ptr<const document::Adapter> MakeVersion5Writer();

}  // namespace passerelle::adapters::ooapi
