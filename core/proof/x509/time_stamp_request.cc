#include "core/proof/x509/time_stamp_request.h"

#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <memory>

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

struct FreeRequest {
  void operator()(TS_REQ* request) const { TS_REQ_free(request); }
  void operator()(TS_RESP* response) const { TS_RESP_free(response); }
  void operator()(TS_MSG_IMPRINT* imprint) const { TS_MSG_IMPRINT_free(imprint); }
  void operator()(X509_ALGOR* algorithm) const { X509_ALGOR_free(algorithm); }
  void operator()(ASN1_INTEGER* number) const { ASN1_INTEGER_free(number); }
};
template <typename T>
using OwnedRequest = std::unique_ptr<T, FreeRequest>;

OwnedRequest<ASN1_INTEGER> Nonce(absl::string_view nonce) {
  const Owned<BIGNUM> number(BN_bin2bn(Bytes(nonce), static_cast<int>(nonce.size()), nullptr));
  return OwnedRequest<ASN1_INTEGER>(number == nullptr ? nullptr : BN_to_ASN1_INTEGER(number.get(), nullptr));
}

template <typename T>
std::string Encoded(int (*encode)(const T*, unsigned char**), const T* value) {
  unsigned char* der = nullptr;
  const int size = encode(value, &der);
  std::string bytes(reinterpret_cast<const char*>(der), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> TimeStampRequest(absl::string_view bytes, absl::string_view nonce) {
  const ErrorScope errors;
  const OwnedRequest<TS_REQ> request(TS_REQ_new());
  const OwnedRequest<TS_MSG_IMPRINT> imprint(TS_MSG_IMPRINT_new());
  const OwnedRequest<X509_ALGOR> algorithm(X509_ALGOR_new());
  const OwnedRequest<ASN1_INTEGER> number = Nonce(nonce);
  base::Sha256Digest digest = base::Sha256(bytes);
  if (request == nullptr || imprint == nullptr || algorithm == nullptr || number == nullptr ||
      X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) != 1 ||
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) != 1 ||
      TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size())) != 1 ||
      TS_REQ_set_version(request.get(), 1) != 1 || TS_REQ_set_msg_imprint(request.get(), imprint.get()) != 1 ||
      TS_REQ_set_nonce(request.get(), number.get()) != 1 || TS_REQ_set_cert_req(request.get(), 1) != 1) {
    return Problem(Reason::kInternal, "", "OpenSSL made no request for a time-stamp");
  }
  return Encoded(i2d_TS_REQ, static_cast<const TS_REQ*>(request.get()));
}

absl::StatusOr<std::string> TokenOfTimeStampResponse(absl::string_view response, absl::string_view nonce) {
  const ErrorScope errors;
  const absl::Status malformed = Problem(Reason::kTimeStampMalformed, "", "it is no answer of RFC 3161");
  if (response.size() > base::kTimeStampBytesMax) return malformed;
  const unsigned char* at = Bytes(response);
  const OwnedRequest<TS_RESP> read(d2i_TS_RESP(nullptr, &at, static_cast<long>(response.size())));
  if (read == nullptr || at != Bytes(response) + response.size()) return malformed;
  const TS_STATUS_INFO* const status = TS_RESP_get_status_info(read.get());
  const long granted = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
  if (granted != TS_STATUS_GRANTED && granted != TS_STATUS_GRANTED_WITH_MODS) {
    return Problem(Reason::kTimeStampInvalid, "", "the authority refuses the request");
  }
  PKCS7* const token = TS_RESP_get_token(read.get());
  TS_TST_INFO* const info = TS_RESP_get_tst_info(read.get());
  if (token == nullptr || info == nullptr) return malformed;
  const ASN1_INTEGER* const repeated = TS_TST_INFO_get_nonce(info);
  const OwnedRequest<ASN1_INTEGER> number = Nonce(nonce);
  if (repeated == nullptr || number == nullptr || ASN1_INTEGER_cmp(repeated, number.get()) != 0) {
    return Problem(Reason::kTimeStampInvalid, "", "it is the answer to another request");
  }
  return Encoded(i2d_PKCS7, static_cast<const PKCS7*>(token));
}

}  // namespace passerelle::proof
