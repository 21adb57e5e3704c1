#include "gateway/telemetry/log.h"

#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/problem.h"

namespace passerelle::gateway {
namespace {

struct EventRow {
  absl::string_view name;
  LogLevel level;
};

constexpr EventRow kEvents[] = {
#define LOG_EVENT(constant, name, level, meaning) {name, LogLevel::level},
#include "gateway/telemetry/log_events.def"
#undef LOG_EVENT
};

// Longest text of a field; the rest says nothing more to a reader.
constexpr size_t kTextBytesMax = 1024;

// Bytes beyond ASCII are written as escapes of their own, so that a line is valid whatever a peer sent.
void AppendString(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text.substr(0, kTextBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (byte < 0x20 || byte >= 0x7f) {
      absl::StrAppend(out, "\\u", absl::Hex(byte, absl::kZeroPad4));
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

struct ValueWriter {
  std::string* out;
  void operator()(absl::string_view text) const { AppendString(text, out); }
  void operator()(int64_t number) const { absl::StrAppend(out, number); }
  void operator()(double number) const { out->append(std::isfinite(number) ? absl::StrCat(number) : "null"); }
  void operator()(bool flag) const { out->append(flag ? "true" : "false"); }
};

void AppendField(const LogField& field, std::string* line) {
  line->push_back(',');
  AppendString(field.name, line);
  line->push_back(':');
  std::visit(ValueWriter{line}, field.value);
}

std::string LineStart(LogEvent event) {
  std::string line =
      absl::StrCat("{\"ts\":\"", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()),
                   "\",\"level\":\"", LevelName(EventLevel(event)), "\",\"event\":\"", EventName(event), "\"");
  return line;
}

}  // namespace

int LogEventCount() { return static_cast<int>(std::size(kEvents)); }
absl::string_view EventName(LogEvent event) { return kEvents[static_cast<size_t>(event)].name; }
LogLevel EventLevel(LogEvent event) { return kEvents[static_cast<size_t>(event)].level; }

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

void Log::Write(LogEvent event, std::initializer_list<LogField> fields) {
  std::string line = LineStart(event);
  for (const LogField& field : fields) AppendField(field, &line);
  WriteLine(event, std::move(line));
}

void Log::WriteProblem(LogEvent event, const absl::Status& problem, std::initializer_list<LogField> fields) {
  std::string line = LineStart(event);
  for (const LogField& field : fields) AppendField(field, &line);
  const std::string place = base::PlaceOf(problem);
  const std::string detail = base::DetailOf(problem);
  AppendField({"reason", base::Catalogue(base::ReasonOf(problem)).name}, &line);
  if (!place.empty()) AppendField({"place", place}, &line);
  AppendField({"detail", detail}, &line);
  WriteLine(event, std::move(line));
}

void Log::WriteLine(LogEvent event, std::string line) {
  line += "}\n";
  {
    const absl::MutexLock lock(&mutex_);
    // A log that cannot be written must not stop the node.
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stream_));
    std::fflush(stream_);
  }
  if (written_) written_(event);
}

}  // namespace passerelle::gateway
