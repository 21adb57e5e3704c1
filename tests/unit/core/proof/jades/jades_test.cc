#include "core/proof/jades/jades.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/proof/jades/sealer.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Base64Encode;
using ::passerelle::base::Base64UrlEncode;
using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;
using ::passerelle::testing::TimeStampWish;
using ::testing::Contains;

constexpr absl::string_view kJadesPayload = "{\"name\":\"Zo\xc3\xab\", \"credits\": 3}";

absl::Time On(absl::string_view date) { return *base::ParseDateTime(date); }

std::string Thumbprint(const TestIdentity& identity, base::HashAlgorithm hash = base::HashAlgorithm::kSha256) {
  return Base64UrlEncode(base::Digest(hash, identity.der()));
}

std::vector<Reason> Refusals(const JadesVerdict& verdict) {
  std::vector<Reason> reasons;
  for (const Finding& finding : verdict.findings.list()) {
    if (finding.weight == Weight::kRefusal) reasons.push_back(finding.reason);
  }
  return reasons;
}

// The keys take long to make, so that all tests share them.
struct People {
  TestIdentity root{KeyAlgorithm::kEs256, AuthorityWish("Root")};
  TestIdentity seal{KeyAlgorithm::kEs256, SealWish(), root};
  TestIdentity clock{KeyAlgorithm::kRs256, TimeStampWish(), root};
};

class JadesTest : public ::testing::Test {
 protected:
  JadesTest() {
    trust_.seals.Add(people().root.certificate());
    trust_.time_stamps.Add(people().root.certificate());
  }

  static const People& people() {
    static const auto& people = *new People();
    return people;
  }

  static std::string X5c(const TestIdentity& identity) {
    return absl::StrCat(R"("x5c":[")", Base64Encode(identity.der()), R"("])");
  }
  static std::string Reference(const TestIdentity& identity) {
    return absl::StrCat(R"("x5t#S256":")", Thumbprint(identity), R"(")");
  }
  // The members of a header that has everything.
  static std::string Members(const TestIdentity& identity) {
    return absl::StrCat(X5c(identity), ",", Reference(identity), R"(,"b64":false,"sigT":"2025-02-03T04:05:06Z",)",
                        R"("crit":["b64","sigT"])");
  }

  struct Sealed {
    std::string protected_text;
    std::string signature_text;
  };
  static Sealed Sign(const TestIdentity& identity, absl::string_view members,
                     absl::string_view payload = kJadesPayload) {
    Sealed sealed;
    sealed.protected_text =
        Base64UrlEncode(absl::StrCat(R"({"alg":")", identity.signer().algorithm(), R"(",)", members, "}"));
    sealed.signature_text = Base64UrlEncode(identity.signer().Sign(absl::StrCat(sealed.protected_text, ".", payload)));
    return sealed;
  }
  static std::string Document(const Sealed& sealed, absl::string_view unprotected = "",
                              absl::string_view payload = kJadesPayload) {
    std::string text;
    base::AppendJsonString(payload, text);
    return absl::StrCat(R"({"payload":)", text, R"(,"signatures":[{"protected":")", sealed.protected_text,
                        R"(","signature":")", sealed.signature_text, R"(")",
                        unprotected.empty() ? "" : absl::StrCat(R"(,"header":)", unprotected), "}]}");
  }
  JadesVerdict Verify(absl::string_view document, absl::string_view at = "2025-06-01") const {
    return VerifyJades(document, trust_, On(at));
  }
  // What is said of a document with this header.
  JadesVerdict VerifyHeader(absl::string_view members) const { return Verify(Document(Sign(people().seal, members))); }

  static std::string Encoded(absl::string_view component) {
    return absl::StrCat("\"", Base64UrlEncode(component), "\"");
  }
  static std::string Container(absl::string_view name, absl::string_view token) {
    return absl::StrCat(R"({")", name, R"(":{"tstTokens":[{"val":")", Base64Encode(token), R"("}]}})");
  }
  static std::string EtsiU(const std::vector<std::string>& components) {
    return absl::StrCat(R"({"etsiU":[)", absl::StrJoin(components, ","), "]}");
  }

  JadesTrust trust_;
};

TEST_F(JadesTest, AcceptsABaselineSeal) {
  const JadesVerdict verdict = Verify(Document(Sign(people().seal, Members(people().seal))));
  ASSERT_TRUE(verdict.Accepted()) << verdict.findings.list().front().detail;
  EXPECT_EQ(verdict.payload, kJadesPayload);
  ASSERT_EQ(verdict.signatures.size(), 1u);
  EXPECT_EQ(JadesLevelName(verdict.signatures[0].level), "B-B");
  EXPECT_TRUE(verdict.signatures[0].trusted);
  EXPECT_EQ(verdict.signatures[0].claimed_time, On("2025-02-03T04:05:06Z"));
  EXPECT_EQ(verdict.signatures[0].signer->der(), people().seal.der());
}

