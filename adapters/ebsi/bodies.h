// Who awarded, in the dialects of EBSI: a body of its own for each that is named, so that names and countries of
// several never meet, and the issuer where nobody else is named.
//
// Thread-safety: free functions; each writes to its Source and Draft.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "adapters/ebsi/dialects.h"

namespace passerelle::adapters::ebsi {

Issuers IssuersOf(const document::Source& source, const document::SourceNode* credential);

// Writes the bodies that stand at the path of the node, each by the rules: the first into that of the achievement, the
// others beside it. The issuer is added to the body that has its id; where none is named it is the body, and where
// others are it only signs.
void MapBodies(const Reading& reading, const document::SourceNode* node, absl::string_view path, document::Rules rules,
               document::DraftAchievement* achievement);

// The country of the award: that of its body, if one awarded it alone; of several it is unknown whose it is.
void MapAwardPlace(const Reading& reading, const document::SourceNode* node, absl::string_view path,
                   absl::string_view rule, document::DraftAchievement* achievement);

// The bodies of achieved[]: wasAwardedBy. A part without one has that of the whole, at a place of its own if it has
// one.
void MapAchievedBodies(const Reading& reading, const document::SourceNode* node,
                       document::DraftAchievement* achievement, bool is_part);

// The bodies of the achievements, by what is said of them.
using Bodies = absl::flat_hash_map<std::string, elm::v3::Organisation*>;

// What several achievements say of one body is written once, and one body of an achievement is named once. Of bodies
// that nothing names it is unknown whether they are one.
void ShareBodies(document::DraftAchievement* achievement, Bodies* bodies);

}  // namespace passerelle::adapters::ebsi
