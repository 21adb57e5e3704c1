#include "core/proof/di/signed_content.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/jcs.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/json_ld.h"
#include "core/rdf/pinned_contexts.h"

namespace passerelle::proof {
namespace {

namespace dom = simdjson::dom;

// The document without its proof, but with those on which the proof builds; with another context where one is given.
std::string UnsecuredDocument(const SecuredDocument& secured, std::optional<dom::element> context) {
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  for (const dom::key_value_pair member : secured.document) {
    if (member.key == "proof" || (context.has_value() && member.key == "@context")) continue;
    json.Key(base::View(member.key));
    json.Raw(secured.json.Text(member.value));
  }
  if (context.has_value()) {
    json.Key("@context");
    json.Raw(secured.json.Text(*context));
  }
  if (!secured.previous.empty()) {
    json.Key("proof");
    json.BeginArray();
    for (const dom::element previous : secured.previous) json.Raw(secured.json.Text(previous));
    json.EndArray();
  }
  json.EndObject();
  return text;
}

// The proof without its value; with the context of the document where one is given.
std::string ProofOptions(const SecuredDocument& secured, std::optional<dom::element> context) {
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  for (const dom::key_value_pair member : secured.proof) {
    if (member.key == "proofValue" || (context.has_value() && member.key == "@context")) continue;
    json.Key(base::View(member.key));
    json.Raw(secured.json.Text(member.value));
  }
  if (context.has_value()) {
    json.Key("@context");
    json.Raw(secured.json.Text(*context));
  }
  json.EndObject();
  return text;
}

absl::StatusOr<rdf::Dataset> AsRdf(absl::string_view text, bool& used_inline_context) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(text));
  rdf::JsonLdOptions options;
  options.safe = true;
  ASSIGN_OR_RETURN(rdf::JsonLdResult result, rdf::ToRdf(document.root(), rdf::PinnedContexts::Get(), options));
  used_inline_context = used_inline_context || result.used_inline_context;
  return std::move(result.dataset);
}

absl::StatusOr<std::string> RdfcHash(const rdf::Dataset& dataset, base::HashAlgorithm hash) {
  const bool sha384 = hash == base::HashAlgorithm::kSha384;
  ASSIGN_OR_RETURN(const rdf::CanonicalDataset canonical,
                   rdf::Canonicalize(dataset, sha384 ? rdf::HashFunction::kSha384 : rdf::HashFunction::kSha256));
  return base::Digest(hash, canonical.Text());
}

absl::StatusOr<std::string> JcsHash(absl::string_view text, base::HashAlgorithm hash) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(text));
  ASSIGN_OR_RETURN(const std::string canonical, base::CanonicalJson(document.root()));
  return base::Digest(hash, canonical);
}

std::vector<dom::element> AsList(dom::element element) {
  const auto array = base::AsArray(element);
  if (!array.has_value()) return {element};
  std::vector<dom::element> list;
  for (const dom::element entry : *array) list.push_back(entry);
  return list;
}

bool BeginsWith(const base::JsonDocument& json, dom::element whole, dom::element start) {
  const std::vector<dom::element> entries = AsList(whole);
  const std::vector<dom::element> first = AsList(start);
  if (first.size() > entries.size()) return false;
  for (size_t i = 0; i < first.size(); ++i) {
    if (json.Text(entries[i]) != json.Text(first[i])) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> RdfcOptionsHash(const SecuredDocument& secured, base::HashAlgorithm hash,
                                            bool& used_inline_context) {
  const auto context = base::Find(secured.document, "@context");
  const absl::StatusOr<rdf::Dataset> dataset = AsRdf(ProofOptions(secured, context), used_inline_context);
  if (dataset.ok()) return RdfcHash(*dataset, hash);
  // Pointers are into the document, whose context the options take.
  const absl::Status& fault = dataset.status();
  const std::string place = base::PlaceOf(fault);
  const bool is_in_context = absl::StartsWith(place, "/@context");
  return base::Problem(base::ReasonOf(fault), is_in_context ? place : absl::StrCat("/proof", place),
                       base::DetailOf(fault));
}

absl::StatusOr<rdf::Dataset> DocumentAsRdf(const SecuredDocument& secured, bool& used_inline_context) {
  return AsRdf(UnsecuredDocument(secured, std::nullopt), used_inline_context);
}

absl::StatusOr<SignedContent> RdfcContent(const SecuredDocument& secured, base::HashAlgorithm hash) {
  SignedContent content;
  ASSIGN_OR_RETURN(content.hash_data, RdfcOptionsHash(secured, hash, content.used_inline_context));
  ASSIGN_OR_RETURN(const rdf::Dataset dataset, DocumentAsRdf(secured, content.used_inline_context));
  ASSIGN_OR_RETURN(const std::string document, RdfcHash(dataset, hash));
  content.hash_data += document;
  return content;
}

absl::StatusOr<SignedContent> JcsContent(const SecuredDocument& secured, base::HashAlgorithm hash) {
  const auto proof_context = base::Find(secured.proof, "@context");
  const auto context = base::Find(secured.document, "@context");
  if (proof_context.has_value() && !(context.has_value() && BeginsWith(secured.json, *context, *proof_context))) {
    return base::Problem(base::Reason::kProofMalformed, "@context", "the document does not begin with the proof's");
  }
  SignedContent content;
  ASSIGN_OR_RETURN(content.hash_data, JcsHash(ProofOptions(secured, std::nullopt), hash));
  ASSIGN_OR_RETURN(const std::string document, JcsHash(UnsecuredDocument(secured, proof_context), hash));
  content.hash_data += document;
  return content;
}

}  // namespace passerelle::proof
