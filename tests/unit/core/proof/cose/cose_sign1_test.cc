#include "core/proof/cose/cose_sign1.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "core/base/date_time.h"
#include "core/proof/cose/cose_vc.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::CborWriter;
using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::TestSigner;

constexpr char kPayload[] = "This is what was awarded.";

// A map with one number as value, and more that is CBOR already.
std::string Header(int64_t algorithm, absl::string_view more = "", uint64_t count = 1) {
  std::string out;
  CborWriter cbor(out);
  cbor.Map(count);
  cbor.Int(kCoseAlgorithm);
  cbor.Int(algorithm);
  cbor.Raw(more);
  return out;
}

struct Parts {
  std::string header;
  std::string unprotected = "\xa0";
  std::string payload = kPayload;
  std::string external = "";
  bool detached = false;
};

std::string Message(const TestSigner& signer, const Parts& parts) {
  std::string input;
  CborWriter to_sign(input);
  to_sign.Array(4);
  to_sign.Text("Signature1");
  to_sign.Bytes(parts.header);
  to_sign.Bytes(parts.external);
  to_sign.Bytes(parts.payload);
  std::string out;
  CborWriter cbor(out);
  cbor.Tag(18);
  cbor.Array(4);
  cbor.Bytes(parts.header);
  cbor.Raw(parts.unprotected);
  if (parts.detached) {
    cbor.Null();
  } else {
    cbor.Bytes(parts.payload);
  }
  cbor.Bytes(signer.Sign(input));
  return out;
}

bool Refused(const CoseVerdict& verdict, Reason reason) {
  return std::any_of(verdict.findings.list().begin(), verdict.findings.list().end(), [&](const Finding& finding) {
    return finding.reason == reason && finding.weight == Weight::kRefusal;
  });
}

TEST(CoseSign1Test, EveryAlgorithmOfTheTable) {
  const std::pair<KeyAlgorithm, int64_t> algorithms[] = {{KeyAlgorithm::kEs256, -7},  {KeyAlgorithm::kEs256, -9},
                                                         {KeyAlgorithm::kEs384, -35}, {KeyAlgorithm::kEs512, -36},
                                                         {KeyAlgorithm::kEdDsa, -8},  {KeyAlgorithm::kEdDsa, -19},
                                                         {KeyAlgorithm::kEd448, -8},  {KeyAlgorithm::kPs256, -37},
                                                         {KeyAlgorithm::kPs384, -38}, {KeyAlgorithm::kPs512, -39}};
  for (const auto& [algorithm, label] : algorithms) {
    const TestSigner signer(algorithm);
    const std::string bytes = Message(signer, {Header(label)});
    ASSERT_OK_AND_ASSIGN(const CoseSign1 message, CoseSign1::Parse(bytes));
    const CoseVerdict verdict = message.Verify(signer.public_key());
    EXPECT_TRUE(verdict.Accepted()) << label;
    EXPECT_EQ(verdict.payload, kPayload);
    const TestSigner other(algorithm);
    EXPECT_FALSE(message.Verify(other.public_key()).verified) << label;
  }
}

TEST(CoseSign1Test, NoOtherByteVerifies) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  const std::string bytes = Message(signer, {Header(-7)});
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] ^= 1;
    const auto message = CoseSign1::Parse(changed);
    if (!message.ok()) continue;
    const CoseVerdict verdict = message->Verify(signer.public_key());
    EXPECT_FALSE(verdict.Accepted()) << i;
  }
}

TEST(CoseSign1Test, AlgorithmMustBelongToTheCurveAndBeProtected) {
  const TestSigner p256(KeyAlgorithm::kEs256);
  const std::string foreign = Message(p256, {Header(-36)});
  ASSERT_OK_AND_ASSIGN(const CoseSign1 message, CoseSign1::Parse(foreign));
  const CoseVerdict verdict = message.Verify(p256.public_key());
  EXPECT_TRUE(Refused(verdict, Reason::kAlgorithmMismatch));
  // The signer hashed with SHA-256, the header says SHA-512.
  EXPECT_FALSE(verdict.verified);
  Parts unprotected = {"", Header(-7)};
  const std::string loose = Message(p256, unprotected);
  ASSERT_OK_AND_ASSIGN(const CoseSign1 open, CoseSign1::Parse(loose));
  const CoseVerdict open_verdict = open.Verify(p256.public_key());
  EXPECT_TRUE(open_verdict.verified);
  EXPECT_TRUE(Refused(open_verdict, Reason::kProofHeader));
  for (const int64_t label : {0, 5, -16, -257, -65535}) {
    const std::string unknown = Message(p256, {Header(label)});
    ASSERT_OK_AND_ASSIGN(const CoseSign1 one, CoseSign1::Parse(unknown));
    EXPECT_TRUE(Refused(one.Verify(p256.public_key()), Reason::kAlgorithmNotAllowed)) << label;
  }
}

