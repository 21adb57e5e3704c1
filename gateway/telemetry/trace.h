// W3C trace context: `traceparent` of a call is logged and handed on to the nodes that are called for it.
//
// Thread-safety: the current trace is that of the thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::gateway {

inline constexpr char kTraceParentKey[] = "traceparent";

// Whether the text is a traceparent of version 00: "00-", 32 hexadecimal digits, "-", 16, "-", 2, ids not all zero.
bool IsTraceParent(absl::string_view text);

// The trace id within a valid traceparent; empty for an empty one.
absl::string_view TraceId(absl::string_view trace_parent);

// The traceparent of the call that this thread works on; empty for none.
const std::string& CurrentTraceParent();

// Makes a traceparent the current one of this thread while it lives.
class TraceScope {
 public:
  explicit TraceScope(std::string trace_parent);
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;
  ~TraceScope();

 private:
  std::string before_;
};

}  // namespace passerelle::gateway
