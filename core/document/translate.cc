#include "core/document/translate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/foreign.h"
#include "core/document/profile.h"
#include "core/document/score.h"
#include "core/elm/annex_one.h"
#include "core/elm/codec.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

using base::Problem;
using base::Reason;
using elm::Vocabulary;

constexpr absl::string_view kEuropean = "elm";

// Concepts of our own tables, which therefore exist.
elm::v3::Concept Known(elm::Vocabulary vocabulary, absl::string_view code) {
  return elm::ConceptOf(vocabulary, code).value_or(elm::v3::Concept());
}

// PNG, XML, JSON or plain text, by the first byte that says anything.
elm::v3::Concept FileType(absl::string_view bytes) {
  if (bytes.substr(0, 4) == "\x89PNG") return Known(Vocabulary::kFileType, elm::kFileTypePng);
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  const char begin = first == absl::string_view::npos ? '\0' : bytes[first];
  const absl::string_view mark = bytes.substr(0, 2);
  if (begin == '<' || mark == "\xFF\xFE" || mark == "\xFE\xFF") return Known(Vocabulary::kFileType, elm::kFileTypeXml);
  if (begin == '{' || begin == '[') return Known(Vocabulary::kFileType, elm::kFileTypeJson);
  return Known(Vocabulary::kFileType, elm::kFileTypeText);
}

// The translation cannot carry the source's seal, so it carries the source: byte for byte, as evidence of a conversion.
// Of a source that may not be handed on whole it carries the digest, by which whoever holds the source can show that it
// is the one.
void EmbedOriginal(absl::string_view bytes, const FormatInfo& format, bool among_others,
                   elm::v3::EuropeanDigitalCredential* credential) {
  const bool by_digest = format.original_confidential || among_others;
  auto* evidence = credential->add_evidence();
  *evidence->mutable_dc_type() = Known(Vocabulary::kEvidenceType, elm::kEvidenceTypeConversion);
  auto* original = evidence->add_embedded_evidence();
  auto* title = original->add_title();
  title->set_language("en");
  const std::string digest = by_digest ? "sha-256 " + base::Sha256Hex(bytes) : "";
  if (by_digest) bytes = digest;
  title->set_value(absl::StrCat(among_others ? "Digest of the original document, which holds other credentials too"
                                : by_digest  ? "Digest of the original document, which stays with its register"
                                             : "Original document as received",
                                ", format ", format.id));
  original->set_content(base::Base64Encode(bytes));
  *original->mutable_content_encoding() = Known(Vocabulary::kEncoding, elm::kEncodingBase64);
  original->set_content_size(static_cast<int64_t>(bytes.size()));
  *original->mutable_content_type() = FileType(bytes);

  ClaimProfile("edc-converted", elm::kCredentialTypeConverted, credential);
}

// What the adapter knows goes over what the credential shows, but cannot make an element out of nothing: stated and
// derived need a value in the credential.
void ApplyOrigin(const ElementOrigin& origin, v1::AnnexOneElement* element) {
  const bool shown = element->status() != v1::ELEMENT_STATUS_MISSING;
  const bool needs_value = origin.status == v1::ELEMENT_STATUS_STATED || origin.status == v1::ELEMENT_STATUS_DERIVED;
  if (origin.status != v1::ELEMENT_STATUS_UNSPECIFIED && (shown || !needs_value)) element->set_status(origin.status);
  for (const std::string& source : origin.source) element->add_source(source);
  if (!origin.rule.empty()) element->set_rule(origin.rule);
}

