// docs/reference/adapters.md: what each format can say of Annex I, measured on its golden documents.
//
// Thread-safety: free function.
#pragma once

#include <string>

namespace passerelle::docs {

std::string AdaptersPage();

}  // namespace passerelle::docs
