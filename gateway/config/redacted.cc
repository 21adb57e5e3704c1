#include "gateway/config/redacted.h"

#include <libpq-fe.h>

#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace passerelle::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// Words in the neighbourhood of which a secret stands, in a text that libpq does not take.
constexpr absl::string_view kSecretWords[] = {"password", "passwd", "pin-value", "postgres://", "postgresql://"};

// The connection string in the form of keywords, with its secrets redacted; empty when libpq takes it for none.
std::string RedactedConnection(const std::string& text) {
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(text.c_str(), nullptr));
  if (options == nullptr) return "";
  std::string out;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    // libpq marks what a dialog must not show with an asterisk.
    const std::string value = option->dispchar[0] == '*' ? kRedacted : option->val;
    absl::StrAppend(&out, out.empty() ? "" : " ", option->keyword, "='",
                    absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
  }
  return out;
}

// Whether a field says where a secret is found, such as password_file, and holds none.
bool NamesAPlace(const FieldDescriptor* field) {
  return absl::EndsWith(field->name(), "_file") || absl::EndsWith(field->name(), "_variable");
}

}  // namespace

std::string RedactedText(absl::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  for (const absl::string_view word : kSecretWords) {
    if (!absl::StrContains(lower, word)) continue;
    const std::string connection = RedactedConnection(std::string(text));
    return connection.empty() ? kRedacted : connection;
  }
  return std::string(text);
}

void RedactSecrets(Message* message) {
  const Reflection* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_message && (field->type() != FieldDescriptor::TYPE_STRING || NamesAPlace(field))) continue;
    if (!field->is_repeated()) {
      if (is_message) {
        RedactSecrets(reflection->MutableMessage(message, field));
      } else {
        reflection->SetString(message, field, RedactedText(reflection->GetString(*message, field)));
      }
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      if (is_message) {
        RedactSecrets(reflection->MutableRepeatedMessage(message, field, i));
      } else {
        reflection->SetRepeatedString(message, field, i,
                                      RedactedText(reflection->GetRepeatedString(*message, field, i)));
      }
    }
  }
}

}  // namespace passerelle::gateway
