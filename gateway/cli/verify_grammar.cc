#include "gateway/cli/verify_grammar.h"

#include <optional>

#include "absl/time/clock.h"
#include "core/base/date_time.h"

namespace passerelle::gateway {

void VerifyGrammar::AddTo(CLI::App* verify) {
  VerifyRequest& request = request_;
  verify->add_option("FILE", request.file, "The document; - for standard input");
  verify->add_flag("--json", request.json, "As JSON");
  verify->add_option("--at", at_, "Point in time to judge for: 2026-01-31 or 2026-01-31T12:00:00Z");
  verify->add_option("--anchors", request.folders.anchors, "Folder with trust anchors")->check(CLI::ExistingDirectory);
  verify->add_option("--status", request.folders.status, "Folder with status lists")->check(CLI::ExistingDirectory);
  verify->add_option("--policy", request.policy, "What the verdict has to meet, YAML; strict when not given");
  CLI::Option* audience = verify->add_option("--audience", request.audience, "Receiver that the holder was asked for");
  CLI::Option* nonce = verify->add_option("--nonce", request.nonce, "Nonce that the holder was asked with");
  audience->needs(nonce);
  nonce->needs(audience);
  CLI::Option* save = verify->add_option("--save", request.save, "File to write the signed verdict to");
  CLI::Option* key = verify->add_option("--key", request.key, "Private key that signs the verdict, PEM");
  save->needs(key);
  key->needs(save);
  CLI::Option* replay = verify->add_option("--replay", request.replay, "A signed verdict, to come to it again");
  verify->add_option("--signer", request.signer, "Public key or certificate of whoever signed it, PEM")->needs(replay);
  replay->excludes(save);
  verify->add_flag("--offline", offline_, "Ask nobody; this command never does");
}

int VerifyGrammar::Run(const document::Registry& registry, const Console& console) {
  if (!request_.replay.empty()) return RunReplay(registry, request_, console);
  if (request_.file.empty()) throw CLI::RequiredError("FILE");
  request_.now = absl::Now();
  request_.at = request_.now;
  if (!at_.empty()) {
    const std::optional<absl::Time> at = base::ParseDateTime(at_);
    if (!at) throw CLI::ValidationError("--at", "must be a date or a date and time, such as 2026-01-31T12:00:00Z");
    request_.at = *at;
  }
  return RunVerify(registry, request_, console);
}

}  // namespace passerelle::gateway
