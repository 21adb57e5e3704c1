// The names of what was erased, in a file beside the store, FILE.erased: a store that is put back from a backup has
// again what was erased since, and with the file it is erased again before the node serves anybody.
//
// The file is written by the node, from what its store notes; a node whose evidence has no path keeps none.
//
// Thread-safety: thread-safe. Ownership: what Options name must outlive it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"

namespace passerelle::gateway {

// Bytes of the file: a million names. Beyond it the node still erases, but does not start any more from such a file.
inline constexpr size_t kErasedLedgerBytesMax = 128u << 20;

class ErasedLedger {
 public:
  struct Options {
    std::string path;  // of the evidence, by the configuration; empty for none
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
  };
  // Erases again what the file names and the store does not note, and brings the file up to date. Problems:
  // kInputTooLarge, kInputNotReadable, kFieldInvalid with the line for what is no name, kStoreUnavailable; the node
  // must not start then.
  static absl::StatusOr<std::unique_ptr<ErasedLedger>> Open(Options options);

  // How much was erased again at the start.
  int erased_again() const { return erased_again_; }

  // Writes what was erased since the last time. Problem: kStoreUnavailable, kInternal with the path.
  absl::Status Keep();

 private:
  explicit ErasedLedger(Options options) : options_(std::move(options)) {}
  std::string Path() const { return options_.path + ".erased"; }
  absl::Status EraseAgain(const std::string& names);

  const Options options_;
  int erased_again_ = 0;
  absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);   // of the file
  std::string after_ ABSL_GUARDED_BY(mutex_);  // the last name of the store that is in it
};

}  // namespace passerelle::gateway
