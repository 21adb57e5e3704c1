// recognition check and recognition evaluate: policies tried out, and cases judged by them, without a node.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/document/adapter.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

// Whether policies can go live: each is read, checked, and put to its own tests. 0 when all pass, 1 otherwise.
int RunRecognitionCheck(const std::vector<std::string>& policies, bool json, const Console& console);

// A dry run of a recognition policy (YAML) over a case: a document, or a case file (passerelle.recognition.v1.CaseFile,
// .yaml). Nobody is asked, so that authenticity is known only as far as the case file says it, and of registers what
// the snapshots say.
struct EvaluateRequest {
  std::string policy;
  std::string case_file;
  std::vector<std::string> register_facts;  // snapshots of registers, YAML
  bool json = false;
  absl::Time at;  // day for which the rules are judged, where the case names none
};
int RunEvaluate(const document::Registry& registry, const EvaluateRequest& request, const Console& console);

}  // namespace passerelle::gateway