// Takes the account out of what was imported.
v1::TranslationReport MakeReport(const Adapter& adapter, Imported* imported) {
  v1::TranslationReport report;
  report.set_from(adapter.Info().id);
  report.set_to("elm");
  report.set_mapping_version(adapter.Info().mapping_version);
  if (!imported->catalogue.has_value()) {
    *report.mutable_elements() = std::move(*elm::AnnexOne(imported->credential).mutable_elements());
  }
  for (const ElementOrigin& origin : imported->origins) {
    for (auto& element : *report.mutable_elements()) {
      if (element.element() == origin.element) ApplyOrigin(origin, &element);
    }
  }
  for (v1::DroppedSource& dropped : imported->dropped) *report.add_dropped() = std::move(dropped);
  for (v1::Diagnostic& diagnostic : imported->diagnostics) *report.add_diagnostics() = std::move(diagnostic);
  for (v1::MappedSource& mapped : imported->mapped) *report.add_mapped() = std::move(mapped);
  if (imported->losses.has_value()) *report.mutable_losses() = *imported->losses;
  report.set_score(Score(report));
  return report;
}

// How well an element stands; the higher, the better.
int Strength(v1::ElementStatus status) {
  switch (status) {
    case v1::ELEMENT_STATUS_STATED:
      return 3;
    case v1::ELEMENT_STATUS_DERIVED:
      return 2;
    case v1::ELEMENT_STATUS_TEXT:
      return 1;
    default:
      return 0;
  }
}

// What is left of the elements in what was written is what a reader of it finds: it is read again and judged. An
// element that was derived on the way in stays derived, whatever the target's reader takes it for.
absl::Status JudgeWritten(const Adapter& adapter, const std::string& content, const ImportOptions& options,
                          v1::TranslationReport* report) {
  ASSIGN_OR_RETURN(Imported again, adapter.Import(content, options));
  const v1::TranslationReport written = MakeReport(adapter, &again);
  for (int i = 0; i < written.elements_size() && i < report->elements_size(); ++i) {
    auto* const element = report->mutable_elements(i);
    const v1::ElementStatus left = written.elements(i).status();
    if (Strength(left) < Strength(element->status())) {
      element->set_status(left);
      element->set_rule(written.elements(i).rule());
    }
    element->clear_paths();
  }
  return absl::OkStatus();
}

void AddLosses(const Account& account, v1::TranslationReport* report) {
  for (v1::DroppedSource dropped : account.dropped) {
    dropped.set_source("elm:" + dropped.source());
    *report->add_dropped() = std::move(dropped);
  }
  for (v1::Diagnostic diagnostic : account.diagnostics) {
    diagnostic.set_place("elm:" + diagnostic.place());
    *report->add_diagnostics() = std::move(diagnostic);
  }
  for (v1::MappedSource mapped : account.mapped) {
    if (!mapped.source().empty()) mapped.set_source("elm:" + mapped.source());
    *report->add_mapped() = std::move(mapped);
  }
  if (!account.losses.has_value()) return;
  v1::LossCounts* const losses = report->mutable_losses();
  losses->set_kept(account.losses->kept());
  losses->set_widened(losses->widened() + account.losses->widened());
  losses->set_derived(losses->derived() + account.losses->derived());
  losses->set_defaulted(losses->defaulted() + account.losses->defaulted());
  losses->set_dropped(losses->dropped() + account.losses->dropped());
}

// The second half of the way: from the European model to another format.
absl::Status WriteAs(const Adapter& adapter, const ImportOptions& options, Translated* result) {
  ExportOptions export_options;
  export_options.list_mapped = options.list_mapped;
  ASSIGN_OR_RETURN(Exported exported, result->catalogue.has_value()
                                          ? adapter.ExportCatalogue(*result->catalogue, export_options)
                                          : adapter.Export(result->credential, export_options));
  result->report.set_to(adapter.Info().id);
  result->report.set_mapping_version(
      absl::StrCat(result->report.mapping_version(), " ", adapter.Info().mapping_version));
  AddLosses(exported, &result->report);
  const auto& directions = adapter.Info().directions;
  if (std::find(directions.begin(), directions.end(), "read") != directions.end()) {
    ImportOptions again = options;
    again.format_named = true;
    again.report_index = std::nullopt;
    RETURN_IF_ERROR(JudgeWritten(adapter, exported.content, again, &result->report));
  }
  result->report.set_score(Score(result->report));
  result->content = std::move(exported.content);
  return absl::OkStatus();
}

