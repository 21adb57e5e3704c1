#include "core/catalogue/principles.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/day.h"
#include "core/catalogue/provider_types.h"

namespace passerelle::catalogue {
namespace {

using base::Problem;
using base::Reason;
using Strings = google::protobuf::RepeatedPtrField<std::string>;

// The areas that internal quality assurance has to cover (Annex II, principle 1).
constexpr absl::string_view kAreas[] = {"CREDENTIAL", "COURSE", "LEARNER_FEEDBACK", "PEER_FEEDBACK"};

constexpr int64_t kDaysOfAYear = 365;

absl::Status CheckLinks(const Strings& links, absl::string_view field) {
  for (int i = 0; i < links.size(); ++i) {
    if (absl::StartsWith(links[i], "https://") || absl::StartsWith(links[i], "http://")) continue;
    return Problem(Reason::kFieldInvalid, absl::StrCat(field, "[", i, "]"), "it is no web address");
  }
  return absl::OkStatus();
}

bool IsDeqarId(absl::string_view text) {
  return absl::ConsumePrefix(&text, "DEQARINST") && !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

absl::Status Check(const v1::ProviderProfile& profile, const std::string& day) {
  if (profile.provider().empty()) return Problem(Reason::kFieldMissing, "provider");
  if (!DayOf(day)) return Problem(Reason::kFieldInvalid, "day", "it is no day such as 2026-01-31");
  RETURN_IF_ERROR(CheckDay(profile.relevance_review(), Reason::kFieldInvalid, "relevance_review"));
  RETURN_IF_ERROR(CheckProviderType(profile.type(), "type"));
  if (!profile.deqar_id().empty() && !IsDeqarId(profile.deqar_id())) {
    return Problem(Reason::kFieldInvalid, "deqar_id", "it is no identifier such as DEQARINST0001");
  }
  for (int i = 0; i < profile.internal_quality_areas_size(); ++i) {
    const std::string& area = profile.internal_quality_areas(i);
    if (std::find(std::begin(kAreas), std::end(kAreas), area) == std::end(kAreas)) {
      return Problem(Reason::kFieldInvalid, absl::StrCat("internal_quality_areas[", i, "]"),
                     absl::StrCat("it is none of ", absl::StrJoin(kAreas, ", ")));
    }
  }
  Strings policy;
  if (!profile.recognition_policy().empty()) *policy.Add() = profile.recognition_policy();
  RETURN_IF_ERROR(CheckLinks(policy, "recognition_policy"));
  RETURN_IF_ERROR(CheckLinks(profile.quality_assurance(), "quality_assurance"));
  RETURN_IF_ERROR(CheckLinks(profile.transparency(), "transparency"));
  RETURN_IF_ERROR(CheckLinks(profile.assessment(), "assessment"));
  RETURN_IF_ERROR(CheckLinks(profile.pathways(), "pathways"));
  RETURN_IF_ERROR(CheckLinks(profile.learner_centred(), "learner_centred"));
  RETURN_IF_ERROR(CheckLinks(profile.authenticity(), "authenticity"));
  return CheckLinks(profile.guidance(), "guidance");
}

class Writer {
 public:
  explicit Writer(v1::Checklist* checklist) : checklist_(checklist) {}

  v1::Principle* Add(const char* name, const Strings& evidence) {
    v1::Principle* const row = checklist_->add_principles();
    row->set_number(static_cast<uint32_t>(checklist_->principles_size()));
    row->set_name(name);
    *row->mutable_evidence() = evidence;
    if (evidence.empty()) row->set_missing("no evidence is stated");
    return row;
  }

 private:
  v1::Checklist* const checklist_;
};

// Internal quality assurance is a statement of the provider's own, and named as one.
void Quality(const v1::ProviderProfile& profile, Writer* writer) {
  v1::Principle* const row = writer->Add("Quality", profile.quality_assurance());
  const std::set<std::string> stated(profile.internal_quality_areas().begin(), profile.internal_quality_areas().end());
  if (!stated.empty()) row->add_evidence(absl::StrCat("self-declared: ", absl::StrJoin(stated, ", ")));
  std::vector<absl::string_view> missing;
  for (const absl::string_view area : kAreas) {
    if (stated.count(std::string(area)) == 0) missing.push_back(area);
  }
  row->set_missing(missing.empty() ? "" : absl::StrCat("internal quality assurance of ", absl::StrJoin(missing, ", ")));
}

// Whether a provider of higher education is in DEQAR; of others it is not asked (principle 2: "where possible").
void Transparency(const v1::ProviderProfile& profile, Writer* writer) {
  Strings evidence = profile.transparency();
  if (!profile.deqar_id().empty()) *evidence.Add() = absl::StrCat("in DEQAR: ", profile.deqar_id());
  v1::Principle* const row = writer->Add("Transparency", evidence);
  if (evidence.empty() || profile.type() != "HEI" || !profile.deqar_id().empty()) return;
  row->set_missing("no entry in DEQAR is stated");
}

void Relevance(const v1::ProviderProfile& profile, const std::string& day, Writer* writer) {
  Strings evidence;
  if (!profile.relevance_review().empty()) *evidence.Add() = absl::StrCat("reviewed on ", profile.relevance_review());
  v1::Principle* const row = writer->Add("Relevance", evidence);
  const int64_t years = profile.review_years() == 0 ? kReviewYears : profile.review_years();
  const bool old = !evidence.empty() && *DayOf(day) - *DayOf(profile.relevance_review()) > years * kDaysOfAYear;
  if (old) row->set_missing(absl::StrCat("the last review is more than ", years, " years old"));
}

}  // namespace

absl::StatusOr<v1::Checklist> ChecklistOf(const v1::ProviderProfile& profile, const std::string& day) {
  RETURN_IF_ERROR(Check(profile, day));
  v1::Checklist checklist;
  checklist.set_provider(profile.provider());
  Writer writer(&checklist);
  Strings policy;
  if (!profile.recognition_policy().empty()) *policy.Add() = profile.recognition_policy();
  Quality(profile, &writer);
  Transparency(profile, &writer);
  Relevance(profile, day, &writer);
  writer.Add("Valid assessment", profile.assessment());
  writer.Add("Learning pathways", profile.pathways());
  writer.Add("Recognition", policy);
  writer.Add("Portability", profile.formats());
  writer.Add("Learner-centred", profile.learner_centred());
  writer.Add("Authentic", profile.authenticity());
  writer.Add("Information and guidance", profile.guidance());
  return checklist;
}

}  // namespace passerelle::catalogue
