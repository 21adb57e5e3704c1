// What the commands of `passerelle federation` write, for people and as JSON.
//
// Members of the JSON are a contract: more may come, none goes.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/federation/route.h"
#include "core/federation/signed_node_map.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct ReportTo {
  std::string path;  // that was written; empty for none
  bool json;
};

// Each returns kExitDone, or kExitRefused for a problem. With `json` a problem is {"reason", "place", "detail"} on
// standard output; otherwise a line on standard error.
int ReportProblem(const absl::Status& problem, bool json, const Console& console);
int ReportDraft(const absl::Status& status, const federation::v1::NodeMap& map, const ReportTo& to,
                const Console& console);
// `before` is the map in force, null for none.
int ReportProposal(const absl::StatusOr<federation::MapFile>& file, const federation::v1::NodeMap* before,
                   const ReportTo& to, const Console& console);
int ReportFile(const absl::StatusOr<federation::MapFile>& file, const ReportTo& to, const Console& console);
int ReportOpened(const absl::StatusOr<federation::OpenedMap>& opened, absl::Time at, const ReportTo& to,
                 const Console& console);
int ReportChanges(const federation::v1::NodeMap& before, const federation::v1::NodeMap& after, bool json,
                  const Console& console);
// kExitRefused too when several authorities may answer, or none does.
int ReportRoute(const absl::StatusOr<federation::v1::RouteAnswer>& answer, bool json, const Console& console);
void ShowMap(const federation::MapFile& file, bool json, const Console& console);

}  // namespace passerelle::gateway
