// The words of the mapping mechanism that every adapter uses, in the namespace of adapters: so that no adapter lists
// them anew. What they mean stands in core/document.
#pragma once

#include "core/base/problem.h"
#include "core/document/adapter.h"
#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters {

using base::Problem;
using base::Reason;
using document::Apply;
using document::Confidence;
using document::Context;
using document::Draft;
using document::DraftAchievement;
using document::FormatInfo;
using document::Imported;
using document::ImportOptions;
using document::kDefaulted;
using document::kDerived;
using document::kDropped;
using document::kKept;
using document::kWidened;
using document::LossClass;
using document::Rule;
using document::Source;
using document::SourceNode;
using document::SourceTree;
using document::Step;

// A conversion has accounted for its value itself.
inline constexpr LossClass kDone = document::v1::LOSS_CLASS_UNSPECIFIED;

}  // namespace passerelle::adapters
