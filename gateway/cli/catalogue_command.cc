#include "gateway/cli/catalogue_command.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/harvest.h"
#include "core/catalogue/principles.h"
#include "core/document/translate.h"
#include "gateway/catalogue/sqlite_offers.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/config/yaml.h"

namespace passerelle::gateway {
namespace {

namespace catalogue_v1 = catalogue::v1;

// Changes that one call lists.
constexpr int kChangesMax = 10'000;

int Refuse(const absl::Status& status, const Console& console) {
  PrintProblem(status, console);
  return kExitRefused;
}

absl::StatusOr<catalogue::ReadOffers> ReadCatalogue(const document::Registry& registry, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(file, base::kDocumentBytesMax));
  document::TranslateOptions options;
  options.catalogues = true;
  ASSIGN_OR_RETURN(const document::Translated translated, document::Translate(registry, bytes, options));
  if (!translated.catalogue.has_value()) {
    return base::Problem(base::Reason::kFieldInvalid, file, "the document is no catalogue");
  }
  return catalogue::OffersOfCatalogue(*translated.catalogue);
}

absl::StatusOr<catalogue::Harvested> Harvest(const document::Registry& registry, const HarvestRequest& request) {
  catalogue_v1::Source source;
  RETURN_IF_ERROR(ReadYamlFile(request.source, &source));
  RETURN_IF_ERROR(catalogue::CheckSource(source));
  catalogue::ReadOffers all;
  for (const std::string& file : request.files) {
    ASSIGN_OR_RETURN(catalogue::ReadOffers read, ReadCatalogue(registry, file));
    std::move(read.offers.begin(), read.offers.end(), std::back_inserter(all.offers));
    for (catalogue::BrokenOffer& broken : read.broken) {
      if (all.broken.size() < catalogue::kBrokenListed) all.broken.push_back({file + ": " + broken.place, broken.why});
    }
    all.broken_count += read.broken_count;
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<SqliteOffers> book, SqliteOffers::Open(request.index));
  catalogue::Harvested harvested;
  RETURN_IF_ERROR(book->InTransaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(harvested, catalogue::Harvest(source, all, {request.day, request.allow_shrinking}, book.get()));
    return absl::OkStatus();
  }));
  return harvested;
}

void WriteStrings(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& texts,
                  base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
}

void WriteOffer(const catalogue_v1::Offer& offer, base::JsonWriter* json) {
  json->BeginObject();
  json->Member("id", offer.id());
  json->Key("titles");
  json->BeginObject();
  for (const catalogue_v1::Text& title : offer.titles()) json->Member(title.language(), title.value());
  json->EndObject();
  json->Member("provider", offer.provider());
  json->Member("country", offer.country());
  json->Member("provider_type", offer.provider_type());
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

int RunHarvest(const document::Registry& registry, const HarvestRequest& request, const Console& console) {
  const absl::StatusOr<catalogue::Harvested> harvested = Harvest(registry, request);
  if (!harvested.ok()) return Refuse(harvested.status(), console);
  console.out << harvested->added << " added, " << harvested->changed << " changed, " << harvested->unchanged
              << " unchanged, " << harvested->withdrawn << " withdrawn, " << harvested->refused << " refused, "
              << harvested->broken << " broken\n";
  for (const catalogue::BrokenOffer& finding : harvested->findings) {
    console.err << finding.place << ": " << finding.why << "\n";
  }
  return harvested->findings.empty() ? kExitDone : kExitRefused;
}

int RunSearch(const SearchRequest& request, const Console& console) {
  const auto book = SqliteOffers::Open(request.index);
  if (!book.ok()) return Refuse(book.status(), console);
  const auto offers = (*book)->Search(request.query);
  if (!offers.ok()) return Refuse(offers.status(), console);
  if (!request.json) {
    for (const catalogue_v1::Offer& offer : *offers) {
      console.out << offer.id() << "  " << (offer.titles().empty() ? "" : offer.titles(0).value()) << "\n";
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
  const auto book = SqliteOffers::Open(index);
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
