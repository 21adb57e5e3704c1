#include "adapters/koski/adapter.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/carrier.h"
#include "adapters/families/names.h"
#include "adapters/koski/mapping.h"
#include "core/base/json_peek.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::adapters::koski {
namespace {

// A performance with the right to study that it belongs to.
struct Entry {
  const SourceNode* right;
  const SourceNode* performance;
};

// Rule award.confirmed: a performance is an award once it was confirmed and dated.
bool IsConfirmed(const Source& source, const SourceNode* performance) {
  return !source.TextOf(performance, "vahvistus/päivä").empty();
}

// The state of a right to study is that of its last period.
std::string StateOf(const Source& source, const SourceNode* right) {
  const std::vector<const SourceNode*> periods = source.Find(right, "tila/opiskeluoikeusjaksot");
  std::string state;
  std::string begin;
  for (const SourceNode* period : periods) {
    const std::string from = source.TextOf(period, "alku");
    if (from < begin) continue;
    begin = from;
    state = source.TextOf(period, "tila/koodiarvo");
  }
  return state;
}

// Why nothing was awarded: the first reason found, for the refusal.
struct Refusal {
  std::optional<Reason> reason;
  const SourceNode* place = nullptr;
  void Remember(Reason why, const SourceNode* where) {
    if (reason.has_value()) return;
    reason = why;
    place = where;
  }
};

std::vector<Entry> ChooseAwards(Source* source, Refusal* refusal) {
  std::vector<Entry> awards;
  for (const SourceNode* right : source->Find(source->root(), "opiskeluoikeudet")) {
    if (StateOf(*source, right) == "mitatoity") {
      source->Drop(right, "the record was annulled");
      refusal->Remember(Reason::kRecordAnnulled, right);
      continue;
    }
    for (const SourceNode* performance : source->Find(right, "suoritukset")) {
      const Assessment assessment = LastAssessment(*source, performance);
      if (assessment.failed) {
        source->Warn("status.not-passed", assessment.node == nullptr ? performance : assessment.node,
                     "The record says that it was not passed.");
        source->Drop(performance, "not passed, so no achievement");
        refusal->Remember(Reason::kNothingAwarded, performance);
      } else if (!IsConfirmed(*source, performance)) {
        source->Warn("award.confirmed", performance, "The performance was not confirmed, so nothing was awarded.");
        source->Drop(performance, "not confirmed, so nothing was awarded");
        refusal->Remember(Reason::kAwardNotConfirmed, performance);
      } else {
        awards.push_back({right, performance});
      }
    }
  }
  return awards;
}

absl::StatusOr<std::vector<Entry>> OnlyReport(std::vector<Entry> awards, const ImportOptions& options, Source* source) {
  if (!options.report_index.has_value()) return awards;
  if (*options.report_index >= awards.size()) {
    return Problem(Reason::kFieldInvalid, "report_index",
                   absl::StrCat("the record has ", awards.size(), " confirmed performances"));
  }
  for (size_t i = 0; i < awards.size(); ++i) {
    if (i != *options.report_index) source->Drop(awards[i].performance, "another performance was asked for");
  }
  return std::vector<Entry>{awards[*options.report_index]};
}

class KoskiAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto top = base::JsonPeek::Of(bytes);
    const absl::string_view rights = top.has_value() ? top->Value("opiskeluoikeudet") : absl::string_view();
    return rights.empty() ? Confidence::kNone : Confidence::kCertain;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    RETURN_IF_ERROR(families::CheckOneDocument(bytes));
    ASSIGN_OR_RETURN(SourceTree tree, SourceTree::OfJson(bytes));
    Source source(std::move(tree), options);
    if (source.FindFirst(source.root(), "opiskeluoikeudet") == nullptr) {
      return Problem(Reason::kFormatUnknown, "/", "a record of Koski has opiskeluoikeudet");
    }
    const std::vector<const SourceNode*> people = source.Find(source.root(), "henkilö");
    if (people.empty()) return Problem(Reason::kLearnerMissing, "/henkilö");
    if (people.size() > 1) return Problem(Reason::kSeveralSubjects, source.tree().Path(people[1]));
    WithholdSensitive(&source);
    Refusal refusal;
    ASSIGN_OR_RETURN(const std::vector<Entry> awards, OnlyReport(ChooseAwards(&source, &refusal), options, &source));
    if (awards.empty()) {
      const SourceNode* const place = refusal.place == nullptr ? source.root() : refusal.place;
      return Problem(refusal.reason.value_or(Reason::kNothingAwarded), source.tree().Path(place));
    }
    const std::string suffix =
        options.report_index.has_value() ? absl::StrCat("report:", *options.report_index) : std::string();
    Draft draft(&source, bytes, suffix);
    MapLearner(&source, &draft, people.front());
    for (const Entry& award : awards) MapPerformance(&source, &draft, award.right, award.performance);
    return draft.Finish(options);
  }

 private:
  const document::FormatInfo info_ = {"koski",          "Koski, the Finnish register of studies",
                                      {"2018", "2026"}, {"read"},
                                      "beta",           "application/json",
                                      "koski-8",        true};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<KoskiAdapter>(); }

}  // namespace passerelle::adapters::koski
