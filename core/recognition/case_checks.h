// The check of cases at the competent authority: what is asked, what follows, and what is written.
//
// No thread waits for an issuing node. What was asked goes on when the answer is there, on a thread of the transport;
// until then nothing is kept of a case but its id. A case whose issuing node has as many questions open as it may is
// put off, so that neither other cases nor the clocks of the law wait behind it.
//
// Thread-safety: thread-safe. Ownership: the context outlives it; the transport of the outbox is stopped before it
// ends.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_records.h"
#include "core/recognition/issuer_questions.h"

namespace passerelle::recognition {

class CaseChecks {
 public:
  // Called when a case whose question was on its way is done with.
  using Answered = std::function<void()>;

  explicit CaseChecks(const CaseContext* context) : context_(context) {}

  // Takes up to `limit` due cases, so that no other caller takes them within the next minute, and looks at each. One
  // that was not checked yet is: asks, translates, evaluates, and writes what follows, unless the claim was lost
  // meanwhile; the document that counts is the original, a translation made by the sender is never used. In every other
  // one a clock has run out, which is recorded and followed up. Returns how many were taken or put off; after all of
  // them, the first problem that there was since the last call.
  absl::StatusOr<int> ProcessDue(int limit, const Answered& answered);

  // Whether all that was asked was done with before the deadline was over.
  bool WaitForAnswers(absl::Time deadline) const { return questions_.WaitUntilNone(deadline); }

 private:
  struct Taken {
    std::vector<StoredCase> claimed;
    int looked_at = 0;
  };
  absl::StatusOr<Taken> Claim(int limit);
  void LookAt(const StoredCase& claimed, const Answered& answered);
  void Ask(const StoredCase& claimed, const std::string& node, const Answered& answered);
  void Note(const absl::Status& problem);

  const CaseContext* const context_;
  IssuerQuestions questions_;
  absl::Mutex mutex_;
  absl::Status problem_ ABSL_GUARDED_BY(mutex_);  // the first that nobody was told of
};

}  // namespace passerelle::recognition
