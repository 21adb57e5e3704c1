#include "adapters/loq/shapes.h"

#include <string>

#include "absl/strings/str_cat.h"
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
  std::vector<document::v1::Diagnostic> Check(const elm::v3::Dataset& catalogue) {
    const elm::ClassTable& table = elm::TableOf(*elm::v3::DatasetNode::descriptor());
    for (int i = 0; i < catalogue.node_size(); ++i) Visit(catalogue.node(i), table, absl::StrCat("/node/", i));
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
      const std::string here = absl::StrCat(place, "/", property.name);
      if (Count(message, property) < LeastOf(*property.field)) Report(here);
      if (property.kind == elm::ValueKind::kNode) VisitValues(message, property, here);
    }
  }

  static uint32_t Count(const Message& message, const elm::PropertyTable& property) {
    const Reflection& reflection = *message.GetReflection();
    if (property.repeated) return static_cast<uint32_t>(reflection.FieldSize(message, property.field));
    return reflection.HasField(message, property.field) ? 1 : 0;
  }

  void VisitValues(const Message& message, const elm::PropertyTable& property, const std::string& place) {
    const Reflection& reflection = *message.GetReflection();
    if (!property.repeated) {
      if (!reflection.HasField(message, property.field)) return;
      return Visit(reflection.GetMessage(message, property.field), *property.target, place);
    }
    for (int i = 0; i < reflection.FieldSize(message, property.field); ++i) {
      Visit(reflection.GetRepeatedMessage(message, property.field, i), *property.target, absl::StrCat(place, "/", i));
    }
  }

  void Report(const std::string& place) {
    if (found_.size() >= base::kFindingsMax) return;
    document::v1::Diagnostic& diagnostic = found_.emplace_back();
    diagnostic.set_rule("shape.min");
    diagnostic.set_place(place);
    diagnostic.set_message("The profile for catalogues demands a value here.");
    diagnostic.set_severity(document::v1::SEVERITY_WARNING);
  }

  std::vector<document::v1::Diagnostic> found_;
};

}  // namespace

std::vector<document::v1::Diagnostic> CheckShapes(const elm::v3::Dataset& catalogue) {
  return Checker().Check(catalogue);
}

}  // namespace passerelle::adapters::loq
