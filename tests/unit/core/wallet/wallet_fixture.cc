#include "tests/unit/core/wallet/wallet_fixture.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/selective_disclosure.h"
#include "core/proof/jose/sign.h"
#include "core/proof/sd_jwt/issue.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::wallet {
namespace {

using authenticity::Day;
using authenticity::Keys;
using authenticity::kFjord;

std::string HolderDid() {
  return absl::StrCat("did:jwk:", base::Base64UrlEncode(Keys().holder.verification_key().jwk()));
}

}  // namespace

Verifier TestVerifier() {
  static const auto* const identity = new testing::TestIdentity(proof::KeyAlgorithm::kEs256, testing::SealWish());
  Verifier verifier;
  verifier.address = kAddress;
  verifier.client_id = "x509_san_dns:wallets.example";
  verifier.signer =
      std::make_shared<const proof::Sealer>(*proof::Sealer::Make(identity->KeyPem(), identity->CertificatePem()));
  return verifier;
}

const proof::SigningKey& StrangersKey() {
  static const auto* const key = new proof::SigningKey(*proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256));
  return *key;
}

std::string HeldSdJwt(absl::string_view type) {
  testing::FakeRandom random;
  proof::SdJwtContent content;
  content.key_id = "key-4";
  content.claims = absl::StrCat(
      R"({"iss":")", kFjord, R"(","vct":"urn:example:micro","iat":)", absl::ToUnixSeconds(Day("2024-06-01")),
      R"(,"exp":)", absl::ToUnixSeconds(Day("2027-06-01")), R"(,"cnf":{"jwk":)", Keys().holder.verification_key().jwk(),
      R"(},"title":"Welding","name":{"given":"Mira"},"grade":"C","level":5})");
  content.withholdable = {"/title", "/name", "/grade"};
  const std::string issued = *proof::IssueSdJwt(content, Keys().selective, random);
  if (type == "dc+sd-jwt") return issued;
  // Signed again under another type.
  const std::vector<std::string> parts = absl::StrSplit(issued, absl::MaxSplits('~', 1));
  const std::vector<std::string> token = absl::StrSplit(parts[0], '.');
  return absl::StrCat(*proof::SignToken(type, "key-4", *base::Base64UrlDecode(token[1]), Keys().selective), "~",
                      parts[1]);
}

std::string Disclosing(absl::string_view sd_jwt, const std::vector<std::string>& names) {
  const auto parts = base::SplitSdJwt(sd_jwt);
  std::vector<size_t> numbers;
  for (size_t i = 0; i < parts->disclosures.size(); ++i) {
    const std::string disclosure = *base::Base64UrlDecode(parts->disclosures[i]);
    for (const std::string& name : names) {
      if (absl::StrContains(disclosure, absl::StrCat(",\"", name, "\","))) numbers.push_back(i);
    }
  }
  EXPECT_EQ(numbers.size(), names.size());
  return *proof::PresentSdJwt(sd_jwt, numbers);
}

std::string HeldToken() {
  const std::string payload =
      absl::StrCat(R"({"iss":")", kFjord, R"(","sub":")", HolderDid(), R"(","jti":"urn:uuid:7","iat":)",
                   absl::ToUnixSeconds(Day("2024-06-01")), R"(,"exp":)", absl::ToUnixSeconds(Day("2027-06-01")),
                   R"(,"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"id":"urn:uuid:7",)",
                   R"("type":["VerifiableCredential","MicroCredential"],"issuer":")", kFjord,
                   R"(","issuanceDate":"2024-06-01T00:00:00Z","credentialSubject":{"id":")", HolderDid(),
                   R"(","title":"Beekeeping"}}})");
  // Every signature is another one.
  static const auto* const token =
      new std::string(Keys().first.Token(absl::StrCat(R"("typ":"JWT","kid":")", kFjord, "#key-1\""), payload));
  return *token;
}

base::JsonDocument ClaimsOf(absl::string_view token) {
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  return *base::JsonDocument::Parse(*base::Base64UrlDecode(parts.at(1)));
}

base::JsonDocument HeaderOf(absl::string_view token) {
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  return *base::JsonDocument::Parse(*base::Base64UrlDecode(parts.at(0)));
}

std::string At(const base::JsonDocument& document, absl::string_view pointer) {
  simdjson::dom::element found;
  if (document.root().at_pointer(base::StdView(pointer)).get(found) != simdjson::SUCCESS) return "absent";
  const auto text = base::AsString(found);
  return text.has_value() ? std::string(*text) : document.Text(found);
}

}  // namespace passerelle::wallet
