// Rules about sums of credits: least, most, least share, and largest share from elsewhere.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/pathway/criterion.h"

namespace passerelle::pathway {
namespace {

// Credits inside and outside of the scope, each at least and at most.
struct Sums {
  Amount in_low = 0;
  Amount in_high = 0;
  Amount out_low = 0;
  Amount out_high = 0;

  void Add(const Sums& other, int sign) {
    in_low += sign * other.in_low;
    in_high += sign * other.in_high;
    out_low += sign * other.out_low;
    out_high += sign * other.out_high;
  }
};

// An item adds to both sides at most where it is unknown on which it stands, and nothing at least.
Sums SumsOf(const Candidate& candidate, Answer in_scope) {
  const Amount low = candidate.certain ? candidate.credits.low : 0;
  const Amount high = candidate.credits.high;
  Sums sums;
  if (in_scope != Answer::kNo) sums.in_high = high;
  if (in_scope == Answer::kYes) sums.in_low = low;
  if (in_scope != Answer::kYes) sums.out_high = high;
  if (in_scope == Answer::kNo) sums.out_low = low;
  return sums;
}

v1::Outcome Between(bool surely, bool possibly) {
  if (surely) return v1::OUTCOME_SATISFIED;
  return possibly ? v1::OUTCOME_UNKNOWN : v1::OUTCOME_NOT_SATISFIED;
}

// What the four kinds share: the sums of what counts, and of what is still undecided.
class CreditCriterion : public Criterion {
 public:
  CreditCriterion(const Candidates& candidates, std::vector<Answer> in_scope, v1::Scope scope)
      : candidates_(candidates), in_scope_(std::move(in_scope)), scope_(std::move(scope)) {
    rest_.resize(candidates.size() + 1);
    for (size_t i = candidates.size(); i-- > 0;) {
      rest_[i] = rest_[i + 1];
      rest_[i].Add(SumsOf(candidates_[i], in_scope_[i]), 1);
    }
  }

  void Take(size_t item, int /*place*/) override { now_.Add(SumsOf(candidates_[item], in_scope_[item]), 1); }
  void Drop(size_t item, int /*place*/) override { now_.Add(SumsOf(candidates_[item], in_scope_[item]), -1); }
  std::string Signature(size_t item) const override {
    const Candidate& candidate = candidates_[item];
    return absl::StrCat(candidate.credits.low, "-", candidate.credits.high, candidate.certain ? "!" : "?",
                        static_cast<int>(in_scope_[item]));
  }
  bool Concerns(size_t item) const override { return in_scope_[item] != Answer::kNo; }

 protected:
  std::string Of(absl::string_view text) const {
    const std::string scope = DescribeScope(scope_);
    return scope.empty() ? std::string(text) : absl::StrCat(text, " ", scope);
  }
  std::string HaveCredits() const { return absl::StrCat(WriteRange(now_.in_low, now_.in_high), " ECTS credits"); }
  std::string HaveShare() const {
    const std::string low = WriteShare(now_.in_low, now_.in_low + now_.out_high);
    const std::string high = WriteShare(now_.in_high, now_.in_high + now_.out_low);
    return absl::StrCat(HaveCredits(), ", ", low == high ? low : absl::StrCat("between ", low, " and ", high),
                        " of what counts");
  }

  Sums now_;
  std::vector<Sums> rest_;  // of the items from a number on
  const Candidates& candidates_;
  const std::vector<Answer> in_scope_;
  const v1::Scope scope_;
};

class AtLeast final : public CreditCriterion {
 public:
  AtLeast(const Candidates& candidates, std::vector<Answer> in_scope, const v1::Scope& scope, Amount needed)
      : CreditCriterion(candidates, std::move(in_scope), scope), needed_(needed) {}

  Standing Now() const override { return Of(now_.in_low, now_.in_high); }
  Standing Best(size_t next) const override {
    return Of(now_.in_low + rest_[next].in_low, now_.in_high + rest_[next].in_high);
  }
  Amount Needed() const override { return needed_; }
  Amount SureCredits() const override { return now_.in_low; }
  std::string NeededText() const override {
    return CreditCriterion::Of(absl::StrCat("at least ", WriteAmount(needed_), " ECTS credits"));
  }
  std::string HaveText() const override { return HaveCredits(); }
  std::string MissingText() const override {
    return CreditCriterion::Of(absl::StrCat(WriteAmount(needed_ - now_.in_low), " ECTS credits"));
  }
  std::string WhyOffer(const v1::Item& offer) const override {
    if (IsInScope(offer, scope_) != Answer::kYes || CreditsOf(offer).low == 0) return "";
    return CreditCriterion::Of(absl::StrCat("it offers ", WriteAmount(CreditsOf(offer).low), " ECTS credits"));
  }

 private:
  Standing Of(Amount low, Amount high) const {
    return {Between(low >= needed_, high >= needed_), 0, std::max<Amount>(0, needed_ - low)};
  }

  const Amount needed_;
};

class AtMost final : public CreditCriterion {
 public:
  AtMost(const Candidates& candidates, std::vector<Answer> in_scope, const v1::Scope& scope, Amount most)
      : CreditCriterion(candidates, std::move(in_scope), scope), most_(most) {}

