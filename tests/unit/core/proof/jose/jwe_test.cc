#include "core/proof/jose/jwe.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/proof/aes_gcm.h"
#include "core/proof/jose/concat_kdf.h"
#include "core/proof/key.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;

// RFC 7518, appendix C: "Bob", the static key.
constexpr char kBob[] = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVEmDZpDXXK8p8N0C
ndsxs924q6nS1RXFASRl6BfUqdyhRANCAATB40nLYexwJIzoAQNMODThuI6+EWHL
Ja84dB94X8/ExHvJZwjvgJUrU/jSVV/nK4Qe0EWIYosdN4pZSTlQDsnJ
-----END PRIVATE KEY-----
)";
constexpr char kBobJwk[] = R"({"crv":"P-256","kty":"EC","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",)"
                           R"("y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"})";
// The same: "Alice", the ephemeral key.
constexpr char kAlice[] = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0/NxaRPUMQoAJt50
Gz8YiTr8gRTwyEaCumd+MToTmIqhRANCAASAjQYAgsF27tPndqSsWYzIZywXefl0
7sybA0EcpblJXUi1v8Un385T1qxxFSN9AxzP+HoFcLdzUKnlA+5zBaab
-----END PRIVATE KEY-----
)";
// RFC 7520, 5.5: the static key "peregrin.took@tuckborough.example", and the ephemeral one.
constexpr char kPeregrin[] = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgr/kHyZ+a06rmxM3y
ESK84r1otSg+aQcVStkRhA+iCM+hRANCAARl7aWhJXfCuugpQ3/jOHAaEKqjdeG7
W13hCN5DnAhVHR5S7XVwEWP3+eQN3580Gz3JuoYK9+DKfKfp7s0AhNGc
-----END PRIVATE KEY-----
)";
constexpr char kPeregrinEphemeral[] = R"({"kty":"EC","crv":"P-256","x":"mPUKT_bAWGHIhg0TpjjqVsP1rXWQu_vwVOHHtNkdYoA",)"
                                      R"("y":"8BQAsImGeAS46fyWw5MhYfGTT0IjBpFw2SS34Dv4Irs"})";
// Encrypted to Bob by another implementation (the package "jose" of npm), from "NO" for "FR".
constexpr char kForeign[] =
    "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImtpZCI6IlZ5NTdYckFyVXJXME5icEkxMnRFekRIQUJ4TXdyVGg2SEhYUmVuU3BuQ28i"
    "LCJjdHkiOiJleGFtcGxlLkNyZWRlbnRpYWwiLCJlcGsiOnsieCI6IkpNRzE2OUZhNTZoaWUwcFpiZVd2blJtaDFXUThrZkJKLS1LU3ZkSmVLaEki"
    "LCJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieSI6InQwT3lsbUdmWG44MnhEbjhYcG1zc2lrYk1SYWtsN1hqSEVPaXFVRmNrNG8ifSwiYXB1Ijoi"
    "VGs4IiwiYXB2IjoiUmxJIn0..W2hIjQcfBGsO55EQ.tCQLSV7xGMTInnn9QdefkL4jVKn2J99dveOboPqNo3EfvLMDIow.iW7SQQ3CXw1K1R2P2k5"
    "V2w";

std::string BytesOf(std::initializer_list<int> numbers) {
  std::string bytes;
  for (const int number : numbers) bytes.push_back(static_cast<char>(number));
  return bytes;
}

DecryptionKey Bob() { return DecryptionKey::FromPem(kBob).value(); }

absl::StatusOr<Jwe> ParseCompact(absl::string_view token) {
  absl::StatusOr<JweParts> parts = ReadCompactJwe(token);
  if (!parts.ok()) return parts.status();
  return Jwe::Parse(*std::move(parts));
}

std::string Encrypted(const EncryptionKey& key, absl::string_view content) {
  return CompactJwe(EncryptJwe(key, {}, content).value());
}

