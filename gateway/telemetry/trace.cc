#include "gateway/telemetry/trace.h"

#include <algorithm>
#include <utility>

namespace passerelle::gateway {
namespace {

constexpr size_t kLength = 55;
constexpr size_t kTraceIdBegin = 3;
constexpr size_t kTraceIdLength = 32;
constexpr size_t kSpanIdBegin = 36;
constexpr size_t kSpanIdLength = 16;

std::string& Current() {
  static thread_local std::string current;
  return current;
}

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsId(absl::string_view text) { return IsLowerHex(text) && text.find_first_not_of('0') != absl::string_view::npos; }

}  // namespace

bool IsTraceParent(absl::string_view text) {
  return text.size() == kLength && text.substr(0, kTraceIdBegin) == "00-" && text[35] == '-' && text[52] == '-' &&
         IsId(text.substr(kTraceIdBegin, kTraceIdLength)) && IsId(text.substr(kSpanIdBegin, kSpanIdLength)) &&
         IsLowerHex(text.substr(kSpanIdBegin + kSpanIdLength + 1));
}

absl::string_view TraceId(absl::string_view trace_parent) {
  return trace_parent.empty() ? trace_parent : trace_parent.substr(kTraceIdBegin, kTraceIdLength);
}

const std::string& CurrentTraceParent() { return Current(); }

TraceScope::TraceScope(std::string trace_parent) : before_(std::exchange(Current(), std::move(trace_parent))) {}
TraceScope::~TraceScope() { Current() = std::move(before_); }

}  // namespace passerelle::gateway
