// Node maps as files: proposed, signed, combined, and opened by whoever trusts the federation's root.
//
// A file is a JWS in general JSON serialization whose payload is the serialized NodeMap, exactly as its maker produced
// it, with one member more: "history", the signed maps that changed the root since its first version. A node that holds
// an old root follows them one by one, each signed by k of the root before and k of its own, so that any single file is
// enough to catch up (The Update Framework 1.0, 5.3).
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/federation/federation_root.h"
#include "core/federation/node_map.h"
#include "core/proof/key.h"

namespace passerelle::federation {

// Bytes of a file, and changes of the root that it can carry. A map of the whole Union has some 200 KiB, and a root
// changes a few times in ten years.
inline constexpr size_t kNodeMapBytesMax = 8u << 20;
inline constexpr size_t kRootChangesMax = 32;
// A map that lives longer protects nobody against being withheld; one that is used longer after its end neither.
inline constexpr absl::Duration kNodeMapLifeMax = absl::Hours(24 * 366);
inline constexpr absl::Duration kNodeMapGraceMax = absl::Hours(24 * 31);
// How far the clock of who issues a map may be ahead of ours.
inline constexpr absl::Duration kIssueTimeAheadMax = absl::Minutes(10);

// One signed payload. Nobody is believed yet.
struct MapPart {
  std::string payload_text;  // base64url
  std::vector<proof::ArchiveSignature> signatures;
  v1::NodeMap map;
  std::string sha256;  // of the payload's bytes, hexadecimal
};

// A file as read. A proposal has no signatures yet.
struct MapFile {
  MapPart part;
  std::vector<MapPart> history;  // oldest first
};

// Problems: kInputTooLarge, kNodeMapUnusable at the member, those of base::JsonDocument.
absl::StatusOr<MapFile> ReadMapFile(absl::string_view bytes);
std::string WriteMapFile(const MapFile& file);

// A file to be signed. The map needs a root, issue_time and expire_time; `present` is the map in force, null for the
// first one: version and root version have to follow it. Problems: kNodeMapUnusable and kNodeMapRoot with the place.
absl::StatusOr<MapFile> ProposeNodeMap(const v1::NodeMap& map, const MapFile* present);

// Adds a signature over the same bytes. Problem: kFieldInvalid at "key" for a key that has signed already, and for one
// of no authority of this root or, where the root changes, the one before.
absl::Status SignMapFile(const proof::SigningKey& key, MapFile& file);

// Adds the signatures of another copy. kFieldInvalid at "payload" when it is of another map.
absl::Status CombineMapFiles(const MapFile& other, MapFile& file);

// What is known when a file is opened.
struct HeldMap {
  v1::FederationRoot root;  // trusted
  uint64_t version = 0;     // the highest that was ever in force; 0 for none
  std::string sha256;       // of the payload of that version
};

struct OpenedMap {
  std::shared_ptr<const NodeDirectory> directory;
  FederationRoot root;                 // the one that is trusted from now on
  std::vector<std::string> signers;    // thumbprints of its authorities whose signatures verify
  std::vector<uint64_t> root_changes;  // versions of the roots that were followed
  std::string sha256;                  // of the payload
};

// Follows the changes of the root, then asks for the threshold of signatures, then for a version that is not lower than
// the one held (of the same version: the same bytes), then for a time that is not over. Nothing of the content is
// believed before. Problems: kNodeMapSignatures at "signatures" or "history[i]"; kNodeMapRoot at "root", "root.version"
// or "federation"; kNodeMapRollback and kNodeMapFork at "version"; kNodeMapStale at "expire_time"; kNodeMapUnusable at
// "issue_time" or the place in the map; and those of ReadMapFile.
absl::StatusOr<OpenedMap> OpenNodeMap(absl::string_view bytes, const HeldMap& held, absl::Time now);

}  // namespace passerelle::federation
