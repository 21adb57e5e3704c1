// Questions to issuing nodes about the documents of cases: how many each node has open here, and when a case whose turn
// it is not yet is looked at again. The applicant names the node that is asked; one that answers slowly holds up the
// cases that name it, and no others.
//
// Thread-safety: thread-safe.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace passerelle::recognition {

// Questions that one node has open at a time: a quarter of the threads on which a transport hands over answers, so that
// the cases of no node take all of them.
inline constexpr int kQuestionsPerNodeMax = 4;

class IssuerQuestions {
 public:
  // Whether the node can be asked so many questions more.
  bool HasRoomFor(absl::string_view node, int more) const;
  // When the next case that waits for this node is to be looked at: one after the other, as fast as the node answers.
  absl::Time NextTurn(absl::string_view node, absl::Time now);

  // A question is on its way, and its case is done with; it took so long.
  void Begin(absl::string_view node);
  void End(absl::string_view node, absl::Duration took);

  // Whether no question was open before the deadline was over.
  bool WaitUntilNone(absl::Time deadline) const;

 private:
  struct Node {
    int open = 0;
    absl::Duration took;  // the last question that was answered
    absl::Time turn = absl::InfinitePast();
  };

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Node> nodes_ ABSL_GUARDED_BY(mutex_);  // those with an open question, and no others
};

}  // namespace passerelle::recognition
