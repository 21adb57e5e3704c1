// What `passerelle evidence verify` and `dispute` say, as JSON for scripts and as lines for people.
//
// Text of bundles comes from outside, and is shown on one line (core/base/one_line.h). `map_checked` says whether the
// keys came from a node map whose signatures were checked.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/relay/bundle.h"
#include "core/relay/dispute.h"
#include "gateway/cli/console.h"
#include "gateway/evidence/evidence_folder.h"

namespace passerelle::gateway {

// What an audit of a whole log has shown.
struct LogFacts {
  AuditedLog audited;
  bool continues_seen = false;       // a checkpoint that was seen before
  bool time_stamps_checked = false;  // those in `time_stamps`
  std::vector<AuditedTimeStamp> time_stamps;
};

// A time in UTC, with the fraction of the second that it has.
std::string EvidenceDate(absl::Time time);

void ShowFacts(const relay::BundleFacts& facts, const Console& console);
std::string FactsJson(const relay::BundleFacts& facts, bool map_checked);

void ShowLog(const LogFacts& facts, const Console& console);
std::string LogJson(const LogFacts& facts, bool map_checked);

void ShowDispute(const relay::Dispute& dispute, const Console& console);
std::string DisputeJson(const relay::Dispute& dispute, bool map_checked);

}  // namespace passerelle::gateway
