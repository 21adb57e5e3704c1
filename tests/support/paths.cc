#include "tests/support/paths.h"

namespace passerelle::testing {

const char* const kSourceDir = PASSERELLE_SOURCE_DIR;
const char* const kBuildDir = PASSERELLE_BUILD_DIR;

}  // namespace passerelle::testing
