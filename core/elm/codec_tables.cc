#include "core/elm/codec_tables.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/json.h"
#include "core/elm/codec_literal.h"
#include "core/elm/set_fields.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MessageFactory;

constexpr absl::string_view kModelNamespace = "http://data.europa.eu/snb/model/elm/";
constexpr absl::string_view kModelNamespace33 = "http://data.europa.eu/snb/model/ontology/";
constexpr absl::string_view kProfileNamespace33 = "http://data.europa.eu/snb/model/application-profile/";

// Prefixes of the context of model 3.2.
constexpr std::pair<absl::string_view, absl::string_view> kPrefixes[] = {
    {"cred", "https://www.w3.org/2018/credentials#"}, {"elm", kModelNamespace},
    {"adms", "http://www.w3.org/ns/adms#"},           {"dc", "http://purl.org/dc/terms/"},
    {"foaf", "http://xmlns.com/foaf/0.1/"},           {"org", "http://www.w3.org/ns/org#"},
    {"rov", "http://www.w3.org/ns/regorg#"},          {"skos", "http://www.w3.org/2004/02/skos/core#"},
    {"person", "http://www.w3.org/ns/person#"},       {"locn", "http://www.w3.org/ns/locn#"},
};

// Terms that other contexts used, and a misspelling with a Greek iota that official samples carried for years.
constexpr std::pair<absl::string_view, absl::string_view> kFormerTerms[] = {
    {"mailbox", "emailAddress"},
    {"resultDestribution", "resultDistribution"},
    {"eIDAS\xce\x99"
     "dentifier",
     "eIDASIdentifier"},
};

// Namespaces of which schemas of the model use the local name where the context has another term or none. Others, such
// as Dublin Core with its "type", would clash.
constexpr absl::string_view kLocalNameNamespaces[] = {kModelNamespace, "http://www.w3.org/ns/org#",
                                                      "http://www.w3.org/ns/locn#", "http://data.europa.eu/m8g/"};

// Types that model 3.2 added to 3.1, and the one term.
constexpr absl::string_view kTypesOf32[] = {"CredentialStatus", "Proof", "TermsOfUse"};
constexpr absl::string_view kTermOf32 = "resultDistribution";

std::string CompactIri(absl::string_view iri) {
  for (const auto& [prefix, expansion] : kPrefixes) {
    absl::string_view local = iri;
    if (absl::ConsumePrefix(&local, expansion)) return absl::StrCat(prefix, ":", local);
  }
  return "";
}

std::string IriOf33(absl::string_view iri) {
  return absl::ConsumePrefix(&iri, kModelNamespace) ? absl::StrCat(kModelNamespace33, iri) : "";
}

std::string LocalName(absl::string_view iri) {
  for (const absl::string_view expansion : kLocalNameNamespaces) {
    absl::string_view local = iri;
    if (absl::ConsumePrefix(&local, expansion) && !local.empty()) return std::string(local);
  }
  return "";
}

ValueKind KindOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type() == v3::LanguageString::descriptor() ? ValueKind::kLanguageText : ValueKind::kNode;
    case FieldDescriptor::CPPTYPE_INT64:
      return ValueKind::kInteger;
    case FieldDescriptor::CPPTYPE_BOOL:
      return ValueKind::kBoolean;
    default:
      return ValueKind::kText;
  }
}

class Tables {
 public:
  static const Tables& Get() {
    static const Tables* const tables = new Tables();
    return *tables;
  }

  const ClassTable& Of(const Descriptor& descriptor) const { return *classes_.at(&descriptor); }

  const TypeTable* Type(absl::string_view stated) const { return types_.Find(stated); }

 private:
  Tables() {
    const FileDescriptor& file = *v3::EuropeanDigitalCredential::descriptor()->file();
    for (int i = 0; i < file.message_type_count(); ++i) {
      const Descriptor& descriptor = *file.message_type(i);
      if (!descriptor.options().HasExtension(v3::class_)) continue;
      classes_[&descriptor] = std::make_unique<ClassTable>();
    }
    types_["VerifiableCredential"] = {"VerifiableCredential", nullptr, false, false};
    for (auto& [descriptor, table] : classes_) {
      table->descriptor = descriptor;
      table->reflection = MessageFactory::generated_factory()->GetPrototype(descriptor)->GetReflection();
      const v3::ClassOptions& options = descriptor->options().GetExtension(v3::class_);
      if (options.union_()) {
        FillUnion(*table);
      } else {
        table->name = options.name();
        FillClass(*table);
        FillTypes(*table, options.iri());
      }
    }
    for (auto& [descriptor, table] : classes_) {
      if (!table->is_union()) table->own_type = Type(table->name);
    }
  }

