#include "gateway/grpc/tls.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <utility>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {
namespace {

constexpr unsigned int kFileWatchSeconds = 1;

std::shared_ptr<grpc::experimental::CertificateProviderInterface> WatchFiles(const config::v1::TlsFiles& files) {
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      files.private_key(), files.certificate(), files.trusted_authorities(), kFileWatchSeconds);
}

// Accepts the certificates of one node under the name that was called.
class PinnedCertificates : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit PinnedCertificates(std::vector<std::string> certificate_sha256)
      : certificate_sha256_(std::move(certificate_sha256)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    const grpc::string_ref pem = request->peer_cert();
    const auto digest = CertificateSha256(absl::string_view(pem.data(), pem.size()));
    if (!digest.ok() ||
        std::find(certificate_sha256_.begin(), certificate_sha256_.end(), *digest) == certificate_sha256_.end()) {
      *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "the certificate is not one of the called node");
      return true;
    }
    // The verifier of host names answers at once; it never calls back.
    host_name_.Verify(
        request, [](const grpc::Status&) {}, sync_status);
    return true;
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::vector<std::string> certificate_sha256_;
  grpc::experimental::HostNameCertificateVerifier host_name_;
};

}  // namespace

void RequireTls13() { setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", 1); }

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const config::v1::TlsFiles& files,
                                                               ClientCertificate certificate) {
  grpc::experimental::TlsServerCredentialsOptions options(WatchFiles(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(certificate == ClientCertificate::kRequired
                                    ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                    : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(const config::v1::TlsFiles& files,
                                                                 std::vector<std::string> certificate_sha256) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(WatchFiles(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  options.set_certificate_verifier(
      grpc::experimental::ExternalCertificateVerifier::Create<PinnedCertificates>(std::move(certificate_sha256)));
  return grpc::experimental::TlsCredentials(options);
}

namespace {

// The handshake has parsed and verified the certificate. This is asked on every call, so it takes the bytes as they
// are: parsing costs more than the rest of a small call.
std::optional<std::string> DerOf(grpc::string_ref pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;  // NOLINT(google-runtime-int): as OpenSSL declares it
  if (bio == nullptr || PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  std::string der(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return der;
}

}  // namespace

absl::StatusOr<std::string> CallerCertificateSha256(const grpc::AuthContext* context) {
  if (context != nullptr && context->IsPeerAuthenticated()) {
    const auto pems = context->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
    if (pems.size() == 1) {
      const std::optional<std::string> der = DerOf(pems.front());
      if (der.has_value()) return base::Sha256Hex(*der);
    }
  }
  return base::Problem(base::Reason::kClientUnknown, "certificate", "the call has no client certificate");
}

}  // namespace passerelle::gateway
