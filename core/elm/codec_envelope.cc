#include "core/elm/codec_envelope.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/jws_payload.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/unsigned_token.h"
#include "core/elm/codec_tables.h"
#include "core/elm/token_claims.h"

namespace passerelle::elm {
namespace {

using base::AsArray;
using base::AsObject;
using base::AsString;
using base::JsonDocument;
using base::Problem;
using base::Reason;
namespace dom = simdjson::dom;

constexpr absl::string_view kGraph = "@graph";
constexpr absl::string_view kGraphPlace = "/@graph";

// What the root of a document says that it is.
struct RootTypes {
  bool stated = false;
  bool credential = false;
  bool presentation = false;
  bool verifiable = false;
  std::string known;  // another class of the model
};

void AddType(dom::element value, RootTypes& types) {
  if (const auto array = AsArray(value)) {
    for (const dom::element entry : *array) AddType(entry, types);
    return;
  }
  const auto text = AsString(value);
  if (!text.has_value()) return;
  types.stated = true;
  const TypeTable* const type = FindType(*text);
  if (type == nullptr) return;
  types.credential = types.credential || type->name == "EuropeanDigitalCredential";
  types.presentation =
      types.presentation || type->name == "VerifiablePresentation" || type->name == "EuropeanDigitalPresentation";
  types.verifiable = types.verifiable || type->name == "VerifiableCredential";
  if (type->table != nullptr) types.known = type->name;
}

RootTypes TypesOf(dom::object object) {
  RootTypes types;
  for (const char* const name : {"type", "@type"}) {
    if (const auto stated = base::Find(object, name)) AddType(*stated, types);
  }
  return types;
}

// Drafts lack the type; then the members tell.
bool HasMembersOfCredential(dom::object object) {
  const auto subject = base::Find(object, "credentialSubject");
  if (!subject.has_value()) return false;
  for (const char* const name : {"issuer", "credentialSchema", "displayParameter"}) {
    if (base::Find(object, name).has_value()) return true;
  }
  const auto node = AsObject(*subject);
  return node.has_value() && base::Find(*node, "hasClaim").has_value();
}

bool IsCredential(dom::object object) {
  const RootTypes types = TypesOf(object);
  return types.credential || (!types.stated && HasMembersOfCredential(object));
}

std::string WhatItIs(dom::object object) {
  const RootTypes types = TypesOf(object);
  const auto presented = base::Find(object, "verifiableCredential");
  if (types.presentation || presented.has_value()) {
    const auto array = presented.has_value() ? AsArray(*presented) : std::nullopt;
    const size_t count = array.has_value() ? array->size() : presented.has_value() ? 1 : 0;
    return absl::StrCat("a presentation of ", count, " credentials; send a credential by itself");
  }
  if (!types.known.empty()) return absl::StrCat("a node of the class ", types.known);
  if (types.verifiable) return "a verifiable credential of another model";
  return "a JSON object without the type EuropeanDigitalCredential";
}

// Whether a stated class is one of those that stand by themselves in a data set.
bool IsDatasetNode(dom::object object) {
  const RootTypes types = TypesOf(object);
  if (types.credential || types.known.empty()) return false;
  const TypeTable* const type = FindType(types.known);
  for (const Alternative& alternative : TableOf(*v3::DatasetNode::descriptor()).alternatives) {
    if (type != nullptr && alternative.table == type->table) return true;
  }
  return false;
}

// The one object of a value that is an object or an array of one.
std::optional<dom::object> SingleObject(dom::element value) {
  if (const auto array = AsArray(value)) return array->size() == 1 ? SingleObject(array->at(0)) : std::nullopt;
  return AsObject(value);
}

// "vc" is the claim of the tokens of the W3C's first model (Verifiable Credentials 1.1, 6.3.1).
constexpr absl::string_view kTokenClaim = "vc";

// Completes the credential by the claims of the token around it.
absl::Status TakeClaims(dom::object token, OpenedCredential& opened) {
  DecodedClaims decoded = DecodeClaims(opened.document, token, opened.credential);
  for (ClaimFinding& told : decoded.findings) opened.findings.push_back(std::move(told.finding));
  if (decoded.credential.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(opened.document, JsonDocument::Parse(decoded.credential));
  opened.credential = *AsObject(opened.document.root());
  return absl::OkStatus();
}

void ReportMember(absl::string_view name, std::vector<Finding>& findings) {
  if (findings.size() + 1 >= base::kFindingsMax) return;
  findings.push_back(
      {"", "envelope.member",
       absl::StrCat("the envelope has the member ", absl::CHexEscape(name), ", which is no part of the credential")});
}

void ReportBesideGraph(dom::object root, std::vector<Finding>& findings) {
  for (const dom::key_value_pair member : root) {
    const absl::string_view name = base::View(member.key);
    if (name != "@context" && name != kGraph) ReportMember(name, findings);
  }
}

// The one credential of a graph as a tree, with the contexts that stand beside the graph.
absl::StatusOr<OpenedCredential> OpenGraph(const JsonDocument& document, dom::object root, dom::object node) {
  const auto context = base::Find(root, "@context");
  if (context.has_value() && base::Find(node, "@context").has_value()) {
    return Problem(Reason::kNotACredential, kGraphPlace, "its node has a context of its own; send it as one tree");
  }
  std::string tree;
  base::JsonWriter json(tree);
  json.BeginObject();
  if (context.has_value()) {
    json.Key("@context");
    json.Raw(document.Text(*context));
  }
  for (const dom::key_value_pair member : node) {
    json.Key(base::View(member.key));
    json.Raw(document.Text(member.value));
  }
  json.EndObject();
  ASSIGN_OR_RETURN(JsonDocument parsed, JsonDocument::Parse(tree));
  const dom::object credential = *AsObject(parsed.root());
  OpenedCredential opened{std::move(parsed), credential, Envelope::kGraph, {}};
  ReportBesideGraph(root, opened.findings);
  return opened;
}

absl::StatusOr<OpenedCredential> OpenTree(JsonDocument document) {
  auto root = SingleObject(document.root());
  if (!root.has_value()) return Problem(Reason::kNotACredential, "", "one JSON object is expected");
  OpenedCredential opened{std::move(document), *root, Envelope::kBare, {}};
  if (IsCredential(*root)) return opened;
  constexpr std::pair<absl::string_view, Envelope> kWrappers[] = {
      {"credential", Envelope::kUpload}, {"elm", Envelope::kElmClaim}, {kTokenClaim, Envelope::kElmClaim}};
  for (const auto& [name, envelope] : kWrappers) {
    const auto wrapped = base::Find(*root, name);
    if (!wrapped.has_value()) continue;
    const auto inner = SingleObject(*wrapped);
    const std::string place = absl::StrCat("/", name);
    if (!inner.has_value()) return Problem(Reason::kNotACredential, place, "one JSON object is expected");
    if (!IsCredential(*inner)) return Problem(Reason::kNotACredential, place, WhatItIs(*inner));
    opened.credential = *inner;
    opened.envelope = envelope;
    for (const dom::key_value_pair member : *root) {
      const bool decoded = name == kTokenClaim && IsRegisteredClaim(base::View(member.key));
      if (base::View(member.key) == name || decoded) continue;
      ReportMember(base::View(member.key), opened.findings);
    }
    if (name == kTokenClaim) RETURN_IF_ERROR(TakeClaims(*root, opened));
    return opened;
  }
  if (const auto graph = base::Find(*root, kGraph)) {
    const auto node = SingleObject(*graph);
    if (node.has_value() && IsCredential(*node)) return OpenGraph(opened.document, *root, *node);
    return Problem(Reason::kNotACredential, kGraphPlace,
                   "a JSON-LD graph of other nodes; send a credential as one tree");
  }
  return Problem(Reason::kNotACredential, "", WhatItIs(*root));
}

// Whether a signature in JSON serialization, or one of several, says that it is none.
bool SaysUnsigned(dom::object seal) {
  if (base::SaysUnsigned(base::FindString(seal, "protected").value_or(""))) return true;
  const auto signatures = base::Find(seal, "signatures");
  const auto list = signatures.has_value() ? AsArray(*signatures) : std::nullopt;
  if (!list.has_value()) return false;
  return std::any_of(list->begin(), list->end(), [](dom::element entry) {
    const auto signature = AsObject(entry);
    return signature.has_value() && base::SaysUnsigned(base::FindString(*signature, "protected").value_or(""));
  });
}

absl::StatusOr<OpenedCredential> OpenPayload(absl::string_view payload, bool is_unsigned) {
  auto document = JsonDocument::Parse(payload);
  absl::StatusOr<OpenedCredential> opened = document.ok() ? OpenTree(*std::move(document)) : document.status();
  if (!opened.ok()) {
    // The place is one inside the payload; the reason stays.
    const absl::Status& status = opened.status();
    const std::string place = base::PlaceOf(status);
    return Problem(base::ReasonOf(status), place.empty() ? "payload" : absl::StrCat("payload, ", place),
                   base::DetailOf(status));
  }
  // A payload that is the credential has the claims among its members (VC-JOSE-COSE, 3.1.3).
  if (opened->envelope == Envelope::kBare) RETURN_IF_ERROR(TakeClaims(opened->credential, *opened));
  opened->envelope = Envelope::kSealed;
  if (is_unsigned) {
    opened->findings.push_back({"", "seal.none", "the header of the seal says that nobody signed: alg is none"});
  }
  return opened;
}

}  // namespace

absl::StatusOr<OpenedCredential> OpenCredential(absl::string_view bytes) {
  if (bytes.size() <= base::kDocumentBytesMax && base::IsCompactJws(bytes)) {
    ASSIGN_OR_RETURN(const std::string payload, base::PayloadOfCompactJws(bytes));
    const absl::string_view token = absl::StripAsciiWhitespace(bytes);
    return OpenPayload(payload, base::SaysUnsigned(token.substr(0, token.find('.'))));
  }
  ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Parse(bytes));
  const auto root = AsObject(document.root());
  if (!root.has_value() || !base::IsJsonJws(*root)) return OpenTree(std::move(document));
  ASSIGN_OR_RETURN(const std::string payload, base::PayloadOfJsonJws(*root));
  return OpenPayload(payload, SaysUnsigned(*root));
}

absl::StatusOr<OpenedDataset> OpenDataset(absl::string_view bytes) {
  ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Parse(bytes));
  OpenedDataset opened{std::move(document), {}, std::nullopt};
  dom::element nodes = opened.document.root();
  if (const auto root = AsObject(nodes)) {
    if (const auto graph = base::Find(*root, kGraph)) {
      nodes = *graph;
      opened.is_graph = true;
      opened.context = base::Find(*root, "@context");
      ReportBesideGraph(*root, opened.findings);
    }
  }
  const absl::string_view place = opened.is_graph ? kGraphPlace : "";
  const auto add = [&opened](dom::element entry, absl::string_view where) -> absl::Status {
    const auto object = AsObject(entry);
    if (!object.has_value()) return Problem(Reason::kNotACredential, where, "one JSON object is expected");
    if (!IsDatasetNode(*object)) return Problem(Reason::kNotACredential, where, WhatItIs(*object));
    opened.nodes.push_back(*object);
    return absl::OkStatus();
  };
  const auto array = AsArray(nodes);
  if (!array.has_value()) {
    RETURN_IF_ERROR(add(nodes, place));
    return opened;
  }
  opened.is_list = true;
  size_t index = 0;
  for (const dom::element entry : *array) RETURN_IF_ERROR(add(entry, absl::StrCat(place, "/", index++)));
  if (opened.nodes.empty()) return Problem(Reason::kNotACredential, place, "there is no node");
  return opened;
}

}  // namespace passerelle::elm
