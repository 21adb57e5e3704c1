#include "core/trust/bundle.h"

#include <functional>

#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/trust/bundle_fixture.h"

namespace passerelle::trust {
namespace {

using base::Reason;
using testing::HasReason;
using testing::HasReasonAt;
using testing::IsOk;

TEST(TrustBundle, KnowsWhoSpeaksForWhomAndWhen) {
  ASSERT_OK_AND_ASSIGN(const auto bundle, TrustBundle::Make(SmallBundle()));
  Signer signer;
  signer.provider = "emreg:no-transcripts";
  const auto ask = [&](absl::string_view value, absl::Time at) {
    return bundle->MaySpeak(signer, "schac", value, at).speaks;
  };
  EXPECT_EQ(ask("fjord.example", At(2023)), Speaks::kYes);
  EXPECT_EQ(ask("fjord.example", At(2021)), Speaks::kYes);
  EXPECT_EQ(ask("fjord.example", At(2025)), Speaks::kYes);
  EXPECT_EQ(ask("fjord.example", At(2025, 1, 2)), Speaks::kNotThen);
  EXPECT_EQ(ask("other.example", At(2023)), Speaks::kUnknown);
  signer.provider = "emreg:somebody";
  EXPECT_EQ(ask("fjord.example", At(2023)), Speaks::kNo);
  // A signer of whom nothing is known is nobody's.
  EXPECT_EQ(bundle->MaySpeak({}, "schac", "fjord.example", At(2023)).speaks, Speaks::kNo);
}

TEST(TrustBundle, HasKeysOfAPeriod) {
  v1::TrustBundle message = SmallBundle();
  v1::DidKeys* did = message.add_did_keys();
  did->set_did("did:web:fjord.example");
  did->add_jwks(TestKey(0).verification_key().jwk());
  *did->mutable_period()->mutable_to() = On(2024);
  ASSERT_OK_AND_ASSIGN(const auto bundle, TrustBundle::Make(message));
  EXPECT_EQ(bundle->Providers("emreg:no-transcripts", At(2023)).size(), 1u);
  EXPECT_TRUE(bundle->Providers("emreg:no-transcripts", At(2019)).empty());
  EXPECT_TRUE(bundle->Providers("ewp:no-transcripts", At(2023)).empty());
  const std::string& thumbprint = TestKey(0).verification_key().thumbprint();
  ASSERT_OK_AND_ASSIGN(const IssuerKey key, bundle->FindIssuerKey("did:web:fjord.example", {}, {}, At(2023)));
  EXPECT_EQ(key.key.thumbprint(), thumbprint);
  EXPECT_TRUE(key.in_force);
  ASSERT_OK_AND_ASSIGN(const IssuerKey late, bundle->FindIssuerKey("did:web:fjord.example", {}, {}, At(2025)));
  EXPECT_FALSE(late.in_force);
  EXPECT_EQ(bundle->IsKeyInForce("did:web:fjord.example", thumbprint, At(2023)), true);
  EXPECT_EQ(bundle->IsKeyInForce("did:web:fjord.example", thumbprint, At(2025)), false);
  EXPECT_EQ(bundle->IsKeyInForce("did:web:fjord.example", "another", At(2023)), std::nullopt);
  // The bundle names no id for it, so that it is the one that can be meant.
  EXPECT_OK(bundle->FindIssuerKey("did:web:fjord.example", "key-9", {}, At(2023)));
  EXPECT_THAT(bundle->FindIssuerKey("did:web:other.example", {}, {}, At(2023)),
              testing::HasReason(base::Reason::kKeyNotFound));
  const v1::ProviderKey& provider = bundle->message().provider_keys(0);
  EXPECT_TRUE(TrustBundle::AllowsSha1(provider, At(2026, 3, 2)));
  EXPECT_FALSE(TrustBundle::AllowsSha1(provider, At(2026, 3, 3)));
  EXPECT_FALSE(TrustBundle::AllowsSha1({}, At(2026)));
}

TEST(TrustBundle, AsksForAnAccreditationOfTheTypeUpToARoot) {
  v1::TrustBundle message = SmallBundle();
  v1::EbsiIssuer* issuer = message.add_ebsi_issuers();
  issuer->set_did("did:ebsi:zFjord");
  v1::EbsiAccreditation* accreditation = issuer->add_accreditations();
  accreditation->add_credential_types("MicroCredential");
  accreditation->add_chain("did:ebsi:zAgency");
  *accreditation->mutable_period()->mutable_to() = On(2024);
  issuer->add_accreditations()->add_credential_types("Diploma");
  ASSERT_OK_AND_ASSIGN(const auto bundle, TrustBundle::Make(message));
  EXPECT_EQ(bundle->EbsiAccredited("did:ebsi:zFjord", "MicroCredential", At(2023)), Speaks::kYes);
  EXPECT_EQ(bundle->EbsiAccredited("did:ebsi:zFjord", "MicroCredential", At(2025)), Speaks::kNotThen);
  EXPECT_EQ(bundle->EbsiAccredited("did:ebsi:zFjord", "Diploma", At(2023)), Speaks::kNo);
  EXPECT_EQ(bundle->EbsiAccredited("did:ebsi:zOther", "Diploma", At(2023)), Speaks::kUnknown);
}

TEST(TrustBundle, WarnsBeforeItExpires) {
  ASSERT_OK_AND_ASSIGN(const auto bundle, TrustBundle::Make(SmallBundle()));
  EXPECT_FALSE(bundle->ExpiresSoon(At(2026, 3, 5)));
  EXPECT_TRUE(bundle->ExpiresSoon(At(2026, 3, 8) - base::kTrustBundleWarning));
  EXPECT_THAT(bundle->CheckInForce(At(2026, 3, 8)), IsOk());
  EXPECT_THAT(bundle->CheckInForce(At(2026, 3, 8) + absl::Seconds(1)),
              HasReasonAt(Reason::kTrustBundleUnusable, "expire_time"));
}

struct Broken {
  std::string place;
  std::function<void(v1::TrustBundle&)> change;
};

TEST(TrustBundle, RefusesWhatCannotBeTrue) {
  const std::vector<Broken> rows = {
      {"federation", [](auto& b) { b.clear_federation(); }},
      {"version", [](auto& b) { b.clear_version(); }},
      {"issue_time", [](auto& b) { b.clear_issue_time(); }},
      {"expire_time", [](auto& b) { *b.mutable_expire_time() = b.issue_time(); }},
      {"service_certificates[0].kind", [](auto& b) { b.add_service_certificates(); }},
      {"service_certificates[0].certificate",
       [](auto& b) { b.add_service_certificates()->set_kind(v1::SERVICE_KIND_CA_QC); }},
      {"provider_keys[0]", [](auto& b) { b.mutable_provider_keys(0)->set_registry("phone book"); }},
      {"provider_keys[0]", [](auto& b) { b.mutable_provider_keys(0)->set_jwk("{}"); }},
      {"provider_keys[0]", [](auto& b) { b.mutable_provider_keys(0)->set_certificate("x"); }},
      {"provider_keys[0]", [](auto& b) { *b.mutable_provider_keys(0)->mutable_period()->mutable_to() = On(2019); }},
      {"did_keys[0].did", [](auto& b) { b.add_did_keys()->set_did("fjord.example"); }},
      {"ebsi_issuers[1].did",
       [](auto& b) {
         b.add_ebsi_issuers();
         b.add_ebsi_issuers();
       }},
      {"issuer_bindings[0]", [](auto& b) { b.mutable_issuer_bindings(0)->clear_source(); }},
      {"issuer_bindings[0]", [](auto& b) { b.mutable_issuer_bindings(0)->clear_issuer(); }},
      {"issuer_bindings[0]", [](auto& b) { b.mutable_issuer_bindings(0)->add_certificate_sha256("AB"); }},
      {"",
       [](auto& b) {
         for (int i = 0; i <= base::kTrustEntriesMax; ++i) b.add_status_lists();
       }},
  };
  for (const Broken& row : rows) {
    v1::TrustBundle message = SmallBundle();
    row.change(message);
    EXPECT_THAT(TrustBundle::Make(message), HasReasonAt(Reason::kTrustBundleUnusable, row.place));
  }
}

TEST(TrustBundleHolder, NeverGoesBack) {
  v1::TrustBundle message = SmallBundle();
  message.set_version(5);
  ASSERT_OK_AND_ASSIGN(const auto fifth, TrustBundle::Make(message));
  TrustBundleHolder holder(fifth);
  message.set_version(4);
  ASSERT_OK_AND_ASSIGN(const auto fourth, TrustBundle::Make(message));
  EXPECT_THAT(holder.Replace(fourth), HasReasonAt(Reason::kTrustBundleUnusable, "version"));
  message.set_version(5);
  message.clear_issuer_bindings();
  ASSERT_OK_AND_ASSIGN(const auto other_fifth, TrustBundle::Make(message));
  EXPECT_THAT(holder.Replace(other_fifth), HasReasonAt(Reason::kTrustBundleUnusable, "version"));
  EXPECT_EQ(holder.Get(), fifth);
  message.set_version(6);
  ASSERT_OK_AND_ASSIGN(const auto sixth, TrustBundle::Make(message));
  EXPECT_THAT(holder.Replace(sixth), IsOk());
  EXPECT_EQ(holder.Get(), sixth);
}

}  // namespace
}  // namespace passerelle::trust
