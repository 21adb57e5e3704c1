// Verifying tokens and seals, beside the bare operations of OpenSSL that they cannot do without.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "core/base/digest.h"
#include "core/proof/jades/jades.h"
#include "core/proof/jades/sealer.h"
#include "core/proof/openssl.h"
#include "core/proof/vc_jwt.h"
#include "tests/bench/goals.h"
#include "tests/support/test_authority.h"

namespace passerelle::bench {
namespace {

using proof::KeyAlgorithm;
using testing::TestIdentity;
using testing::TestSigner;

constexpr size_t kTokenBytes = 2048;
constexpr size_t kSealedBytes = 45'000;

void Require(bool holds) {
  if (!holds) std::abort();
}

const absl::Time& Now() {
  static const auto& now = *new absl::Time(absl::FromCivil(absl::CivilDay(2025, 6, 1), absl::UTCTimeZone()));
  return now;
}

std::string Payload(size_t bytes) {
  const std::string head = R"({"@context":["https://www.w3.org/ns/credentials/v2"],"issuer":"https://school.example",)"
                           R"("validFrom":"2024-01-01T00:00:00Z","credentialSubject":{"achievements":[)";
  std::string payload = head;
  for (int i = 0; payload.size() < bytes; ++i) {
    absl::StrAppend(&payload, i == 0 ? "" : ",", R"({"id":"urn:example:)", i, R"(","title":"Applied Statistics )", i,
                    R"(","credits":)", i % 30, "}");
  }
  return absl::StrCat(payload, "]}}");
}

// What `openssl speed` measures: the operation alone, over a digest that is there.
class RawVerification {
 public:
  explicit RawVerification(const TestSigner& signer)
      : context_(EVP_PKEY_CTX_new_from_pkey(nullptr, signer.openssl(), nullptr)),
        digest_(base::Digest(base::HashAlgorithm::kSha256, "message")) {
    Require(EVP_PKEY_sign_init(context_.get()) == 1);
    size_t size = 1024;
    signature_.resize(size);
    auto* const out = reinterpret_cast<unsigned char*>(signature_.data());
    if (EVP_PKEY_is_a(signer.openssl(), "RSA") == 1) SetScheme();
    Require(EVP_PKEY_sign(context_.get(), out, &size, proof::Bytes(digest_), digest_.size()) == 1);
    signature_.resize(size);
    Require(EVP_PKEY_verify_init(context_.get()) == 1);
    if (EVP_PKEY_is_a(signer.openssl(), "RSA") == 1) SetScheme();
  }

  void Run() {
    Require(EVP_PKEY_verify(context_.get(), proof::Bytes(signature_), signature_.size(), proof::Bytes(digest_),
                            digest_.size()) == 1);
  }

 private:
  void SetScheme() {
    Require(EVP_PKEY_CTX_set_rsa_padding(context_.get(), RSA_PKCS1_PADDING) == 1);
    Require(EVP_PKEY_CTX_set_signature_md(context_.get(), EVP_sha256()) == 1);
  }

  proof::Owned<EVP_PKEY_CTX> context_;
  std::string digest_;
  std::string signature_;
};

void RawP256Verify(benchmark::State& state) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  RawVerification raw(signer);
  for (auto _ : state) raw.Run();
}
BENCHMARK(RawP256Verify);

// What two threads of this machine can do at most.
void RawP256VerifyShared(benchmark::State& state) {
  static const TestSigner& signer = *new TestSigner(KeyAlgorithm::kEs256);
  RawVerification raw(signer);
  for (auto _ : state) raw.Run();
}
BENCHMARK(RawP256VerifyShared)->ThreadRange(1, 2)->UseRealTime();

void VcJwtEs256(benchmark::State& state) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  proof::KeySet keys;
  keys.Add(signer.public_key(), "k");
  const std::string token = signer.Token(R"("kid":"k","typ":"vc+jwt")", Payload(kTokenBytes));
  for (auto _ : state) Require(proof::VerifyVcJwt(token, keys, Now()).Accepted());
}
BENCHMARK(VcJwtEs256);

