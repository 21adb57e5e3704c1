// The contexts of a suite of JSON-LD cases: files beside the cases, for the addresses under which the suite is
// published, and else those that are built in.
//
// Thread-safety: belongs to one thread. Ownership: owns the contexts that it read.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/json.h"
#include "core/rdf/context_source.h"
#include "gateway/conformance/case.h"

namespace passerelle::gateway {

class SuiteContexts : public rdf::ContextSource {
 public:
  // `address` is where the file of the case is published; both end alike.
  SuiteContexts(const ConformanceCase& row, absl::string_view address);

  absl::StatusOr<const rdf::LoadedContext*> Load(absl::string_view url) override;
  // The context of a file of the suite. Problems: those of reading it; kJsonLdInvalid when it has none.
  absl::StatusOr<const rdf::LoadedContext*> LoadFile(const std::string& path, absl::string_view url);

 private:
  struct File {
    base::JsonDocument document;
    rdf::LoadedContext loaded;
  };

  const ConformanceCase& row_;
  std::string prefix_;  // of the suite's addresses; empty when there are none
  std::map<std::string, std::unique_ptr<File>> files_;
};

}  // namespace passerelle::gateway