TEST_F(JadesTest, WithoutAnchorsNobodyIsTrustedAndNothingIsRefused) {
  trust_ = JadesTrust();
  const JadesVerdict verdict = Verify(Document(Sign(people().seal, Members(people().seal))));
  EXPECT_TRUE(verdict.Accepted());
  EXPECT_FALSE(verdict.signatures[0].trusted);
}

TEST_F(JadesTest, HandsOutNothingThatIsNotSealed) {
  const Sealed sealed = Sign(people().seal, Members(people().seal));
  const JadesVerdict verdict = Verify(Document(sealed, "", R"({"name":"Max", "credits": 3})"));
  EXPECT_FALSE(verdict.verified);
  EXPECT_EQ(verdict.payload, "");
  EXPECT_FALSE(Verify("").verified);
  EXPECT_FALSE(Verify("{}").verified);
}

TEST_F(JadesTest, WantsOneTimeOfTheRightForm) {
  const std::string rest = absl::StrCat(X5c(people().seal), ",", Reference(people().seal), R"(,"b64":false,)");
  EXPECT_TRUE(VerifyHeader(absl::StrCat(rest, R"("iat":1738555506,"crit":["b64"])")).Accepted());
  for (const char* const times : {R"("crit":["b64"])", R"("iat":1,"sigT":"2025-02-03T04:05:06Z","crit":["b64","sigT"])",
                                  R"("iat":"2025-02-03","crit":["b64"])", R"("sigT":"soon","crit":["b64","sigT"])",
                                  R"("sigT":7,"crit":["b64","sigT"])"}) {
    EXPECT_THAT(Refusals(VerifyHeader(absl::StrCat(rest, times))), Contains(Reason::kProofHeader)) << times;
  }
}

