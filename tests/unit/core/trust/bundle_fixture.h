// A small trust bundle, for the tests of this folder.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/time/time.h"
#include "core/base/proto_time.h"
#include "core/proof/key.h"
#include "passerelle/trust/v1/trust_bundle.pb.h"

namespace passerelle::trust {

inline google::protobuf::Timestamp On(int year, int month = 1, int day = 1) {
  return base::ToProto(absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone()));
}

inline absl::Time At(int year, int month = 1, int day = 1) { return base::FromProto(On(year, month, day)); }

// Keys of the test run; the same within it.
inline const proof::SigningKey& TestKey(size_t index) {
  static const auto& keys =
      *new std::vector<proof::SigningKey>{*proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa),
                                          *proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256),
                                          *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa)};
  return keys[index];
}

// Version 1, from 1 to 8 March 2026: one provider of transcripts, one institution that it speaks for.
inline v1::TrustBundle SmallBundle() {
  v1::TrustBundle bundle;
  bundle.set_federation("test");
  bundle.set_version(1);
  *bundle.mutable_issue_time() = On(2026, 3, 1);
  *bundle.mutable_expire_time() = On(2026, 3, 8);
  v1::ProviderKey* provider = bundle.add_provider_keys();
  provider->set_provider("no-transcripts");
  provider->set_registry("emreg");
  provider->set_jwk(TestKey(2).verification_key().jwk());
  *provider->mutable_period()->mutable_from() = On(2020);
  *provider->mutable_period()->mutable_to() = On(2027);
  *provider->mutable_sha1_until() = On(2026, 3, 2);
  v1::IssuerBinding* binding = bundle.add_issuer_bindings();
  v1::IssuerIdentifier* issuer = binding->add_issuer();
  issuer->set_scheme("schac");
  issuer->set_value("fjord.example");
  binding->add_providers("emreg:no-transcripts");
  *binding->mutable_period()->mutable_from() = On(2021);
  *binding->mutable_period()->mutable_to() = On(2025);
  binding->set_source("register of providers, entry 4");
  return bundle;
}

}  // namespace passerelle::trust
