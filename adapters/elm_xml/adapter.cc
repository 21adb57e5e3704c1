#include "adapters/elm_xml/adapter.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapters/elm_xml/awards.h"
#include "adapters/elm_xml/completion.h"
#include "adapters/elm_xml/mapping.h"
#include "adapters/families/around.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"

namespace passerelle::adapters::elm_xml {
namespace {

using base::Problem;
using base::Reason;
using document::Confidence;
using document::Enclosed;
using document::FormatInfo;
using document::Imported;
using document::ImportOptions;
using pugi::xml_node;

constexpr absl::string_view kNamespace = "http://data.europa.eu/snb";
constexpr absl::string_view kNamespaceBefore = "http://data.europa.eu/europass/";  // of versions before 0.10
constexpr absl::string_view kRoot = "europassCredential";
// Europass hands credentials out in presentations: what a mandated issuer seals, and what a holder shares.
constexpr absl::string_view kPresentationNamespace = "http://data.europa.eu/snb/vp";
constexpr absl::string_view kPresentation = "verifiablePresentation";

// How far into accreditation data their namespace declarations are looked for.
constexpr size_t kLookBytes = 8192;

constexpr absl::string_view kAccreditations = "Accreditations";

// Why parts of a presentation are left out.
constexpr absl::string_view kOfPresentation = "belongs to the presentation, not to the credential";
constexpr absl::string_view kNotAskedFor = "another credential was asked for";

absl::Status CheckRoot(const base::XmlDocument& document) {
  const absl::string_view root = base::XmlLocalName(document.Root());
  if (root == kAccreditations) {
    return Problem(Reason::kFormatNotSupported, document.Path(document.Root()),
                   "accreditation data (AMS) are no credential");
  }
  if (root != kRoot) {
    return Problem(Reason::kFormatUnknown, document.Path(document.Root()), "the root is europassCredential");
  }
  const absl::string_view name_space = document.Namespace(document.Root());
  if (name_space == kNamespace) return absl::OkStatus();
  if (name_space.empty() || absl::StartsWith(name_space, kNamespaceBefore)) {
    return Problem(Reason::kFormatNotSupported, "/europassCredential",
                   "versions before 0.10, or without a namespace, are not read");
  }
  return Problem(Reason::kXmlNamespace, "/europassCredential");
}

// The date from which the credential holds: stated, of issue, or of the translation.
std::string ValidFrom(Source* source, const xml_node& root, const ImportOptions& options) {
  for (const char* const name : {"issued", "issuanceDate"}) {
    std::string date = base::XmlText(Source::ChildNamed(root, name));
    if (!date.empty()) return date;
  }
  source->Warn("date.translation", root, "The document has no date; the credential holds from its translation.");
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", options.translation_time, absl::UTCTimeZone());
}

bool IsSubject(const xml_node& node) { return base::XmlLocalName(node) == "credentialSubject"; }

bool IsSamePerson(const xml_node& subject, const xml_node& other) {
  const std::string id = base::XmlAttribute(subject, "id").value();
  return !id.empty() &&
         (id == base::XmlAttribute(other, "id").value() || id == base::XmlAttribute(other, "idref").value());
}

// What was awarded to several people must never meet in one translation.
absl::Status CheckOneSubject(const base::XmlDocument& document, const xml_node& subject) {
  for (xml_node other = subject.next_sibling(); other; other = other.next_sibling()) {
    if (!IsSubject(other) || IsSamePerson(subject, other)) continue;
    return Problem(Reason::kSeveralSubjects, document.Path(other));
  }
  return absl::OkStatus();
}

// Whether a credential of somebody else is inside; the reader has bounded the depth.
bool HoldsOtherPerson(const xml_node& node, const xml_node& subject) {
  for (const xml_node& child : node.children()) {
    if (IsSubject(child) && child != subject && !IsSamePerson(subject, child)) return true;
    if (HoldsOtherPerson(child, subject)) return true;
  }
  return false;
}

void FillCredential(Source* source, elm::v3::EuropeanDigitalCredential* credential) {
  credential->add_type("VerifiableCredential");
  credential->add_type("EuropeanDigitalCredential");
  FillNode(source, source->document().Root(), credential);
}

// The translation has an id of its own; that of the original is one of its identifiers.
void KeepId(elm::v3::EuropeanDigitalCredential* credential) {
  if (credential->id().empty()) return;
  for (const elm::v3::IdentifierNode& known : credential->identifier()) {
    if (known.identifier().notation() == credential->id()) return;
  }
  elm::v3::Identifier* const identifier = credential->add_identifier()->mutable_identifier();
  identifier->add_type("Identifier");
  identifier->set_notation(credential->id());
}

class ElmXmlAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto root = base::PeekXmlRoot(bytes);
    if (!root.has_value()) return Confidence::kNone;
    if (root->local == kRoot) return root->name_space == kNamespace ? Confidence::kCertain : Confidence::kPossible;
    if (root->local == kPresentation && root->name_space == kPresentationNamespace) return Confidence::kCertain;
    const bool european = absl::StrContains(bytes.substr(0, kLookBytes), "http://data.europa.eu/snb/model/");
    return root->local == kAccreditations && european ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<std::optional<Enclosed>> Open(absl::string_view bytes, const ImportOptions& options) const override {
    const auto peeked = base::PeekXmlRoot(bytes);
    if (!peeked.has_value() || peeked->local != kPresentation) return std::optional<Enclosed>();
    ASSIGN_OR_RETURN(const base::XmlDocument document, base::ReadXml(bytes));
    const xml_node root = document.Root();
    std::vector<xml_node> credentials;
    FindCredentials(root, &credentials);
    if (credentials.empty()) return Problem(Reason::kNothingAwarded, document.Path(root), "it presents no credential");
    const size_t chosen = options.report_index.value_or(0);
    if (credentials.size() > 1 && !options.report_index.has_value()) {
      return Problem(Reason::kSeveralReports, document.Path(credentials[1]));
    }
    if (chosen >= credentials.size()) {
      return Problem(Reason::kFieldInvalid, "report_index",
                     absl::StrCat("the presentation has ", credentials.size(), " credentials"));
    }
    Enclosed enclosed;
    enclosed.format = info_.id;
    enclosed.bytes = base::XmlElementAsDocument(credentials[chosen]);
    enclosed.place = document.Path(credentials[chosen].parent());
    enclosed.among_others = credentials.size() > 1;
    const auto reason_of = [](const xml_node& beside) {
      const bool holds_another = base::XmlLocalName(beside) == kRoot || HoldsCredential(beside);
      return holds_another ? kNotAskedFor : kOfPresentation;
    };
    families::DropAround(document, credentials[chosen], kOfPresentation, reason_of, &enclosed);
    return std::optional<Enclosed>(std::move(enclosed));
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(base::XmlDocument document, base::ReadXml(bytes));
    RETURN_IF_ERROR(CheckRoot(document));
    Source source(std::move(document));
    const xml_node root = source.document().Root();
    const xml_node subject = source.document().Child(root, "credentialSubject");
    if (!subject) return Problem(Reason::kLearnerMissing, "/europassCredential");
    RETURN_IF_ERROR(CheckOneSubject(source.document(), subject));

    Imported imported;
    imported.among_others = HoldsOtherPerson(root, subject);
    auto* const credential = &*imported.credential;
    FillCredential(&source, credential);
    if (source.MustReadAgain()) {
      source = Source(std::move(source), DescribedBy(*credential));
      credential->Clear();
      FillCredential(&source, credential);
    }
    KeepId(credential);
    constexpr size_t kDigestDigits = 32;
    credential->set_id(absl::StrCat("urn:passerelle:", base::Sha256Hex(bytes).substr(0, kDigestDigits), ":credential"));
    if (credential->valid_from().empty()) credential->set_valid_from(ValidFrom(&source, root, options));
    auto* const person = credential->mutable_credential_subject()->mutable_person();
    DropOnlyNamed(person);
    if (person->has_claim().empty()) return Problem(Reason::kNothingAwarded, source.document().Path(subject));
    RETURN_IF_ERROR(TitleAchievements(&source, subject, person));
    CompleteAwards(&source, root, person, &imported);
    CompleteDisplay(credential);
    source.DropUnused();
    source.Account(&imported);
    return imported;
  }

 private:
  // The credentials that a presentation holds, not those inside them; the reader has bounded the depth.
  static void FindCredentials(const xml_node& node, std::vector<xml_node>* found) {
    for (const xml_node& child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      if (base::XmlLocalName(child) == kRoot) {
        found->push_back(child);
      } else {
        FindCredentials(child, found);
      }
    }
  }

  static bool HoldsCredential(const xml_node& node) {
    std::vector<xml_node> found;
    FindCredentials(node, &found);
    return !found.empty();
  }

  const FormatInfo info_ = {"elm-xml",  "European Learning Model in XML: credentials of version 1 and 2",
                            {"1", "2"}, {"read"},
                            "alpha",    "application/xml",
                            "elm-xml-8"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<ElmXmlAdapter>(); }

}  // namespace passerelle::adapters::elm_xml
