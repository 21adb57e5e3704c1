// Mobile documents (ISO/IEC 18013-5) as an issuer signs them, right or wrong, for tests of what reads them.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/test_authority.h"

namespace passerelle::testing {

inline constexpr char kMobileType[] = "org.example.skills.1";
inline constexpr char kMobileSpace[] = "org.example.skills";

struct MobileElement {
  int64_t digest_id;
  std::string identifier;
  std::string value;
  std::string random = "sixteen or more bytes";
};

// What an issuer signs, and the ways in which it can be wrong.
struct MobilePlan {
  std::string version = "1.0";
  std::string digest_algorithm = "SHA-256";
  std::string signed_at = "2026-01-01T00:00:00Z";
  std::string valid_from = "2026-01-01T00:00:00Z";
  std::string valid_until = "2027-01-01T00:00:00Z";
  std::vector<MobileElement> elements = {{0, "title", "Welding"}, {7, "level", "4"}};
  std::vector<MobileElement> sent = {};  // when others than the signed ones are
  std::string status_list = {};          // address of the list in which it has the entry 0
};

// IssuerSigned (8.3.2.1.2.2), by a signer with a key for ES256.
std::string MobileDocument(const MobilePlan& plan, const TestIdentity& signer);

}  // namespace passerelle::testing