  void FillUnion(ClassTable& table) {
    for (int i = 0; i < table.descriptor->field_count(); ++i) {
      const FieldDescriptor* const field = table.descriptor->field(i);
      table.alternatives.push_back({field, classes_.at(field->message_type()).get()});
    }
  }

  void FillClass(ClassTable& table) {
    table.id = table.descriptor->FindFieldByName("id");
    table.type = table.descriptor->FindFieldByName("type");
    table.unknown_members = table.descriptor->FindFieldByName("unknown_members");
    table.order = table.descriptor->FindFieldByName("order");
    table.context = table.descriptor->FindFieldByName("context");
    for (const absl::string_view name : {"id", "@id"}) table.members[name].kind = MemberKind::kId;
    for (const absl::string_view name : {"type", "@type"}) table.members[name].kind = MemberKind::kType;
    for (const std::string& name :
         {std::string("order"), std::string("elm:order"), absl::StrCat(kModelNamespace33, "order")}) {
      table.members[name] = {MemberKind::kOrder, nullptr, true, true, false};
    }
    if (table.context != nullptr) table.members["@context"].kind = MemberKind::kContext;
    table.properties.reserve(static_cast<size_t>(table.descriptor->field_count()));
    for (int i = 0; i < table.descriptor->field_count(); ++i) {
      const FieldDescriptor& field = *table.descriptor->field(i);
      if (field.options().HasExtension(v3::property)) AddProperty(table, field);
    }
    table.lister = ListerOf(*table.descriptor);
    for (int i = 0; i < table.descriptor->field_count(); ++i) {
      const auto end = static_cast<size_t>(table.descriptor->field(i)->number()) + 1;
      table.by_number.resize(std::max(table.by_number.size(), end));
    }
    for (const PropertyTable& property : table.properties) {
      table.by_number[static_cast<size_t>(property.field->number())] = &property;
      if (property.options->min() > 0) table.required.push_back(&property);
    }
    // Last, so that no former or local name takes the place of a term.
    for (const PropertyTable& property : table.properties) AddOtherNames(table, property);
  }

  void AddProperty(ClassTable& table, const FieldDescriptor& field) {
    const v3::PropertyOptions& options = field.options().GetExtension(v3::property);
    PropertyTable& property = table.properties.emplace_back();
    property.field = &field;
    property.name = options.term().empty() ? options.iri() : options.term();
    base::AppendPointerToken(property.name, property.pointer_token);
    property.kind = KindOf(field);
    property.datatype = options.datatype();
    property.repeated = field.is_repeated();
    property.states_datatype =
        options.term().empty() && property.kind == ValueKind::kText && !IsTextDatatype(property.datatype);
    property.options = &options;
    if (property.kind == ValueKind::kNode) property.target = classes_.at(field.message_type()).get();
    MemberTable& member = table.members[property.name];
    member.property = &property;
    member.model_3_2 = property.name == kTermOf32;
    member.model_3_3 = options.model_3_3();
  }

  void AddOtherNames(ClassTable& table, const PropertyTable& property) {
    const std::string& iri = property.field->options().GetExtension(v3::property).iri();
    const auto add = [&table, &property](const std::string& name, bool defined, bool model_3_3) {
      if (!name.empty()) {
        table.members.Add(name, {MemberKind::kProperty, &property, defined, model_3_3, false});
      }
    };
    add(iri, true, false);
    add(CompactIri(iri), true, false);
    add(IriOf33(iri), true, true);
    for (const auto& [former, term] : kFormerTerms) {
      if (term == property.name) add(std::string(former), false, false);
    }
    add(LocalName(iri), false, false);
  }

  void FillTypes(const ClassTable& table, const std::string& iri) {
    bool model_3_2 = false;
    for (const absl::string_view name : kTypesOf32) model_3_2 = model_3_2 || name == table.name;
    const bool model_3_3 = absl::StartsWith(iri, kModelNamespace33);
    for (const std::string& stated : {table.name, iri, CompactIri(iri), absl::StrCat(kModelNamespace, table.name)}) {
      if (!stated.empty()) types_.Add(stated, {table.name, &table, model_3_3, model_3_2});
    }
    types_.Add(absl::StrCat(kModelNamespace33, table.name), {table.name, &table, true, false});
  }

  absl::flat_hash_map<const Descriptor*, std::unique_ptr<ClassTable>> classes_;
  NameTable<TypeTable> types_;
};

}  // namespace

const ClassTable& TableOf(const Descriptor& descriptor) { return Tables::Get().Of(descriptor); }

const TypeTable* FindType(absl::string_view stated) { return Tables::Get().Type(stated); }

bool IsModel33Iri(absl::string_view iri) {
  return absl::StartsWith(iri, kModelNamespace33) || absl::StartsWith(iri, kProfileNamespace33);
}

}  // namespace passerelle::elm
