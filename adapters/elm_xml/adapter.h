// The European model's older XML forms: credentials of ELM v1 and v2, and catalogues (LOQ, AMS). They are recognised,
// so that a caller learns what the file is, and cannot be read.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::elm_xml {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::elm_xml
