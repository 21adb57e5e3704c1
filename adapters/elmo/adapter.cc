#include "adapters/elmo/adapter.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/export.h"
#include "adapters/elmo/mapping.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/unpack.h"

namespace passerelle::adapters::elmo {
namespace {

using base::Problem;
using base::Reason;
using document::Confidence;
using document::FormatInfo;
using document::Imported;
using document::ImportOptions;

constexpr absl::string_view kNamespace = "https://github.com/emrex-eu/elmo-schemas/tree/v1";
constexpr absl::string_view kLegacyNamespace = "http://purl.org/net/elmo";

// How much of a document detection unpacks.
constexpr size_t kLookBytes = 64u << 10;

bool IsKnownNamespace(absl::string_view name) {
  // Some systems append the version to the namespace, which the schema never does.
  return absl::StartsWith(name, kNamespace) || name == kLegacyNamespace;
}

absl::Status CheckRoot(const base::XmlDocument& document, const ImportOptions& options) {
  if (base::XmlLocalName(document.Root()) != "elmo") {
    return Problem(Reason::kFormatUnknown, document.Path(document.Root()), "the root of an ELMO document is elmo");
  }
  if (IsKnownNamespace(document.Namespace(document.Root())) || options.format_named) return absl::OkStatus();
  return Problem(Reason::kXmlNamespace, "/elmo");
}

void NoteForm(const base::Unpacked& unpacked, Source* source) {
  const xml_node root = source->document().Root();
  const absl::string_view name = source->document().Namespace(root);
  if (name.empty()) {
    source->Warn("namespace.repaired", root, "The document is in no namespace; it was read as ELMO on request.");
  } else if (name == kLegacyNamespace) {
    source->Note("namespace.legacy", root, "The document is in the legacy namespace.");
  } else if (name != kNamespace) {
    source->Note("namespace.variant", root, "The namespace is not that of the schema.");
  }
  if (unpacked.was_base64 || unpacked.was_gzip) {
    source->Note("wrapping.undone", root, "The document was unpacked; the original is embedded as received.");
  }
}

absl::StatusOr<xml_node> ChooseReport(Source* source, const ImportOptions& options) {
  const std::vector<xml_node> reports = source->Children(source->document().Root(), "report");
  if (reports.empty()) return Problem(Reason::kReportMissing, "/elmo");
  if (options.report_index.has_value() && *options.report_index >= reports.size()) {
    return Problem(Reason::kFieldInvalid, "report_index",
                   absl::StrCat("the document has ", reports.size(), " reports"));
  }
  if (reports.size() > 1 && !options.report_index.has_value()) {
    return Problem(Reason::kSeveralReports, source->document().Path(reports[1]));
  }
  const size_t chosen = options.report_index.value_or(0);
  for (size_t i = 0; i < reports.size(); ++i) {
    if (i != chosen) source->Drop(reports[i], "another report of the document was asked for");
  }
  return reports[chosen];
}

ReportContext MakeContext(Source* source, const xml_node& report) {
  ReportContext context;
  context.issue_date_node = source->Child(report, "issueDate");
  context.issue_date = TakeDate(source, context.issue_date_node);
  for (const xml_node& scheme : source->Children(report, "gradingScheme")) {
    context.grading_schemes.emplace(base::XmlAttribute(scheme, "localId").value(), scheme);
  }
  for (const xml_node& type : source->Children(source->Child(source->document().Root(), "groups"), "groupType")) {
    for (const xml_node& group : source->Children(type, "group")) {
      context.groups.emplace(
          absl::StrCat(base::XmlAttribute(type, "id").value(), "/", base::XmlAttribute(group, "id").value()), group);
    }
  }
  return context;
}

// What issuers that stand beside each other awarded together.
struct Awarded {
  std::vector<xml_node> issuers;
  std::vector<xml_node> specifications;
};

// The legacy form has several issuers in one report, each before what it awarded; what stands before the first is the
// first one's. At least one.
std::vector<Awarded> AwardedIn(const Source& source, const xml_node& report) {
  std::vector<Awarded> all(1);
  bool beside = true;
  for (const xml_node& child : report.children()) {
    if (child.type() != pugi::node_element) continue;
    if (source.document().Namespace(child) != source.document().Namespace(report)) continue;
    const absl::string_view name = base::XmlLocalName(child);
    if (name == "issuer") {
      if (!beside && !all.back().issuers.empty()) all.emplace_back();
      all.back().issuers.push_back(child);
      beside = true;
    } else if (name == "learningOpportunitySpecification") {
      all.back().specifications.push_back(child);
      beside = false;
    }
  }
  return all;
}

// Bodies that award together; real ones are two or three.
constexpr size_t kFurtherBodiesMax = 16;

AwardingBody MapIssuers(Source* source, const xml_node& report, const Awarded& awarded) {
  if (awarded.issuers.empty()) {
    source->Warn("issuer.missing", report, "The report names no issuer.");
    AwardingBody unknown;
    unknown.agent.mutable_agent()->set_id(source->NextId("awarding-body"));
    unknown.agent.mutable_agent()->add_type("Agent");
    return unknown;
  }
  AwardingBody body = MapIssuer(source, awarded.issuers[0]);
  for (size_t i = 1; i < awarded.issuers.size(); ++i) {
    // Each stands in every achievement.
    if (i > kFurtherBodiesMax) {
      source->Warn("issuer.too-many", awarded.issuers[i],
                   "More bodies award together than are written; this one is left out.");
      source->Drop(awarded.issuers[i], "more awarding bodies than are written");
      continue;
    }
    source->Warn("issuer.several", awarded.issuers[i],
                 "A report has one issuer; this one is written as a further awarding body.");
    body.beside.push_back(MapIssuer(source, awarded.issuers[i]).agent);
  }
  return body;
}

// The achievements of a report, and the country of the first awarding body.
struct MappedReport {
  std::vector<elm::v3::LearningAchievement> achievements;
  std::optional<elm::v3::Concept> country;
};

MappedReport MapReport(Source* source, const xml_node& report, const ReportContext& context) {
  MappedReport mapped;
  const std::vector<Awarded> all = AwardedIn(*source, report);
  for (const Awarded& awarded : all) {
    if (awarded.specifications.empty() && all.size() > 1) {
      for (const xml_node& issuer : awarded.issuers) source->Drop(issuer, "awarded nothing in this report");
      continue;
    }
    const AwardingBody body = MapIssuers(source, report, awarded);
    if (&awarded == &all.front()) mapped.country = body.country;
    for (const xml_node& specification : awarded.specifications) {
      if (source->IsExhausted()) break;
      for (auto& one : MapSpecification(source, context, specification, body, 0)) {
        mapped.achievements.push_back(std::move(one));
      }
    }
  }
  return mapped;
}

// The learner of the document; in the legacy namespace, that of the report. One of each are two.
absl::StatusOr<xml_node> OneLearner(const Source& source, const xml_node& report) {
  std::vector<xml_node> learners = source.Children(source.document().Root(), "learner");
  for (const xml_node& learner : source.Children(report, "learner")) learners.push_back(learner);
  if (learners.empty()) return Problem(Reason::kLearnerMissing, "/elmo");
  if (learners.size() > 1) return Problem(Reason::kSeveralSubjects, source.document().Path(learners[1]));
  return learners.front();
}

absl::Status TooLarge() {
  return Problem(Reason::kInputTooLarge, "/elmo", "too many achievements, or texts that are referred to too often");
}

absl::Status NothingAwarded(const Source& source, const xml_node& report) {
  for (const xml_node& specification : source.Children(report, "learningOpportunitySpecification")) {
    if (base::XmlText(source.Child(specification, "title")).empty()) {
      return Problem(Reason::kTitleMissing, source.document().Path(specification));
    }
  }
  return Problem(Reason::kNothingAwarded, source.document().Path(report));
}

// The date from which the credential holds: of the document, of the file, of an award; the translation's as the last.
std::string ValidFrom(Source* source, const ReportContext& context, const ImportOptions& options,
                      const elm::v3::LearningAchievement& first) {
  const xml_node generated = source->Child(source->document().Root(), "generatedDate");
  if (!context.issue_date.empty()) {
    source->Drop(generated, "date of the file; the date of issue counts");
    return context.issue_date;
  }
  std::string generated_date = TakeDate(source, generated);
  if (!generated_date.empty()) return generated_date;
  if (!first.awarded_by().awarding_date().empty()) return first.awarded_by().awarding_date();
  source->Warn("date.translation", source->document().Root(),
               "The document has no date; the credential holds from its translation.");
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", options.translation_time, absl::UTCTimeZone());
}

class ElmoAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    auto root = base::PeekXmlRoot(bytes);
    if (!root.has_value()) root = base::PeekXmlRoot(base::UnpackBeginning(bytes, kLookBytes));
    if (!root.has_value() || root->local != "elmo") return Confidence::kNone;
    return IsKnownNamespace(root->name_space) ? Confidence::kCertain : Confidence::kPossible;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(const base::Unpacked unpacked, base::Unpack(bytes));
    ASSIGN_OR_RETURN(base::XmlDocument document, base::ReadXml(unpacked.bytes));
    RETURN_IF_ERROR(CheckRoot(document, options));
    constexpr size_t kDigestDigits = 32;
    std::string prefix = absl::StrCat("urn:passerelle:", base::Sha256Hex(bytes).substr(0, kDigestDigits));
    if (options.report_index.has_value()) absl::StrAppend(&prefix, ":report:", *options.report_index);
    Source source(std::move(document), unpacked.bytes.size(), prefix);
    NoteForm(unpacked, &source);
    ASSIGN_OR_RETURN(const xml_node report, ChooseReport(&source, options));
    ASSIGN_OR_RETURN(const xml_node learner, OneLearner(source, report));

