// Requests for presentations, from the client that opens one to the wallet that answers it (OpenID4VP 1.0, with the
// cross-device flow of 3.2).
//
// A request takes one answer. Whoever knows its link can answer it, so a few answers may be refused before it fails,
// and none that is refused leaves anything of what it held. What a wallet presents is judged before it is kept, by the
// same rules as any document, and is there for the client that asked.
//
// Thread-safety: thread-safe. Ownership: owns nothing of its options but the verifier's signer.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/document/adapter.h"
#include "core/proof/status/status_lists.h"
#include "core/trust/bundle.h"
#include "core/wallet/request_object.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/wallet/v1/wallet_service.pb.h"

namespace passerelle::wallet {

// How long a wallet may answer: as long as a holder at a desk takes, or one who was sent a link.
inline constexpr absl::Duration kRequestLifeDefault = absl::Minutes(5);
inline constexpr absl::Duration kRequestLifeLeast = absl::Seconds(30);
inline constexpr absl::Duration kRequestLifeMost = absl::Hours(1);
// Open requests of one client. A busy desk has a dozen.
inline constexpr int kOpenRequestsMax = 200;
// Answers that are refused before a request fails: a wallet that made a mistake, or two.
inline constexpr uint32_t kRefusalsMax = 5;
// Bytes of what a wallet posts: a few credentials with some evidence in them.
inline constexpr size_t kAnswerBytesMax = 1u << 20;

class Presentations {
 public:
  struct Options {
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    Verifier verifier = {};
    const document::Registry* adapters = nullptr;
    const trust::TrustBundleHolder* trust = nullptr;   // null when the node has no bundle
    const proof::StatusLists* status_lists = nullptr;  // null when the node fetches none
    authenticity::v1::VerdictPolicy policy = {};
  };
  explicit Presentations(Options options) : options_(std::move(options)) {}

  // For clients. `client` is the authenticated caller; request ids count per client. Problems: kFieldMissing,
  // kFieldInvalid, kInputTooLarge; kOverloaded for too many open requests; kRequestIdReused, kStoreUnavailable,
  // kInternal.
  absl::StatusOr<v1::Presentation> Request(absl::string_view client, const v1::RequestPresentationRequest& request);
  // What another client asked for is not there: kResourceNotFound at "id".
  absl::StatusOr<v1::Presentation> Get(absl::string_view client, absl::string_view id);

  // For wallets, which know the id alone. The signed request object. Problems: kPresentationUnknown at "state", those
  // of SignRequestObject, kStoreUnavailable.
  absl::StatusOr<std::string> RequestObject(absl::string_view id, absl::string_view wallet_nonce);
  // Takes the body of an answer. Problems: kPresentationUnknown and kPresentationAnswered at "state", kInputTooLarge,
  // those of ReadAnswer and ReadPresented, kStoreUnavailable.
  absl::Status Answer(absl::string_view id, absl::string_view body);

 private:
  absl::StatusOr<v1::StoredPresentation> LoadOpen(absl::string_view id, base::Transaction& tx) const;
  // Everything about an answer that needs no transaction: what becomes of the request.
  absl::StatusOr<v1::StoredPresentation> Judge(v1::StoredPresentation stored, absl::string_view body, absl::Time now);

  const Options options_;
};

}  // namespace passerelle::wallet
