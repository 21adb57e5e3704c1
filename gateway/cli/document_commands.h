// The commands that look at one document: formats, detect, translate, check.
//
// Every command returns its exit code. A refusal is one line on the error stream, "REASON at place: what; remedy", and
// nothing on the output stream, save where the contract has JSON for it.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/document/adapter.h"
#include "core/document/translate.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

// The one line of a refusal, with the remedy of the catalogue unless there is a better one.
void PrintProblem(const absl::Status& problem, const Console& console, absl::string_view remedy = "");

// The same as the end of a command: kExitRefused.
int Refuse(const absl::Status& problem, const Console& console);

// The end of a command: kExitDone, or the refusal.
int Finish(const absl::Status& status, const Console& console);

int RunFormats(const document::Registry& registry, bool json, const Console& console);

int RunDetect(const document::Registry& registry, const std::vector<std::string>& files, bool json,
              const Console& console);

// With which key a translation is sealed (gateway/keys/keys.h).
struct SealRequest {
  std::string key;          // path or PKCS#11 URI; empty: it is not sealed
  std::string certificate;  // path
  std::string time_stamps;  // URL of an authority for time-stamps; empty for none
  absl::Time at;
};
struct TranslateRequest {
  std::string file;
  document::TranslateOptions options;
  std::string report_file;  // empty for none
  bool pretty = false;      // indented
  bool explain = false;
  SealRequest seal;  // for elm, and for elmo without time-stamp
};
int RunTranslate(const document::Registry& registry, const TranslateRequest& request, const Console& console);

struct CheckRequest {
  std::string file;
  bool json = false;
  std::string language;  // one of elm::LabelLanguages(); empty for English words and the document's own texts
  std::vector<std::string> skills;  // collections of skills, YAML
};
int RunCheck(const document::Registry& registry, const CheckRequest& request, const Console& console);

}  // namespace passerelle::gateway
