#include "adapters/loq/shapes.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/loq/names.h"
#include "core/base/limits.h"
#include "core/elm/codec_tables.h"
#include "passerelle/elm/v3/options.pb.h"

namespace passerelle::adapters::loq {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Least number of values by the profile; 0 for what it lacks.
uint32_t LeastOf(const FieldDescriptor& field) {
  const elm::v3::PropertyOptions& options = field.options().GetExtension(elm::v3::property);
  for (const elm::v3::ProfileRule& rule : options.elsewhere()) {
    if (rule.profile() == elm::v3::PROFILE_LOQ) return rule.absent() ? 0 : rule.min();
  }
  return options.min();
}

class Checker {
 public:
  explicit Checker(Step step) : step_(step) {}

  std::vector<document::v1::Diagnostic> Check(const elm::v3::Dataset& catalogue,
                                              const std::vector<std::string>& places) {
    const elm::ClassTable& table = elm::TableOf(*elm::v3::DatasetNode::descriptor());
    for (int i = 0; i < catalogue.node_size(); ++i) {
      const auto at = static_cast<size_t>(i);
      Visit(catalogue.node(i), table, at < places.size() ? places[at] : "");
    }
    return std::move(found_);
  }

 private:
  void Visit(const Message& message, const elm::ClassTable& table, const std::string& place) {
    const Reflection& reflection = *message.GetReflection();
    for (const elm::Alternative& alternative : table.alternatives) {
      if (!reflection.HasField(message, alternative.field)) continue;
      Visit(reflection.GetMessage(message, alternative.field), *alternative.table, place);
    }
    // A node of which only the id is stated is described elsewhere.
    std::vector<const FieldDescriptor*> stated;
    reflection.ListFields(message, &stated);
    const bool reference = table.id != nullptr && stated.size() <= 1 && reflection.HasField(message, table.id);
    if (reference) return;
    for (const elm::PropertyTable& property : table.properties) {
      if (Count(message, property) < LeastOf(*property.field)) Report(place, table, property);
      if (property.kind == elm::ValueKind::kNode) VisitValues(message, table, property, place);
    }
  }

  static uint32_t Count(const Message& message, const elm::PropertyTable& property) {
    const Reflection& reflection = *message.GetReflection();
    if (property.repeated) return static_cast<uint32_t>(reflection.FieldSize(message, property.field));
    return reflection.HasField(message, property.field) ? 1 : 0;
  }

  void VisitValues(const Message& message, const elm::ClassTable& table, const elm::PropertyTable& property,
                   const std::string& place) {
    const Reflection& reflection = *message.GetReflection();
    const int count = static_cast<int>(Count(message, property));
    for (int i = 0; i < count; ++i) {
      const Message& value = property.repeated ? reflection.GetRepeatedMessage(message, property.field, i)
                                               : reflection.GetMessage(message, property.field);
      Visit(value, *property.target, absl::StrCat(place, step_(table, property, i, count)));
    }
  }

  void Report(const std::string& place, const elm::ClassTable& table, const elm::PropertyTable& property) {
    if (found_.size() >= base::kFindingsMax) return;
    document::v1::Diagnostic& diagnostic = found_.emplace_back();
    diagnostic.set_rule("shape.min");
    diagnostic.set_place(place);
    diagnostic.set_message(
        absl::StrCat("The profile for catalogues demands ", property.name, " of ", table.name, "; there is none."));
    diagnostic.set_severity(document::v1::SEVERITY_WARNING);
  }

  const Step step_;
  std::vector<document::v1::Diagnostic> found_;
};

}  // namespace

std::string JsonStep(const elm::ClassTable& /*table*/, const elm::PropertyTable& property, int index, int count) {
  return count > 1 ? absl::StrCat(property.pointer_token, "/", index) : property.pointer_token;
}

std::string XmlStep(const elm::ClassTable& table, const elm::PropertyTable& property, int index, int /*count*/) {
  for (const Element& element : ElementsOf(table.name)) {
    if (element.property == &property) return absl::StrCat("/", element.name, "[", index + 1, "]");
  }
  return property.pointer_token;
}

std::vector<document::v1::Diagnostic> CheckShapes(const elm::v3::Dataset& catalogue,
                                                  const std::vector<std::string>& places, Step step) {
  return Checker(step).Check(catalogue, places);
}

}  // namespace passerelle::adapters::loq
