// The authenticity question between nodes: the issuing side answers from its register, the asking side judges.
//
// Thread-safety: thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "core/authenticity/verdict.h"
#include "core/registers/register.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::authenticity {

// Answers AuthenticityQuestion from this node's register.
class QuestionHandler : public relay::Handler {
 public:
  explicit QuestionHandler(registers::Register* reg) : reg_(reg) {}
  std::string Type() const override;
  absl::StatusOr<std::string> Prepare(const relay::Opened& message) override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  registers::Register* reg_;  // null: this node issues nothing and cannot say
};

// Asks `issuing_node` (none when empty) and judges. The signed answer is kept in the verdict as evidence. A node that
// cannot be reached or refuses leaves the register check UNKNOWN with its reason; only a request that is itself wrong
// is an error: kFieldMissing, kFieldInvalid, kNodeUnknown. Digest and answer are written into the question, so that the
// verdict can be recorded with it.
absl::StatusOr<v1::AuthenticityVerdict> AskAndJudge(const document::Registry& adapters, const relay::Outbox& outbox,
                                                    absl::string_view issuing_node, Question& question);

// The same in two halves, for whoever does not hold a thread while the node answers. The first writes the digest into
// the question, and sends it: `answered` is called once, as relay::Outbox::Ask says, unless this returns a problem.
absl::Status AskOnly(const relay::Outbox& outbox, absl::string_view issuing_node, Question& question,
                     std::function<void(absl::StatusOr<relay::Answer>)> answered);
// The second judges by what came back.
absl::StatusOr<v1::AuthenticityVerdict> JudgeAnswered(const document::Registry& adapters,
                                                      const absl::StatusOr<relay::Answer>& answer, Question& question);

}  // namespace passerelle::authenticity