// R||S on P-521 with SHA-256: what COSE itself takes for ES256.
std::string SignOnP521(EVP_PKEY* key, absl::string_view input) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
  unsigned char der[160];
  size_t size = sizeof(der);
  EVP_DigestSign(context.get(), der, &size, reinterpret_cast<const unsigned char*>(input.data()), input.size());
  const unsigned char* next = der;
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
      d2i_ECDSA_SIG(nullptr, &next, static_cast<long>(size)), ECDSA_SIG_free);
  std::string raw(132, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), reinterpret_cast<unsigned char*>(raw.data()), 66);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), reinterpret_cast<unsigned char*>(raw.data()) + 66, 66);
  return raw;
}

TEST(CoseSign1Test, AnotherCurveVerifiesAndIsRefused) {
  const TestSigner signer(KeyAlgorithm::kEs512);
  std::string input;
  CborWriter to_sign(input);
  to_sign.Array(4);
  to_sign.Text("Signature1");
  to_sign.Bytes(Header(-7));
  to_sign.Bytes("");
  to_sign.Bytes(kPayload);
  for (const bool changed : {false, true}) {
    std::string bytes;
    CborWriter cbor(bytes);
    cbor.Array(4);
    cbor.Bytes(Header(-7));
    cbor.Raw("\xa0");
    cbor.Bytes(kPayload);
    std::string signature = SignOnP521(signer.openssl(), input);
    if (changed) signature.back() ^= 1;
    cbor.Bytes(signature);
    ASSERT_OK_AND_ASSIGN(const CoseSign1 message, CoseSign1::Parse(bytes));
    const CoseVerdict verdict = message.Verify(signer.public_key());
    EXPECT_EQ(verdict.verified, !changed);
    EXPECT_TRUE(Refused(verdict, Reason::kAlgorithmMismatch));
  }
}

TEST(CoseSign1Test, AnEmptyProtectedMapIsSignedAsNothing) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  std::string input;
  CborWriter to_sign(input);
  to_sign.Array(4);
  to_sign.Text("Signature1");
  to_sign.Bytes("");
  to_sign.Bytes("");
  to_sign.Bytes(kPayload);
  for (const char* const sent : {"", "\xa0"}) {
    std::string bytes;
    CborWriter cbor(bytes);
    cbor.Array(4);
    cbor.Bytes(sent);
    cbor.Raw(Header(-7));
    cbor.Bytes(kPayload);
    cbor.Bytes(signer.Sign(input));
    ASSERT_OK_AND_ASSIGN(const CoseSign1 message, CoseSign1::Parse(bytes));
    EXPECT_TRUE(message.Verify(signer.public_key()).verified);
  }
}

TEST(CoseSign1Test, ExternalBytesAndDetachedPayloads) {
  const TestSigner signer(KeyAlgorithm::kEdDsa);
  Parts parts = {Header(-8)};
  parts.external = "both know this";
  parts.detached = true;
  const std::string bytes = Message(signer, parts);
  ASSERT_OK_AND_ASSIGN(const CoseSign1 message, CoseSign1::Parse(bytes));
  EXPECT_TRUE(message.Verify(signer.public_key(), "both know this", kPayload).Accepted());
  EXPECT_FALSE(message.Verify(signer.public_key(), "", kPayload).verified);
  EXPECT_FALSE(message.Verify(signer.public_key(), "both know this").verified);
  const std::string attached = Message(signer, {Header(-8)});
  ASSERT_OK_AND_ASSIGN(const CoseSign1 whole, CoseSign1::Parse(attached));
  EXPECT_TRUE(Refused(whole.Verify(signer.public_key(), "", kPayload), Reason::kCose));
}

