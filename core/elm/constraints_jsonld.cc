#include "core/elm/constraints_jsonld.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/limits.h"
#include "core/elm/codec_literal.h"
#include "core/elm/codec_tables.h"
#include "core/elm/constraints_lexical.h"
#include "core/elm/json_path.h"
#include "core/elm/name_table.h"

namespace passerelle::elm {
namespace {

namespace dom = simdjson::dom;
using base::AsArray;
using base::AsObject;
using base::AsString;
using base::View;

// What a context takes the values of a member for.
enum TermKind {
  kNode,
  kText,
  kPlain,
  kString,
  kDateTime,
  kDuration,
  kAnyUri,
  kInteger,
  kPositiveInteger,
  kDecimal,
  kBoolean
};

// Which nodes have the member.
enum TermScope { kEverywhere, kCredential, kPresentation };

struct Term {
  TermKind kind;
  TermScope scope;
};

const NameTable<Term>& Terms() {
  static const auto* const terms = [] {
    auto* const made = new NameTable<Term>;
#define TERM(name, kind) made->Add(#name, {kind, kEverywhere});
#define CREDENTIAL_TERM(name, kind) made->Add(#name, {kind, kCredential});
#define PRESENTATION_TERM(name, kind) made->Add(#name, {kind, kPresentation});
#include "core/elm/constraints_terms.def"
    return made;
  }();
  return *terms;
}

// What a stated type is called in model 3.2; as it stands if the model does not know it.
absl::string_view NameOfType(absl::string_view stated) {
  const TypeTable* const type = FindType(stated);
  return type == nullptr ? stated : absl::string_view(type->name);
}

// Classes that a context defines, with their names in model 3.2.
const NameTable<absl::string_view>& ClassNames() {
  static const auto* const names = [] {
    auto* const made = new NameTable<absl::string_view>;
#define CLASS(name) made->Add(#name, NameOfType(#name));
#include "core/elm/constraints_terms.def"
    return made;
  }();
  return *names;
}

std::optional<v3::Datatype> DatatypeOf(TermKind kind) {
  switch (kind) {
    case kDateTime:
      return v3::DATATYPE_DATE_TIME;
    case kDuration:
      return v3::DATATYPE_DURATION;
    case kAnyUri:
      return v3::DATATYPE_ANY_URI;
    case kInteger:
      return v3::DATATYPE_INTEGER;
    case kPositiveInteger:
      return v3::DATATYPE_POSITIVE_INTEGER;
    case kDecimal:
      return v3::DATATYPE_DECIMAL;
    case kBoolean:
      return v3::DATATYPE_BOOLEAN;
    default:
      return std::nullopt;
  }
}

// Types that the context of the W3C defines for the values of one member only.
constexpr std::pair<absl::string_view, absl::string_view> kTypesOfMember[] = {
    {"JsonSchemaValidator2018", "credentialSchema"}, {"ManualRefreshService2018", "refreshService"}};

bool IsTypeOfMember(absl::string_view type, absl::string_view member) {
  return std::find(std::begin(kTypesOfMember), std::end(kTypesOfMember), std::pair(type, member)) !=
         std::end(kTypesOfMember);
}

// JSON-LD 1.1, 9.16.
bool IsKeyword(absl::string_view text) {
  constexpr absl::string_view kKeywords[] = {
      "@base",      "@container", "@context",  "@direction", "@graph", "@id",      "@import", "@included",
      "@index",     "@json",      "@language", "@list",      "@nest",  "@none",    "@prefix", "@propagate",
      "@protected", "@reverse",   "@set",      "@type",      "@value", "@version", "@vocab"};
  return std::find(std::begin(kKeywords), std::end(kKeywords), text) != std::end(kKeywords);
}

// The member that a node stands under, alone or in arrays; empty at the root.
absl::string_view MemberOf(const JsonPath& node) {
  const JsonPath* at = &node;
  while (at->is_index) at = at->parent;
  return at->name;
}

// An IRI, a compact one, or the label of a blank node.
bool NamesNode(absl::string_view text) {
  return absl::StartsWith(text, "_:") ? HasIriCharactersOnly(text) : IsAbsoluteIri(text);
}

// What a number or truth value is in RDF once a context has given it a datatype.
std::optional<std::string> LexicalOf(dom::element value) {
  if (const std::optional<int64_t> whole = AsInteger(value)) return absl::StrCat(*whole);
  bool truth = false;
  if (value.get(truth) == simdjson::SUCCESS) return truth ? "true" : "false";
  double number = 0;
  // A number with a fraction is written in the form of xsd:double, with an exponent, whatever the datatype.
  if (value.get(number) == simdjson::SUCCESS) return absl::StrCat(number, "E0");
  return std::nullopt;
}

class JsonLdWalk {
 public:
  explicit JsonLdWalk(const NodeGraph& graph) : graph_(graph) { reading_.types.resize(graph.identity_count()); }

