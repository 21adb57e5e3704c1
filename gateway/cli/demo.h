// The demonstration: three national nodes on one machine carry one micro-credential from the country that issued it to
// the country that recognises it. Told so that a ministry can read it; every step goes over the wire.
#pragma once

#include <optional>
#include <string>

#include "core/document/adapter.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct DemoRequest {
  std::optional<std::string> file;  // the user's own document; the built-in transcript without one
  std::string keep;                 // folder in which everything is left to look at; empty for none
  bool colours = false;
};

// Returns kExitDone when every step worked, whatever the document led to, and kExitRefused when something broke or the
// document cannot be read.
int RunDemo(const document::Registry& registry, const DemoRequest& request, const Console& console);

}  // namespace passerelle::gateway