  Standing Now() const override { return {Between(now_.in_high <= most_, now_.in_low <= most_)}; }
  // More credits never help.
  Standing Best(size_t /*next*/) const override { return Now(); }
  std::string NeededText() const override { return Of(absl::StrCat("at most ", WriteAmount(most_), " ECTS credits")); }
  std::string HaveText() const override { return HaveCredits(); }
  std::string MissingText() const override {
    return Of(absl::StrCat("no more than ", WriteAmount(most_), " ECTS credits may count"));
  }

 private:
  const Amount most_;
};

class ShareAtLeast final : public CreditCriterion {
 public:
  ShareAtLeast(const Candidates& candidates, std::vector<Answer> in_scope, const v1::Scope& scope, Amount fraction)
      : CreditCriterion(candidates, std::move(in_scope), scope), fraction_(fraction) {}

  Standing Now() const override { return Of(now_.in_low, now_.in_high); }
  Standing Best(size_t next) const override {
    return Of(now_.in_low + rest_[next].in_low, now_.in_high + rest_[next].in_high);
  }
  std::string NeededText() const override {
    return absl::StrCat("at least ", WriteShare(fraction_, kOneCredit), " of the ECTS credits ", DescribeScope(scope_));
  }
  std::string HaveText() const override { return HaveShare(); }
  std::string MissingText() const override {
    return absl::StrCat("more ECTS credits ", DescribeScope(scope_), ", up to ", WriteShare(fraction_, kOneCredit),
                        " of all");
  }
  std::string WhyOffer(const v1::Item& offer) const override {
    return IsInScope(offer, scope_) == Answer::kYes ? CreditCriterion::Of("its ECTS credits are") : "";
  }

 private:
  // A share of nothing reaches nothing.
  Standing Of(Amount low, Amount high) const {
    return {Between(low > 0 && IsShare(low, low + now_.out_high, fraction_),
                    high > 0 && IsShare(high, high + now_.out_low, fraction_))};
  }

  const Amount fraction_;
};

class ShareAtMost final : public CreditCriterion {
 public:
  ShareAtMost(const Candidates& candidates, std::vector<Answer> external, Amount fraction)
      : CreditCriterion(candidates, std::move(external), {}), fraction_(fraction) {}

  Standing Now() const override { return Of({}); }
  // What helps is credits of the owner's own.
  Standing Best(size_t next) const override { return Of(rest_[next]); }
  std::string NeededText() const override {
    return absl::StrCat("at most ", WriteShare(fraction_, kOneCredit),
                        " of the ECTS credits from other awarding bodies");
  }
  std::string HaveText() const override { return HaveShare(); }
  std::string MissingText() const override { return "more ECTS credits of the owner's own"; }

 private:
  Standing Of(const Sums& more) const {
    return {Between(AtMostShare(now_.in_high, now_.in_high + now_.out_low + more.out_low),
                    AtMostShare(now_.in_low, now_.in_low + now_.out_high + more.out_high))};
  }
  // part / whole <= fraction, which is the rest / whole >= 1 - fraction.
  bool AtMostShare(Amount part, Amount whole) const { return IsShare(whole - part, whole, kOneCredit - fraction_); }

  const Amount fraction_;
};

std::vector<Answer> InScope(const Candidates& candidates, const v1::Scope& scope) {
  std::vector<Answer> answers;
  for (const Candidate& candidate : candidates) answers.push_back(IsInScope(*candidate.item, scope));
  return answers;
}

std::vector<Answer> External(const Candidates& candidates, const std::string& owner) {
  std::vector<Answer> answers;
  for (const Candidate& candidate : candidates) {
    const Answer own = IsAwardedBy(*candidate.item, owner);
    answers.push_back(own == Answer::kUnknown ? own : own == Answer::kYes ? Answer::kNo : Answer::kYes);
  }
  return answers;
}

}  // namespace

std::unique_ptr<Criterion> MakeCreditCriterion(const v1::Pathway& pathway, const v1::Rule& rule,
                                               const Candidates& candidates) {
  const auto amount = [](const std::string& text) { return ParseAmount(text).value_or(0); };
  switch (rule.kind_case()) {
    case v1::Rule::kMinCredits: {
      const v1::CreditRule& least = rule.min_credits();
      return std::make_unique<AtLeast>(candidates, InScope(candidates, least.scope()), least.scope(),
                                       amount(least.credits()));
    }
    case v1::Rule::kMaxCredits: {
      const v1::CreditRule& most = rule.max_credits();
      return std::make_unique<AtMost>(candidates, InScope(candidates, most.scope()), most.scope(),
                                      amount(most.credits()));
    }
    case v1::Rule::kMinShare: {
      const v1::ShareRule& share = rule.min_share();
      std::vector<Answer> in_scope = InScope(candidates, share.scope());
      if (share.fraction().empty()) {
        return std::make_unique<AtLeast>(candidates, std::move(in_scope), share.scope(), amount(share.credits()));
      }
      return std::make_unique<ShareAtLeast>(candidates, std::move(in_scope), share.scope(), amount(share.fraction()));
    }
    default:
      return std::make_unique<ShareAtMost>(candidates, External(candidates, pathway.owner()),
                                           amount(rule.max_external().fraction()));
  }
}

}  // namespace passerelle::pathway