  JsonLdReading Run(dom::object credential) {
    Node(credential, JsonPath());
    return std::move(reading_);
  }

 private:
  void Report(const JsonPath& path, absl::string_view rule, std::string message) {
    if (reading_.findings.size() < base::kFindingsMax) {
      reading_.findings.push_back({path.Pointer(), std::string(rule), std::move(message)});
    }
  }

  static bool IsTypeMember(absl::string_view name) { return name == "type" || name == "@type"; }

  // Nodes that take part in what the document says, at places that reading does not follow.
  static bool HoldsNodes(absl::string_view keyword) {
    return keyword == "@included" || keyword == "@reverse" || keyword == "@nest";
  }

  void Keyword(dom::element value, const JsonPath& path) {
    if (HoldsNodes(path.name)) {
      Report(path, "jsonld.keyword", "nodes under this keyword are not read, so that nothing judges them");
    } else if (!IsKeyword(path.name)) {
      return Report(path, "jsonld.undefined-member", "JSON-LD has no such keyword, so that its value means nothing");
    }
    Anything(value, path);
  }

  // Of a node where the model has no place for one of its classes.
  void CheckPlace(const StatedTypes& types, const JsonPath& path) {
    for (const absl::string_view type : types) {
      const TypeTable* const known = FindType(type);
      // A proof stands where its vocabulary has it.
      if (known == nullptr || known->table == nullptr || type == "Proof") continue;
      return Report(path, "jsonld.outside",
                    absl::StrCat("a node of the class ", type,
                                 " stands where the model has none, so that nothing "
                                 "judges it"));
    }
  }

  // The types that a node states, and what is wrong with them.
  void TakeTypes(dom::element value, const JsonPath& path, StatedTypes& types) {
    if (const auto list = AsArray(value)) {
      for (const dom::element entry : *list) TakeType(entry, path, types);
    } else {
      TakeType(value, path, types);
    }
  }

  void TakeType(dom::element value, const JsonPath& path, StatedTypes& types) {
    const auto text = AsString(value);
    if (!text.has_value()) {
      return Report(path, "jsonld.type-value", "the name of a class is expected; there is another kind of value");
    }
    const absl::string_view* const known = ClassNames().Find(*text);
    if (known != nullptr) return types.push_back(*known);
    if (IsTypeOfMember(*text, MemberOf(*path.parent))) return types.push_back(*text);
    if (!NamesNode(*text)) Report(path, "jsonld.unknown-type", "no context defines this type, and it is no IRI");
    types.push_back(NameOfType(*text));
  }

  void Node(dom::object node, const JsonPath& path) {
    StatedTypes types;
    absl::string_view id;
    for (const dom::key_value_pair member : node) {
      const absl::string_view name = View(member.key);
      const JsonPath place = path.Member(name);
      if (IsTypeMember(name)) {
        TakeTypes(member.value, place, types);
      } else if (name == "id" || name == "@id") {
        Id(member.value, place, id);
      } else if (name == "@context") {
        const bool root = path.parent == nullptr;
        if (!root) Report(place, "jsonld.context", "a context within the document is not applied here");
        if (root) Contexts(member.value, place);
      } else if (absl::StartsWith(name, "@")) {
        Keyword(member.value, place);
      } else {
        Member(member.value, node, place);
      }
    }
    const bool elsewhere = !id.empty() && !Remember(id, types);
    if (elsewhere || outside_ > 0) CheckPlace(types, path);
  }

