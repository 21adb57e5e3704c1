// Certificates, time-stamps and revocation lists for tests of verifiers: made on OpenSSL directly, apart from the
// product.
//
// Thread-safety: belongs to one thread.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/x509/certificate.h"
#include "tests/support/test_signer.h"

namespace passerelle::testing {

struct CertificateWish {
  std::string name = "Example";
  bool authority = false;
  std::string key_usage = "critical,digitalSignature";
  std::string extended_key_usage;            // none when empty
  std::string organization_identifier = {};  // ETSI EN 319 412-1, 5.1.4; none when empty
  std::string revocation_list = {};          // address of the authority's revocation list; none when empty
  absl::Time from = absl::FromCivil(absl::CivilDay(2024, 1, 1), absl::UTCTimeZone());
  absl::Time to = absl::FromCivil(absl::CivilDay(2030, 1, 1), absl::UTCTimeZone());
  const char* digest = "SHA256";
  // More of the subject's name; not there when empty.
  std::string country = "";
  std::string organisation = "";
};

// A key with its certificate.
class TestIdentity {
 public:
  // Signed by itself.
  TestIdentity(proof::KeyAlgorithm algorithm, const CertificateWish& wish) : TestIdentity(algorithm, wish, nullptr) {}
  // Signed by an issuer.
  TestIdentity(proof::KeyAlgorithm algorithm, const CertificateWish& wish, const TestIdentity& issuer)
      : TestIdentity(algorithm, wish, &issuer) {}

  const TestSigner& signer() const { return signer_; }
  X509* x509() const { return x509_.get(); }
  std::string der() const;
  proof::Certificate certificate() const { return proof::Certificate::FromDer(der()).value(); }
  std::string CertificatePem() const;
  std::string KeyPem() const;  // PKCS#8

  // A time-stamp token over the bytes, in DER. Needs extended key usage "critical,timeStamping".
  std::string TimeStampOver(absl::string_view bytes, absl::Time time) const;
  // The answer of an authority for time-stamps to a request (RFC 3161), both in DER.
  std::string TimeStampAnswer(absl::string_view request, absl::Time time) const;
  // A revocation list of this authority, in DER, with one certificate revoked at a time, or with none.
  std::string RevocationList(const TestIdentity* revoked, absl::Time revoked_at, absl::Time made_at) const;

 private:
  TestIdentity(proof::KeyAlgorithm algorithm, const CertificateWish& wish, const TestIdentity* issuer);

  TestSigner signer_;
  std::shared_ptr<X509> x509_;
};

// An authority, which signs certificates and revocation lists.
CertificateWish AuthorityWish(absl::string_view name);
// A seal, and an authority for time-stamps.
CertificateWish SealWish();
CertificateWish TimeStampWish();

}  // namespace passerelle::testing
