#include "core/authenticity/verdict_record.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/proto_bytes.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/jws.h"

namespace passerelle::authenticity {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::string_view kVerdictType = "passerelle-verdict+jws";

// What nodes sign messages with.
constexpr proof::KeyAlgorithm kAlgorithms[] = {proof::KeyAlgorithm::kEs256, proof::KeyAlgorithm::kEdDsa};
constexpr proof::JoseProfile kProfile = {kAlgorithms, {}, {}, false};

// Bytes of status lists that a record brings along; lists have some tens of kilobytes. Of larger ones the checks name
// the digest.
constexpr size_t kListsRecordedMax = size_t{1} << 20;

absl::Status Unusable(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kVerdictUnusable, place, detail);
}

// The answer of the register has to be the one that the issuing node signed, where the verdict carries it.
absl::Status CheckSignedAnswer(const v1::VerdictRecord& record) {
  if (!record.verdict().has_answer() || !record.has_register_answer()) return absl::OkStatus();
  v1::AuthenticityAnswer answer;
  const bool same = answer.ParseFromString(record.verdict().answer().body()) &&
                    base::DeterministicBytes(answer) == base::DeterministicBytes(record.register_answer());
  return same ? absl::OkStatus() : Problem(Reason::kEvidenceDiffers, "register_answer", "it is not the signed one");
}

absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> BundleOf(const v1::VerdictRecord& record,
                                                                   std::shared_ptr<const trust::TrustBundle> bundle) {
  if (record.trust_bundle_sha256().empty()) return nullptr;
  if (record.has_trust_bundle()) {
    ASSIGN_OR_RETURN(bundle, trust::TrustBundle::Make(record.trust_bundle()));
  }
  if (bundle == nullptr) return Problem(Reason::kEvidenceDiffers, "trust_bundle", "it is not at hand");
  if (bundle->sha256() != record.trust_bundle_sha256()) {
    return Problem(Reason::kEvidenceDiffers, "trust_bundle", "it is another one than the verdict was given on");
  }
  return bundle;
}

// A verdict of a former release has fewer checks; those that came since have nothing to be compared with. They are
// judged all the same, and count in the verdict.
void KeepChecksOf(const v1::AuthenticityVerdict& recorded, v1::AuthenticityVerdict& verdict) {
  auto& checks = *verdict.mutable_checks();
  checks.erase(std::remove_if(checks.begin(), checks.end(),
                              [&recorded](const v1::Check& check) {
                                return std::none_of(
                                    recorded.checks().begin(), recorded.checks().end(),
                                    [&check](const v1::Check& known) { return known.name() == check.name(); });
                              }),
               checks.end());
}

std::string Bytes(v1::AuthenticityVerdict verdict) {
  // The signed answer is kept as it came, and no part of what is judged.
  verdict.clear_answer();
  return base::DeterministicBytes(verdict);
}

}  // namespace

v1::VerdictRecord MakeVerdictRecord(const Question& question, const v1::AuthenticityVerdict& verdict,
                                    absl::string_view judge, BundlePart part) {
  v1::VerdictRecord record;
  *record.mutable_verdict() = verdict;
  *record.mutable_judge_time() = base::ToProto(question.now);
  record.set_judge(std::string(judge));
  *record.mutable_policy() = question.policy;
  if (question.holder.has_value()) {
    record.mutable_holder()->set_audience(question.holder->audience);
    record.mutable_holder()->set_nonce(question.holder->nonce);
  }
  if (question.bundle != nullptr) {
    record.set_trust_bundle_sha256(question.bundle->sha256());
    record.set_trust_bundle_version(question.bundle->message().version());
    if (part == BundlePart::kWhole) *record.mutable_trust_bundle() = question.bundle->message();
  }
  if (question.status_lists != nullptr) {
    UsedStatusLists::Lists used = question.status_lists->Used();
    size_t size = 0;
    for (const trust::v1::PinnedStatusList& list : used) size += list.content().size();
    if (size <= kListsRecordedMax) *record.mutable_status_lists() = std::move(used);
  }
  if (question.register_answer.has_value() && question.register_answer->ok()) {
    *record.mutable_register_answer() = **question.register_answer;
  } else if (question.register_answer.has_value()) {
    const Reason reason = base::ReasonOf(question.register_answer->status());
    record.set_register_problem(std::string(base::Catalogue(reason).name));
  }
  return record;
}

