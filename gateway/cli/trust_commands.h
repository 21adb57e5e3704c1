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

struct TrustDiffRequest {
  std::string before;  // YAML of passerelle.trust.v1.TrustBundle, as RunTrustImport writes it
  std::string after;
  bool register_facts = false;  // YAML of passerelle.recognition.v1.RegisterFacts instead
};
// Shows what changes in the quality assurance from one file to the other, or from one snapshot of a national register
// to another.
int RunTrustDiff(const TrustDiffRequest& request, const Console& console);

struct TrustListRequest {
  std::string list;
  std::vector<std::string> signers;  // files with the certificates that may have signed it, PEM
  std::vector<std::string> pivots;   // for a list of the lists: its pivots, the oldest first
  absl::Time at;
};
// Turns a trusted list into the part "service_certificates" of an anchors file; of the list of the lists, shows where
// the national ones are and writes the certificates that sign them. A stale list is said to be stale.
int RunTrustList(const TrustListRequest& request, const Console& console);

}  // namespace passerelle::gateway
