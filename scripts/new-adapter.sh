#!/usr/bin/env bash
# Makes an adapter that reads nothing yet: its folder, its line, and a golden case to begin with.
#
#   scripts/new-adapter.sh <name> [root]
#
# <name> is the folder and the format id, in lower case with underscores. [root] is the tree to write to, for tests.
set -euo pipefail
name=${1:-}
root=${2:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
if [[ ! $name =~ ^[a-z][a-z0-9_]*$ ]]; then
  echo "usage: scripts/new-adapter.sh <name>, in lower case letters, digits and underscores" >&2
  exit 64
fi
folder=$root/adapters/$name
golden=$root/tests/golden/$name/first
[[ -f $root/adapters/adapters.cmake ]] || { echo "there is no adapters/adapters.cmake below $root" >&2; exit 1; }
[[ ! -e $folder && ! -e $root/tests/golden/$name ]] || { echo "there is an adapter $name already" >&2; exit 1; }
id=${name//_/-}
class=$(sed -E 's/(^|_)([a-z0-9])/\U\2/g' <<<"$name")

mkdir -p "$folder" "$golden"
cat >"$folder/adapter.h" <<END
// ${class}: say what the format is, who issues it, which versions are taken, and by which specification.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::${name} {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::${name}
END
cat >"$folder/adapter.cc" <<END
#include "adapters/${name}/adapter.h"

#include <utility>

#include "absl/strings/match.h"
#include "core/base/json_peek.h"
#include "core/base/status_macros.h"
#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::${name} {
namespace {

using document::Confidence;
using document::FormatInfo;
using document::Imported;
using document::ImportOptions;
using document::kKept;
using document::Rule;
using document::SourceNode;

// Where each value stands, where it goes, how it is converted, and what that does to it: core/document/mapping.h.
constexpr Rule kDocument[] = {
    {"format", "", document::UseIt, kKept, ""},
    {"learner/name", "S.fullName", document::Text, kKept, ""},
    {"issuer/name", "B.legalName", document::Text, kKept, ""},
    {"issuer/country", "B.location", document::CountryCode, kKept, "country.code"},
};
constexpr Rule kAward[] = {
    {"title", "A.title", document::Text, kKept, ""},
    {"date", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
};

class ${class}Adapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  // A mark that only this format has: a type, a context, a namespace.
  Confidence Detect(absl::string_view bytes) const override {
    const auto peek = base::JsonPeek::Of(bytes);
    const bool marked = peek.has_value() && absl::StrContains(peek->Value("format"), "${id}");
    return marked ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(bytes));
    document::Source source(std::move(tree), options);
    document::Draft draft(&source, bytes);
    Apply(kDocument, source.root(), {&source, draft.DocumentTargets()});
    for (const SourceNode* award : source.Find(source.root(), "award")) {
      Apply(kAward, award, {&source, draft.TargetsOf(draft.AddAchievement(award))});
    }
    return draft.Finish(options);
  }

 private:
  const FormatInfo info_ = {"${id}", "${class}", {"1"}, {"read"}, "alpha", "application/json", "${id}-1"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<${class}Adapter>(); }

}  // namespace passerelle::adapters::${name}
END
cat >"$golden/input.json" <<END
{
  "format": "${id}",
  "learner": {"name": "Ada Example"},
  "issuer": {"name": "Example School", "country": "NL"},
  "award": {"title": "First steps", "date": "2025-06-30", "remark": "This has no place yet."}
}
END
echo "passerelle_adapter(${name})" >>"$root/adapters/adapters.cmake"
echo "adapters/${name}, a line in adapters/adapters.cmake, and tests/golden/${name}/first were made."
echo "Next: docs/adding-an-adapter.md. UPDATE_GOLDEN=1 build/release/tests/golden/golden_test writes what is expected."
