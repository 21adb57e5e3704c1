#include "adapters/loq/shapes.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/loq/names.h"
#include "core/document/allowance.h"
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
  Checker(PlaceOf place_of, Step step) : place_of_(place_of), step_(step) {}

  std::vector<document::v1::Diagnostic> Check(const elm::v3::Dataset& catalogue) {
    const elm::ClassTable& table = elm::TableOf(*elm::v3::DatasetNode::descriptor());
    for (int i = 0; i < catalogue.node_size(); ++i) {
      node_ = static_cast<size_t>(i);
      Visit(catalogue.node(i), table);
    }
    return std::move(found_);
  }

 private:
  void Visit(const Message& message, const elm::ClassTable& table) {
    const Reflection& reflection = *message.GetReflection();
    for (const elm::Alternative& alternative : table.alternatives) {
      if (!reflection.HasField(message, alternative.field)) continue;
      Visit(reflection.GetMessage(message, alternative.field), *alternative.table);
    }
    // A node of which only the id is stated is described elsewhere.
    std::vector<const FieldDescriptor*> stated;
    reflection.ListFields(message, &stated);
    const bool reference = table.id != nullptr && stated.size() <= 1 && reflection.HasField(message, table.id);
    if (reference) return;
    for (const elm::PropertyTable& property : table.properties) {
      if (Count(message, property) < LeastOf(*property.field)) Report(table, property);
      if (property.kind == elm::ValueKind::kNode) VisitValues(message, table, property);
    }
  }

  static uint32_t Count(const Message& message, const elm::PropertyTable& property) {
    const Reflection& reflection = *message.GetReflection();
    if (property.repeated) return static_cast<uint32_t>(reflection.FieldSize(message, property.field));
    return reflection.HasField(message, property.field) ? 1 : 0;
  }

  void VisitValues(const Message& message, const elm::ClassTable& table, const elm::PropertyTable& property) {
    const Reflection& reflection = *message.GetReflection();
    const int count = static_cast<int>(Count(message, property));
    for (int i = 0; i < count; ++i) {
      const Message& value = property.repeated ? reflection.GetRepeatedMessage(message, property.field, i)
                                               : reflection.GetMessage(message, property.field);
      steps_.push_back(step_(table, property, i, count));
      Visit(value, *property.target);
      steps_.pop_back();
    }
  }

  void Report(const elm::ClassTable& table, const elm::PropertyTable& property) {
    std::string place;
    const bool takes = listed_.Takes([&] {
      place = absl::StrCat(place_of_(node_), absl::StrJoin(steps_, ""));
      return place.size();
    });
    if (!takes) return;
    document::v1::Diagnostic& diagnostic = found_.emplace_back();
    diagnostic.set_rule("shape.min");
    diagnostic.set_place(std::move(place));
    diagnostic.set_message(
        absl::StrCat("The profile for catalogues demands ", property.name, " of ", table.name, "; there is none."));
    diagnostic.set_severity(document::v1::SEVERITY_WARNING);
  }

  const PlaceOf place_of_;
  const Step step_;
  size_t node_ = 0;                 // of the catalogue
  std::vector<std::string> steps_;  // from there
  document::Listing listed_;
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

std::vector<document::v1::Diagnostic> CheckShapes(const elm::v3::Dataset& catalogue, PlaceOf place_of, Step step) {
  return Checker(place_of, step).Check(catalogue);
}

}  // namespace passerelle::adapters::loq
