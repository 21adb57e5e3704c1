#include "core/proof/x509/time_stamp.h"

#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

struct FreeToken {
  void operator()(PKCS7* token) const { PKCS7_free(token); }
  void operator()(TS_TST_INFO* info) const { TS_TST_INFO_free(info); }
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
  void operator()(X509* x509) const { X509_free(x509); }
};
template <typename T>
using OwnedToken = std::unique_ptr<T, FreeToken>;

absl::Status Invalid(absl::string_view detail) { return Problem(Reason::kTimeStampInvalid, "", detail); }

std::optional<base::HashAlgorithm> HashOf(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  switch (OBJ_obj2nid(object)) {
    case NID_sha256:
      return base::HashAlgorithm::kSha256;
    case NID_sha384:
      return base::HashAlgorithm::kSha384;
    case NID_sha512:
      return base::HashAlgorithm::kSha512;
    default:
      return std::nullopt;
  }
}

absl::Status CheckImprint(TS_TST_INFO* info, absl::Span<const absl::string_view> stamped) {
  TS_MSG_IMPRINT* const imprint = TS_TST_INFO_get_msg_imprint(info);
  const std::optional<base::HashAlgorithm> hash = HashOf(TS_MSG_IMPRINT_get_algo(imprint));
  if (!hash.has_value()) return Invalid("the digest is not of the SHA-2 family");
  const ASN1_OCTET_STRING* const stated = TS_MSG_IMPRINT_get_msg(imprint);
  const absl::string_view bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(stated)),
                                static_cast<size_t>(ASN1_STRING_length(stated)));
  return bytes == base::Digest(*hash, stamped) ? absl::OkStatus() : Invalid("it is about something else");
}

// The certificate that signed, by what the token and the document carry.
absl::StatusOr<Certificate> SignerOf(PKCS7* token, STACK_OF(X509) * others) {
  const OwnedToken<STACK_OF(X509)> signers(PKCS7_get0_signers(token, others, 0));
  if (signers == nullptr || sk_X509_num(signers.get()) != 1) return Invalid("its certificate is not there");
  unsigned char* der = nullptr;
  const int size = i2d_X509(sk_X509_value(signers.get(), 0), &der);
  if (size <= 0) return Invalid("its certificate is not there");
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return Certificate::FromDer(bytes);
}

bool SignatureVerifies(PKCS7* token, STACK_OF(X509) * others, const std::shared_ptr<X509_STORE>& store) {
  X509* signer = nullptr;
  const bool verifies = store != nullptr && TS_RESP_verify_signature(token, others, store.get(), &signer) == 1;
  const OwnedToken<X509> owned(signer);
  return verifies;
}

}  // namespace

absl::StatusOr<TimeStamp> VerifyTimeStamp(absl::string_view der, absl::Span<const absl::string_view> stamped,
                                          absl::Span<const Certificate> others, const TrustAnchors& anchors) {
  const ErrorScope errors;
  if (der.size() > base::kTimeStampBytesMax) return Problem(Reason::kTimeStampMalformed, "", "it is too large");
  const unsigned char* at = Bytes(der);
  const OwnedToken<PKCS7> token(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (token == nullptr || at != Bytes(der) + der.size() || PKCS7_type_is_signed(token.get()) == 0) {
    return Problem(Reason::kTimeStampMalformed, "", "it is no CMS SignedData");
  }
  const OwnedToken<TS_TST_INFO> info(PKCS7_to_TS_TST_INFO(token.get()));
  std::tm fields = {};
  if (info == nullptr || TS_TST_INFO_get_version(info.get()) != 1 ||
      ASN1_TIME_to_tm(TS_TST_INFO_get_time(info.get()), &fields) != 1) {
    return Problem(Reason::kTimeStampMalformed, "", "it is no time-stamp");
  }
  RETURN_IF_ERROR(CheckImprint(info.get(), stamped));
  TimeStamp time_stamp;
  time_stamp.time = absl::FromTM(fields, absl::UTCTimeZone());
  const OwnedToken<STACK_OF(X509)> untrusted(sk_X509_new_null());
  for (const Certificate& other : others.subspan(0, base::kCertificatesMax)) {
    sk_X509_push(untrusted.get(), other.openssl());
  }
  // The signer as its own anchor: signature, use and attribute are checked, and no more is said. The form of a
  // certificate that is trusted by nobody does not matter.
  ASSIGN_OR_RETURN(const Certificate signer, SignerOf(token.get(), untrusted.get()));
  const absl::Span<const Certificate> itself = absl::MakeConstSpan(&signer, 1);
  if (!SignatureVerifies(token.get(), untrusted.get(),
                         MakeStore(itself, CertificateUse::kTimeStamps, time_stamp.time, Strictness::kLenient))) {
    return Invalid("its signature does not verify with a certificate for time-stamps");
  }
  time_stamp.trusted = !anchors.empty() && SignatureVerifies(token.get(), untrusted.get(),
                                                             MakeStore(anchors.InForce(time_stamp.time),
                                                                       CertificateUse::kTimeStamps, time_stamp.time));
  return time_stamp;
}

}  // namespace passerelle::proof
