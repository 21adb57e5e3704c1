#include "core/base/utf8.h"

#include <simdjson.h>

namespace passerelle::base {

bool IsUtf8(absl::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

}  // namespace passerelle::base
