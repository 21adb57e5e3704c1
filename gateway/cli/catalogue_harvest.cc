#include "gateway/cli/catalogue_harvest.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/harvest.h"
#include "core/catalogue/offers.h"
#include "core/document/translate.h"
#include "gateway/catalogue/open_offers.h"
#include "gateway/catalogue/source_files.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/config/yaml.h"
#include "gateway/documents/skill_collections.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using catalogue::Harvest;
using catalogue::SourceFile;

absl::StatusOr<catalogue::ReadOffers> OffersOf(const document::Registry& registry, const std::string& bytes,
                                               const elm::SkillTagger* tagger) {
  document::TranslateOptions options;
  options.catalogues = true;
  ASSIGN_OR_RETURN(const document::Translated translated, document::Translate(registry, bytes, options));
  if (!translated.catalogue.has_value()) {
    return base::Problem(base::Reason::kFieldInvalid, "document", "it is no catalogue");
  }
  return catalogue::OffersOfCatalogue(*translated.catalogue, tagger);
}

// One harvest by the command line.
class HarvestCommand {
 public:
  HarvestCommand(const document::Registry& registry, const HarvestRequest& request)
      : registry_(registry), request_(request) {}

  absl::Status Run() {
    catalogue::v1::Source source;
    RETURN_IF_ERROR(ReadYamlFile(request_.source, &source));
    RETURN_IF_ERROR(catalogue::CheckSource(source));
    ASSIGN_OR_RETURN(tagger_, LoadSkillCollections(request_.skills));
    ASSIGN_OR_RETURN(const std::vector<CataloguePath> files, SourceFiles(request_.paths));
    ASSIGN_OR_RETURN(const std::unique_ptr<OfferIndex> index, OpenOffers(request_.index));
    ASSIGN_OR_RETURN(Harvest harvest, Harvest::Begin(source,
                                                     {request_.day, request_.allow_shrinking, request_.read_all,
                                                      tagger_ == nullptr ? "" : tagger_->sha256()},
                                                     index.get()));
    const absl::Status taken = Take(files, &harvest);
    done_ = harvest.done();
    RETURN_IF_ERROR(taken);
    // Files that cannot be read may have any offer.
    if (unreadable_.empty()) RETURN_IF_ERROR(harvest.Finish());
    done_ = harvest.done();
    return done_.added + done_.changed + done_.withdrawn == 0 ? absl::OkStatus() : index->Settle();
  }

  const catalogue::Harvested& done() const { return done_; }
  const std::vector<absl::Status>& unreadable() const { return unreadable_; }

 private:
  // Files that have changed are read twice, the first time for their digest, so that no more than one is held at a
  // time.
  absl::Status Take(const std::vector<CataloguePath>& paths, Harvest* harvest) {
    std::vector<SourceFile> files;
    for (const CataloguePath& path : paths) files.push_back({path.name, DigestOf(path.path)});
    ASSIGN_OR_RETURN(const std::vector<size_t> changed, harvest->ToRead(files));
    for (const size_t i : changed) RETURN_IF_ERROR(TakeFile(paths[i], harvest));
    return absl::OkStatus();
  }

  // Empty for what cannot be read, or once only.
  static std::string DigestOf(const std::string& path) {
    const absl::StatusOr<std::string> bytes = ReadFile(path, base::kDocumentBytesMax);
    return bytes.ok() ? base::Sha256Hex(*bytes) : "";
  }

  absl::Status TakeFile(const CataloguePath& file, Harvest* harvest) {
    absl::StatusOr<std::string> bytes = ReadInput(file.path, base::kDocumentBytesMax);
    if (!bytes.ok()) return Note(file, bytes.status());
    const absl::StatusOr<catalogue::ReadOffers> read = OffersOf(registry_, *bytes, tagger_.get());
    if (!read.ok()) return Note(file, read.status());
    return harvest->Take({file.name, base::Sha256Hex(*bytes)}, *read);
  }

  absl::Status Note(const CataloguePath& file, const absl::Status& why) {
    if (unreadable_.size() < catalogue::kBrokenListed) {
      unreadable_.push_back(
          base::Problem(base::ReasonOf(why), absl::StrCat(file.name, ": ", base::PlaceOf(why)), base::DetailOf(why)));
    }
    return absl::OkStatus();
  }

  const document::Registry& registry_;
  const HarvestRequest& request_;
  std::shared_ptr<const elm::SkillTagger> tagger_;
  catalogue::Harvested done_;
  std::vector<absl::Status> unreadable_;
};

}  // namespace

int RunHarvest(const document::Registry& registry, const HarvestRequest& request, const Console& console) {
  HarvestCommand command(registry, request);
  const absl::Status refused = command.Run();
  const catalogue::Harvested& done = command.done();
  if (done.files_read + done.files_unchanged > 0) {
    console.out << done.added << " added, " << done.changed << " changed, " << done.unchanged << " unchanged, "
                << done.withdrawn << " withdrawn, " << done.refused << " refused, " << done.broken
                << " broken; files: " << done.files_read << " read, " << done.files_unchanged << " unchanged\n";
  }
  for (const catalogue::BrokenOffer& finding : done.findings) {
    console.err << finding.place << ": " << finding.why << "\n";
  }
  for (const absl::Status& unreadable : command.unreadable()) PrintProblem(unreadable, console);
  if (!refused.ok()) PrintProblem(refused, console);
  const bool whole =
      refused.ok() && command.unreadable().empty() && done.findings.empty() && done.refused == 0 && done.broken == 0;
  return whole ? kExitDone : kExitRefused;
}

}  // namespace passerelle::gateway
