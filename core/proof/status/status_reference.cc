#include "core/proof/status/status_reference.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/status/status_list.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

struct Kind {
  absl::string_view type;
  StatusScheme scheme;
  absl::string_view list;   // the member that names the list
  absl::string_view index;  // empty for lists of ids
};

constexpr Kind kKinds[] = {
    {"BitstringStatusListEntry", StatusScheme::kBitstring, "statusListCredential", "statusListIndex"},
    {"StatusList2021Entry", StatusScheme::kStatusList2021, "statusListCredential", "statusListIndex"},
    {"RevocationList2020Status", StatusScheme::kRevocationList2020, "revocationListCredential", "revocationListIndex"},
    {"1EdTechRevocationList", StatusScheme::kOneEdTech, "id", ""},
};

// A number, or its decimal digits as a text; nothing else: a text that is no number must never become place 0.
absl::StatusOr<uint64_t> ReadIndex(object entry, absl::string_view name, bool text_allowed, absl::string_view place) {
  const std::optional<element> member = base::Find(entry, name);
  const std::string at = absl::StrCat(place, "/", name);
  uint64_t index = 0;
  if (!member) return Problem(Reason::kStatusIndex, at, "it is missing");
  if (member->get(index) == simdjson::SUCCESS) return index;
  const std::optional<absl::string_view> digits = text_allowed ? base::AsString(*member) : std::nullopt;
  if (!digits || !std::all_of(digits->begin(), digits->end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(*digits, &index) || absl::StrCat(index) != *digits) {
    return Problem(Reason::kStatusIndex, at, "it is not a non-negative number");
  }
  return index;
}

absl::StatusOr<std::string> RequiredText(object entry, absl::string_view name, absl::string_view place) {
  const std::optional<absl::string_view> text = base::FindString(entry, name);
  if (!text || text->empty()) return Problem(Reason::kStatusList, absl::StrCat(place, "/", name), "it is missing");
  return std::string(*text);
}

// The issuer's words for values; a value is written "0x1" (Bitstring Status List, 2.1, statusMessage).
absl::StatusOr<std::map<uint64_t, std::string>> ReadMessages(object entry, absl::string_view place) {
  std::map<uint64_t, std::string> messages;
  const std::optional<element> member = base::Find(entry, "statusMessage");
  const auto list = member ? base::AsArray(*member) : std::nullopt;
  if (!list) return messages;
  for (const element one : *list) {
    const std::optional<object> message = base::AsObject(one);
    const std::string status = message ? std::string(base::FindString(*message, "status").value_or("")) : "";
    uint64_t value = 0;
    if (!message || !absl::SimpleHexAtoi(status, &value)) {
      return Problem(Reason::kStatusList, absl::StrCat(place, "/statusMessage"), "a value is not hexadecimal");
    }
    messages[value] = std::string(base::FindString(*message, "message").value_or(""));
  }
  return messages;
}

absl::Status ReadBitstringSize(object entry, absl::string_view place, StatusReference& reference) {
  if (const std::optional<element> size = base::Find(entry, "statusSize")) {
    if (size->get(reference.status_size) != simdjson::SUCCESS || reference.status_size < 1 ||
        reference.status_size > kStatusSizeMax) {
      return Problem(Reason::kStatusList, absl::StrCat(place, "/statusSize"), "it is not within 1 and 32");
    }
  }
  ASSIGN_OR_RETURN(reference.messages, ReadMessages(entry, place));
  return absl::OkStatus();
}

std::string IssuerOf(object credential) {
  for (const absl::string_view name : {"issuer", "iss"}) {
    const std::optional<element> issuer = base::Find(credential, name);
    if (!issuer) continue;
    if (const auto id = base::AsString(*issuer)) return std::string(*id);
    if (const auto members = base::AsObject(*issuer)) return std::string(base::FindString(*members, "id").value_or(""));
  }
  return "";
}

class Reader {
 public:
  explicit Reader(object credential) : credential_(credential) {}

  absl::StatusOr<StatusReferences> Read() {
    if (const std::optional<element> status = base::Find(credential_, "status")) {
      RETURN_IF_ERROR(ReadToken(*status));
    }
    if (const std::optional<element> status = base::Find(credential_, "credentialStatus")) {
      if (const auto list = base::AsArray(*status)) {
        size_t i = 0;
        for (const element one : *list) RETURN_IF_ERROR(ReadEntry(one, absl::StrCat("/credentialStatus/", i++)));
      } else {
        RETURN_IF_ERROR(ReadEntry(*status, "/credentialStatus"));
      }
    }
    return std::move(references_);
  }

 private:
  absl::Status ReadToken(element status) {
    const std::optional<object> members = base::AsObject(status);
    const std::optional<element> list = members ? base::Find(*members, "status_list") : std::nullopt;
    const std::optional<object> entry = list ? base::AsObject(*list) : std::nullopt;
    if (!entry) {
      references_.unknown.emplace_back("/status");
      return absl::OkStatus();
    }
    StatusReference reference = Begin(StatusScheme::kTokenStatusList, "/status/status_list");
    ASSIGN_OR_RETURN(reference.index, ReadIndex(*entry, "idx", false, reference.place));
    ASSIGN_OR_RETURN(reference.list, RequiredText(*entry, "uri", reference.place));
    references_.known.push_back(std::move(reference));
    return absl::OkStatus();
  }

  absl::Status ReadEntry(element status, const std::string& place) {
    const std::optional<object> entry = base::AsObject(status);
    const Kind* const kind = entry ? FindKind(*entry) : nullptr;
    if (kind == nullptr) {
      references_.unknown.push_back(place);
      return absl::OkStatus();
    }
    StatusReference reference = Begin(kind->scheme, place);
    ASSIGN_OR_RETURN(reference.list, RequiredText(*entry, kind->list, place));
    if (!kind->index.empty()) {
      ASSIGN_OR_RETURN(reference.index, ReadIndex(*entry, kind->index, true, place));
    }
    if (kind->scheme == StatusScheme::kBitstring || kind->scheme == StatusScheme::kStatusList2021) {
      ASSIGN_OR_RETURN(reference.purpose, RequiredText(*entry, "statusPurpose", place));
    }
    if (kind->scheme == StatusScheme::kBitstring) RETURN_IF_ERROR(ReadBitstringSize(*entry, place, reference));
    references_.known.push_back(std::move(reference));
    return absl::OkStatus();
  }

  static const Kind* FindKind(object entry) {
    const std::optional<absl::string_view> type = base::FindString(entry, "type");
    for (const Kind& kind : kKinds) {
      if (type == kind.type) return &kind;
    }
    return nullptr;
  }

  StatusReference Begin(StatusScheme scheme, absl::string_view place) const {
    StatusReference reference;
    reference.scheme = scheme;
    reference.place = std::string(place);
    reference.issuer = IssuerOf(credential_);
    reference.credential_id = std::string(base::FindString(credential_, "id").value_or(""));
    return reference;
  }

  const object credential_;
  StatusReferences references_;
};

}  // namespace

absl::StatusOr<StatusReferences> ReadStatusReferences(object credential) { return Reader(credential).Read(); }

StatusReference OpenBadges2Reference(absl::string_view list, absl::string_view assertion_id, absl::string_view issuer) {
  StatusReference reference;
  reference.scheme = StatusScheme::kOpenBadges2;
  reference.list = std::string(list);
  reference.credential_id = std::string(assertion_id);
  reference.issuer = std::string(issuer);
  return reference;
}

}  // namespace passerelle::proof
