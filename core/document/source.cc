#include "core/document/source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/document/targets.h"
#include "core/elm/rules/text.h"

namespace passerelle::document {
namespace {

constexpr absl::string_view kSignatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

// Places listed for one element of Annex I; a transcript of hundreds of courses names the first ones.
constexpr size_t kPlacesListed = 10;

// Languages of one document; the EU has 24. Beyond that, texts are written without a language.
constexpr size_t kLanguagesMax = 100;

// From the strongest to the weakest.
int Weakness(v1::ElementStatus status) {
  switch (status) {
    case v1::ELEMENT_STATUS_STATED:
      return 0;
    case v1::ELEMENT_STATUS_DERIVED:
      return 1;
    case v1::ELEMENT_STATUS_TEXT:
      return 2;
    case v1::ELEMENT_STATUS_BY_REFERENCE:
      return 3;
    case v1::ELEMENT_STATUS_WITHHELD:
      return 4;
    default:
      return 5;
  }
}

v1::ElementStatus StatusOf(LossClass loss, absl::string_view target) {
  switch (loss) {
    case kKept:
      return IsProse(target) ? v1::ELEMENT_STATUS_TEXT : v1::ELEMENT_STATUS_STATED;
    case kWidened:
      return v1::ELEMENT_STATUS_TEXT;
    case kDerived:
    case kDefaulted:
      return v1::ELEMENT_STATUS_DERIVED;
    default:
      return v1::ELEMENT_STATUS_UNSPECIFIED;
  }
}

void Count(LossClass loss, v1::LossCounts* counts) {
  switch (loss) {
    case kKept:
      return counts->set_kept(counts->kept() + 1);
    case kWidened:
      return counts->set_widened(counts->widened() + 1);
    case kDerived:
      return counts->set_derived(counts->derived() + 1);
    case kDefaulted:
      return counts->set_defaulted(counts->defaulted() + 1);
    default:
      return counts->set_dropped(counts->dropped() + 1);
  }
}

bool HasOwnText(const SourceNode& node) { return node.text.find_first_not_of(" \t\r\n") != std::string::npos; }

// Whether the node or anything below it holds data.
bool HasContent(const SourceNode& node) {
  if (node.kind == SourceNode::Kind::kRemark) return true;
  if (HasOwnText(node)) return true;
  for (const SourceNode* child = node.first_child; child != nullptr; child = child->next_sibling) {
    if (HasContent(*child)) return true;
  }
  return false;
}

bool IsSignature(const SourceNode& node) { return node.name == "Signature" && node.name_space == kSignatureNamespace; }

}  // namespace

void Source::ListMapped(const SourceNode* node, absl::string_view target, LossClass loss, absl::string_view rule) {
  if (!list_mapped_) return;
  if (!listed_mapped_.Takes([&] { return SourceTree::PathBytes(node); })) return;
  v1::MappedSource& mapped = mapped_.emplace_back();
  if (node != nullptr) mapped.set_source(tree_.Path(node));
  mapped.set_target(std::string(target));
  mapped.set_loss(loss);
  mapped.set_rule(std::string(rule));
}

void Source::Carry(const SourceNode* node, absl::string_view target, LossClass loss, absl::string_view rule) {
  if (node == nullptr) return Supply(target, loss, rule);
  Fate& fate = fates_[node->index];
  if (fate == Fate::kCarried) {
    Charge(node->text.size());
  } else {
    Count(loss, &counts_);
  }
  Charge(base::kWrittenValueBytes);
  fate = Fate::kCarried;
  ListMapped(node, target, loss, rule);
  const absl::string_view element = ElementOfTarget(target);
  if (!element.empty()) Origin(element, StatusOf(loss, target), node, rule);
}

void Source::Supply(absl::string_view target, LossClass loss, absl::string_view rule) {
  Count(loss, &counts_);
  ListMapped(nullptr, target, loss, rule);
  const absl::string_view element = ElementOfTarget(target);
  if (!element.empty()) Origin(element, StatusOf(loss, target), nullptr, rule);
}

void Source::Use(const SourceNode* node) {
  if (node != nullptr && fates_[node->index] == Fate::kOpen) fates_[node->index] = Fate::kUsed;
}

void Source::UseAll(const SourceNode* node) {
  if (node == nullptr) return;
  Fate& fate = fates_[node->index];
  if (fate == Fate::kUsedWhole) return;
  if (fate != Fate::kCarried) fate = Fate::kUsedWhole;
  for (const SourceNode* child = node->first_child; child != nullptr; child = child->next_sibling) UseAll(child);
}

void Source::Drop(const SourceNode* node, absl::string_view reason) {
  if (node != nullptr) reasons_.try_emplace(node, std::string(reason));
}

void Source::DropSecond(const SourceNode* node) {
  if (!reasons_.try_emplace(node, "another value of its kind was carried").second) return;
  Warn("value.second", node, "Another value of this kind was carried, this one was not.");
}

void Source::DropButParts(const SourceNode* node, absl::string_view parts, absl::string_view reason) {
  if (FindFirst(node, parts) == nullptr) return Drop(node, reason);
  const std::vector<absl::string_view> names = absl::StrSplit(parts, '|');
  for (const SourceNode* child = node->first_child; child != nullptr; child = child->next_sibling) {
    const bool is_part = std::find(names.begin(), names.end(), child->name) != names.end();
    if (!is_part && child->kind != SourceNode::Kind::kRemark) Drop(child, reason);
  }
}

void Source::Note(absl::string_view rule, const SourceNode* node, absl::string_view message) {
  Diagnose(rule, node, message, v1::SEVERITY_NOTE);
}

void Source::Warn(absl::string_view rule, const SourceNode* node, absl::string_view message) {
  Diagnose(rule, node, message, v1::SEVERITY_WARNING);
}

void Source::Diagnose(absl::string_view rule, const SourceNode* node, absl::string_view message,
                      v1::Severity severity) {
  if (!listed_diagnostics_.Takes([&] { return SourceTree::PathBytes(node) + message.size(); })) return;
  v1::Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.set_rule(std::string(rule));
  diagnostic.set_place(tree_.Path(node));
  diagnostic.set_message(std::string(message));
  diagnostic.set_severity(severity);
}

void Source::Origin(absl::string_view element, v1::ElementStatus status, const SourceNode* node,
                    absl::string_view rule) {
  if (scope_ == kNoScope || status == v1::ELEMENT_STATUS_UNSPECIFIED) return;
  std::vector<std::string>& places = places_[std::string(element)];
  if (node != nullptr && places.size() < kPlacesListed) {
    std::string place = tree_.Path(node);
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(std::move(place));
  }
  const auto [standing, made] =
      standings_.try_emplace({std::string(element), scope_}, Standing{status, std::string(rule)});
  if (made || Weakness(status) >= Weakness(standing->second.status)) return;
  standing->second = {status, std::string(rule)};
}

void Source::Demote(absl::string_view element, v1::ElementStatus status, absl::string_view rule) {
  const auto standing = standings_.find({std::string(element), scope_});
  if (standing != standings_.end()) standing->second = {status, std::string(rule)};
}

std::string Source::Language(const SourceNode* stated) {
  if (stated == nullptr || stated->text.empty()) return std::string(elm::kLanguageUndetermined);
  std::string tag = elm::LanguageTag(stated->text);
  Use(stated);
  if (tag == elm::kLanguageUndetermined) {
    Warn("language.bcp47", stated, "The language tag names no language; the text is written without one.");
  } else if (tag != stated->text) {
    Note("language.bcp47", stated, "The language tag was normalised.");
  }
  return tag;
}

std::string Source::SeeLanguage(absl::string_view tag, const SourceNode* node) {
  if (std::find(languages_.begin(), languages_.end(), tag) != languages_.end()) return std::string(tag);
  if (languages_.size() >= kLanguagesMax) {
    Warn("language.too-many", node, "The document uses more languages than can be kept apart.");
    return std::string(elm::kLanguageUndetermined);
  }
  return languages_.emplace_back(tag);
}

absl::Status Source::CheckAllowance() const {
  if (!IsExhausted()) return absl::OkStatus();
  return base::Problem(base::Reason::kInputTooLarge, tree_.Path(root()), "its values would be written too often");
}

// The list is bounded; what comes later is counted.
void Source::AddDropped(const SourceNode* node, absl::string_view reason, Account* account) {
  Count(kDropped, &counts_);
  if (!listed_dropped_.Takes([&] { return SourceTree::PathBytes(node) + reason.size(); })) {
    ++further_dropped_;
    return;
  }
  v1::DroppedSource& dropped = account->dropped.emplace_back();
  dropped.set_source(tree_.Path(node));
  dropped.set_reason(std::string(reason));
}

// Nodes stand behind their parents, so that one look from the end is enough.
void Source::FindTouched() {
  touched_.assign(fates_.size(), false);
  const std::deque<SourceNode>& nodes = tree_.nodes();
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    if (fates_[node->index] != Fate::kOpen) touched_[node->index] = true;
    if (touched_[node->index] && node->parent != nullptr) touched_[node->parent->index] = true;
  }
}

