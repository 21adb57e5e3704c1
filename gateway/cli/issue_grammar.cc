#include "gateway/cli/issue_grammar.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "core/recognition/issue/letter_labels.h"
#include "gateway/cli/case_grammar.h"

namespace passerelle::gateway {
namespace {

const std::vector<std::string>& Forms() {
  static const auto* const forms = new std::vector<std::string>{"elm", "vc-jwt", "sd-jwt", "json"};
  return *forms;
}

void AddSeal(AuthoritySeal* seal, CLI::App* command) {
  command->add_option("--seal", seal->key, "Private key of the authority: a PEM file, or a PKCS#11 URI (RFC 7512)");
  command->add_option("--seal-certificate", seal->certificate,
                      "PEM file with the certificate of that key, and those above it");
}

void AddBook(std::string* book, CLI::App* command) {
  command->add_option("--book", *book, "The authority's book of what it has issued, YAML");
}

// What every form but the bare decision needs.
void DemandSeal(const CLI::App& command) {
  for (const char* option : {"--seal", "--seal-certificate", "--book"}) {
    if (command.count(option) == 0) throw CLI::RequiredError(option);
  }
}

}  // namespace

void IssueGrammar::AddTo(CLI::App* recognition) {
  issue_ = recognition->add_subcommand("issue", "Issues the decision of a case to its holder, as a credential.");
  issue_->add_option("CASE", issue_request_.id, "Id of the case")->required();
  AddSeal(&issue_request_.seal, issue_);
  AddBook(&issue_request_.seal.book, issue_);
  issue_->add_option("--as", issue_request_.as, "elm when not given; vc-jwt, sd-jwt, or json for the bare decision");
  issue_->add_option("--holder-key", issue_request_.holder_key, "Public key of the holder's wallet, JWK, for sd-jwt");
  issue_->add_option("--out", issue_request_.out, "File to write to; standard output when not given");
  issue_->add_flag("--deliver", issue_request_.deliver, "Has the node send it to the holder's side as well");
  AddNodeOptions(&issue_request_.node, issue_);
  offer_ = recognition->add_subcommand("offer", "Offers the decision of a case to its holder's wallet.");
  offer_->add_option("CASE", offer_request_.id, "Id of the case")->required();
  AddBook(&offer_request_.book, offer_);
  offer_->get_option("--book")->required();
  offer_->add_flag("--transaction-code", offer_request_.with_transaction_code,
                   "Have the holder enter a code, to be told on another way than the link");
  AddNodeOptions(&offer_request_.node, offer_);
  letter_ = recognition->add_subcommand("letter", "Writes the letter that explains a decision, as HTML.");
  letter_->add_option("CASE", letter_request_.id, "Id of the case")->required();
  AddBook(&letter_request_.book, letter_);
  letter_->get_option("--book")->required();
  letter_->add_option("--credential", letter_request_.credential, "The sealed credential that was issued")->required();
  letter_
      ->add_option("--seal-certificate", letter_request_.seal_certificate,
                   "PEM file with the certificate with which it was sealed")
      ->required();
  letter_
      ->add_option("--languages", letter_request_.languages,
                   "One language or two, such as en,fr; that of the book when not given")
      ->delimiter(',')
      ->allow_extra_args(false);
  letter_->add_option("--out", letter_request_.out, "File to write to; standard output when not given");
  AddNodeOptions(&letter_request_.node, letter_);
  status_ = recognition->add_subcommand("status", "Makes the status lists of what was issued, and revokes.");
  AddSeal(&status_request_.seal, status_);
  AddBook(&status_request_.seal.book, status_);
  status_->add_option("--out", status_request_.out, "Folder for bitstring.jwt and token.jwt")->required();
  CLI::Option* const revoke = status_->add_option("--revoke", status_request_.revoke, "Case whose decision is revoked");
  status_
      ->add_option("--reason-code", status_request_.reason_code,
                   "Why, such as AUTH-REVOKED; none when another decision took its place")
      ->needs(revoke);
}

int IssueGrammar::Run(const document::Registry& registry, const Console& console) {
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  if (issue_->parsed()) {
    if (std::find(Forms().begin(), Forms().end(), issue_request_.as) == Forms().end()) {
      throw CLI::ValidationError("--as", "must be one of " + absl::StrJoin(Forms(), ", "));
    }
    if (!issue_request_.holder_key.empty() && issue_request_.as != "sd-jwt") {
      throw CLI::ValidationError("--holder-key", "is for sd-jwt only");
    }
    if (issue_request_.as != "json") DemandSeal(*issue_);
    if (issue_request_.deliver && issue_request_.as == "json") {
      throw CLI::ValidationError("--deliver", "is for what is signed");
    }
    issue_request_.at = now;
    return RunIssue(registry, issue_request_, console);
  }
  if (offer_->parsed()) {
    offer_request_.at = now;
    return RunOffer(offer_request_, console);
  }
  if (letter_->parsed()) {
    for (const std::string& language : letter_request_.languages) {
      if (recognition::IsLetterLanguage(language)) continue;
      throw CLI::ValidationError("--languages", "must be of " + absl::StrJoin(recognition::LetterLanguages(), ", "));
    }
    letter_request_.at = now;
    return RunLetter(registry, letter_request_, console);
  }
  DemandSeal(*status_);
  status_request_.at = now;
  return RunStatus(status_request_, console);
}

}  // namespace passerelle::gateway
