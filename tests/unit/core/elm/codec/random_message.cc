#include "tests/unit/core/elm/codec/random_message.h"

#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/elm/codec_tables.h"

namespace passerelle::elm {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDepthMax = 12;

class Generator {
 public:
  Generator(std::mt19937& random, int nodes) : random_(random), nodes_(nodes) {}

  void Fill(Message& message, const ClassTable& table, int depth) {
    const Reflection& reflection = *message.GetReflection();
    if (table.is_union()) {
      const Alternative& chosen = table.alternatives[Below(table.alternatives.size())];
      return Fill(*reflection.MutableMessage(&message, chosen.field), *chosen.table, depth);
    }
    --nodes_;
    if (OneIn(2)) reflection.SetString(&message, table.id, absl::StrCat("urn:node:", Below(1000)));
    // A union is told by its types, so that a node of one has to state them, except for a mere reference to the first.
    if (OneIn(8) && nodes_ > 0 && depth > 0) {
      if (reflection.GetStringReference(message, table.id, &scratch_).empty()) {
        reflection.SetString(&message, table.id, "urn:node:reference");
      }
      reflection.AddString(&message, table.type, table.name);
      return;
    }
    if (table.context != nullptr) reflection.AddString(&message, table.type, "VerifiableCredential");
    reflection.AddString(&message, table.type, table.name);
    if (OneIn(10)) reflection.AddString(&message, table.type, "TidalClass");
    if (OneIn(10)) reflection.SetInt64(&message, table.order, 1 + static_cast<int64_t>(Below(9)));
    for (const PropertyTable& property : table.properties) {
      if (OneIn(5)) FillProperty(message, property, depth);
    }
    if (OneIn(6)) Keep(message, table);
  }

 private:
  size_t Below(size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random_); }
  bool OneIn(size_t chances) { return Below(chances) == 0; }

  std::string Text() {
    static constexpr const char* kPieces[] = {"a", "Tide ", "\"", "\\", "\n", "\t", "\x01", "/",
                                              "é", "ж",     "漢", "😀",  "{}", "[]", "null", " 7.50"};
    std::string text;
    for (size_t i = 0, end = 1 + Below(6); i < end; ++i) absl::StrAppend(&text, kPieces[Below(std::size(kPieces))]);
    if (OneIn(20)) absl::StrAppend(&text, std::string(3000, 'A'));
    return text;
  }

  void FillProperty(Message& message, const PropertyTable& property, int depth) {
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor* const field = property.field;
    const size_t count = property.repeated ? 1 + Below(3) : 1;
    switch (property.kind) {
      case ValueKind::kInteger:
        return reflection.SetInt64(&message, field, static_cast<int64_t>(random_()) - (int64_t{1} << 31));
      case ValueKind::kBoolean:
        return reflection.SetBool(&message, field, OneIn(2));
      case ValueKind::kText:
        for (size_t i = 0; i < count; ++i) {
          if (property.repeated) {
            reflection.AddString(&message, field, Text());
          } else {
            reflection.SetString(&message, field, Text());
          }
        }
        return;
      case ValueKind::kLanguageText:
        return FillTexts(message, *field);
      case ValueKind::kNode:
        for (size_t i = 0; i < count && depth < kDepthMax && nodes_ > 0; ++i) {
          Fill(
              property.repeated ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field),
              *property.target, depth + 1);
        }
        return;
    }
  }

  // Texts of one language stand together, as reading brings them.
  void FillTexts(Message& message, const FieldDescriptor& field) {
    static constexpr const char* kLanguages[] = {"en", "bg", "nl", "und", "sr-Latn"};
    for (const char* const language : kLanguages) {
      if (!OneIn(3)) continue;
      for (size_t i = 0, end = 1 + Below(2); i < end; ++i) {
        auto* const text = static_cast<v3::LanguageString*>(message.GetReflection()->AddMessage(&message, &field));
        text->set_language(language);
        text->set_value(OneIn(9) ? "" : Text());
      }
    }
  }

  void Keep(Message& message, const ClassTable& table) {
    static constexpr const char* kValues[] = {"null", "7.50", R"({"a":[1,"b"]})", R"(["x",{}])", R"("text")", "true"};
    for (size_t i = 0, end = 1 + Below(2); i < end; ++i) {
      auto* const kept =
          static_cast<v3::UnknownMember*>(message.GetReflection()->AddMessage(&message, table.unknown_members));
      kept->set_name(absl::StrCat("tidal", i, OneIn(2) ? "\"" : ""));
      kept->set_json(kValues[Below(std::size(kValues))]);
    }
  }

  std::mt19937& random_;
  int nodes_;
  std::string scratch_;
};

}  // namespace

v3::EuropeanDigitalCredential RandomCredential(std::mt19937& random, int nodes) {
  v3::EuropeanDigitalCredential credential;
  for (const absl::string_view context : kContexts) credential.add_context(std::string(context));
  Generator(random, nodes).Fill(credential, TableOf(*credential.descriptor()), 0);
  return credential;
}

}  // namespace passerelle::elm
