#include "core/proof/di/data_integrity.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/base58.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/credential_times.h"
#include "core/proof/di/cryptosuite.h"
#include "core/proof/di/selective_disclosure.h"
#include "core/proof/di/signed_content.h"
#include "core/rdf/pinned_contexts.h"

namespace passerelle::proof {
namespace {

namespace dom = simdjson::dom;
using base::Reason;

// The data models 1.1 and 2.0 want their own context first, whose terms are protected from the others (VCDM 2.0, 4.3).
constexpr absl::string_view kFirstContexts[] = {"https://www.w3.org/ns/credentials/v2",
                                                "https://www.w3.org/2018/credentials/v1"};

constexpr absl::string_view kPreviousPlace = "/proof/previousProof";

constexpr absl::string_view kMovingKeywords[] = {"@graph", "@included", "@index", "@nest", "@reverse"};

absl::Status MalformedProof(absl::string_view member) { return base::Problem(Reason::kProofMalformed, member); }

absl::StatusOr<std::string> TextMember(dom::object proof, absl::string_view name) {
  const auto text = base::FindString(proof, name);
  if (!text.has_value()) return MalformedProof(name);
  return std::string(*text);
}

class Verifier {
 public:
  Verifier(const base::JsonDocument& json, dom::object document, const DataIntegrityOptions& options,
           DataIntegrityVerdict& verdict)
      : json_(json), document_(document), options_(options), verdict_(verdict) {}

  // OK when every proof verifies.
  absl::Status Run() {
    RETURN_IF_ERROR(FindProofs());
    for (size_t i = 0; i < entries_.size(); ++i) {
      const absl::Status status = VerifyProof(entries_[i]);
      if (status.ok()) continue;
      // A place without a slash is a member of the proof, others are pointers already.
      std::string place = base::PlaceOf(status);
      if (place.empty() || place[0] != '/') {
        place =
            absl::StrCat("/proof", entries_.size() > 1 ? absl::StrCat("/", i) : "", place.empty() ? "" : "/", place);
      }
      return base::Problem(base::ReasonOf(status), place, base::DetailOf(status));
    }
    CheckContexts();
    std::string pointer;
    CheckStructure(document_, pointer);
    CheckCredentialTimes(document_, options_.at, verdict_.findings);
    return absl::OkStatus();
  }

 private:
  // A proof of the document, and the proofs that it builds on, by their place.
  struct Entry {
    dom::element element;
    dom::object proof;
    std::vector<size_t> previous;
    bool is_acyclic = false;
  };

  absl::Status FindProofs() {
    const auto member = base::Find(document_, "proof");
    if (!member.has_value() || member->is_null()) return base::Problem(Reason::kProofMissing, "/proof");
    std::vector<dom::element> entries = {*member};
    if (const auto array = base::AsArray(*member)) {
      entries.assign(array->begin(), array->end());
      if (entries.empty()) return base::Problem(Reason::kProofMissing, "/proof");
    }
    if (entries.size() > base::kProofsMax) return base::Problem(Reason::kRdfTooComplex, "/proof", "too many proofs");
    for (const dom::element element : entries) {
      const auto proof = base::AsObject(element);
      if (!proof.has_value()) return base::Problem(Reason::kProofMalformed, "/proof");
      entries_.push_back({element, *proof, {}, false});
    }
    return FindChains();
  }

  absl::Status VerifyProof(const Entry& entry) {
    const dom::object proof = entry.proof;
    ASSIGN_OR_RETURN(const std::string type, TextMember(proof, "type"));
    const absl::string_view suite_name = base::FindString(proof, "cryptosuite").value_or("");
    const Cryptosuite* const suite = FindCryptosuite(type, suite_name);
    if (suite == nullptr) return base::Problem(Reason::kCryptosuiteUnknown, "cryptosuite");
    ASSIGN_OR_RETURN(const std::string value, TextMember(proof, "proofValue"));
    ASSIGN_OR_RETURN(const std::string method_id, TextMember(proof, "verificationMethod"));
    ASSIGN_OR_RETURN(const VerificationMethod method, FindVerificationMethod(method_id, options_.installed));
    const std::optional<SuiteAlgorithm> algorithm = AlgorithmOf(*suite, method.key);
    if (!algorithm.has_value()) return base::Problem(Reason::kAlgorithmMismatch, "verificationMethod");
    SecuredDocument secured{json_, document_, proof, {}};
    for (const size_t previous : entry.previous) secured.previous.push_back(entries_[previous].element);
    RETURN_IF_ERROR(VerifySignature(*suite, *algorithm, method.key, value, secured));
    CheckOptions(proof);
    ProofStatement statement{std::string(suite->name), method_id, method.controller,
                             method.key.thumbprint(),  false,     {}};
    statement.issuer_is_proven = method.is_proven && method.controller == IdOf(base::Find(document_, "issuer"));
    statement.created = base::ParseDateTime(base::FindString(proof, "created").value_or(""));
    CheckController(statement);
    verdict_.proofs.push_back(std::move(statement));
    return absl::OkStatus();
  }

