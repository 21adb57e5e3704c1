#include "core/document/translate.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/annex_one.h"
#include "core/elm/codec.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

using base::Problem;
using base::Reason;
using elm::Vocabulary;

constexpr char kConvertedProfile[] = "http://data.europa.eu/snb/model/ap/edc-converted";
// Concepts of our own tables, which therefore exist.
elm::v3::Concept Known(elm::Vocabulary vocabulary, absl::string_view code) {
  return elm::ConceptOf(vocabulary, code).value_or(elm::v3::Concept());
}

// XML, JSON or plain text, by the first byte that says anything.
elm::v3::Concept FileType(absl::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  const char begin = first == absl::string_view::npos ? '\0' : bytes[first];
  const absl::string_view mark = bytes.substr(0, 2);
  if (begin == '<' || mark == "\xFF\xFE" || mark == "\xFE\xFF") return Known(Vocabulary::kFileType, elm::kFileTypeXml);
  if (begin == '{' || begin == '[') return Known(Vocabulary::kFileType, elm::kFileTypeJson);
  return Known(Vocabulary::kFileType, elm::kFileTypeText);
}

// The translation cannot carry the source's seal, so it carries the source: byte for byte, as evidence of a conversion.
void EmbedOriginal(absl::string_view bytes, const FormatInfo& format, elm::v3::EuropeanDigitalCredential* credential) {
  auto* evidence = credential->add_evidence();
  *evidence->mutable_dc_type() = Known(Vocabulary::kEvidenceType, elm::kEvidenceTypeConversion);
  auto* original = evidence->add_embedded_evidence();
  auto* title = original->add_title();
  title->set_language("en");
  title->set_value("Original document as received, format " + format.id);
  original->set_content(base::Base64Encode(bytes));
  *original->mutable_content_encoding() = Known(Vocabulary::kEncoding, elm::kEncodingBase64);
  original->set_content_size(static_cast<int64_t>(bytes.size()));
  *original->mutable_content_type() = FileType(bytes);

  credential->clear_credential_schema();
  auto* schema = credential->add_credential_schema();
  schema->set_id(kConvertedProfile);
  schema->add_type("ShaclValidator2017");
  credential->clear_credential_profiles();
  *credential->add_credential_profiles() = Known(Vocabulary::kCredentialType, elm::kCredentialTypeConverted);
}

bool Survives(v1::ElementStatus status) {
  return status == v1::ELEMENT_STATUS_STATED || status == v1::ELEMENT_STATUS_TEXT ||
         status == v1::ELEMENT_STATUS_DERIVED;
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

// Stated counts 1, text and derived one half, of the eleven mandatory elements.
uint32_t Score(const v1::TranslationReport& report) {
  uint32_t halves = 0;
  uint32_t possible = 0;
  for (const auto& element : report.elements()) {
    if (!absl::StartsWith(element.element(), "A1-M")) continue;
    possible += 2;
    if (element.status() == v1::ELEMENT_STATUS_STATED) {
      halves += 2;
    } else if (Survives(element.status())) {
      halves += 1;
    }
  }
  return possible == 0 ? 0 : 100 * halves / possible;
}

v1::TranslationReport MakeReport(const Adapter& adapter, const Imported& imported) {
  v1::TranslationReport report;
  report.set_from(adapter.Info().id);
  report.set_to("elm");
  report.set_mapping_version(adapter.Info().mapping_version);
  *report.mutable_elements() = elm::AnnexOne(imported.credential).elements();
  for (const ElementOrigin& origin : imported.origins) {
    for (auto& element : *report.mutable_elements()) {
      if (element.element() == origin.element) ApplyOrigin(origin, &element);
    }
  }
  report.mutable_dropped()->Add(imported.dropped.begin(), imported.dropped.end());
  report.mutable_diagnostics()->Add(imported.diagnostics.begin(), imported.diagnostics.end());
  report.set_score(Score(report));
  return report;
}

absl::Status CheckRefuseLoss(const std::vector<std::string>& refuse_loss) {
  for (const std::string& element : refuse_loss) {
    const bool known = std::any_of(std::begin(elm::kAnnexOne), std::end(elm::kAnnexOne),
                                   [&element](const elm::AnnexOneName& name) { return name.id == element; });
    if (!known) {
      return Problem(Reason::kFieldInvalid, "refuse_loss", "an element is A1-M01 to A1-M11 or A1-O01 to A1-O05");
    }
  }
  return absl::OkStatus();
}

absl::Status RefuseLoss(const v1::TranslationReport& report, const std::vector<std::string>& refuse_loss) {
  const std::set<std::string> refused(refuse_loss.begin(), refuse_loss.end());
  std::vector<std::string> lost;
  for (const auto& element : report.elements()) {
    if (refused.count(element.element()) > 0 && !Survives(element.status())) lost.push_back(element.element());
  }
  if (lost.empty()) return absl::OkStatus();
  return Problem(Reason::kLossRefused, absl::StrJoin(lost, ","), "the translation would not state it");
}

absl::StatusOr<const Adapter*> ChooseAdapter(const Registry& registry, absl::string_view bytes,
                                             const std::string& from) {
  const std::string format = from.empty() ? Detect(registry, bytes).format : from;
  const Adapter* adapter = registry.Find(format);
  if (adapter == nullptr) return Problem(Reason::kFormatUnknown, from.empty() ? "document" : "from");
  return adapter;
}

}  // namespace

absl::StatusOr<Translated> Translate(const Registry& registry, absl::string_view bytes,
                                     const TranslateOptions& options) {
  if (bytes.empty()) return Problem(Reason::kInputEmpty, "document");
  if (bytes.size() > base::kDocumentBytesMax) return Problem(Reason::kInputTooLarge, "document");
  RETURN_IF_ERROR(CheckRefuseLoss(options.refuse_loss));
  ASSIGN_OR_RETURN(const Adapter* adapter, ChooseAdapter(registry, bytes, options.from));

  ImportOptions import = options.import;
  import.format_named = import.format_named || !options.from.empty();
  ASSIGN_OR_RETURN(Imported imported, adapter->Import(bytes, import));
  if (!imported.european) EmbedOriginal(bytes, adapter->Info(), &imported.credential);

  Translated result;
  result.format = adapter->Info().id;
  result.report = MakeReport(*adapter, imported);
  RETURN_IF_ERROR(RefuseLoss(result.report, options.refuse_loss));
  result.content = elm::Write(imported.credential);
  result.credential = std::move(imported.credential);
  return result;
}

}  // namespace passerelle::document