// The formats that a document is taken for with the same confidence, if it is taken for several; else empty.
std::vector<std::string> EquallySure(const Registry& registry, absl::string_view bytes) {
  std::vector<std::string> formats;
  Confidence best = Confidence::kPossible;
  for (const auto& adapter : registry.adapters()) {
    const Confidence confidence = adapter->Detect(bytes);
    if (confidence < best) continue;
    if (confidence > best) formats.clear();
    best = confidence;
    formats.push_back(adapter->Info().id);
  }
  return formats.size() > 1 ? formats : std::vector<std::string>();
}

// Why no format was recognised, in words for people; empty if nothing is known of the bytes.
std::string WhyUnknown(const Registry& registry, absl::string_view bytes) {
  const std::vector<std::string> several = EquallySure(registry, bytes);
  if (several.empty()) return DescribeForeign(bytes);
  return absl::StrCat("it can be of several formats, of which one must be named: ", absl::StrJoin(several, ", "));
}

absl::StatusOr<const Adapter*> ChooseAdapter(const Registry& registry, absl::string_view bytes,
                                             const std::string& from) {
  const std::string format = from.empty() ? Detect(registry, bytes).format : from;
  const Adapter* adapter = registry.Find(format);
  if (adapter != nullptr) return adapter;
  if (!from.empty()) return Problem(Reason::kFormatUnknown, "from");
  const std::string why = WhyUnknown(registry, bytes);
  return why.empty() ? Problem(Reason::kFormatUnknown, "document") : Problem(Reason::kFormatUnknown, "document", why);
}

// Places in a document that was inside another begin with the place where it was.
void MovePlaces(const std::string& place, Account* account) {
  for (ElementOrigin& origin : account->origins) {
    for (std::string& source : origin.source) source = place + source;
  }
  for (v1::DroppedSource& dropped : account->dropped) dropped.set_source(place + dropped.source());
  for (v1::MappedSource& mapped : account->mapped) {
    if (!mapped.source().empty()) mapped.set_source(place + mapped.source());
  }
  for (v1::Diagnostic& diagnostic : account->diagnostics) diagnostic.set_place(place + diagnostic.place());
}

// Takes documents out of their wrappings, and reads what is inside.
class DocumentReader {
 public:
  DocumentReader(const Registry& registry, std::string* mapping_version)
      : registry_(registry), mapping_version_(mapping_version) {}

  // The document, or the one inside it.
  absl::StatusOr<Imported> Read(const Adapter& adapter, absl::string_view bytes, const ImportOptions& options) {
    ASSIGN_OR_RETURN(std::optional<Enclosed> enclosed, adapter.Open(bytes, options));
    if (enclosed.has_value()) return ReadEnclosed(*enclosed, options);
    return adapter.Import(bytes, options);
  }

 private:
  absl::StatusOr<Imported> ReadEnclosed(const Enclosed& enclosed, ImportOptions options) {
    if (++wrappings_ > kWrappingsMax) {
      return Problem(Reason::kWrappedTooOften, enclosed.place, absl::StrCat("more than ", kWrappingsMax));
    }
    const std::string format = enclosed.format.empty() ? Detect(registry_, enclosed.bytes).format : enclosed.format;
    const Adapter* const inner = registry_.Find(format);
    if (inner == nullptr) {
      const std::string why = WhyUnknown(registry_, enclosed.bytes);
      return Problem(Reason::kFormatUnknown, enclosed.place, why.empty() ? "no format is recognised in it" : why);
    }
    // The whole of what was sent is embedded, and a register's record may not be.
    if (inner->Info().original_confidential) {
      return Problem(Reason::kFormatNotSupported, enclosed.place, "a record of a register is taken by itself only");
    }
    absl::StrAppend(mapping_version_, " ", inner->Info().mapping_version);
    options.report_index = enclosed.report_index;
    absl::StatusOr<Imported> imported = Read(*inner, enclosed.bytes, options);
    if (!imported.ok()) {
      const absl::Status& status = imported.status();
      return Problem(base::ReasonOf(status), enclosed.place + base::PlaceOf(status), base::DetailOf(status));
    }
    MovePlaces(enclosed.place, &*imported);
    Merge(enclosed, &*imported);
    return imported;
  }

