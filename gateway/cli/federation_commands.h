// passerelle federation: the ceremony that makes a node map, on machines without a network, and questions to a map.
//
// A draft is YAML (passerelle.federation.v1.NodeMap); a proposal and a signed map are files of
// core/federation/signed_node_map.h. Every command writes for people, or JSON.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/cli/console.h"
#include "passerelle/federation/v1/route.pb.h"

namespace passerelle::gateway {

struct FederationInitRequest {
  std::string name;
  std::vector<std::string> authorities;  // "NAME=FILE", the file with a public key or certificate in PEM
  uint32_t threshold = 0;
  std::string out;
  bool json = false;
};
// Writes a draft with the first root and no nodes.
int RunFederationInit(const FederationInitRequest& request, const Console& console);

struct FederationAddRequest {
  std::string draft;
  std::string node;
  std::string country;
  std::string authority;
  std::string endpoint;
  // Files with certificates or public keys, PEM.
  std::vector<std::string> tls_certificates;
  std::vector<std::string> message_keys;
  std::vector<std::string> seal_keys;
  std::vector<std::string> encryption_keys;
  // When the keys of this call are active; a certificate's own validity narrows it.
  std::optional<absl::Time> from;
  std::optional<absl::Time> to;
  // One competence.
  std::vector<federation::v1::RoutePurpose> answers;
  uint32_t level_min = 0;
  uint32_t level_max = 0;
  std::vector<std::string> fields;
  bool json = false;
};
// Adds a node to a draft, or keys and a competence to a node that is there.
int RunFederationAdd(const FederationAddRequest& request, const Console& console);

struct FederationProposeRequest {
  std::string draft;
  std::string present;  // the signed map in force; empty for the first
  std::string out;
  int life_days = 90;
  int grace_days = 14;
  absl::Time now;
  bool json = false;
};
// Dates and numbers a draft, and writes what is to be signed; says what changes.
int RunFederationPropose(const FederationProposeRequest& request, const Console& console);

struct FederationSignRequest {
  std::string file;
  std::string key;
  std::string out;  // empty for the file itself
  bool json = false;
};
int RunFederationSign(const FederationSignRequest& request, const Console& console);

struct FederationCombineRequest {
  std::vector<std::string> files;
  std::string out;
  bool json = false;
};
int RunFederationCombine(const FederationCombineRequest& request, const Console& console);

struct FederationVerifyRequest {
  std::string file;
  std::string root;     // YAML
  std::string present;  // the signed map in force; empty for none
  absl::Time at;
  bool json = false;
};
// Whether a node with this root and map takes the file: kExitDone, or kExitRefused with the reason.
int RunFederationVerify(const FederationVerifyRequest& request, const Console& console);

struct FederationPublishRequest {
  std::string file;
  std::string root;
  std::string to;
  absl::Time at;
  bool json = false;
};
// Puts a file that verifies in the place of `to`, unless what is there is newer or a fork.
int RunFederationPublish(const FederationPublishRequest& request, const Console& console);

struct FederationShowRequest {
  enum class Form { kText, kJson, kYaml, kRoot };
  std::string file;
  Form form = Form::kText;
};
// Shows what a file says, whoever signed it: as text or JSON, as the draft it was made from, or its root alone.
int RunFederationShow(const FederationShowRequest& request, const Console& console);

// What changes from one map (signed, or a draft) to another.
int RunFederationDiff(const std::string& before, const std::string& after, bool json, const Console& console);

struct FederationRouteRequest {
  std::string map;
  std::string root;  // YAML; empty to believe a signed map whoever signed it
  federation::v1::RouteQuestion question;
  absl::Time at;
  bool json = false;
};
// kExitDone when one authority answers, kExitRefused when several may or none does.
int RunFederationRoute(const FederationRouteRequest& request, const Console& console);

}  // namespace passerelle::gateway
