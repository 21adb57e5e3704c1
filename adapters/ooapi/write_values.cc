// Study load, outcomes, prices and organisations: members that are objects of their own.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/families/names.h"
#include "adapters/ooapi/write_parts.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ooapi {
namespace {

using base::JsonWriter;

void WriteLoad(absl::string_view unit, absl::string_view number, JsonWriter* json) {
  json->BeginObject();
  json->Member("studyLoadUnit", unit);
  json->Key("value");
  json->Raw(number);
  json->EndObject();
}

}  // namespace

// Credits come first, since a version may take one study load only.
void CatalogueParts::WriteStudyLoad(const SourceNode* course, JsonWriter* json) {
  ListMember list("studyLoad", version_.one_value, json);
  for (const SourceNode* credit : ValuesOf(course, "creditPoint")) {
    const SourceNode* const point = source_.FindFirst(credit, "point");
    const auto points = point == nullptr ? std::nullopt : elm::CreditPoints(point->text);
    const SourceNode* const framework = source_.FindFirst(credit, "framework");
    const bool ects = framework != nullptr && IdOf(framework) != nullptr &&
                      absl::EndsWith(IdOf(framework)->text, elm::kCreditSystemEcts);
    if (!points.has_value() || !ects || !list.Next()) continue;
    WriteLoad("ects", *points, json);
    source_.Carry(point, "studyLoad", kKept, "credit.ects");
    source_.UseAll(credit);
  }
  const SourceNode* const volume = source_.FindFirst(course, "volumeOfLearning");
  const auto duration = volume == nullptr ? std::nullopt : elm::ParseDuration(volume->text);
  if (duration.has_value() && !duration->negative && duration->months == 0 && list.Next()) {
    WriteLoad("hour", elm::DescribeNumber(duration->hours), json);
    source_.Carry(volume, "studyLoad", kKept, "workload.hours");
  }
  for (const SourceNode* activity : ValuesOf(course, "influencedBy")) {
    const SourceNode* const contact = source_.FindFirst(Resolve(activity), "contactHour");
    const auto hours = contact == nullptr ? std::nullopt : elm::PlainDecimal(contact->text);
    if (!hours.has_value() || !list.Next()) continue;
    WriteLoad(version_.Word("contact_time"), *hours, json);
    source_.Carry(contact, "studyLoad", kKept, "workload.contact");
    source_.UseAll(source_.FindFirst(Resolve(activity), "title"));
  }
}

// One object, or list of texts, for each outcome; the summary, which the interface has no member for, is a further one.
void CatalogueParts::WriteOutcomes(const SourceNode* course, JsonWriter* json) {
  struct Outcome {
    const SourceNode* node;
    const char* names;
  };
  std::vector<Outcome> outcomes;
  for (const SourceNode* outcome : ValuesOf(course, "learningOutcome")) {
    if (source_.FindFirst(Resolve(outcome), "title") != nullptr) outcomes.push_back({Resolve(outcome), "title"});
  }
  const SourceNode* const summary = source_.FindFirst(course, "learningOutcomeSummary");
  if (summary != nullptr && source_.FindFirst(summary, "noteLiteral") != nullptr) {
    outcomes.push_back({summary, "noteLiteral"});
  }
  ListMember list("learningOutcomes", false, json);
  for (const Outcome& outcome : outcomes) {
    list.Next();
    if (version_.plain_outcomes) {
      ListMember texts("", false, json);
      AddEntries(source_.Find(outcome.node, outcome.names), "learningOutcomes", &texts, json);
      continue;
    }
    json->BeginObject();
    WriteId(outcome.node, "learningOutcomeId", json);
    WriteCodes(outcome.node, json);
    WriteTexts(outcome.node, outcome.names, "name", json);
    json->EndObject();
  }
}