absl::StatusOr<std::string> SignVerdictRecord(const v1::VerdictRecord& record, const proof::SigningKey& key) {
  const proof::VerificationKey& verification_key = key.verification_key();
  std::string header;
  base::JsonWriter json(header);
  json.BeginObject();
  json.Member("alg", proof::AlgorithmName(verification_key.algorithm()));
  json.Member("kid", verification_key.thumbprint());
  json.Member("typ", kVerdictType);
  json.EndObject();
  const std::string input =
      absl::StrCat(base::Base64UrlEncode(header), ".", base::Base64UrlEncode(base::DeterministicBytes(record)));
  ASSIGN_OR_RETURN(const std::string signature, key.Sign(input));
  return absl::StrCat(input, ".", base::Base64UrlEncode(signature));
}

absl::StatusOr<SavedVerdict> OpenVerdictRecord(absl::string_view message, const proof::PublicKey* signer) {
  const absl::StatusOr<proof::Jws> jws = proof::Jws::ParseCompact(absl::StripAsciiWhitespace(message));
  if (!jws.ok()) return Unusable("", "it is no compact JWS");
  const proof::JwsSignature& signature = jws->signatures().front();
  if (signature.header.ProtectedText("typ") != kVerdictType) return Unusable("typ", "it is no verdict");
  SavedVerdict saved;
  saved.key_thumbprint = std::string(signature.header.ProtectedText("kid").value_or(""));
  if (signer != nullptr) {
    if (saved.key_thumbprint != signer->thumbprint()) return Unusable("kid", "another key signed it");
    if (!jws->VerifyWithKey(signature, *signer, kProfile).Accepted()) {
      return Unusable("signature", "it does not verify");
    }
    saved.signature_verified = true;
  }
  const absl::StatusOr<std::string> payload = base::Base64UrlDecode(jws->signed_payload());
  if (!payload.ok() || !saved.record.ParseFromString(*payload)) return Unusable("payload", "it is no record");
  if (!base::IsSha256Hex(saved.record.verdict().sha256()) || !base::IsValid(saved.record.verdict().at()) ||
      !base::IsValid(saved.record.judge_time())) {
    return Unusable("payload", "it lacks the digest of the document, or a time");
  }
  return saved;
}

absl::StatusOr<v1::AuthenticityVerdict> ReplayVerdict(const document::Registry& adapters,
                                                      const v1::VerdictRecord& record, absl::string_view content,
                                                      std::shared_ptr<const trust::TrustBundle> bundle) {
  Question question;
  question.content = std::string(content);
  question.sha256 = base::Sha256Hex(content);
  if (question.sha256 != record.verdict().sha256()) {
    return Problem(Reason::kEvidenceDiffers, "document", "it is another one than the verdict is about");
  }
  RETURN_IF_ERROR(CheckSignedAnswer(record));
  ASSIGN_OR_RETURN(question.bundle, BundleOf(record, std::move(bundle)));
  question.at = base::FromProto(record.verdict().at());
  question.now = base::FromProto(record.judge_time());
  question.policy = record.policy();
  question.status_lists = std::make_shared<UsedStatusLists>(record.status_lists());
  if (record.has_holder()) {
    question.holder = proof::KeyBindingDemand{record.holder().audience(), record.holder().nonce()};
  }
  if (record.has_register_answer()) {
    question.register_answer.emplace(record.register_answer());
  } else if (const auto reason = base::ReasonByName(record.register_problem())) {
    question.register_answer.emplace(Problem(*reason, "register"));
  }
  v1::AuthenticityVerdict verdict = Judge(adapters, question);
  KeepChecksOf(record.verdict(), verdict);
  return verdict;
}

bool SameVerdict(const v1::AuthenticityVerdict& a, const v1::AuthenticityVerdict& b) { return Bytes(a) == Bytes(b); }

}  // namespace passerelle::authenticity