TEST(ConcatKdf, GivesTheKeyOfRfc7518AppendixC) {
  ASSERT_OK_AND_ASSIGN(const DecryptionKey alice, DecryptionKey::FromPem(kAlice));
  ASSERT_OK_AND_ASSIGN(const EncryptionKey bob, EncryptionKey::FromJwk(kBobJwk));
  ASSERT_OK_AND_ASSIGN(const std::string secret, alice.Agree(bob));
  EXPECT_EQ(secret, BytesOf({158, 86, 217, 29,  129, 113, 53,  211, 114, 131, 66,  131, 191, 132, 38,  156,
                             251, 49, 110, 163, 218, 128, 106, 72,  246, 218, 167, 121, 140, 254, 144, 196}));
  EXPECT_THAT(Bob().Agree(alice.encryption_key()), IsOkAndHolds(secret)) << "from the other side";
  EXPECT_EQ(base::Base64UrlEncode(ConcatKdf(secret, "A128GCM", "Alice", "Bob", 16)), "VqqN6vgjbSBcIijNcacQGg");
}

TEST(ConcatKdf, GivesTheKeyOfRfc7520Section55) {
  ASSERT_OK_AND_ASSIGN(const DecryptionKey peregrin, DecryptionKey::FromPem(kPeregrin));
  ASSERT_OK_AND_ASSIGN(const EncryptionKey ephemeral, EncryptionKey::FromJwk(kPeregrinEphemeral));
  ASSERT_OK_AND_ASSIGN(const std::string secret, peregrin.Agree(ephemeral));
  EXPECT_EQ(base::Base64UrlEncode(ConcatKdf(secret, "A128CBC-HS256", "", "", 32)),
            "hzHdlfQIAEehb8Hrd_mFRhKsKLEzPfshfXs9l6areCc");
}

TEST(AesGcm, GivesCiphertextAndTagOfRfc7516AppendixA1) {
  const std::string key = BytesOf({177, 161, 244, 128, 84,  143, 225, 115, 63, 180, 3,   255, 107, 154, 212, 246,
                                   138, 7,   110, 91,  112, 46,  34,  105, 47, 130, 203, 46,  122, 234, 64,  252});
  const std::string nonce = BytesOf({227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219});
  const absl::string_view header = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
  const absl::string_view text = "The true sign of intelligence is not knowledge but imagination.";
  const std::optional<AesGcmSealed> sealed = AesGcmEncrypt(key, nonce, header, text);
  ASSERT_TRUE(sealed.has_value());
  EXPECT_EQ(base::Base64UrlEncode(sealed->ciphertext),
            "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A");
  EXPECT_EQ(base::Base64UrlEncode(sealed->tag), "XFBoMYUZodetZdvTiFvSkQ");
  EXPECT_EQ(AesGcmDecrypt(key, nonce, header, sealed->ciphertext, sealed->tag), text);
}

TEST(AesGcm, RefusesWrongLengthsAndWhatWasChanged) {
  const std::string key(kAesGcmKeyBytes, 'k');
  const std::string nonce(kAesGcmNonceBytes, 'n');
  const AesGcmSealed sealed = AesGcmEncrypt(key, nonce, "aad", "text").value();
  EXPECT_FALSE(AesGcmEncrypt(key + "k", nonce, "", "").has_value());
  EXPECT_FALSE(AesGcmEncrypt(key, nonce + "n", "", "").has_value());
  EXPECT_FALSE(AesGcmDecrypt(key, nonce, "aad", sealed.ciphertext, sealed.tag.substr(1)).has_value());
  EXPECT_FALSE(AesGcmDecrypt(key, nonce, "aae", sealed.ciphertext, sealed.tag).has_value());
  EXPECT_FALSE(AesGcmDecrypt(key, nonce, "aad", "tect", sealed.tag).has_value());
  EXPECT_EQ(AesGcmDecrypt(key, nonce, "aad", sealed.ciphertext, sealed.tag), "text");
  // No text is a text.
  const AesGcmSealed nothing = AesGcmEncrypt(key, nonce, "aad", "").value();
  EXPECT_EQ(AesGcmDecrypt(key, nonce, "aad", "", nothing.tag), "");
}

