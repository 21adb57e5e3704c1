#include "core/recognition/plain_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::recognition {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr unsigned char kC1Lead = 0xC2;  // first byte of U+0080 to U+009F in UTF-8
constexpr unsigned char kC1First = 0x80;
constexpr unsigned char kC1Last = 0x9F;

bool HasControl(absl::string_view text) {
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool of_layout = byte == '\n' || byte == '\r' || byte == '\t';
    if ((byte < 0x20 && !of_layout) || byte == 0x7F) return true;
    // A line feed belongs to it: alone it goes back over what stands there.
    if (before == '\r' && byte != '\n') return true;
    if (before == kC1Lead && byte >= kC1First && byte <= kC1Last) return true;
    before = byte;
  }
  return before == '\r';
}

// One value of a field: the text at `place`, or all texts of the message there. `index` is negative for a single one.
absl::Status CheckValue(const std::string& place, const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return CheckPlainTexts(place, index < 0 ? reflection.GetMessage(message, &field)
                                            : reflection.GetRepeatedMessage(message, &field, index));
  }
  if (field.type() != FieldDescriptor::TYPE_STRING) return absl::OkStatus();
  return CheckPlainText(
      place, index < 0 ? reflection.GetString(message, &field) : reflection.GetRepeatedString(message, &field, index));
}

}  // namespace

absl::Status CheckPlainText(absl::string_view place, absl::string_view text) {
  if (!HasControl(text)) return absl::OkStatus();
  return base::Problem(base::Reason::kFieldInvalid, place,
                       "it has a control character other than a tab or the end of a line");
}

absl::Status CheckPlainTexts(absl::string_view place, const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  const Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    const std::string here = absl::StrCat(place, place.empty() ? "" : ".", field->name());
    if (!field->is_repeated()) RETURN_IF_ERROR(CheckValue(here, message, *field, -1));
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 0;
    for (int i = 0; i < count; ++i) RETURN_IF_ERROR(CheckValue(absl::StrCat(here, "[", i, "]"), message, *field, i));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::recognition
