#include "gateway/cli/catalogue_command.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/json.h"
#include "core/base/one_line.h"
#include "core/catalogue/co_design.h"
#include "core/catalogue/principles.h"
#include "gateway/catalogue/open_offers.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/yaml.h"

namespace passerelle::gateway {
namespace {

namespace catalogue_v1 = catalogue::v1;

// Changes that one call lists.
constexpr int kChangesMax = 10'000;

void WriteStrings(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& texts,
                  base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
}

void WriteTexts(absl::string_view name, const google::protobuf::RepeatedPtrField<catalogue_v1::Text>& texts,
                base::JsonWriter* json) {
  json->Key(name);
  json->BeginObject();
  for (const catalogue_v1::Text& text : texts) json->Member(text.language(), text.value());
  json->EndObject();
}

void WriteCoDesigners(const catalogue_v1::Offer& offer, base::JsonWriter* json) {
  json->Key("co_designed_by");
  json->BeginArray();
  for (const catalogue_v1::CoDesigner& designer : offer.co_designed_by()) {
    json->BeginObject();
    json->Member("id", designer.id());
    json->Member("kind", catalogue::CoDesignerWord(designer.kind()));
    WriteTexts("names", designer.names(), json);
    json->EndObject();
  }
  json->EndArray();
}

void WriteOffer(const catalogue_v1::Offer& offer, base::JsonWriter* json) {
  json->BeginObject();
  json->Member("id", offer.id());
  WriteTexts("titles", offer.titles(), json);
  json->Member("provider", offer.provider());
  json->Member("country", offer.country());
  json->Member("provider_type", offer.provider_type());
  WriteCoDesigners(offer, json);
  WriteStrings("tags", offer.tags(), json);
  json->Member("eqf_level", static_cast<int64_t>(offer.eqf_level()));
  json->Member("credits", offer.credits());
  WriteStrings("fields", offer.fields(), json);
  WriteStrings("modes", offer.modes(), json);
  WriteStrings("languages", offer.languages(), json);
  WriteStrings("specifications", offer.specifications(), json);
  json->Member("homepage", offer.homepage());
  json->EndObject();
}

absl::string_view KindWord(catalogue_v1::ChangeKind kind) {
  switch (kind) {
    case catalogue_v1::CHANGE_KIND_ADDED:
      return "ADDED";
    case catalogue_v1::CHANGE_KIND_CHANGED:
      return "CHANGED";
    case catalogue_v1::CHANGE_KIND_WITHDRAWN:
      return "WITHDRAWN";
    default:
      return "UNKNOWN";
  }
}

}  // namespace

int RunSearch(const SearchRequest& request, const Console& console) {
  const auto book = OpenOffers(request.index);
  if (!book.ok()) return Refuse(book.status(), console);
  const auto offers = (*book)->Search(request.query);
  if (!offers.ok()) return Refuse(offers.status(), console);
  if (!request.json) {
    for (const catalogue_v1::Offer& offer : *offers) {
      const std::string title = offer.titles().empty() ? "" : offer.titles(0).value();
      console.out << base::OneLine(absl::StrCat(offer.id(), "  ", title)) << "\n";
    }
    return kExitDone;
  }
  std::string text;
  base::JsonWriter json(text);
  json.BeginArray();
  for (const catalogue_v1::Offer& offer : *offers) WriteOffer(offer, &json);
  json.EndArray();
  console.out << text << "\n";
  return kExitDone;
}

int RunChanges(const std::string& index, uint64_t after, const Console& console) {
  const auto book = OpenOffers(index);
  if (!book.ok()) return Refuse(book.status(), console);
  const auto changes = (*book)->Changes(after, kChangesMax);
  if (!changes.ok()) return Refuse(changes.status(), console);
  for (const catalogue_v1::Change& change : *changes) {
    std::string line;
    base::JsonWriter json(line);
    json.BeginObject();
    json.Member("sequence", static_cast<int64_t>(change.sequence()));
    json.Member("offer", change.offer_id());
    json.Member("kind", KindWord(change.kind()));
    json.Member("date", change.date());
    json.EndObject();
    console.out << line << "\n";
  }
  return kExitDone;
}

int RunChecklist(const std::string& profile, const std::string& day, const Console& console) {
  catalogue_v1::ProviderProfile stated;
  const absl::Status read = ReadYamlFile(profile, &stated);
  if (!read.ok()) return Refuse(read, console);
  const auto checklist = catalogue::ChecklistOf(stated, day);
  if (!checklist.ok()) return Refuse(checklist.status(), console);
  for (const catalogue_v1::Principle& principle : checklist->principles()) {
    console.out << absl::StrFormat("%2d  %-24s  ", principle.number(), principle.name());
    std::string evidence = "none";
    for (int i = 0; i < principle.evidence_size(); ++i) {
      evidence = i == 0 ? principle.evidence(i) : absl::StrCat(evidence, "; ", principle.evidence(i));
    }
    console.out << evidence << (principle.missing().empty() ? "" : absl::StrCat(" (", principle.missing(), ")"))
                << "\n";
  }
  return kExitDone;
}

}  // namespace passerelle::gateway