    const ReportContext context = MakeContext(&source, report);
    source.KeepAttachments(report);
    source.KeepAttachments(source.document().Root());
    MappedReport mapped = MapReport(&source, report, context);
    std::vector<elm::v3::LearningAchievement>& achievements = mapped.achievements;
    if (achievements.empty()) return NothingAwarded(source, report);
    if (source.IsExhausted()) return TooLarge();
    Imported imported;
    auto* credential = &*imported.credential;
    credential->set_id(absl::StrCat(prefix, ":credential"));
    credential->add_type("VerifiableCredential");
    credential->add_type("EuropeanDigitalCredential");
    credential->set_valid_from(ValidFrom(&source, context, options, achievements[0]));
    auto* person = credential->mutable_credential_subject()->mutable_person();
    person->set_id(absl::StrCat(prefix, ":learner"));
    MapLearner(&source, learner, mapped.country, person);
    WriteDisplay(source, achievements[0].title(), credential);
    for (auto& one : achievements) *person->add_has_claim()->mutable_learning_achievement() = std::move(one);
    for (const xml_node& attachment : source.attachments()) {
      if (!source.IsExhausted()) MapAttachment(&source, attachment, credential);
    }
    if (source.IsExhausted()) return TooLarge();
    source.Account(&imported);
    return imported;
  }

  absl::StatusOr<document::Exported> Export(const elm::v3::EuropeanDigitalCredential& credential,
                                            const document::ExportOptions& options) const override {
    return ExportElmo(credential, options);
  }

 private:
  const FormatInfo info_ = {"elmo",
                            "EMREX ELMO, transcripts of records in XML",
                            {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "purl.org"},
                            {"read", "write"},
                            "beta",
                            "application/xml",
                            "elmo-6"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<ElmoAdapter>(); }

}  // namespace passerelle::adapters::elmo
