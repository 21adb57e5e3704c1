// What the parts of Cases share. Owned by Cases; the parts point to it.
//
// Thread-safety: written before use only, see Cases::set_outbox.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/base/problem.h"
#include "core/recognition/cases.h"

namespace passerelle::recognition {

struct CaseContext {
  Cases::Options options;
  const relay::Outbox* outbox = nullptr;

  // The first policy for the purpose, or null.
  const v1::RecognitionPolicy* PolicyFor(int purpose) const {
    for (const v1::RecognitionPolicy& policy : options.policies) {
      for (const int named : policy.purposes()) {
        if (named == purpose) return &policy;
      }
    }
    return nullptr;
  }
};

// Actors of events.
inline constexpr absl::string_view kSystem = "system";
inline std::string NodeActor(absl::string_view node) { return "node:" + std::string(node); }

// The name of a problem's reason, for events: the rest of a problem may be another node's words.
inline std::string ReasonName(const absl::Status& problem) {
  return std::string(base::Catalogue(base::ReasonOf(problem)).name);
}

}  // namespace passerelle::recognition
