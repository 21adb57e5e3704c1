// Koski: study records of the Finnish national register for schools, vocational and liberal adult education, as its
// interface gives them in JSON, competence badges (osaamismerkki) among them.
//
// Only what the tables of mapping.cc name is read: an allow-list, because a record also holds what may never leave the
// register, such as special support. Of that, no value reaches the credential or the report, and the original is not
// embedded as evidence; its digest stands in its stead.
//
// Studies that no one confirmed (vahvistus) are no award and are refused.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::koski {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::koski
