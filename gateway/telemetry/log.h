// The node's log: one JSON object a line. Members: ts, level, event, then the fields of the event.
//
// Events are a closed list (log_events.def). Fields hold ids, reasons, places and figures; never personal data, never
// text of a caller that was not checked to be an id. Every byte that could end a line or a string is escaped.
//
// Thread-safety: thread-safe; a line is written in one piece. Ownership: does not own the stream.
//
//   log.Write(LogEvent::kCallHandled, {{"method", method}, {"code", "OK"}, {"duration_ms", 1.4}});
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace passerelle::gateway {

enum class LogLevel { kInfo, kWarning, kError };

enum class LogEvent {
#define LOG_EVENT(constant, ...) constant,
#include "gateway/telemetry/log_events.def"
#undef LOG_EVENT
};

int LogEventCount();
absl::string_view EventName(LogEvent event);
LogLevel EventLevel(LogEvent event);
// "info", "warning", "error".
absl::string_view LevelName(LogLevel level);

struct LogField {
  absl::string_view name;
  std::variant<absl::string_view, int64_t, double, bool> value;

  LogField(absl::string_view field, absl::string_view text) : name(field), value(text) {}
  LogField(absl::string_view field, const std::string& text) : name(field), value(absl::string_view(text)) {}
  LogField(absl::string_view field, const char* text) : name(field), value(absl::string_view(text)) {}
  LogField(absl::string_view field, int64_t number) : name(field), value(number) {}
  LogField(absl::string_view field, int number) : name(field), value(static_cast<int64_t>(number)) {}
  LogField(absl::string_view field, double number) : name(field), value(number) {}
  LogField(absl::string_view field, bool flag) : name(field), value(flag) {}
};

class Log {
 public:
  // `written` is told of every event that was logged, in the thread that logged it; empty for nobody.
  explicit Log(std::FILE* stream, std::function<void(LogEvent)> written = nullptr)
      : stream_(stream), written_(std::move(written)) {}

  void Write(LogEvent event, std::initializer_list<LogField> fields);
  // The same with the members reason, place and detail of a problem.
  void WriteProblem(LogEvent event, const absl::Status& problem, std::initializer_list<LogField> fields = {});

 private:
  void WriteLine(LogEvent event, std::string line);

  absl::Mutex mutex_;
  std::FILE* const stream_;
  const std::function<void(LogEvent)> written_;
};

}  // namespace passerelle::gateway