  absl::Status VerifySignature(const Cryptosuite& suite, const SuiteAlgorithm& algorithm, const PublicKey& key,
                               absl::string_view value, const SecuredDocument& secured) {
    if (suite.form == CanonicalForm::kSelective) {
      return VerifyDerivedProof(secured, value, key, used_inline_context_);
    }
    if (value.empty() || value[0] != 'z')
      return base::Problem(Reason::kProofMalformed, "proofValue", "it is not base58");
    const absl::StatusOr<std::string> signature = base::Base58Decode(value.substr(1));
    if (!signature.ok()) return base::Problem(Reason::kProofMalformed, "proofValue", "it is not base58");
    ASSIGN_OR_RETURN(const SignedContent content, suite.form == CanonicalForm::kJcs
                                                      ? JcsContent(secured, algorithm.hash)
                                                      : RdfcContent(secured, algorithm.hash));
    used_inline_context_ = used_inline_context_ || content.used_inline_context;
    return key.Verify(algorithm.algorithm, content.hash_data, *signature)
               ? absl::OkStatus()
               : base::Problem(Reason::kSignatureInvalid, "proofValue");
  }

  // Which proofs each one builds on (`previousProof`, Data Integrity 1.0, 2.1.2). A name is that of one other proof.
  absl::Status FindChains() {
    for (Entry& entry : entries_) {
      const auto member = base::Find(entry.proof, "previousProof");
      if (!member.has_value()) continue;
      std::vector<dom::element> names = {*member};
      if (const auto array = base::AsArray(*member)) names.assign(array->begin(), array->end());
      if (names.empty() || names.size() > base::kProofsMax) return MalformedProof(kPreviousPlace);
      for (const dom::element name : names) {
        const auto id = base::AsString(name);
        if (!id.has_value() || id->empty()) return MalformedProof(kPreviousPlace);
        const auto is_named = [&](const Entry& other) {
          return base::FindString(other.proof, "id").value_or("") == *id;
        };
        const auto found = std::find_if(entries_.begin(), entries_.end(), is_named);
        if (std::count_if(entries_.begin(), entries_.end(), is_named) != 1) {
          return base::Problem(Reason::kProofChain, kPreviousPlace, "no one proof has the name");
        }
        entry.previous.push_back(static_cast<size_t>(found - entries_.begin()));
      }
    }
    std::vector<size_t> on_the_way;
    for (size_t i = 0; i < entries_.size(); ++i) RETURN_IF_ERROR(CheckAcyclic(i, on_the_way));
    return absl::OkStatus();
  }

  absl::Status CheckAcyclic(size_t index, std::vector<size_t>& on_the_way) {
    Entry& entry = entries_[index];
    if (entry.is_acyclic) return absl::OkStatus();
    if (std::find(on_the_way.begin(), on_the_way.end(), index) != on_the_way.end()) {
      return base::Problem(Reason::kProofChain, kPreviousPlace, "a proof builds on itself");
    }
    on_the_way.push_back(index);
    for (const size_t previous : entry.previous) RETURN_IF_ERROR(CheckAcyclic(previous, on_the_way));
    on_the_way.pop_back();
    entry.is_acyclic = true;
    return absl::OkStatus();
  }

  // What the signed options say of the use of the proof.
  void CheckOptions(dom::object proof) {
    if (base::FindString(proof, "proofPurpose").value_or("") != "assertionMethod") {
      verdict_.findings.Refuse(Reason::kProofPurpose, "/proof/proofPurpose");
    }
    CheckDate(proof, "created", Bound::kBegin, options_.at, verdict_.findings);
    CheckDate(proof, "expires", Bound::kEnd, options_.at, verdict_.findings);
  }

