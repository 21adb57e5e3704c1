// The issuers whose access tokens tell who calls, with their keys at hand: from files, which are read again when they
// change, or fetched in the background. Nothing is read or fetched while a call is served.
//
// Fetched keys are replaced as a whole, so that a key that its issuer has taken out is refused from the next time on;
// those that grew too old because the server does not answer are not used any more. A token that names a key which is
// not there has the keys fetched sooner, once in kTokenKeysSooner at most: the issuer may have begun to sign with it.
//
// Thread-safety: thread-safe; Refresh is called by one thread at a time. Ownership: the clock outlives it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/proof/access_token.h"
#include "gateway/fetch/fetcher.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Bytes of a key set. One with a thousand keys and their certificates stays below.
inline constexpr size_t kTokenKeysBytesMax = 2u << 20;
// How often keys are fetched: for so long a key that its issuer has taken out may still be used.
inline constexpr absl::Duration kTokenKeysRefresh = absl::Minutes(10);
// How often at most: after a failure, and when a token names a key that is not there.
inline constexpr absl::Duration kTokenKeysSooner = absl::Minutes(1);

class TokenIssuers {
 public:
  enum class Event {
    kReplaced,  // other keys are in use
    kRefused,   // changed or fetched keys cannot be used; those before stay
    kStale,     // the keys in use have become too old: tokens of the issuer are refused
  };
  // Told once for each event, from Refresh; the status is OK for kReplaced.
  using Changed = std::function<void(Event event, const std::string& issuer, const absl::Status& problem)>;

  // The issuers of a configuration that was checked, with the keys of files. Problems: kKeyUnusable, kConfigInvalid,
  // kInputNotReadable, kInputTooLarge, with the file or key.
  static absl::StatusOr<std::unique_ptr<TokenIssuers>> Open(const config::v1::ClientPort& port,
                                                            const base::Clock* clock, Changed changed);

  // What a token says, once it was found good; `certificate_sha256` is empty for a caller without one. Problems: those
  // of proof::OpenAccessToken; kClaimInvalid at "token.iss" for an issuer that is not one of these; kNoEvidence at
  // "token.iss" when the issuer's keys are not at hand or too old, so that nobody knows.
  absl::StatusOr<proof::AccessClaims> Check(absl::string_view token, absl::string_view certificate_sha256) const;

  // Reads what changed, and fetches what is due.
  void Refresh();

 private:
  // Where the keys of an issuer come from. Refresh alone changes it.
  struct Source {
    std::string jwks_file;
    std::string jwks_url;
    std::unique_ptr<Fetcher> fetcher;  // of jwks_url
    absl::Duration age_max;
    std::string fingerprint;                      // of the file that was last tried
    std::string digest;                           // of the key set in use
    absl::Time tried = absl::InfinitePast();      // to fetch, last
    absl::Time refreshed = absl::InfinitePast();  // by fetching, last
    bool told_refused = false;
    bool told_stale = false;
  };
  // What calls look at.
  struct State {
    proof::TokenTrust trust;  // keys are null before they were fetched
    absl::Time good_until = absl::InfiniteFuture();
    bool wanted = false;  // a token named a key that is not there
  };

  TokenIssuers(const base::Clock* clock, Changed changed) : clock_(clock), changed_(std::move(changed)) {}
  absl::Status Add(const config::v1::TokenIssuer& issuer);
  // The place of the issuer in the two lists, if it is known.
  absl::StatusOr<size_t> Find(absl::string_view issuer) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void RefreshFile(size_t index);
  void RefreshFetched(size_t index);
  // Puts the keys in place of those before, or tells why not.
  void Take(size_t index, const absl::StatusOr<std::string>& bytes, absl::Time good_until);
  void Tell(size_t index, Event event, const absl::Status& problem);

  const base::Clock* const clock_;
  const Changed changed_;
  std::vector<Source> sources_;
  mutable absl::Mutex mutex_;
  mutable std::vector<State> states_ ABSL_GUARDED_BY(mutex_);  // in the order of sources_
};

}  // namespace passerelle::gateway
