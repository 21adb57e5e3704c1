// What the header of an envelope says, without believing it.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "passerelle/relay/v1/envelope.pb.h"

namespace passerelle::simulation {

// The text of a member; empty when there is none. Headers that a node writes have no blanks and no escapes.
inline std::string MemberOf(const relay::v1::Envelope& envelope, absl::string_view name) {
  const std::string mark = absl::StrCat("\"", name, "\":\"");
  const std::string& header = envelope.protected_header();
  const size_t at = header.find(mark);
  if (at == std::string::npos) return "";
  const size_t begin = at + mark.size();
  return header.substr(begin, header.find('"', begin) - begin);
}

inline std::string IdIn(const relay::v1::Envelope& envelope) { return MemberOf(envelope, "id"); }
inline std::string TypeIn(const relay::v1::Envelope& envelope) { return MemberOf(envelope, "type"); }

}  // namespace passerelle::simulation
