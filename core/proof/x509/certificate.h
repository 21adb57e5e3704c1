// X.509 certificates (RFC 5280), parsed once and then shared, and the path from one to an anchor.
//
// Thread-safety: certificates and anchors are immutable after filling and can be shared. Ownership: values that share
// what is inside.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/proof/public_key.h"

typedef struct x509_st X509;
typedef struct x509_store_st X509_STORE;

namespace passerelle::proof {

class Certificate {
 public:
  // From DER, with nothing after it. Problem: kKeyUnusable.
  static absl::StatusOr<Certificate> FromDer(absl::string_view der);
  // Every certificate of a PEM text. Problem: kKeyUnusable, also when there is none.
  static absl::StatusOr<std::vector<Certificate>> FromPem(absl::string_view pem);

  X509* openssl() const { return x509_.get(); }
  const std::string& der() const { return *der_; }
  // The key; a problem if it is of a kind that is not verified here.
  const absl::StatusOr<PublicKey>& key() const { return *key_; }
  absl::Time not_before() const;
  absl::Time not_after() const;
  // Whether the key may sign content: the certificate says nothing of its use, or digitalSignature or nonRepudiation.
  bool MaySignContent() const;
  // Whether it is the certificate of an authority.
  bool IsAuthority() const;
  // The identifier of the organisation in the subject (ETSI EN 319 412-1, 5.1.4), such as "VATNO-999888777"; empty
  // unless there is exactly one.
  std::string OrganizationIdentifier() const;
  // Whether it says where to ask whether it was revoked: revocation lists (RFC 5280, 4.2.1.13) or a responder
  // (4.2.2.1).
  bool NamesRevocation() const;

 private:
  explicit Certificate(X509* x509, absl::string_view der);

  std::shared_ptr<X509> x509_;
  std::shared_ptr<const std::string> der_;
  std::shared_ptr<const absl::StatusOr<PublicKey>> key_;
};

// A period in which an anchor is trusted; both ends are included.
struct AnchorPeriod {
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();
};

// Certificates that are trusted by decision: roots, or the services of a trusted list, which may be below a root.
class TrustAnchors {
 public:
  // Trusted at any time, or within the periods only.
  void Add(Certificate certificate) { Add(std::move(certificate), {AnchorPeriod()}); }
  void Add(Certificate certificate, std::vector<AnchorPeriod> periods) {
    anchors_.push_back({std::move(certificate), std::move(periods)});
  }
  bool empty() const { return anchors_.empty(); }
  // Those that are trusted at a time and could end a path over the certificates: they are one of them, or bear the name
  // of the issuer of one.
  std::vector<Certificate> EndsFor(const Certificate& leaf, absl::Span<const Certificate> others, absl::Time at) const;
  // All that are trusted at a time.
  std::vector<Certificate> InForce(absl::Time at) const;

 private:
  struct Anchor {
    Certificate certificate;
    std::vector<AnchorPeriod> periods;
  };
  std::vector<Anchor> anchors_;
};

enum class CertificateUse { kContent, kTimeStamps };

// Builds the path from `leaf` to an anchor as of a time, strictly by RFC 5280: every signature with at least 112 bits
// of security (so no SHA-1), authorities marked as such, periods of validity, names, and no longer than
// kCertificatesMax. Returns the path, the leaf first and the anchor last. Nothing is fetched, and revocation is another
// question. Problems: kCertificateExpired outside of a period of validity, kCertificateUntrusted for everything else.
absl::StatusOr<std::vector<Certificate>> BuildPath(const Certificate& leaf, absl::Span<const Certificate> others,
                                                   const TrustAnchors& anchors, CertificateUse use, absl::Time at);

enum class Strictness { kRfc5280, kLenient };

// A store of OpenSSL with the anchors and the rules of BuildPath; lenient about the form of certificates where a path
// is only asked for whether a signature belongs to it.
std::shared_ptr<X509_STORE> MakeStore(absl::Span<const Certificate> anchors, CertificateUse use, absl::Time at,
                                      Strictness strictness = Strictness::kRfc5280);

}  // namespace passerelle::proof
