// The contexts that are built in: those of the standards whose credentials we read. A context is what it was when it
// was published; it cannot change under a signature, and nothing is ever fetched.
//
// They are written as tables in core/rdf/contexts, one file a context, in a notation of our own:
//
//   # a remark
//   url https://www.w3.org/ns/credentials/v2      the address
//   sha256 59955ced…                              of the published document, where it is known
//   let cred https://www.w3.org/2018/credentials# an abbreviation: cred|issuer
//   @protected true                               headers of the context
//   name   = schema|name                          a term that is written as a mere IRI; "null" for one without meaning
//   issuer : cred|issuer type @id                 a term with type, container or protected; "-" for no IRI
//     @protected true                             further in: the context scoped by the term
//     id = @id
//
// Thread-safety: immutable after the first use; safe to share. Ownership: lives as long as the program.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/rdf/context_source.h"

namespace passerelle::rdf {

class PinnedContexts : public ContextSource {
 public:
  static PinnedContexts& Get();

  // Problem: kJsonLdContextUnknown.
  absl::StatusOr<const LoadedContext*> Load(absl::string_view url) override;

  // The addresses of all contexts, sorted.
  std::vector<std::string> Urls() const;

 private:
  PinnedContexts();
  struct Content;
  const Content& content_;
};

// A table as a JSON-LD document, `{"@context": …}`, and what its first lines say.
struct ContextTable {
  std::string url;
  std::string sha256;  // empty when it is not known
  std::string json;
};

// Reads a table. Problem: kConfigInvalid with the number of the line.
absl::StatusOr<ContextTable> ReadContextTable(absl::string_view text);

}  // namespace passerelle::rdf