  static void Merge(const Enclosed& enclosed, Imported* imported) {
    imported->dropped.insert(imported->dropped.begin(), enclosed.dropped.begin(), enclosed.dropped.end());
    imported->mapped.insert(imported->mapped.begin(), enclosed.mapped.begin(), enclosed.mapped.end());
    imported->diagnostics.insert(imported->diagnostics.begin(), enclosed.diagnostics.begin(),
                                 enclosed.diagnostics.end());
    imported->among_others = imported->among_others || enclosed.among_others;
  }

  const Registry& registry_;
  std::string* mapping_version_;
  int wrappings_ = 0;
};

// What is not embedded is said.
void TellNotEmbedded(Imported* imported) {
  v1::Diagnostic& diagnostic = imported->diagnostics.emplace_back();
  diagnostic.set_rule("original.not-embedded");
  diagnostic.set_message(
      "The original is not embedded, since it holds other credentials too, which may be of other people; its digest "
      "is.");
  diagnostic.set_severity(v1::SEVERITY_NOTE);
}

}  // namespace

absl::StatusOr<Translated> Translate(const Registry& registry, absl::string_view bytes,
                                     const TranslateOptions& options) {
  if (bytes.empty()) return Problem(Reason::kInputEmpty, "document");
  if (bytes.size() > base::kDocumentBytesMax) return Problem(Reason::kInputTooLarge, "document");
  ASSIGN_OR_RETURN(const std::vector<std::string> refused, ElementsOf(options.refuse_loss));
  ASSIGN_OR_RETURN(const Adapter* adapter, ChooseAdapter(registry, bytes, options.from));
  const Adapter* target = nullptr;
  if (!options.to.empty() && options.to != kEuropean) {
    target = registry.Find(options.to);
    if (target == nullptr) return Problem(Reason::kFormatUnknown, "to");
  }

  ImportOptions import = options.import;
  import.format_named = import.format_named || !options.from.empty();
  std::string mapping_version = adapter->Info().mapping_version;
  ASSIGN_OR_RETURN(Imported imported, DocumentReader(registry, &mapping_version).Read(*adapter, bytes, import));
  if (imported.catalogue.has_value()) {
    if (!options.catalogues) return Problem(Reason::kNotACredential, "document", "it is a catalogue");
    if (!refused.empty()) return Problem(Reason::kFieldInvalid, "refuse_loss", "Annex I asks nothing of a catalogue");
  }
  // What is written in another format has no place for the original, which stays with whoever translates.
  if (!imported.european && !imported.catalogue.has_value() && target == nullptr) {
    EmbedOriginal(bytes, adapter->Info(), imported.among_others, &*imported.credential);
    if (imported.among_others) TellNotEmbedded(&imported);
  }

  Translated result;
  result.format = adapter->Info().id;
  result.report = MakeReport(*adapter, &imported);
  result.report.set_mapping_version(mapping_version);
  result.credential = std::move(imported.credential);
  result.catalogue = std::move(imported.catalogue);
  if (target == nullptr) {
    result.content = result.catalogue.has_value() ? elm::WriteData(*result.catalogue) : elm::Write(result.credential);
  } else {
    RETURN_IF_ERROR(WriteAs(*target, import, &result));
  }
  RETURN_IF_ERROR(RefuseLoss(result.report, refused));
  return result;
}

}  // namespace passerelle::document
