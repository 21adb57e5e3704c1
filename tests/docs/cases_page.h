// docs/concepts/recognition-cases.md: the cases of the integration test as training material.
//
// Thread-safety: a free function.
#pragma once

#include <string>

namespace passerelle::docs {

std::string CasesPage();

}  // namespace passerelle::docs
