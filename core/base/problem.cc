#include "core/base/problem.h"

#include <array>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace passerelle::base {
namespace {

constexpr absl::string_view kReasonPayload = "passerelle/reason";
constexpr absl::string_view kPlacePayload = "passerelle/place";
constexpr absl::string_view kDetailPayload = "passerelle/detail";

constexpr CatalogueEntry kCatalogue[] = {
#define PROBLEM(constant, name, code, retryable, fixer, meaning, remedy) \
  {Reason::constant, name, absl::StatusCode::code, retryable, Fixer::fixer, meaning, remedy},
#include "core/base/problems.def"
#undef PROBLEM
};

std::string Payload(const absl::Status& status, absl::string_view url) {
  const auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

const CatalogueEntry& Catalogue(Reason reason) { return kCatalogue[static_cast<size_t>(reason)]; }

int ReasonCount() { return static_cast<int>(std::size(kCatalogue)); }

std::optional<Reason> ReasonByName(absl::string_view name) {
  for (const CatalogueEntry& entry : kCatalogue) {
    if (entry.name == name) return entry.reason;
  }
  return std::nullopt;
}

absl::string_view FixerName(Fixer fixer) {
  switch (fixer) {
    case Fixer::kNobody:
      return "nobody";
    case Fixer::kSender:
      return "the sender";
    case Fixer::kHolder:
      return "the holder";
    case Fixer::kIssuer:
      return "the issuer";
    case Fixer::kPeer:
      return "the other node";
    case Fixer::kOperator:
      return "the operator";
  }
  return "nobody";
}

absl::Status Problem(Reason reason, absl::string_view place, absl::string_view detail) {
  const CatalogueEntry& entry = Catalogue(reason);
  // A reason that is good news in a verdict is no error; as a status it can only be a mistake of ours.
  const absl::StatusCode code = entry.code == absl::StatusCode::kOk ? absl::StatusCode::kInternal : entry.code;
  std::string message(entry.name);
  if (!place.empty()) absl::StrAppend(&message, " at ", place);
  absl::StrAppend(&message, ": ", detail.empty() ? entry.meaning : detail);
  absl::Status status(code, message);
  status.SetPayload(kReasonPayload, absl::Cord(entry.name));
  status.SetPayload(kPlacePayload, absl::Cord(place));
  if (!detail.empty()) status.SetPayload(kDetailPayload, absl::Cord(detail));
  return status;
}

Reason ReasonOf(const absl::Status& status) {
  return ReasonByName(Payload(status, kReasonPayload)).value_or(Reason::kInternal);
}

std::string PlaceOf(const absl::Status& status) { return Payload(status, kPlacePayload); }

std::string DetailOf(const absl::Status& status) {
  std::string detail = Payload(status, kDetailPayload);
  return detail.empty() ? std::string(Catalogue(ReasonOf(status)).meaning) : detail;
}

}  // namespace passerelle::base
