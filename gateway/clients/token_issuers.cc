#include "gateway/clients/token_issuers.h"

#include <optional>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

absl::StatusOr<std::shared_ptr<const proof::KeySet>> ReadKeys(absl::string_view bytes) {
  ASSIGN_OR_RETURN(proof::KeySet keys, proof::ReadIssuerKeys(bytes));
  return std::make_shared<const proof::KeySet>(std::move(keys));
}

}  // namespace

absl::Status TokenIssuers::Add(const config::v1::TokenIssuer& issuer) {
  Source source;
  source.jwks_file = issuer.jwks_file();
  source.jwks_url = issuer.jwks_url();
  source.age_max = base::FromProto(issuer.jwks_age_max());
  State state;
  state.trust = {issuer.issuer(), issuer.audience(), base::FromProto(issuer.clock_skew()),
                 base::FromProto(issuer.token_life_max()), nullptr};
  if (source.jwks_url.empty()) {
    source.fingerprint = FileFingerprint(source.jwks_file);
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(source.jwks_file, kTokenKeysBytesMax));
    absl::StatusOr<std::shared_ptr<const proof::KeySet>> keys = ReadKeys(bytes);
    if (!keys.ok()) {
      return Problem(base::ReasonOf(keys.status()), source.jwks_file, base::DetailOf(keys.status()));
    }
    state.trust.keys = *std::move(keys);
    source.digest = base::Sha256Hex(bytes);
  } else {
    ASSIGN_OR_RETURN(std::string origin, OriginOf(source.jwks_url));
    AllowedServer server = {
        std::move(origin), {issuer.key_pins().begin(), issuer.key_pins().end()}, issuer.trusted_authorities()};
    ASSIGN_OR_RETURN(Fetcher fetcher, Fetcher::Make({std::move(server)}));
    source.fetcher = std::make_unique<Fetcher>(std::move(fetcher));
  }
  sources_.push_back(std::move(source));
  const absl::MutexLock lock(&mutex_);
  states_.push_back(std::move(state));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TokenIssuers>> TokenIssuers::Open(const config::v1::ClientPort& port,
                                                                 const base::Clock* clock, Changed changed) {
  std::unique_ptr<TokenIssuers> issuers(new TokenIssuers(clock, std::move(changed)));
  for (const config::v1::TokenIssuer& issuer : port.token_issuers()) RETURN_IF_ERROR(issuers->Add(issuer));
  return issuers;
}

absl::StatusOr<size_t> TokenIssuers::Find(absl::string_view issuer) const {
  for (size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].trust.issuer == issuer) return i;
  }
  return Problem(Reason::kClaimInvalid, "token.iss", "the token's issuer is none of those that are configured");
}

absl::StatusOr<proof::AccessClaims> TokenIssuers::Check(absl::string_view token,
                                                        absl::string_view certificate_sha256) const {
  const absl::Time now = clock_->Now();
  std::optional<size_t> asked;
  const auto trust_of = [&](absl::string_view issuer) -> absl::StatusOr<proof::TokenTrust> {
    const absl::MutexLock lock(&mutex_);
    ASSIGN_OR_RETURN(asked, Find(issuer));
    const State& state = states_[*asked];
    if (state.trust.keys == nullptr) {
      return Problem(Reason::kNoEvidence, "token.iss", "the issuer's keys are not at hand");
    }
    if (now >= state.good_until) return Problem(Reason::kNoEvidence, "token.iss", "the issuer's keys are too old");
    return state.trust;
  };
  absl::StatusOr<proof::AccessClaims> claims = proof::OpenAccessToken(token, trust_of, certificate_sha256, now);
  if (asked.has_value() && base::ReasonOf(claims.status()) == Reason::kKeyNotFound) {
    const absl::MutexLock lock(&mutex_);
    states_[*asked].wanted = true;
  }
  return claims;
}

void TokenIssuers::Refresh() {
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].jwks_url.empty()) {
      RefreshFile(i);
    } else {
      RefreshFetched(i);
    }
  }
}

void TokenIssuers::RefreshFile(size_t index) {
  Source& source = sources_[index];
  std::string fingerprint = FileFingerprint(source.jwks_file);
  if (fingerprint == source.fingerprint) return;
  source.fingerprint = std::move(fingerprint);
  source.told_refused = false;
  Take(index, ReadFile(source.jwks_file, kTokenKeysBytesMax), absl::InfiniteFuture());
}

void TokenIssuers::RefreshFetched(size_t index) {
  Source& source = sources_[index];
  const absl::Time now = clock_->Now();
  bool due = now >= source.refreshed + kTokenKeysRefresh;
  absl::Time good_until;
  {
    const absl::MutexLock lock(&mutex_);
    due = due || states_[index].wanted;
    good_until = states_[index].trust.keys == nullptr ? absl::InfiniteFuture() : states_[index].good_until;
  }
  if (due && now >= source.tried + kTokenKeysSooner) {
    source.tried = now;
    Take(index, source.fetcher->Get(source.jwks_url, kTokenKeysBytesMax), now + source.age_max);
  } else if (now >= good_until && !std::exchange(source.told_stale, true)) {
    Tell(index, Event::kStale, Problem(Reason::kNoEvidence, source.jwks_url, "the keys in use are too old"));
  }
}

void TokenIssuers::Take(size_t index, const absl::StatusOr<std::string>& bytes, absl::Time good_until) {
  Source& source = sources_[index];
  absl::StatusOr<std::shared_ptr<const proof::KeySet>> keys =
      bytes.ok() ? ReadKeys(*bytes) : absl::StatusOr<std::shared_ptr<const proof::KeySet>>(bytes.status());
  if (!keys.ok()) {
    if (!std::exchange(source.told_refused, true)) Tell(index, Event::kRefused, keys.status());
    return;
  }
  source.refreshed = clock_->Now();
  source.told_refused = false;
  source.told_stale = false;
  {
    const absl::MutexLock lock(&mutex_);
    State& state = states_[index];
    state.trust.keys = *std::move(keys);
    state.good_until = good_until;
    state.wanted = false;
  }
  const std::string before = std::exchange(source.digest, base::Sha256Hex(*bytes));
  if (source.digest != before) Tell(index, Event::kReplaced, absl::OkStatus());
}

void TokenIssuers::Tell(size_t index, Event event, const absl::Status& problem) {
  std::string issuer;
  {
    const absl::MutexLock lock(&mutex_);
    issuer = states_[index].trust.issuer;
  }
  changed_(event, issuer, problem);
}

}  // namespace passerelle::gateway
