#include "gateway/grpc/tls.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>

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

absl::StatusOr<std::string> CallerCertificateSha256(const grpc::AuthContext* context) {
  if (context != nullptr && context->IsPeerAuthenticated()) {
    const auto pems = context->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
    if (pems.size() == 1) {
      auto digest = CertificateSha256(absl::string_view(pems.front().data(), pems.front().size()));
      if (digest.ok()) return digest;
    }
  }
  return base::Problem(base::Reason::kClientUnknown, "certificate", "the call has no client certificate");
}

}  // namespace passerelle::gateway
