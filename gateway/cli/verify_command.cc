#include "gateway/cli/verify_command.h"

#include <optional>
#include <utility>

#include "core/authenticity/verdict.h"
#include "core/authenticity/verdict_record.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/public_key.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/config/yaml.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {
namespace {

namespace authenticity_v1 = authenticity::v1;

// A bundle up to this size goes along with a saved verdict; a larger one has to be brought by whoever replays it.
constexpr size_t kBundleSavedBytesMax = size_t{1} << 20;
// Bytes of a saved verdict: that bundle in base64url, and the checks.
constexpr size_t kVerdictBytesMax = size_t{4} << 20;

int ExitCodeOf(authenticity_v1::Verdict verdict) {
  switch (verdict) {
    case authenticity_v1::VERDICT_AUTHENTIC:
      return kExitDone;
    case authenticity_v1::VERDICT_NOT_AUTHENTIC:
      return kExitRefused;
    default:
      return kExitNotEstablished;
  }
}

int LeaveOpen(const absl::Status& problem, const Console& console) {
  PrintProblem(problem, console);
  // What could not be judged is unknown, and that is never a no.
  return kExitNotEstablished;
}

void Print(const authenticity_v1::AuthenticityVerdict& verdict, bool json, const Console& console) {
  console.out << (json ? authenticity::VerdictJson(verdict) + "\n" : authenticity::VerdictText(verdict));
}

absl::StatusOr<authenticity::Question> MakeQuestion(const VerifyRequest& request) {
  authenticity::Question question;
  ASSIGN_OR_RETURN(question.content, ReadInput(request.file, base::kDocumentBytesMax));
  ASSIGN_OR_RETURN(question.bundle, LoadTrustFolders(request.folders));
  if (!request.policy.empty()) {
    RETURN_IF_ERROR(ReadYamlFile(request.policy, &question.policy));
    RETURN_IF_ERROR(authenticity::CheckVerdictPolicy(question.policy));
  }
  if (!request.audience.empty()) question.holder = proof::KeyBindingDemand{request.audience, request.nonce};
  question.at = request.at;
  question.now = request.now;
  return question;
}

absl::Status Save(const VerifyRequest& request, const authenticity::Question& question,
                  const authenticity_v1::AuthenticityVerdict& verdict) {
  ASSIGN_OR_RETURN(const proof::SigningKey key, LoadMessageKey(request.key));
  const bool small = question.bundle == nullptr || question.bundle->message().ByteSizeLong() <= kBundleSavedBytesMax;
  const authenticity_v1::VerdictRecord record = authenticity::MakeVerdictRecord(
      question, verdict, "", small ? authenticity::BundlePart::kWhole : authenticity::BundlePart::kDigest);
  ASSIGN_OR_RETURN(const std::string message, authenticity::SignVerdictRecord(record, key));
  return WriteResult(request.save, message + "\n");
}

absl::StatusOr<authenticity::SavedVerdict> OpenSaved(const VerifyRequest& request) {
  ASSIGN_OR_RETURN(const std::string message, ReadInput(request.replay, kVerdictBytesMax));
  if (request.signer.empty()) return authenticity::OpenVerdictRecord(message, nullptr);
  ASSIGN_OR_RETURN(const std::string pem, ReadInput(request.signer, base::kKeyBytesMax));
  ASSIGN_OR_RETURN(const proof::PublicKey signer, proof::PublicKey::FromPem(pem));
  return authenticity::OpenVerdictRecord(message, &signer);
}

absl::StatusOr<authenticity_v1::AuthenticityVerdict> JudgeAgain(const document::Registry& registry,
                                                                const VerifyRequest& request,
                                                                const authenticity_v1::VerdictRecord& record) {
  ASSIGN_OR_RETURN(const std::string content, ReadInput(request.file, base::kDocumentBytesMax));
  ASSIGN_OR_RETURN(auto bundle, LoadTrustFolders(request.folders));
  ASSIGN_OR_RETURN(authenticity_v1::AuthenticityVerdict verdict,
                   authenticity::ReplayVerdict(registry, record, content, std::move(bundle)));
  if (!authenticity::SameVerdict(verdict, record.verdict())) {
    return base::Problem(base::Reason::kVerdictDiffers, "verdict",
                         std::string(authenticity::VerdictWord(verdict.verdict())));
  }
  return verdict;
}

}  // namespace

int RunVerify(const document::Registry& registry, const VerifyRequest& request, const Console& console) {
  const absl::StatusOr<authenticity::Question> question = MakeQuestion(request);
  if (!question.ok()) return LeaveOpen(question.status(), console);
  const authenticity_v1::AuthenticityVerdict verdict = authenticity::Judge(registry, *question);
  if (!request.save.empty()) {
    const absl::Status saved = Save(request, *question, verdict);
    if (!saved.ok()) return LeaveOpen(saved, console);
  }
  Print(verdict, request.json, console);
  return ExitCodeOf(verdict.verdict());
}

int RunReplay(const document::Registry& registry, const VerifyRequest& request, const Console& console) {
  const absl::StatusOr<authenticity::SavedVerdict> saved = OpenSaved(request);
  if (!saved.ok()) return LeaveOpen(saved.status(), console);
  const authenticity_v1::AuthenticityVerdict& verdict = saved->record.verdict();
  if (saved->signature_verified) {
    console.err << "signature: verifies with the key of --signer\n";
  } else {
    console.err << "signature: not checked, since no --signer was named; the verdict names the key "
                << saved->key_thumbprint << "\n";
  }
  if (request.file.empty()) {
    console.err << "replay: not judged again, since the document is not at hand\n";
    Print(verdict, request.json, console);
    return saved->signature_verified ? ExitCodeOf(verdict.verdict()) : kExitNotEstablished;
  }
  const absl::StatusOr<authenticity_v1::AuthenticityVerdict> again = JudgeAgain(registry, request, saved->record);
  if (!again.ok()) return LeaveOpen(again.status(), console);
  console.err << "replay: the same verdict in every check\n";
  Print(*again, request.json, console);
  return ExitCodeOf(again->verdict());
}

}  // namespace passerelle::gateway
