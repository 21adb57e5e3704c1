// The key that a proof names, found without asking anybody.
//
// Thread-safety: free functions on values. Ownership: values.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

struct VerificationMethod {
  PublicKey key;
  std::string controller;  // who is named as having the key
  // Whether the name itself proves that the controller has it: did:key, or installed by the operator. In
  // "https://…#z6Mk…" anybody can write any controller next to a key.
  bool is_proven = false;
};

// Keys that the operator has installed, by the id of the verification method.
using InstalledMethods = std::map<std::string, PublicKey, std::less<>>;

// An installed key; did:key with or without its fragment (Open Badges write it without); an https URL or a DID with
// the Multikey as its fragment. Problem: kVerificationMethod.
absl::StatusOr<VerificationMethod> FindVerificationMethod(absl::string_view id, const InstalledMethods& installed);

}  // namespace passerelle::proof
