// Whether a node map makes sense in itself.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

// Entries of a map, and of each list of a node. The Union has 27 member states; some have a node for each region.
inline constexpr int kNodesMax = 1000;
inline constexpr int kNodeListMax = 64;
inline constexpr int kCompetencesMax = 1000;
// Longest stretch of time that a map states of a node.
inline constexpr int64_t kStatedSecondsMax = 366 * 86'400;

// Ids are unique, kids are the keys' thumbprints, digests are well-formed, no certificate and no key is named twice,
// times and durations are valid, competences name a purpose, and countries, levels and fields are of their kind.
// Problem: kNodeMapUnusable with the place, such as "nodes[1].message_keys[0].kid".
absl::Status CheckNodeMap(const v1::NodeMap& map);

// Two capital letters.
bool IsCountry(absl::string_view text);
// Two to four digits (ISCED-F 2013: broad, narrow, detailed).
bool IsField(absl::string_view text);

}  // namespace passerelle::federation
