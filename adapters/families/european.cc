#include "adapters/families/european.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"

namespace passerelle::adapters::families {

absl::Status CheckOneSubject(const ::passerelle::elm::ReadCredential& read, absl::string_view place) {
  for (const ::passerelle::elm::Finding& finding : read.findings) {
    absl::string_view subject = finding.pointer;
    const bool is_subject = finding.rule == "shape.max" && absl::ConsumePrefix(&subject, "/credentialSubject/");
    int number = 0;
    if (!is_subject || !absl::SimpleAtoi(subject, &number)) continue;
    return base::Problem(base::Reason::kSeveralSubjects, absl::StrCat(place, finding.pointer));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::adapters::families
