// docs/reference/procedure.md: the states of a recognition case and everything that can happen to it, from the table
// that the core takes its steps by.
//
// Thread-safety: free function.
#pragma once

#include <string>

namespace passerelle::docs {

std::string ProcedurePage();

}  // namespace passerelle::docs
