// Where the checkout and the build lie, for tests that read files or run the program. They are variables of one source
// file, so that no other test is compiled anew for each checkout.
#pragma once

namespace passerelle::testing {

extern const char* const kSourceDir;
extern const char* const kBuildDir;

}  // namespace passerelle::testing