TEST(EncryptionKey, IsReadFromAJwk) {
  ASSERT_OK_AND_ASSIGN(const EncryptionKey key, EncryptionKey::FromJwk(kBobJwk));
  EXPECT_EQ(key.jwk(), kBobJwk);
  EXPECT_EQ(key.thumbprint(), "Vy57XrArUrW0NbpI12tEzDHABxMwrTh6HHXRenSpnCo");
  const std::string head = absl::StrCat(absl::string_view(kBobJwk).substr(0, sizeof(kBobJwk) - 2), ",");
  for (const char* allowed :
       {R"("use":"enc")", R"("alg":"ECDH-ES")", R"("key_ops":["deriveKey"])", R"("key_ops":[])", R"("kid":"any")"}) {
    EXPECT_OK(EncryptionKey::FromJwk(absl::StrCat(head, allowed, "}")).status()) << allowed;
  }
  struct Row {
    const char* member;
    const char* place;
  };
  for (const Row& row : {Row{R"("use":"sig")", "use"}, Row{R"("use":7)", "use"}, Row{R"("alg":"ES256")", "alg"},
                         Row{R"("alg":"ECDH-ES+A128KW")", "alg"}, Row{R"("key_ops":["verify"])", "key_ops"},
                         Row{R"("key_ops":"deriveKey")", "key_ops"}, Row{R"("d":"AA")", "d"}}) {
    EXPECT_THAT(EncryptionKey::FromJwk(absl::StrCat(head, row.member, "}")),
                HasReasonAt(Reason::kKeyUnusable, row.place))
        << row.member;
  }
}