void CatalogueParts::WritePrices(const SourceNode* offering, JsonWriter* json) {
  ListMember list("priceInformation", false, json);
  for (const SourceNode* price : ValuesOf(offering, "priceDetail")) {
    const SourceNode* const amount = source_.FindFirst(price, "amount");
    const std::vector<const SourceNode*> stated =
        amount == nullptr ? std::vector<const SourceNode*>()
                          : ValuesOf(amount, "http://www.w3.org/1999/02/22-rdf-syntax-ns#value");
    const SourceNode* const found = stated.empty() ? source_.FindFirst(price, "amount/value") : stated.front();
    const SourceNode* const typed = found == nullptr ? nullptr : source_.FindFirst(found, "@value");
    const SourceNode* const value = typed == nullptr ? found : typed;
    const auto number = value == nullptr ? std::nullopt : elm::PlainDecimal(value->text);
    if (!number.has_value()) continue;
    list.Next();
    json->BeginObject();
    const SourceNode* const label = source_.FindFirst(price, "prefLabel/*");
    json->Member("costType", version_.Word(label == nullptr ? "total_costs" : label->text));
    if (label != nullptr) source_.Carry(label, "priceInformation", kWidened, "");
    json->Member("amount", *number);
    source_.Carry(value, "priceInformation", kKept, "");
    const SourceNode* const unit = source_.FindFirst(amount, "unit");
    absl::string_view currency = unit == nullptr || IdOf(unit) == nullptr ? absl::string_view() : IdOf(unit)->text;
    if (absl::ConsumePrefix(&currency, "http://publications.europa.eu/resource/authority/currency/")) {
      json->Member("currency", currency);
      source_.Carry(IdOf(unit), "priceInformation", kKept, "");
      source_.UseAll(unit);
    }
    json->EndObject();
  }
}

void CatalogueParts::WriteOrganisation(const SourceNode* opportunity, JsonWriter* json) {
  const std::vector<const SourceNode*> providers = ValuesOf(opportunity, "providedBy");
  if (providers.empty()) return;
  const SourceNode* const body = Resolve(providers.front());
  const bool named = source_.FindFirst(body, "legalName") != nullptr;
  if (!named || !version_.owner_is_whole) WriteReference(providers.front(), version_.owner, json);
  if (!named) return;
  source_.Use(IdOf(providers.front()));
  const absl::string_view member = version_.Member("organisation");
  json->Key(member);
  json->BeginObject();
  WriteId(body, "organisationId", json);
  WriteCodes(body, json);
  json->Member(version_.Member("organisationType"), "institute");
  source_.Supply(absl::StrCat(member, ".", version_.Member("organisationType")), kDefaulted, "organisation.kind");
  WriteTexts(body, "legalName", "name", json);
  WriteShort(body, "shortName", json);
  WriteAddresses(body, "postal", json);
  WriteLink({body}, json);
  json->EndObject();
}

void CatalogueParts::WriteAddresses(const SourceNode* node, absl::string_view kind, JsonWriter* json) {
  ListMember list("addresses", false, json);
  for (const SourceNode* place : ValuesOf(node, "location")) {
    place = Resolve(place);
    for (const SourceNode* address : ValuesOf(place, "address")) {
      list.Next();
      json->BeginObject();
      json->Member("addressType", kind);
      WriteTexts(address, "fullAddress/noteLiteral", "additional", json);
      WriteValue(place, "geographicName/*", "city", json);
      WriteCountry(address, json);
      json->EndObject();
    }
  }
}

void CatalogueParts::WriteCountry(const SourceNode* address, JsonWriter* json) {
  const SourceNode* const country = source_.FindFirst(address, "countryCode");
  const SourceNode* const id = country == nullptr ? nullptr : IdOf(country);
  const auto code = elm::CountryCodeOf(id == nullptr ? "" : id->text);
  if (!code.has_value()) return;
  if (version_.plain_countries) {
    json->Member("countryCode", *code);
  } else {
    json->Key("countryCode");
    json->BeginObject();
    json->Member("iso3166-1-alpha2", *code);
    json->EndObject();
  }
  source_.Carry(id, "countryCode", kKept, "country.code");
  source_.UseAll(country);
}

}  // namespace passerelle::adapters::ooapi
