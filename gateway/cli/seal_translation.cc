#include "gateway/cli/seal_translation.h"

#include "core/base/status_macros.h"
#include "core/proof/jades/seal_credential.h"
#include "core/proof/jades/seal_time_stamp.h"
#include "core/proof/jades/sealer.h"
#include "core/proof/xml/xml_sealer.h"
#include "gateway/fetch/time_stamping.h"
#include "gateway/keys/keys.h"
#include "gateway/system/system_random.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<std::string> AddTimeStamp(absl::string_view sealed, const std::string& authority) {
  SystemRandom random;
  ASSIGN_OR_RETURN(const std::string stamped, proof::StampedPartOfSeal(sealed));
  ASSIGN_OR_RETURN(const std::string token, AskTimeStamp(authority, stamped, random));
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
