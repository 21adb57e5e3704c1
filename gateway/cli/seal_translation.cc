#include "gateway/cli/seal_translation.h"

#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/proof/jades/seal_credential.h"
#include "core/proof/jades/seal_time_stamp.h"
#include "core/proof/jades/sealer.h"
#include "core/proof/x509/time_stamp_request.h"
#include "core/proof/xml/xml_sealer.h"
#include "gateway/fetch/fetcher.h"
#include "gateway/keys/keys.h"
#include "gateway/system_random.h"

namespace passerelle::gateway {
namespace {

constexpr size_t kNonceBytes = 8;

absl::StatusOr<std::string> AddTimeStamp(absl::string_view sealed, const std::string& authority) {
  SystemRandom random;
  const std::string nonce = random.Bytes(kNonceBytes);
  ASSIGN_OR_RETURN(const std::string stamped, proof::StampedPartOfSeal(sealed));
  ASSIGN_OR_RETURN(const std::string query, proof::TimeStampRequest(stamped, nonce));
  // The caller has named this one server, and its answer is signed.
  ASSIGN_OR_RETURN(const std::string origin, OriginOf(authority));
  ASSIGN_OR_RETURN(const Fetcher fetcher, Fetcher::Make({{origin, {}, ""}}));
  ASSIGN_OR_RETURN(const std::string answer,
                   fetcher.Post(authority, {"application/timestamp-query", query}, base::kTimeStampBytesMax));
  ASSIGN_OR_RETURN(const std::string token, proof::TokenOfTimeStampResponse(answer, nonce));
  return proof::AddTimeStampToSeal(sealed, token);
}

}  // namespace

absl::StatusOr<std::string> SealTranslation(const document::Translated& translated, const SealRequest& request) {
  ASSIGN_OR_RETURN(const proof::Sealer sealer, LoadSealer(request.key, request.certificate));
  if (translated.report.to() == "elmo") return proof::SealXml(translated.content, sealer, request.at);
  ASSIGN_OR_RETURN(const std::string sealed, proof::SealTranslated(translated, sealer, request.at));
  return request.time_stamps.empty() ? sealed : AddTimeStamp(sealed, request.time_stamps);
}

}  // namespace passerelle::gateway