// Recursive; reading has bounded the depth. A reason holds for everything below that was not carried; where nothing
// was, the whole is listed as one.
void Source::Walk(const SourceNode* node, absl::string_view inherited, Account* account) {
  const bool open = fates_[node->index] == Fate::kOpen;
  const auto own = reasons_.find(node);
  const absl::string_view reason = own != reasons_.end() ? absl::string_view(own->second)
                                   : IsSignature(*node)  ? "signature stays with the original"
                                                         : inherited;
  if (open && !reason.empty() && !touched_[node->index]) {
    if (HasContent(*node)) AddDropped(node, reason, account);
    return;
  }
  if (node->kind == SourceNode::Kind::kRemark) {
    AddDropped(node, "comments and processing instructions are not data", account);
    return;
  }
  const bool used = fates_[node->index] == Fate::kUsed || fates_[node->index] == Fate::kUsedWhole;
  if (used && HasOwnText(*node)) ListMapped(node, "", kKept, "");
  if (open && HasOwnText(*node)) {
    const bool language = node->name == "@lang" || node->name == "@language";
    AddDropped(node,
               node->name_space == "xsi" ? "speaks of the schema, not of the learning"
               : language                ? "language of a part that is not carried"
               : !reason.empty()         ? reason
                                         : absl::string_view(no_place_),
               account);
  }
  WalkParts(node, reason, account);
}