TEST(EncryptionKey, RefusesOtherKeys) {
  const SigningKey other = SigningKey::Generate(KeyAlgorithm::kEdDsa).value();
  EXPECT_THAT(EncryptionKey::FromJwk(other.verification_key().jwk()), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(DecryptionKey::FromPem(other.ToPem().value()), HasReason(Reason::kKeyUnusable));
  // The name of the curve decides.
  EXPECT_THAT(EncryptionKey::FromJwk(absl::StrReplaceAll(kBobJwk, {{"P-256", "P-384"}})),
              HasReason(Reason::kKeyUnusable));
  // Off the curve.
  EXPECT_THAT(EncryptionKey::FromJwk(absl::StrReplaceAll(kBobJwk, {{"weNJ", "weNK"}})),
              HasReason(Reason::kKeyUnusable));
  for (const char* broken : {"", "[]", "{}", R"({"kty":"EC"})", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"}) {
    EXPECT_THAT(EncryptionKey::FromJwk(broken), HasReason(Reason::kKeyUnusable)) << broken;
  }
  EXPECT_THAT(DecryptionKey::FromPem("no key"), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(DecryptionKey::FromPem(absl::StrReplaceAll(kBob, {{"VEmDZ", "VEmEZ"}})), HasReason(Reason::kKeyUnusable))
      << "halves of two keys";
}

TEST(DecryptionKey, IsTheSameAfterWritingAndReading) {
  ASSERT_OK_AND_ASSIGN(const DecryptionKey key, DecryptionKey::Generate());
  ASSERT_OK_AND_ASSIGN(const std::string pem, key.ToPem());
  ASSERT_OK_AND_ASSIGN(const DecryptionKey again, DecryptionKey::FromPem(pem));
  EXPECT_EQ(again.encryption_key().jwk(), key.encryption_key().jwk());
}

TEST(Jwe, OpensWhatAnotherImplementationEncrypted) {
  ASSERT_OK_AND_ASSIGN(const Jwe jwe, ParseCompact(kForeign));
  EXPECT_EQ(jwe.header().key_id, Bob().encryption_key().thumbprint());
  EXPECT_EQ(jwe.header().content_type, "example.Credential");
  EXPECT_EQ(jwe.header().party_u, "NO");
  EXPECT_EQ(jwe.header().party_v, "FR");
  EXPECT_THAT(jwe.Decrypt(Bob()), IsOkAndHolds("An invented credential of Ada Example."));
}

TEST(Jwe, OpensWhatItEncrypted) {
  const DecryptionKey key = DecryptionKey::Generate().value();
  for (const std::string& content : {std::string(), std::string("a"), std::string(1 << 20, '\x80')}) {
    ASSERT_OK_AND_ASSIGN(const JweParts parts, EncryptJwe(key.encryption_key(), {}, content));
    ASSERT_OK_AND_ASSIGN(const Jwe jwe, Jwe::Parse(parts));
    EXPECT_EQ(jwe.header().key_id, key.encryption_key().thumbprint());
    EXPECT_EQ(jwe.header().content_type, "");
    EXPECT_THAT(jwe.Decrypt(key), IsOkAndHolds(content));
  }
}

TEST(Jwe, IsTheSameInCompactForm) {
  EXPECT_EQ(CompactJwe(ReadCompactJwe(kForeign).value()), kForeign);
  ASSERT_OK_AND_ASSIGN(const Jwe jwe, ParseCompact(Encrypted(Bob().encryption_key(), "content")));
  EXPECT_THAT(jwe.Decrypt(Bob()), IsOkAndHolds("content"));
}

TEST(Jwe, NeverEncryptsTheSameWayTwice) {
  const EncryptionKey key = DecryptionKey::Generate().value().encryption_key();
  const std::vector<std::string> first = absl::StrSplit(Encrypted(key, "content"), '.');
  const std::vector<std::string> second = absl::StrSplit(Encrypted(key, "content"), '.');
  for (const size_t part : {0, 2, 3, 4}) EXPECT_NE(first[part], second[part]) << part;
}

TEST(Jwe, OpensForNobodyElse) {
  ASSERT_OK_AND_ASSIGN(const Jwe jwe, ParseCompact(kForeign));
  EXPECT_THAT(jwe.Decrypt(DecryptionKey::Generate().value()), HasReasonAt(Reason::kKeyNotFound, "header/kid"));
}

// Every part with each of its characters changed is refused, or says so when it is opened.
TEST(Jwe, OpensWithNoCharacterChanged) {
  const std::string token = kForeign;
  const DecryptionKey bob = Bob();
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const absl::StatusOr<Jwe> jwe = ParseCompact(changed);
    EXPECT_FALSE(jwe.ok() && jwe->Decrypt(bob).ok()) << i;
  }
}

// The token with a header of its own, whose tag fits nothing.
std::string WithHeader(absl::string_view json) {
  std::vector<std::string> parts = absl::StrSplit(kForeign, '.');
  parts[0] = base::Base64UrlEncode(json);
  return absl::StrJoin(parts, ".");
}

std::string Header() {
  return base::Base64UrlDecode(std::string(kForeign).substr(0, std::string(kForeign).find('.'))).value();
}

TEST(Jwe, PartiesAndTypeCannotBeExchanged) {
  const std::pair<const char*, const char*> changes[] = {
      {"Tk8", "Tkw"}, {"RlI", "REU"}, {"Credential", "Credentiol"}, {R"("apu":"Tk8",)", ""}};
  for (const auto& [from, to] : changes) {
    const std::string header = absl::StrReplaceAll(Header(), {{from, to}});
    ASSERT_NE(header, Header()) << from;
    ASSERT_OK_AND_ASSIGN(const Jwe jwe, ParseCompact(WithHeader(header)));
    EXPECT_THAT(jwe.Decrypt(Bob()), HasReasonAt(Reason::kSignatureInvalid, "tag")) << from;
  }
}

struct BadJweHeader {
  const char* name;
  const char* from;
  const char* to;
  Reason reason;
  const char* place;
};

TEST(Jwe, RefusesHeadersThatAreNoneOfThisKind) {
  for (const BadJweHeader& bad : std::vector<BadJweHeader>{
           {"another agreement", R"("ECDH-ES")", R"("ECDH-ES+A256KW")", Reason::kAlgorithmNotAllowed, "header/alg"},
           {"RSA 1.5", R"("ECDH-ES")", R"("RSA1_5")", Reason::kAlgorithmNotAllowed, "header/alg"},
           {"a shared key", R"("ECDH-ES")", R"("dir")", Reason::kAlgorithmNotAllowed, "header/alg"},
           {"no agreement", R"("alg":"ECDH-ES",)", "", Reason::kAlgorithmNotAllowed, "header/alg"},
           {"another cipher", "A256GCM", "A128GCM", Reason::kAlgorithmNotAllowed, "header/enc"},
           {"an older cipher", "A256GCM", "A128CBC-HS256", Reason::kAlgorithmNotAllowed, "header/enc"},
           {"compression", R"("alg")", R"("zip":"DEF","alg")", Reason::kProofHeader, "header/zip"},
           {"a demand", R"("alg")", R"("crit":["exp"],"alg")", Reason::kCriticalHeader, "header/crit"},
           {"no key named", R"("kid")", R"("kidd")", Reason::kProofHeader, "header/kid"},
           {"a number for a type", R"("example.Credential")", "7", Reason::kProofHeader, "header/cty"},
           {"a party that is no base64url", "Tk8", "T+8", Reason::kProofHeader, "header/apu"},
           {"no ephemeral key", R"("epk")", R"("epq")", Reason::kProofHeader, "header/epk"},
           {"an ephemeral key off the curve", "JMG1", "JMG2", Reason::kProofHeader, "header/epk"},
           {"an ephemeral key of another curve", "P-256", "P-384", Reason::kProofHeader, "header/epk"},
           {"a private ephemeral key", R"("crv")", R"("d":"AA","crv")", Reason::kProofHeader, "header/epk"},
           {"a member twice", R"("alg")", R"("alg":"ECDH-ES","alg")", Reason::kJwsMalformed, "header, /alg"},
       }) {
    SCOPED_TRACE(bad.name);
    const std::string header = absl::StrReplaceAll(Header(), {{bad.from, bad.to}});
    ASSERT_NE(header, Header());
    EXPECT_THAT(ParseCompact(WithHeader(header)), HasReasonAt(bad.reason, bad.place));
  }
}

TEST(Jwe, RefusesWhatIsNotFiveParts) {
  const std::vector<std::string> parts = absl::StrSplit(kForeign, '.');
  EXPECT_THAT(ParseCompact(""), HasReasonAt(Reason::kJwsMalformed, ""));
  EXPECT_THAT(ParseCompact(absl::StrCat(parts[0], ".", parts[2], ".", parts[3])),
              HasReasonAt(Reason::kJwsMalformed, ""));
  EXPECT_THAT(ParseCompact(absl::StrCat(kForeign, ".AA")), HasReasonAt(Reason::kJwsMalformed, ""));
  EXPECT_THAT(ParseCompact(absl::StrCat(kForeign, "\n")), HasReasonAt(Reason::kJwsMalformed, "tag"));
  EXPECT_THAT(ParseCompact(absl::StrCat(parts[0], ".AA.", parts[2], ".", parts[3], ".", parts[4])),
              HasReasonAt(Reason::kJwsMalformed, "encrypted key"));
  EXPECT_THAT(ParseCompact(absl::StrCat(parts[0], "..AAAA.", parts[3], ".", parts[4])),
              HasReasonAt(Reason::kJwsMalformed, "iv"));
  EXPECT_THAT(ParseCompact(absl::StrCat(parts[0], "..", parts[2], ".A.", parts[4])),
              HasReasonAt(Reason::kJwsMalformed, "ciphertext"));
  EXPECT_THAT(ParseCompact(absl::StrCat(parts[0], "..", parts[2], ".", parts[3], ".AAAA")),
              HasReasonAt(Reason::kJwsMalformed, "tag"));
  // "null"
  EXPECT_THAT(ParseCompact(absl::StrCat("bnVsbA..", parts[2], ".", parts[3], ".", parts[4])),
              HasReasonAt(Reason::kJwsMalformed, "header"));
  EXPECT_THAT(ParseCompact(absl::StrCat(std::string(8000, 'A'), "..", parts[2], ".", parts[3], ".", parts[4])),
              HasReasonAt(Reason::kInputTooLarge, "header"));
}

}  // namespace
}  // namespace passerelle::proof
