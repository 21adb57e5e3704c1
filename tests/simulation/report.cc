#include "tests/simulation/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace passerelle::simulation {

absl::string_view NameOf(Invariant invariant) {
  static constexpr absl::string_view kNames[kInvariants] = {"one exchange for a request id",
                                                            "one effect for an accepted message",
                                                            "one leaf for an event",
                                                            "every receipt verifies",
                                                            "the answer is to this message",
                                                            "everything comes to its end",
                                                            "allowed transitions of resources",
                                                            "the log only grows"};
  return kNames[static_cast<int>(invariant)];
}

absl::string_view NameOf(Event event) {
  static constexpr absl::string_view kNames[kEvents] = {"asked",
                                                        "sending round",
                                                        "sequenced",
                                                        "withdrawn",
                                                        "time passed",
                                                        "something in between",
                                                        "request lost",
                                                        "request twice",
                                                        "request kept back",
                                                        "request changed",
                                                        "answer lost",
                                                        "answer changed",
                                                        "peer down",
                                                        "killed between steps",
                                                        "killed in a transaction",
                                                        "started",
                                                        "store failed before commit",
                                                        "store failed after commit",
                                                        "register down",
                                                        "lie not bound",
                                                        "lie bound",
                                                        "liar sent",
                                                        "forgot",
                                                        "expired",
                                                        "declined",
                                                        "failed",
                                                        "delivered"};
  return kNames[static_cast<int>(event)];
}

bool Report::Has(Invariant invariant) const {
  return std::any_of(violations.begin(), violations.end(),
                     [&](const Violation& violation) { return violation.invariant == invariant; });
}

std::string Report::Text() const {
  std::string text;
  for (const Violation& violation : violations) {
    absl::StrAppend(&text, "seed ", seed, ": broken: ", NameOf(violation.invariant), ": ", violation.text, "\n");
  }
  return text;
}

}  // namespace passerelle::simulation
