// A wallet with two credentials of an invented institution, for tests of what the node does with wallets.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/proof/key.h"
#include "core/wallet/presentations.h"
#include "core/wallet/request_object.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/memory_store.h"

namespace passerelle::wallet {

inline constexpr char kAddress[] = "https://wallets.example";

// As whom the node asks.
Verifier TestVerifier();

// A key of a wallet that no credential names.
const proof::SigningKey& StrangersKey();

// The issuer's SD-JWT VC for the holder's key: "vct" urn:example:micro; "title", "name" with "given" in it, and "grade"
// can be withheld, "level" is open.
std::string HeldSdJwt(absl::string_view type = "dc+sd-jwt");
// What of it is disclosed, by name of the claim: "title", "name", "grade".
std::string Disclosing(absl::string_view sd_jwt, const std::vector<std::string>& names);
// The issuer's credential as a token for the holder's key, of the type MicroCredential.
std::string HeldToken();

// The claims of a token, unverified; and its header.
base::JsonDocument ClaimsOf(absl::string_view token);
base::JsonDocument HeaderOf(absl::string_view token);
// The text at a JSON pointer; "absent" when there is none.
std::string At(const base::JsonDocument& document, absl::string_view pointer);

}  // namespace passerelle::wallet
