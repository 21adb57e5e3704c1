// The credentials of decisions on their way to the holder. They are made where the authority's seal is, and handed to
// the authority's node; that sends them to the node that submitted the case, as signed messages, where the client that
// submitted it gets them. What was revoked since is told by the status that each names, and not by another message.
//
// Thread-safety: free functions; the transaction gives the isolation. The handlers are thread-safe; the context must
// outlive them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_records.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::recognition {

// Whether these can be the bytes of a credential of that form; places begin with `place`. Problems: kFieldMissing,
// kFieldInvalid at "form", kInputTooLarge at "content".
absl::Status CheckCredential(absl::string_view form, const std::string& content, absl::string_view place);

// At the authority: keeps a credential of the decision of a case and puts it into the outbox, unless it was sent
// before. Problem: kGuardNotMet at "state" for a case whose decision is not one that can be issued; kInputTooLarge at
// "events".
absl::Status SendCredential(const CaseContext& context, absl::string_view client,
                            const v1::DeliverCredentialRequest& request, StoredCase* stored, base::Transaction& tx);

// The credential of a form. kResourceNotFound at "form".
absl::StatusOr<v1::IssuedCredential> LoadCredential(absl::string_view case_id, absl::string_view form,
                                                    base::Transaction& tx);
// Those of a case, by their forms.
absl::StatusOr<std::vector<v1::IssuedCredential>> CredentialsOf(absl::string_view case_id, base::Transaction& tx);
// Deletes those of a case.
absl::Status EraseCredentials(absl::string_view case_id, base::Transaction& tx);

// On the holder's side: takes the credential of a case that was submitted to the sender, and of no other. One that was
// overtaken by a later one is answered and not kept. Refusals: kFieldMissing, kFieldInvalid, kInputTooLarge,
// kResourceNotFound.
class CredentialHandler : public relay::Handler {
 public:
  explicit CredentialHandler(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

// At the authority: what became of a credential on its way, as an event of the case and with the credential.
class CredentialReceipts : public relay::AnswerHandler {
 public:
  explicit CredentialReceipts(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

}  // namespace passerelle::recognition
