// The asked side of an exchange: answers from the register under an authorisation of the holder.
//
// Thread-safety: thread-safe.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/base/limits.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/contents/contents.h"
#include "core/document/adapter.h"
#include "core/elm/disclosed.h"
#include "core/proof/jades/sealers.h"
#include "core/registers/register.h"
#include "core/relay/inbox.h"
#include "core/sharing/authorisations.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::exchange {

// What of a document goes to a receiver: all of it, or elements of Annex I, in a credential of their own.
struct Disclosure {
  elm::Elements elements = elm::kEveryElement;
  std::string id;  // of that credential; empty where all goes

  bool whole() const { return id.empty(); }
};

// Answers CredentialQuery with the originals, their translations and reports; of originals that hold what may not leave
// their register, the digest; under an authorisation of elements, with translations of nothing else. Anything that is
// not covered, and anything that is not there, is the same kNotAvailable.
//
// What is larger than a piece is set aside in the store for contents::ContentQueryHandler, before the answer is made
// and before anything is translated after it: the handler needs the memory of one document, and of one piece for an
// original that is too large to be read (base::kDocumentBytesMax).
class CredentialQueryHandler : public relay::Handler {
 public:
  struct Options {
    registers::Register* reg = nullptr;  // null: this node issues nothing
    sharing::Authorisations* authorisations = nullptr;
    const document::Registry* adapters = nullptr;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    const proof::Sealers* sealers = nullptr;  // null or empty: translations go out unsealed
    // Elements of Annex I (document::ElementsOf) without which no translation is delivered: the original goes alone,
    // with LOSS_REFUSED in its report.
    std::vector<std::string> refuse_loss = {};
    uint32_t piece_bytes = base::kPieceBytes;
  };
  explicit CredentialQueryHandler(Options options) : options_(std::move(options)) {}

  std::string Type() const override;
  absl::StatusOr<std::string> Prepare(const relay::Opened& message) override;
  bool PrepareIsCostly() const override { return true; }
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;
  absl::Status HandleRefusal(const relay::Opened& message, const absl::Status& refusal, base::Transaction& tx) override;

 private:
  // `of` is null for a node that takes no pieces.
  class LargeTurn;
  absl::StatusOr<v1::DeliveredDocument> LookUp(const std::string& credential_id, const Disclosure& disclosure,
                                               const contents::ContentsOf* of);
  absl::StatusOr<v1::DeliveredDocument> HandOn(const registers::v1::RegisterEntry& entry, const Disclosure& disclosure,
                                               const contents::ContentsOf* of);
  absl::StatusOr<v1::DeliveredDocument> Read(registers::v1::RegisterEntry entry, const Disclosure& disclosure,
                                             const contents::ContentsOf* of);
  absl::StatusOr<v1::CredentialDelivery> Deliver(const sharing::v1::Authorisation& authorisation,
                                                 const contents::ContentsOf* of);
  absl::StatusOr<std::string> Offer(const contents::ContentsOf& of, std::string answer);
  absl::Status SetAside(const contents::ContentsOf& of, absl::string_view sha256, std::string* content,
                        uint64_t* bytes);
  absl::Status Put(const contents::ContentsOf& of, absl::string_view sha256, uint32_t piece, std::string data);

  Options options_;
  absl::Mutex large_;                 // held while a large document is read or handed on: one at a time
  std::atomic<int> large_calls_ = 0;  // that have it or wait for it
};

}  // namespace passerelle::exchange
