// What changes from one message to the next, for people.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/message_differencer.h"

namespace passerelle::base {

struct MessageChange {
  enum class Kind { kAdded, kRemoved, kChanged };
  Kind kind;
  std::string place;   // such as "nodes[NO].message_keys[<kid>].not_after"
  std::string before;  // empty for what was added
  std::string after;   // empty for what was removed
};

// "added", "removed", "changed".
const char* ChangeWord(MessageChange::Kind kind);

// Every field that differs between two messages of one class, as the differencer compares them, in the order of the
// message. An entry of a list is named by its id, kid, sha256 or jwk where it has one, else by its position. Places
// begin with `prefix`.
std::vector<MessageChange> CompareMessages(const google::protobuf::Message& before,
                                           const google::protobuf::Message& after,
                                           google::protobuf::util::MessageDifferencer& differencer,
                                           absl::string_view prefix = "");

// A list of a snapshot, and the field of its entries that tells them apart; a text.
struct KeyedList {
  const char* list;
  const char* key;
};

// The same of two snapshots of a register, which can have 100,000 entries: those of the lists are compared with the one
// of their key, the others field by field. Within an entry, the order of a list alone is no change. Of several entries
// with one key, the first is compared with the first. Cost: linear in the number of entries.
std::vector<MessageChange> CompareSnapshots(const google::protobuf::Message& before,
                                            const google::protobuf::Message& after,
                                            const std::vector<KeyedList>& lists);

}  // namespace passerelle::base
