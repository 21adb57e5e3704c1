// Verifiable credentials of the EBSI line in three dialects: the flat diploma of 2020 to 2022, the achievements of the
// multi-university pilot, and the catalogue of DC4EU, which dresses the European model in notations. JSON and VC-JWT.
// Dialects are told apart by their members, not by their types, and names are matched without regard to case, because
// published examples and schemas spell them differently.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::ebsi {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::ebsi