  // JSON-LD 1.1 API, 4.1.2, 5.4: no list of contexts in a list.
  void Contexts(dom::element value, const JsonPath& path) {
    const auto list = AsArray(value);
    if (!list.has_value()) return;
    size_t index = 0;
    for (const dom::element entry : *list) {
      const JsonPath place = path.Entry(index++);
      if (AsArray(entry).has_value()) Report(place, "jsonld.context", "a context is expected; there is a list");
    }
  }

  // Whether the model has a node of this id.
  bool Remember(absl::string_view id, const StatedTypes& types) {
    const int identity = graph_.IdentityOf(id);
    if (identity < 0) return false;
    std::optional<StatedTypes>& known = reading_.types[static_cast<size_t>(identity)];
    if (!known.has_value()) known.emplace();
    for (const absl::string_view type : types) {
      // An IRI here is of no class of the model, and nothing asks for it.
      if (NamesNode(type)) continue;
      if (std::find(known->begin(), known->end(), type) == known->end()) known->push_back(type);
    }
    return true;
  }

  void Id(dom::element value, const JsonPath& path, absl::string_view& id) {
    const auto text = AsString(value);
    if (!text.has_value()) {
      return Report(path, "jsonld.id-value", "an IRI is expected; there is another kind of value");
    }
    id = *text;
    if (!NamesNode(*text)) {
      Report(path, "jsonld.relative-iri", "an absolute IRI is expected; a relative one names nothing");
    }
  }

  void Member(dom::element value, dom::object node, const JsonPath& path) {
    const Term* const term = Terms().Find(path.name);
    if (term == nullptr || !InScope(term->scope, node)) {
      // What has a colon is an IRI by itself.
      if (NamesNode(path.name)) return Anything(value, path);
      return Report(path, "jsonld.undefined-member", "no context defines this member, so that its value means nothing");
    }
    if (term->kind == kText) {
      if (const auto map = AsObject(value)) return LanguageMap(*map, path);
    }
    Value(term->kind, value, path);
  }

  static bool InScope(TermScope scope, dom::object node) {
    if (scope == kEverywhere) return true;
    const absl::string_view wanted = scope == kCredential ? "VerifiableCredential" : "VerifiablePresentation";
    const auto is_wanted = [wanted](dom::element value) { return AsString(value) == wanted; };
    return std::any_of(node.begin(), node.end(), [&is_wanted](const dom::key_value_pair& member) {
      if (!IsTypeMember(View(member.key))) return false;
      const auto list = AsArray(member.value);
      return list.has_value() ? std::any_of(list->begin(), list->end(), is_wanted) : is_wanted(member.value);
    });
  }

  void Value(TermKind kind, dom::element value, const JsonPath& path) {
    switch (value.type()) {
      case dom::element_type::NULL_VALUE:
        return;
      case dom::element_type::ARRAY: {
        const dom::array list = *AsArray(value);
        size_t index = 0;
        for (const dom::element entry : list) Value(kind, entry, path.Entry(index++));
        return;
      }
      case dom::element_type::OBJECT:
        return Object(kind, *AsObject(value), path);
      default:
        if (kind != kNode) {
          const std::optional<v3::Datatype> datatype = DatatypeOf(kind);
          if (datatype.has_value()) CheckLexical(*datatype, value, path);
        } else if (const auto text = AsString(value); text.has_value() && !NamesNode(*text)) {
          Report(path, "jsonld.relative-iri", "a node or an absolute IRI is expected; there is a text");
        }
    }
  }

  void CheckLexical(v3::Datatype datatype, dom::element value, const JsonPath& path) {
    if (const auto text = AsString(value)) {
      if (IsLexical(datatype, *text)) return;
    } else if (const auto literal = LexicalOf(value); !literal.has_value() || IsLexical(datatype, *literal)) {
      return;
    }
    Report(path, "jsonld.datatype",
           absl::StrCat("a value of ", DatatypeName(datatype), " is expected; there is another"));
  }