// A part of which nothing was carried, while something was of the first of its kind beside it, is a second value.
void Source::WalkParts(const SourceNode* node, absl::string_view reason, Account* account) {
  absl::flat_hash_map<absl::string_view, bool> first_touched;  // by name; entries of arrays have none
  for (const SourceNode* child = node->first_child; child != nullptr; child = child->next_sibling) {
    const bool is_data = child->kind != SourceNode::Kind::kRemark;
    const bool touched = is_data && touched_[child->index];
    const auto [first, is_first] = first_touched.try_emplace(child->name, touched);
    const bool explained = !reason.empty() || reasons_.contains(child) || IsSignature(*child);
    if (is_data && !is_first && !touched && first->second && !explained && HasContent(*child)) DropSecond(child);
    Walk(child, reason, account);
  }
}

// The weakest of the achievements counts, so that what only one of them states does not look stated by all.
void Source::MergeScopes(Account* account) const {
  for (const auto& [key, standing] : standings_) {
    if (account->origins.empty() || account->origins.back().element != key.first) {
      const auto places = places_.find(key.first);
      account->origins.push_back({key.first, standing.status,
                                  places == places_.end() ? std::vector<std::string>() : places->second,
                                  standing.rule});
    } else if (Weakness(standing.status) > Weakness(account->origins.back().status)) {
      account->origins.back().status = standing.status;
      account->origins.back().rule = standing.rule;
    }
  }
}

void Source::Close(Account* account) {
  FindTouched();
  Walk(root(), "", account);
  if (further_dropped_ > 0) {
    v1::DroppedSource* last = &account->dropped.emplace_back();
    last->set_source(tree_.Path(root()));
    last->set_reason(absl::StrCat("and ", further_dropped_, " further parts"));
  }
  MergeScopes(account);
  account->losses = counts_;
  account->mapped = std::move(mapped_);
  account->diagnostics = std::move(diagnostics_);
}

}  // namespace passerelle::document