TEST_F(JadesTest, WantsTheCertificateAndItsDigestProtected) {
  const std::string rest = R"("b64":false,"sigT":"2025-02-03T04:05:06Z","crit":["b64","sigT"])";
  const TestIdentity& seal = people().seal;
  const auto with = [&](absl::string_view members) { return VerifyHeader(absl::StrCat(members, ",", rest)); };
  const std::string sha512 = Thumbprint(seal, base::HashAlgorithm::kSha512);
  EXPECT_TRUE(with(absl::StrCat(X5c(seal), R"(,"x5t#o":{"digAlg":"S512","digVal":")", sha512, R"("})")).Accepted());
  EXPECT_TRUE(with(absl::StrCat(X5c(seal), R"(,"sigX5ts":[{"digAlg":"S256","digVal":"AA"},{"digAlg":"S512","digVal":")",
                                sha512, R"("}])"))
                  .Accepted());
  for (const std::string& bad :
       {X5c(seal), absl::StrCat(X5c(seal), R"(,"x5t":"AAAAAAAAAAAAAAAAAAAAAAAAAAA")"),
        absl::StrCat(X5c(seal), ",", Reference(people().root)), absl::StrCat(X5c(seal), R"(,"x5t#S256":7)"),
        absl::StrCat(X5c(seal), R"(,"x5t#o":{"digAlg":"S1","digVal":"AA"})"),
        absl::StrCat(X5c(seal), R"(,"sigX5ts":[])"), Reference(seal), absl::StrCat(R"("x5c":[],)", Reference(seal)),
        absl::StrCat(R"("x5c":["AA"],)", Reference(seal)), absl::StrCat(R"("x5c":"AA",)", Reference(seal))}) {
    EXPECT_THAT(Refusals(with(bad)), Contains(Reason::kSignerCertificate)) << bad;
  }
  const Sealed sealed = Sign(seal, absl::StrCat(Reference(seal), ",", rest));
  const JadesVerdict unprotected = Verify(Document(sealed, absl::StrCat("{", X5c(seal), "}")));
  EXPECT_TRUE(unprotected.verified);
  EXPECT_FALSE(unprotected.Accepted());
}

TEST_F(JadesTest, RefusesCertificatesThatAreNotForSeals) {
  CertificateWish wish = SealWish();
  wish.key_usage = "critical,keyEncipherment";
  const TestIdentity encipherer(KeyAlgorithm::kEs256, wish, people().root);
  EXPECT_FALSE(Verify(Document(Sign(encipherer, Members(encipherer)))).Accepted());
  wish = AuthorityWish("Authority");
  wish.key_usage = "critical,keyCertSign,digitalSignature";
  const TestIdentity authority(KeyAlgorithm::kEs256, wish, people().root);
  EXPECT_FALSE(Verify(Document(Sign(authority, Members(authority)))).Accepted());
  const TestIdentity stranger(KeyAlgorithm::kEs256, SealWish());
  EXPECT_THAT(Refusals(Verify(Document(Sign(stranger, Members(stranger))))), Contains(Reason::kCertificateUntrusted));
}

TEST_F(JadesTest, RefusesContentThatIsElsewhereAndHeadersThatAreNotUnderstood) {
  const std::string rest =
      absl::StrCat(X5c(people().seal), ",", Reference(people().seal), R"(,"b64":false,"sigT":"2025-02-03T04:05:06Z",)");
  EXPECT_FALSE(VerifyHeader(absl::StrCat(rest, R"("sigD":{"mId":"x"},"crit":["b64","sigT","sigD"])")).Accepted());
  for (const char* const crit : {R"(["b64","sigT","x"])", R"(["b64","sigT","alg"])", R"(["b64","sigT","etsiU"])",
                                 R"(["sigT"])", R"([])", R"("b64")"}) {
    EXPECT_THAT(Refusals(VerifyHeader(absl::StrCat(rest, R"("x":1,"crit":)", crit))), Contains(Reason::kCriticalHeader))
        << crit;
  }
  EXPECT_THAT(Refusals(VerifyHeader(absl::StrCat(rest, R"("exp":1,"crit":["b64"])"))), Contains(Reason::kExpired));
  EXPECT_THAT(Refusals(VerifyHeader(absl::StrCat(rest, R"("nbf":4102444800,"crit":["b64"])"))),
              Contains(Reason::kNotYetValid));
}

TEST_F(JadesTest, ASealWithoutTimeStampEndsWithItsCertificate) {
  const std::string document = Document(Sign(people().seal, Members(people().seal)));
  EXPECT_THAT(Refusals(Verify(document, "2031-01-01")), Contains(Reason::kCertificateExpired));
}

class LevelTest : public JadesTest {
 protected:
  LevelTest() : sealed_(Sign(people().seal, Members(people().seal))) {}

  std::string SignatureTimeStamp(absl::string_view over) const {
    return Container("sigTst", people().clock.TimeStampOver(over, On("2025-02-03T05:00:00Z")));
  }
  std::string Evidence(const TestIdentity* revoked, absl::string_view revoked_at) const {
    const std::string list = people().root.RevocationList(revoked, On(revoked_at), On("2025-05-01"));
    return absl::StrCat(R"({"rVals":{"crlVals":[{"val":")", Base64Encode(list), R"("}]}})");
  }
  std::string Certificates() const {
    return absl::StrCat(R"({"xVals":[{"x509Cert":{"val":")", Base64Encode(people().root.der()), R"("}}]})");
  }
  // The components encoded, and after them an archive time-stamp over them.
  std::vector<std::string> Archived(const std::vector<std::string>& components, absl::string_view spoiled = "") const {
    std::vector<std::string> encoded;
    std::string stamped =
        absl::StrCat(spoiled, kJadesPayload, ".", sealed_.protected_text, ".", sealed_.signature_text, ".");
    for (const std::string& component : components) {
      encoded.push_back(Encoded(component));
      absl::StrAppend(&stamped, Base64UrlEncode(component));
    }
    encoded.push_back(Encoded(Container("arcTst", people().clock.TimeStampOver(stamped, On("2025-05-02")))));
    return encoded;
  }
  JadesSignature Level(const std::vector<std::string>& components, absl::string_view at = "2025-06-01") {
    verdict_ = Verify(Document(sealed_, EtsiU(components)), at);
    return verdict_.signatures.at(0);
  }

  const Sealed sealed_;
  JadesVerdict verdict_;
};

TEST_F(LevelTest, RisesWithWhatTheSealCarries) {
  const std::string stamp = SignatureTimeStamp(sealed_.signature_text);
  EXPECT_EQ(Level({Encoded(stamp)}).level, JadesLevel::kT);
  EXPECT_EQ(verdict_.signatures[0].proven_time, On("2025-02-03T05:00:00Z"));
  EXPECT_EQ(Level({stamp}).level, JadesLevel::kT) << "clear JSON";
  const std::string good = Evidence(nullptr, "2025-01-01");
  EXPECT_EQ(Level({Encoded(stamp), Encoded(Certificates()), Encoded(good)}).level, JadesLevel::kLt);
  EXPECT_EQ(Level(Archived({stamp, Certificates(), good})).level, JadesLevel::kLta);
  EXPECT_TRUE(verdict_.Accepted());
}

TEST_F(LevelTest, ATimeStampKeepsASealValidAfterItsCertificate) {
  EXPECT_FALSE(Verify(Document(sealed_), "2031-01-01").Accepted());
  Level({Encoded(SignatureTimeStamp(sealed_.signature_text))}, "2031-01-01");
  EXPECT_TRUE(verdict_.Accepted());
  // Of an authority that nobody trusts it proves nothing.
  trust_.time_stamps = TrustAnchors();
  Level({Encoded(SignatureTimeStamp(sealed_.signature_text))}, "2031-01-01");
  EXPECT_FALSE(verdict_.Accepted());
}

TEST_F(LevelTest, FallsWhenATimeStampIsAboutSomethingElse) {
  EXPECT_EQ(Level({Encoded(SignatureTimeStamp("another signature"))}).level, JadesLevel::kB);
  EXPECT_TRUE(verdict_.Accepted());
  EXPECT_EQ(verdict_.signatures[0].proven_time, std::nullopt);
  const std::string stamp = SignatureTimeStamp(sealed_.signature_text);
  EXPECT_EQ(Level(Archived({stamp, Evidence(nullptr, "2025-01-01")}, "spoiled")).level, JadesLevel::kLt);
}

TEST_F(LevelTest, RefusesSealsOfRevokedCertificates) {
  const std::string stamp = SignatureTimeStamp(sealed_.signature_text);
  EXPECT_EQ(Level({Encoded(stamp), Encoded(Evidence(&people().seal, "2025-01-15"))}).level, JadesLevel::kT);
  EXPECT_THAT(Refusals(verdict_), Contains(Reason::kCertificateRevoked));
  // Revoked after the time-stamp: the seal was made before.
  EXPECT_EQ(Level({Encoded(stamp), Encoded(Evidence(&people().seal, "2025-03-01"))}).level, JadesLevel::kLt);
  EXPECT_TRUE(verdict_.Accepted());
}

TEST_F(LevelTest, RefusesUnsignedPartsThatAreMalformed) {
  const std::string stamp = SignatureTimeStamp(sealed_.signature_text);
  for (const std::string& bad :
       {EtsiU({}), EtsiU({Encoded(stamp), stamp}), EtsiU({"7"}), EtsiU({"\"?\""}), EtsiU({Encoded("[]")}),
        EtsiU({Encoded("{}")}), std::string(R"({"etsiU":{}})"), EtsiU({Encoded(Container("sigTst", "junk"))}),
        EtsiU({Encoded(R"({"sigTst":{}})")}), EtsiU({Encoded(R"({"sigTst":{"tstTokens":[{"val":"?"}]}})")})}) {
    const JadesVerdict verdict = Verify(Document(sealed_, bad));
    EXPECT_TRUE(verdict.verified) << bad;
    EXPECT_FALSE(verdict.Accepted()) << bad;
  }
  const std::vector<std::string> many(base::kUnsignedPropertiesMax + 1, Encoded(R"({"x":1})"));
  EXPECT_THAT(Refusals(Verify(Document(sealed_, EtsiU(many)))), Contains(Reason::kInputTooLarge));
  const std::vector<std::string> stamps(base::kTimeStampsMax + 1, Encoded(SignatureTimeStamp("x")));
  EXPECT_THAT(Refusals(Verify(Document(sealed_, EtsiU(stamps)))), Contains(Reason::kInputTooLarge));
}

TEST_F(LevelTest, TellsCounterSignaturesAndLetsThemBe) {
  const TestIdentity& witness = people().clock;
  const std::string header = Base64UrlEncode(absl::StrCat(R"({"alg":"RS256",)", X5c(witness), "}"));
  const auto signature = [&](absl::string_view over) {
    return Base64UrlEncode(witness.signer().Sign(absl::StrCat(header, ".", over)));
  };
  const auto component = [](absl::string_view value) { return Encoded(absl::StrCat(R"({"cSig":)", value, "}")); };
  const std::string good = signature(sealed_.signature_text);
  for (const std::string& value : {absl::StrCat("\"", header, "..", good, "\""),
                                   absl::StrCat("\"", header, ".", sealed_.signature_text, ".", good, "\""),
                                   absl::StrCat(R"({"protected":")", header, R"(","signature":")", good, R"("})")}) {
    EXPECT_EQ(Level({component(value)}).verified_counter_signatures, 1) << value;
    EXPECT_TRUE(verdict_.Accepted());
  }
  for (const std::string& value :
       {absl::StrCat("\"", header, "..", signature("AAAA"), "\""),
        absl::StrCat("\"", header, ".AAAA.", signature("AAAA"), "\""), std::string("\"a.b\""), std::string("7"),
        std::string("{}"), absl::StrCat("\"", Base64UrlEncode(R"({"alg":"RS256"})"), "..", good, "\"")}) {
    const JadesSignature level = Level({component(value)});
    EXPECT_EQ(level.counter_signatures, 1);
    EXPECT_EQ(level.verified_counter_signatures, 0) << value;
    EXPECT_TRUE(verdict_.Accepted());
  }
}

TEST_F(JadesTest, NoFlippedBitIsAcceptedWithAnotherPayload) {
  const std::string good = Document(Sign(people().seal, Members(people().seal)));
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string changed = good;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const JadesVerdict verdict = Verify(changed);
    EXPECT_TRUE(!verdict.Accepted() || verdict.payload == kJadesPayload) << "bit " << bit;
  }
}

class SealerTest : public JadesTest, public ::testing::WithParamInterface<KeyAlgorithm> {};

TEST_P(SealerTest, SealsWhatTheVerifierAccepts) {
  const TestIdentity seal(GetParam(), SealWish(), people().root);
  ASSERT_OK_AND_ASSIGN(const Sealer sealer, Sealer::Make(seal.KeyPem(), absl::StrCat(seal.CertificatePem(),
                                                                                     people().root.CertificatePem())));
  ASSERT_OK_AND_ASSIGN(const std::string sealed, sealer.Seal(kJadesPayload, On("2025-06-01")));
  const JadesVerdict verdict = Verify(sealed, "2025-06-02");
  EXPECT_TRUE(verdict.Accepted());
  EXPECT_EQ(verdict.payload, kJadesPayload);
  EXPECT_TRUE(verdict.signatures[0].trusted);
  EXPECT_EQ(verdict.signatures[0].claimed_time, On("2025-06-01"));
}

TEST_P(SealerTest, StatesTheTimeAsTheRevisionOfItsDayHasIt) {
  const TestIdentity seal(GetParam(), SealWish(), people().root);
  ASSERT_OK_AND_ASSIGN(const Sealer sealer, Sealer::Make(seal.KeyPem(), seal.CertificatePem()));
  for (const auto& [day, name] : {std::pair("2025-07-14", "sigT"), std::pair("2025-07-15", "iat")}) {
    const JadesVerdict verdict = Verify(*sealer.Seal(kJadesPayload, On(day)), "2025-08-01");
    EXPECT_TRUE(verdict.Accepted()) << day;
    EXPECT_EQ(verdict.signatures[0].claimed_time, On(day));
    EXPECT_TRUE(verdict.jws->signatures()[0].header.FindProtected(name).has_value()) << day;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SealerTest, ::testing::Values(KeyAlgorithm::kEs256, KeyAlgorithm::kRs256),
                         [](const auto& c) { return std::string(AlgorithmName(c.param)); });

TEST_F(JadesTest, SealerRefusesKeysAndCertificatesThatDoNotFit) {
  const TestIdentity& seal = people().seal;
  EXPECT_THAT(Sealer::Make(people().root.KeyPem(), seal.CertificatePem()), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(Sealer::Make(people().root.KeyPem(), people().root.CertificatePem()), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(Sealer::Make(seal.KeyPem(), "no certificate"), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(Sealer::Make("no key", seal.CertificatePem()), HasReason(Reason::kKeyUnusable));
  const TestIdentity edwards(KeyAlgorithm::kEdDsa, SealWish(), people().root);
  EXPECT_THAT(Sealer::Make(edwards.KeyPem(), edwards.CertificatePem()), HasReason(Reason::kKeyUnusable));
}

TEST_F(JadesTest, SealerKeepsToItsCertificateAndToJson) {
  ASSERT_OK_AND_ASSIGN(const Sealer sealer, Sealer::Make(people().seal.KeyPem(), people().seal.CertificatePem()));
  EXPECT_THAT(sealer.Seal(kJadesPayload, On("2031-01-01")), HasReason(Reason::kCertificateExpired));
  EXPECT_THAT(sealer.Seal("no JSON", On("2025-06-01")), HasReason(Reason::kJsonMalformed));
}

}  // namespace
}  // namespace passerelle::proof