TEST(CoseSign1Test, CriticalHeadersMustBeUnderstood) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  const auto verdict_with = [&](absl::string_view critical, uint64_t count, absl::string_view more) {
    std::string members;
    CborWriter cbor(members);
    cbor.Int(kCoseCritical);
    cbor.Raw(critical);
    cbor.Raw(more);
    const std::string bytes = Message(signer, {Header(-7, members, count)});
    return CoseSign1::Parse(bytes)->Verify(signer.public_key());
  };
  EXPECT_TRUE(verdict_with("\x81\x01", 2, "").Accepted());
  EXPECT_TRUE(Refused(verdict_with("\x80", 2, ""), Reason::kCriticalHeader));
  EXPECT_TRUE(Refused(verdict_with("\x01", 2, ""), Reason::kCriticalHeader));
  EXPECT_TRUE(Refused(verdict_with("\x81\x18\x63", 3, "\x18\x63\x01"), Reason::kCriticalHeader));
  EXPECT_TRUE(Refused(verdict_with("\x81\x03", 2, ""), Reason::kCriticalHeader));  // not there
}

TEST(CoseSign1Test, OtherStructuresAreRefused) {
  const struct {
    const char* hex;
    Reason reason;
  } cases[] = {
      {"80", Reason::kCose},
      {"8441a04040", Reason::kCborMalformed},
      {"8401a04040", Reason::kCose},
      {"844180a04040", Reason::kCose},
      {"8440804040", Reason::kCose},
      {"8440a00140", Reason::kCose},
      {"8440a04001", Reason::kCose},
      {"d8628440a04040", Reason::kCose},                 // COSE_Sign
      {"8443a10126a101264040", Reason::kCose},           // alg in both maps
      {"8445a101260126a04040", Reason::kCborMalformed},  // more after the protected map
      {"9f40a04040ff", Reason::kCborMalformed},
  };
  for (const auto& one : cases) {
    const std::string bytes = absl::HexStringToBytes(one.hex);
    const auto message = CoseSign1::Parse(bytes);
    EXPECT_THAT(message, HasReason(one.reason)) << one.hex;
  }
}

// A credential in COSE, with the type as a text after the algorithm.
std::string Credential(const TestSigner& signer, absl::string_view type, absl::string_view payload) {
  std::string members;
  CborWriter cbor(members);
  cbor.Int(kCoseKeyId);
  cbor.Bytes("k1");
  if (!type.empty()) {
    cbor.Int(kCoseType);
    cbor.Text(type);
  }
  return Message(signer, {Header(-7, members, type.empty() ? 2 : 3), "\xa0", std::string(payload)});
}

TEST(CoseVcTest, TypePayloadAndTimes) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  KeySet keys;
  keys.Add(signer.public_key(), "k1");
  const absl::Time at = *base::ParseDateTime("2026-06-01");
  const auto verify = [&](absl::string_view type, absl::string_view payload) {
    return VerifyCoseVc(Credential(signer, type, payload), keys, at);
  };
  constexpr char kGood[] =
      R"({"@context":["https://www.w3.org/ns/credentials/v2"],"validUntil":"2027-01-01T00:00:00Z"})";
  for (const char* const type : {"application/vc+cose", "application/vp+cose", "application/vc-ld+cose", ""}) {
    const CoseVcVerdict verdict = verify(type, kGood);
    EXPECT_TRUE(verdict.Accepted() && verdict.credential.has_value()) << type;
  }
  for (const char* const type :
       {"application/vc", "application/vc+jwt", "APPLICATION/VC+COSE", "application/statuslist+cwt"}) {
    const CoseVcVerdict verdict = verify(type, kGood);
    EXPECT_TRUE(verdict.verified && verdict.findings.refused()) << type;
  }
  for (const char* const payload : {"{}", "[]", "credential", R"({"@context":[],"@context":[]})",
                                    R"({"@context":[],"validUntil":"2025-01-01T00:00:00Z"})"}) {
    const CoseVcVerdict verdict = verify("application/vc+cose", payload);
    EXPECT_TRUE(verdict.verified && verdict.findings.refused()) << payload;
  }
  KeySet others;
  others.Add(signer.public_key(), "k2");
  EXPECT_FALSE(VerifyCoseVc(Credential(signer, "application/vc+cose", kGood), others, at).verified);
  EXPECT_FALSE(VerifyCoseVc("", keys, at).verified);
}

}  // namespace
}  // namespace passerelle::proof