// Tokens of one issuer on several threads, which share the key.
void VcJwtEs256Shared(benchmark::State& state) {
  static const TestSigner& signer = *new TestSigner(KeyAlgorithm::kEs256);
  static const proof::KeySet& keys = *[] {
    auto* const made = new proof::KeySet;
    made->Add(signer.public_key(), "k");
    return made;
  }();
  static const std::string& token = *new std::string(signer.Token(R"("kid":"k","typ":"vc+jwt")", Payload(kTokenBytes)));
  for (auto _ : state) Require(proof::VerifyVcJwt(token, keys, Now()).Accepted());
}
BENCHMARK(VcJwtEs256Shared)->ThreadRange(1, 2)->UseRealTime();

void VcJwtEs256ParsingTheKey(benchmark::State& state) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  const std::string jwk = signer.public_key().jwk();
  const std::string token = signer.Token(R"("kid":"k","typ":"vc+jwt")", Payload(kTokenBytes));
  for (auto _ : state) Require(proof::VerifyVcJwt(token, *proof::KeySet::Parse(jwk), Now()).Accepted());
}
BENCHMARK(VcJwtEs256ParsingTheKey);

// One verification with RSA, and twice the digest of the sealed bytes.
void JadesFloor(benchmark::State& state) {
  const TestSigner signer(KeyAlgorithm::kRs256);
  RawVerification raw(signer);
  const std::string payload = Payload(kSealedBytes);
  for (auto _ : state) {
    raw.Run();
    benchmark::DoNotOptimize(base::Sha256(payload));
    benchmark::DoNotOptimize(base::Sha256(payload));
  }
}
BENCHMARK(JadesFloor);

struct Sealed {
  TestIdentity root{KeyAlgorithm::kRs256, testing::AuthorityWish("Root")};
  TestIdentity seal{KeyAlgorithm::kRs256, testing::SealWish(), root};
  std::string document;

  Sealed() {
    const auto sealer = proof::Sealer::Make(seal.KeyPem(), seal.CertificatePem());
    Require(sealer.ok());
    document = sealer->Seal(Payload(kSealedBytes), Now()).value();
  }
};

void JadesRs256(benchmark::State& state) {
  const Sealed sealed;
  proof::JadesTrust trust;
  trust.certificates = std::make_shared<proof::CertificateCache>();
  for (auto _ : state) Require(proof::VerifyJades(sealed.document, trust, Now()).Accepted());
}
BENCHMARK(JadesRs256);

void JadesRs256ParsingTheCertificate(benchmark::State& state) {
  const Sealed sealed;
  const proof::JadesTrust trust;
  for (auto _ : state) Require(proof::VerifyJades(sealed.document, trust, Now()).Accepted());
}
BENCHMARK(JadesRs256ParsingTheCertificate);

void JadesRs256WithPath(benchmark::State& state) {
  const Sealed sealed;
  proof::JadesTrust trust;
  trust.certificates = std::make_shared<proof::CertificateCache>();
  trust.seals.Add(sealed.root.certificate());
  for (auto _ : state) Require(proof::VerifyJades(sealed.document, trust, Now()).Accepted());
}
BENCHMARK(JadesRs256WithPath);

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) {
  return passerelle::bench::Main(
      argc, argv,
      {{"VC-JWT with ES256, 2 KB: share of the raw rate", "RawP256Verify", "VcJwtEs256", 0.60, {}},
       {"two threads against one",
        "VcJwtEs256Shared/real_time/threads:1",
        "VcJwtEs256Shared/real_time/threads:2",
        1.7,
        {}},
       // Where other programs take the cores, the real time tells about them; threads that stand in each other's way
       // need more time of their own for the same work.
       {"speed that each of two threads keeps, by CPU time",
        "VcJwtEs256Shared/real_time/threads:1/cpu",
        "VcJwtEs256Shared/real_time/threads:2/cpu",
        0.85,
        {}},
       {"the bare operation: two threads against one",
        "RawP256VerifyShared/real_time/threads:1",
        "RawP256VerifyShared/real_time/threads:2",
        {},
        {}},
       {"a cached key against parsing it each time", "VcJwtEs256ParsingTheKey", "VcJwtEs256", 1.3, {}},
       {"JAdES B-B with RS256, 45 KB, against one RSA verification and two digests", "JadesRs256", "JadesFloor", {}, 3},
       {"a cached certificate against parsing it each time", "JadesRs256ParsingTheCertificate", "JadesRs256", 1.3, {}},
       {"the same with the path to the anchor", "JadesRs256WithPath", "JadesFloor", {}, 6}});
}