  static bool HasKeyword(dom::object object) {
    for (const dom::key_value_pair member : object) {
      if (!member.key.empty() && member.key.front() == '@') return true;
    }
    return false;
  }

  void Object(TermKind kind, dom::object object, const JsonPath& path) {
    if (!HasKeyword(object)) return Node(object, path);
    dom::element inner;
    if (object["@value"].get(inner) == simdjson::SUCCESS) {
      dom::element type;
      const bool typed =
          object["@type"].get(type) == simdjson::SUCCESS || object["type"].get(type) == simdjson::SUCCESS;
      if (!typed || AsString(type) == std::nullopt) return;
      const std::optional<v3::Datatype> datatype = DatatypeOf(kind);
      if (datatype.has_value() && IsTypeOf(*AsString(type), *datatype)) CheckLexical(*datatype, inner, path);
      return;
    }
    if (object["@list"].get(inner) == simdjson::SUCCESS || object["@set"].get(inner) == simdjson::SUCCESS) {
      return Value(kind, inner, path);
    }
    Node(object, path);
  }

  // A value of which no context says anything.
  void Anything(dom::element value, const JsonPath& path) {
    ++outside_;
    Value(kPlain, value, path);
    --outside_;
  }

  void LanguageMap(dom::object map, const JsonPath& path) {
    for (const dom::key_value_pair member : map) {
      const JsonPath place = path.Member(View(member.key));
      if (place.name != "@none" && !IsLanguageTag(place.name)) {
        Report(place, "jsonld.language-tag", "a language tag by BCP 47 is expected as the name of this member");
      }
      const auto is_text = [](dom::element entry) { return entry.is_null() || AsString(entry).has_value(); };
      const auto list = AsArray(member.value);
      if (list.has_value() ? !std::all_of(list->begin(), list->end(), is_text) : !is_text(member.value)) {
        Report(place, "jsonld.language-map", "texts are expected in a language map; there is another value");
      }
    }
  }

  const NodeGraph& graph_;
  JsonLdReading reading_;
  int outside_ = 0;  // members around the node of which no context says anything
};

}  // namespace

JsonLdReading ReadAsJsonLd(dom::object credential, const NodeGraph& graph) { return JsonLdWalk(graph).Run(credential); }

std::string PointerInJson(dom::object credential, absl::string_view pointer) {
  std::string place;
  if (!absl::ConsumePrefix(&pointer, "/")) return place;
  std::optional<dom::object> object = credential;
  std::optional<dom::array> array;
  const auto enter = [&object, &array, &place](std::optional<dom::element> value) {
    if (const auto set = value.has_value() ? AsSet(*value) : std::nullopt) {
      place += "/@set";
      value = set;
    }
    object = value.has_value() ? AsObject(*value) : std::nullopt;
    array = value.has_value() ? AsArray(*value) : std::nullopt;
  };
  const auto enter_entry = [&array, &enter](size_t index) {
    dom::element entry;
    const bool there = array->at(index).get(entry) == simdjson::SUCCESS;
    enter(there ? std::optional(entry) : std::nullopt);
  };
  for (const absl::string_view token : absl::StrSplit(pointer, '/')) {
    size_t index = 0;
    const bool is_index = absl::SimpleAtoi(token, &index);
    while (array.has_value() && !is_index) {
      absl::StrAppend(&place, "/0");
      enter_entry(0);
    }
    absl::StrAppend(&place, "/", token);
    if (array.has_value()) {
      enter_entry(index);
    } else {
      const std::string name = absl::StrReplaceAll(token, {{"~1", "/"}, {"~0", "~"}});
      enter(object.has_value() ? base::Find(*object, name) : std::nullopt);
    }
  }
  if (array.has_value() && array->size() == 1) place += "/0";
  return place;
}

bool IsLanguageTag(absl::string_view text) {
  constexpr size_t kSubtagMax = 8;
  bool first = true;
  size_t length = 0;  // of the subtag
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '-' && length > 0) {
      first = false;
      length = 0;
    } else if (++length > kSubtagMax || (first ? !absl::ascii_isalpha(byte) : !absl::ascii_isalnum(byte))) {
      return false;
    }
  }
  return length > 0;
}

}  // namespace passerelle::elm
