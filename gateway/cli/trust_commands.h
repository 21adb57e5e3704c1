// passerelle trust: makes, signs, shows and checks trust bundles, and turns registers into parts of them.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct TrustRootRequest {
  std::vector<std::string> keys;  // files with public keys or certificates in PEM
  uint32_t threshold = 1;
  uint32_t anchor_threshold = 2;
};
// Writes a trust root as YAML.
int RunTrustRoot(const TrustRootRequest& request, const Console& console);

struct TrustBuildRequest {
  std::string anchors;  // YAML of passerelle.trust.v1.TrustBundle
  std::string key;      // private key of the first signer, PEM
  std::string out;
  absl::Time now;
};
// Without issue_time and expire_time in the file, the bundle begins now and lives kTrustBundleLife.
int RunTrustBuild(const TrustBuildRequest& request, const Console& console);

// Adds a signature to the file.
int RunTrustSign(const std::string& bundle, const std::string& key, const Console& console);

// Shows what a bundle says, whoever signed it.
int RunTrustShow(const std::string& bundle, bool yaml, const Console& console);

struct TrustCheckRequest {
  std::string bundle;
  std::string root;     // YAML of passerelle.trust.v1.TrustRoot
  std::string present;  // the bundle in force; empty for none
  absl::Time at;
};
// Whether a node with this root would take the bundle: kExitDone, or kExitRefused with the reason.
int RunTrustCheck(const TrustCheckRequest& request, const Console& console);

// Turns an export of a register ("deqar" or "ams") into the part "accreditation" of an anchors file.
int RunTrustImport(const std::string& format, const std::string& file, const Console& console);

}  // namespace passerelle::gateway
