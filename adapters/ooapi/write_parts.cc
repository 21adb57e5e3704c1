#include "adapters/ooapi/write_parts.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/families/names.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ooapi {
namespace {

using base::JsonWriter;
using elm::Vocabulary;

constexpr size_t kUuidLength = 36;
constexpr size_t kShortMax = 256;  // of the interface's schema

struct Cycle {
  absl::string_view eqf;
  absl::string_view word;
};
constexpr Cycle kCycles[] = {{"5", "associate_degree"}, {"6", "bachelor"}, {"7", "master"}, {"8", "doctoral"}};

// A UUID for an id: the one at its end, or one from its digest (RFC 9562, version 8).
std::string UuidOf(absl::string_view id) {
  const absl::string_view end = id.size() < kUuidLength ? id : id.substr(id.size() - kUuidLength);
  if (base::IsUuid(absl::AsciiStrToLower(end))) return absl::AsciiStrToLower(end);
  std::string hex = base::Sha256Hex(id).substr(0, 32);
  hex[12] = '8';
  hex[16] = 'a';
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

// The interface's schema has languages in small letters and regions in large ones; others are written without what
// follows the language.
std::string TagOf(absl::string_view language) {
  const size_t dash = language.find('-');
  if (dash == absl::string_view::npos) return std::string(language);
  const absl::string_view rest = language.substr(dash + 1);
  const bool region = rest.size() == 2 && absl::ascii_isupper(static_cast<unsigned char>(rest[0])) &&
                      absl::ascii_isupper(static_cast<unsigned char>(rest[1]));
  return std::string(region ? language : language.substr(0, dash));
}

// The three letters of a concept of the European list; empty for other concepts.
std::string ThreeLetters(absl::string_view iri) {
  const bool listed = absl::ConsumePrefix(&iri, elm::kLanguageScheme) && absl::ConsumePrefix(&iri, "/");
  const bool letters = std::all_of(iri.begin(), iri.end(), absl::ascii_isalpha);
  return listed && letters && iri.size() == 3 ? absl::AsciiStrToLower(iri) : "";
}

void WriteEntry(absl::string_view language, absl::string_view text, JsonWriter* json) {
  json->BeginObject();
  json->Member("language", TagOf(language));
  json->Member("value", text);
  json->EndObject();
}

}  // namespace

CatalogueParts::CatalogueParts(document::Source* source, const Version& version) : source_(*source), version_(version) {
  for (const SourceNode& node : source_.tree().nodes()) {
    const SourceNode* const id = node.kind == SourceNode::Kind::kObject ? IdOf(&node) : nullptr;
    if (id != nullptr && !node.IsReference()) described_.try_emplace(id->text, &node);
  }
}

std::string CatalogueParts::TypeOf(const SourceNode* node) const { return source_.TextOf(node, "type|@type"); }

const SourceNode* CatalogueParts::IdOf(const SourceNode* node) const { return source_.FindFirst(node, "id|@id"); }

const SourceNode* CatalogueParts::Resolve(const SourceNode* reference) const {
  const SourceNode* const id = reference == nullptr ? nullptr : IdOf(reference);
  const auto found = described_.find(id == nullptr ? "" : id->text);
  return found == described_.end() ? reference : found->second;
}

bool CatalogueParts::IsProgramme(const SourceNode* type) const {
  const auto code = elm::CodeOf(Vocabulary::kOpportunityType, source_.TextOf(type, "id|@id"));
  return code.has_value() && *code == elm::kOpportunityTypeEducationalProgramme;
}

std::vector<const SourceNode*> CatalogueParts::ValuesOf(const SourceNode* node, absl::string_view name) const {
  std::vector<const SourceNode*> values;
  for (const SourceNode* member = node == nullptr ? nullptr : node->first_child; member != nullptr;
       member = member->next_sibling) {
    if (member->name != name) continue;
    if (member->kind != SourceNode::Kind::kArray) {
      values.push_back(member);
      continue;
    }
    for (const SourceNode* entry = member->first_child; entry != nullptr; entry = entry->next_sibling) {
      values.push_back(entry);
    }
  }
  return values;
}

void CatalogueParts::WriteId(const SourceNode* node, absl::string_view member, JsonWriter* json) {
  const SourceNode* const id = IdOf(node);
  member = version_.Member(member);
  json->Member(member, UuidOf(id == nullptr ? source_.tree().Path(node) : id->text));
  if (id != nullptr) source_.Carry(id, member, kKept, "id.uuid");
}

void CatalogueParts::WriteReference(const SourceNode* node, absl::string_view member, JsonWriter* json) {
  const SourceNode* const id = IdOf(node);
  if (id == nullptr) return;
  member = version_.Member(member);
  json->Member(member, UuidOf(id->text));
  source_.Carry(id, member, kKept, "id.uuid");
}

void CatalogueParts::WriteReferences(const std::vector<Reference>& references, absl::string_view member,
                                     JsonWriter* json) {
  member = version_.Member(member);
  ListMember list(member, false, json);
  absl::flat_hash_set<std::string> written;
  for (const Reference& reference : references) {
    const SourceNode* const id = IdOf(reference.named);
    if (id == nullptr) continue;
    source_.Carry(IdOf(reference.stated), member, kKept, "id.uuid");
    const std::string uuid = UuidOf(id->text);
    if (!written.insert(uuid).second) continue;
    list.Next();
    json->String(uuid);
  }
}

void CatalogueParts::WriteDemanded(absl::string_view member, JsonWriter* json) {
  for (const Demand& demand : version_.demands) {
    if (demand.member != member) continue;
    json->Key(version_.Member(member));
    json->Raw(demand.nothing);
    source_.Supply(version_.Member(member), kDefaulted, "member.demanded");
  }
}

void CatalogueParts::WriteNoted(const SourceNode* node, absl::string_view label, absl::string_view member,
                                JsonWriter* json) {
  for (const SourceNode* note : ValuesOf(node, "additionalNote")) {
    const SourceNode* const text = source_.FindFirst(note, "noteLiteral/*");
    absl::string_view value = text == nullptr ? absl::string_view() : text->text;
    if (!absl::ConsumePrefix(&value, label) || (value != "true" && value != "false")) continue;
    json->Member(version_.Member(member), value == "true");
    source_.Carry(text, version_.Member(member), kKept, "note.labelled");
    return;
  }
  WriteDemanded(member, json);
}

void CatalogueParts::WriteCodes(const SourceNode* node, JsonWriter* json) {
  std::vector<const SourceNode*> codes;
  for (const SourceNode* identifier : ValuesOf(node, "identifier")) {
    if (source_.FindFirst(identifier, "notation") != nullptr) codes.push_back(identifier);
  }
  const auto write = [this, json](const SourceNode* identifier) {
    const SourceNode* const notation = source_.FindFirst(identifier, "notation");
    const std::string scheme = source_.TextOf(identifier, "schemeName");
    json->BeginObject();
    json->Member("codeType", version_.Word(scheme.empty() ? "identifier" : scheme));
    json->Member("code", notation->text);
    json->EndObject();
    source_.Carry(notation, "primaryCode", kKept, "");
    source_.Use(source_.FindFirst(identifier, "schemeName"));
  };
  json->Key("primaryCode");
  if (codes.empty()) {
    const SourceNode* const id = IdOf(node);
    json->BeginObject();
    json->Member("codeType", "identifier");
    json->Member("code", id == nullptr ? UuidOf(source_.tree().Path(node)) : id->text);
    json->EndObject();
    source_.Supply("primaryCode", kDefaulted, "code.id");
    return;
  }
  write(codes.front());
  if (codes.size() == 1) return;
  json->Key("otherCodes");
  json->BeginArray();
  std::for_each(codes.begin() + 1, codes.end(), write);
  json->EndArray();
}

void CatalogueParts::WriteEntries(const std::vector<const SourceNode*>& maps, absl::string_view member,
                                  JsonWriter* json) {
  ListMember list(version_.Member(member), false, json);
  AddEntries(maps, version_.Member(member), &list, json);
  if (!list.begun()) WriteDemanded(member, json);
}

void CatalogueParts::AddEntries(const std::vector<const SourceNode*>& maps, absl::string_view target, ListMember* list,
                                JsonWriter* json) {
  for (const SourceNode* map : maps) {
    for (const SourceNode* texts = map->first_child; texts != nullptr; texts = texts->next_sibling) {
      const bool several = texts->kind == SourceNode::Kind::kArray;
      for (const SourceNode* text = several ? texts->first_child : texts; text != nullptr;
           text = several ? text->next_sibling : nullptr) {
        list->Next();
        WriteEntry(texts->name, text->text, json);
        source_.Carry(text, target, kKept, "");
      }
    }
  }
}

void CatalogueParts::WriteTexts(const SourceNode* node, absl::string_view path, absl::string_view member,
                                JsonWriter* json) {
  if (node != nullptr) WriteEntries(source_.Find(node, path), member, json);
}

void CatalogueParts::WriteTextsOfFirst(const std::vector<std::pair<const SourceNode*, absl::string_view>>& places,
                                       absl::string_view member, JsonWriter* json) {
  for (const auto& [node, path] : places) {
    if (node == nullptr || source_.FindFirst(node, path) == nullptr) continue;
    return WriteTexts(node, path, member, json);
  }
  WriteDemanded(member, json);
}

void CatalogueParts::WriteShort(const SourceNode* node, absl::string_view member, JsonWriter* json) {
  const SourceNode* const map = source_.FindFirst(node, "altLabel");
  const SourceNode* const text = map == nullptr ? nullptr : source_.FindFirst(map, "*");
  if (text == nullptr || text->text.empty() || text->text.size() > kShortMax) {
    return WriteDemanded(member, json);
  }
  json->Member(member, text->text);
  source_.Carry(text, member, kKept, "");
}

void CatalogueParts::WriteValue(const SourceNode* node, absl::string_view path, absl::string_view member,
                                JsonWriter* json) {
  const SourceNode* const value = node == nullptr ? nullptr : source_.FindFirst(node, path);
  if (value == nullptr || value->text.empty()) return;
  json->Member(member, value->text);
  source_.Carry(value, member, kKept, "");
}

void CatalogueParts::WriteDate(const SourceNode* node, absl::string_view path, absl::string_view member,
                               JsonWriter* json) {
  const SourceNode* const value = node == nullptr || member.empty() ? nullptr : source_.FindFirst(node, path);
  const auto date = value == nullptr ? std::nullopt : elm::ReadDate(value->text);
  if (!date.has_value()) return;
  member = version_.Member(member);
  const std::string time = date->time.empty() ? "00:00:00" : date->time.substr(0, 8);
  if (version_.whole_days) {
    json->Member(member, date->day);
    if (time != "00:00:00") source_.Note("date.day", value, "There is place for the day only; its time was left out.");
  } else {
    json->Member(member, absl::StrCat(date->day, "T", time, date->zone.empty() ? "Z" : date->zone));
  }
  source_.Carry(value, member, kKept, "date.calendar");
}

std::string CatalogueParts::ModeOf(const SourceNode* mode) const {
  const SourceNode* const id = IdOf(mode);
  const auto code = elm::CodeOf(Vocabulary::kMode, id == nullptr ? "" : id->text);
  const SourceNode* const label = source_.FindFirst(mode, "prefLabel/*");
  const std::string word = label == nullptr ? "" : label->text;
  for (const ModeName& known : version_.modes) {
    const bool same = known.code.empty() ? known.word == word : code.has_value() && *code == known.code;
    if (same) return std::string(known.word);
  }
  return version_.other_modes ? word : "";
}

void CatalogueParts::WriteModes(const std::vector<const SourceNode*>& nodes, JsonWriter* json) {
  const absl::string_view member = version_.Member("modesOfDelivery");
  ListMember list(member, false, json);
  for (const SourceNode* node : nodes) {
    for (const SourceNode* mode : ValuesOf(node, "mode")) {
      const std::string word = ModeOf(mode);
      if (word.empty()) continue;
      list.Next();
      json->String(word);
      source_.UseAll(mode);
      const SourceNode* const id = IdOf(mode);
      source_.Carry(id != nullptr ? id : source_.FindFirst(mode, "prefLabel/*"), member, kKept, "mode.word");
    }
    if (list.begun()) break;
  }
}

void CatalogueParts::WriteLanguages(const SourceNode* node, absl::string_view term, JsonWriter* json) {
  const absl::string_view member = version_.Member("teachingLanguages");
  ListMember list(member, version_.one_value, json);
  for (const SourceNode* language : ValuesOf(node, term)) {
    const SourceNode* const id = IdOf(language);
    const absl::string_view iri = id == nullptr ? "" : absl::string_view(id->text);
    const std::string code = version_.three_letters ? ThreeLetters(iri) : TagOf(elm::LanguageTagOf(iri).value_or(""));
    if (code.empty() || !list.Next()) continue;
    json->String(code);
    source_.UseAll(language);
    source_.Carry(id, member, kKept, "language.code");
  }
  if (!list.begun()) WriteDemanded("teachingLanguages", json);
}

void CatalogueParts::WriteField(const SourceNode* course, JsonWriter* json) {
  for (const SourceNode* field : ValuesOf(course, "thematicArea")) {
    const SourceNode* const id = IdOf(field);
    const auto code = elm::CodeOf(Vocabulary::kIscedF, id == nullptr ? "" : id->text);
    if (!code.has_value()) continue;
    json->Member("fieldsOfStudy", *code);
    source_.Carry(id, "fieldsOfStudy", kKept, "field.isced");
    source_.UseAll(field);
    return;
  }
}

void CatalogueParts::WriteLevel(const SourceNode* course, bool programme, JsonWriter* json) {
  const SourceNode* const level = source_.FindFirst(course, "eqfLevel");
  const SourceNode* const id = level == nullptr ? nullptr : IdOf(level);
  const auto eqf = elm::CodeOf(Vocabulary::kEqf, id == nullptr ? "" : id->text);
  if (programme) {
    if (!eqf.has_value()) return;
    json->Member("levelOfQualification", absl::StrCat(version_.eqf_prefix, *eqf));
    source_.Carry(id, "levelOfQualification", kKept, "level.eqf");
    source_.UseAll(level);
    return;
  }
  for (const Cycle& cycle : kCycles) {
    if (!eqf.has_value() || cycle.eqf != *eqf) continue;
    json->Member("level", version_.Word(cycle.word));
    source_.Carry(id, "level", kDerived, "level.cycle-derived");
    source_.UseAll(level);
    source_.UseAll(source_.FindFirst(course, "educationLevel"));
    return;
  }
  WriteDemanded("level", json);
}

void CatalogueParts::WriteAssessment(const SourceNode* course, JsonWriter* json) {
  std::vector<const SourceNode*> maps;
  for (const SourceNode* asked : ValuesOf(course, "provenBy")) {
    asked = Resolve(asked);
    const SourceNode* const label = source_.FindFirst(asked, "dcType/prefLabel");
    const SourceNode* const title = source_.FindFirst(asked, "title");
    if (label != nullptr) source_.UseAll(source_.FindFirst(asked, "dcType"));
    if (label != nullptr && title != nullptr) source_.UseAll(title);
    if (label != nullptr || title != nullptr) maps.push_back(label != nullptr ? label : title);
  }
  WriteEntries(maps, "assessment", json);
}

void CatalogueParts::WriteLink(const std::vector<const SourceNode*>& nodes, JsonWriter* json) {
  for (const SourceNode* node : nodes) {
    const SourceNode* const page = node == nullptr ? nullptr : source_.FindFirst(node, "homepage/contentURL");
    if (page == nullptr || !elm::IsWebAddress(page->text)) continue;
    json->Member("link", page->text);
    source_.Carry(page, "link", kKept, "");
    return;
  }
}

}  // namespace passerelle::adapters::ooapi
