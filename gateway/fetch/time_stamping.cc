#include "gateway/fetch/time_stamping.h"

#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/proof/x509/time_stamp_request.h"
#include "gateway/fetch/fetcher.h"

namespace passerelle::gateway {
namespace {

constexpr size_t kNonceBytes = 8;

}  // namespace

absl::StatusOr<std::string> AskTimeStamp(const std::string& authority, absl::string_view bytes, base::Random& random) {
  const std::string nonce = random.Bytes(kNonceBytes);
  ASSIGN_OR_RETURN(const std::string query, proof::TimeStampRequest(bytes, nonce));
  // The caller has named this one server, and its answer is signed.
  ASSIGN_OR_RETURN(const std::string origin, OriginOf(authority));
  ASSIGN_OR_RETURN(const Fetcher fetcher, Fetcher::Make({{origin, {}, ""}}));
  ASSIGN_OR_RETURN(const std::string answer,
                   fetcher.Post(authority, {"application/timestamp-query", query}, base::kTimeStampBytesMax));
  return proof::TokenOfTimeStampResponse(answer, nonce);
}

}  // namespace passerelle::gateway