  void CheckController(const ProofStatement& statement) {
    if (statement.issuer_is_proven) return;
    const absl::string_view issuer = IdOf(base::Find(document_, "issuer"));
    const absl::string_view detail = statement.controller == issuer ? "nothing shows that the key is the issuer's"
                                                                    : "the key is another's than the issuer's";
    if (options_.requires_issuer_key) {
      verdict_.findings.Refuse(Reason::kControllerMismatch, "/proof/verificationMethod", detail);
    } else {
      verdict_.findings.Note(Reason::kControllerMismatch, "/proof/verificationMethod", detail);
    }
  }

  // Keywords that put statements in another place of the JSON than of the RDF: a signature over the RDF stays valid
  // while readers of the JSON no longer find what was signed.
  void CheckStructure(dom::object object, std::string& pointer) {
    const size_t length = pointer.size();
    for (const dom::key_value_pair member : object) {
      const absl::string_view name = base::View(member.key);
      base::AppendPointerToken(name, pointer);
      if (std::find(std::begin(kMovingKeywords), std::end(kMovingKeywords), name) != std::end(kMovingKeywords)) {
        verdict_.findings.Refuse(Reason::kJsonLdNotCovered, pointer, "the keyword moves statements");
      }
      // In the contexts of Open Badges the class Criteria and the property criteria are one IRI: under the same
      // signature either name can stand, and readers find one of them only.
      if (!name.empty() && absl::ascii_isupper(static_cast<unsigned char>(name[0]))) {
        verdict_.findings.Refuse(Reason::kJsonLdNotCovered, pointer, "a class stands as a property");
      }
      if (name != "@context") CheckStructureOf(member.value, pointer);
      pointer.resize(length);
    }
  }

  void CheckStructureOf(dom::element value, std::string& pointer) {
    if (const auto object = base::AsObject(value)) return CheckStructure(*object, pointer);
    const auto array = base::AsArray(value);
    if (!array.has_value()) return;
    const size_t length = pointer.size();
    size_t index = 0;
    for (const dom::element entry : *array) {
      absl::StrAppend(&pointer, "/", index++);
      CheckStructureOf(entry, pointer);
      pointer.resize(length);
    }
  }

  // Only contexts that are built in, that of the data model first. Proofs over JCS do not look at them otherwise.
  void CheckContexts() {
    if (used_inline_context_) verdict_.findings.Refuse(Reason::kContextInline, "/@context");
    const auto member = base::Find(document_, "@context");
    if (!member.has_value())
      return verdict_.findings.Refuse(Reason::kJsonLdContextUnknown, "/@context", "there is none");
    std::vector<dom::element> entries = {*member};
    if (const auto array = base::AsArray(*member)) entries.assign(array->begin(), array->end());
    for (size_t i = 0; i < entries.size(); ++i) {
      const std::string place = absl::StrCat("/@context/", i);
      const auto url = base::AsString(entries[i]);
      if (!url.has_value()) {
        verdict_.findings.Refuse(Reason::kContextInline, place);
      } else if (!rdf::PinnedContexts::Get().Load(*url).ok()) {
        verdict_.findings.Refuse(Reason::kJsonLdContextUnknown, place);
      } else if (i == 0 &&
                 std::find(std::begin(kFirstContexts), std::end(kFirstContexts), *url) == std::end(kFirstContexts)) {
        verdict_.findings.Refuse(Reason::kJsonLdContextUnknown, place, "that of the data model comes first");
      }
    }
  }

  const base::JsonDocument& json_;
  const dom::object document_;
  const DataIntegrityOptions& options_;
  DataIntegrityVerdict& verdict_;
  std::vector<Entry> entries_;
  bool used_inline_context_ = false;
};

}  // namespace

DataIntegrityVerdict VerifyDataIntegrity(absl::string_view bytes, const DataIntegrityOptions& options) {
  DataIntegrityVerdict verdict;
  absl::StatusOr<base::JsonDocument> json = base::JsonDocument::Parse(bytes);
  if (!json.ok()) {
    verdict.is_ambiguous = base::ReasonOf(json.status()) == Reason::kJsonDuplicateMember;
    verdict.findings.Refuse(json.status());
    return verdict;
  }
  const auto document = base::AsObject(json->root());
  if (!document.has_value()) {
    verdict.findings.Refuse(Reason::kNotACredential, "");
    return verdict;
  }
  const absl::Status status = Verifier(*json, *document, options, verdict).Run();
  if (!status.ok()) {
    verdict.findings.Refuse(status);
    verdict.proofs.clear();
    return verdict;
  }
  verdict.verified = true;
  verdict.document = *std::move(json);
  return verdict;
}

}  // namespace passerelle::proof
