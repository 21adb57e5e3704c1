// recognition issue, offer, letter and status: the decision of a case as a credential for its holder, in a file or for
// their wallet, the letter that explains it, and the status lists by which it can be revoked. They run where the
// authority's seal is, as clients of its node; a credential for a wallet is sealed by the node.
//
// Thread-safety: free functions. The book of what was issued is locked while it is used; of several at a time, each
// waits for the one before.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/document/adapter.h"
#include "gateway/cli/case_commands.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

// The seal of the authority, and its book (YAML of passerelle.recognition.v1.IssuedDecisions).
struct AuthoritySeal {
  std::string key;          // PEM file, or PKCS#11 URI
  std::string certificate;  // PEM, that of the key first
  std::string book;
};

struct IssueRequest {
  NodeAccess node;
  std::string id;          // of the case
  AuthoritySeal seal;      // not for "json"
  std::string as = "elm";  // "elm", "vc-jwt", "sd-jwt", or "json" for the bare decision, which nobody signs
  std::string holder_key;  // public key of the holder, JWK, for "sd-jwt"; empty for none
  std::string out;         // empty for standard output
  bool deliver = false;    // whether the node sends it to the holder's side too; not for "json"
  absl::Time at;
};
int RunIssue(const document::Registry& registry, const IssueRequest& request, const Console& console);

struct OfferRequest {
  NodeAccess node;
  std::string id;  // of the case
  std::string book;
  bool with_transaction_code = false;
  absl::Time at;
};
// Prints the link for the wallet, and the transaction code if there is one.
int RunOffer(const OfferRequest& request, const Console& console);

struct LetterRequest {
  NodeAccess node;
  std::string id;
  std::string book;
  std::string credential;              // the sealed credential, in the European model
  std::string seal_certificate;        // PEM; with which the authority sealed it
  std::vector<std::string> languages;  // one or two; the book's when none is given
  std::string out;                     // empty for standard output
  absl::Time at;
};
int RunLetter(const document::Registry& registry, const LetterRequest& request, const Console& console);

struct StatusRequest {
  AuthoritySeal seal;
  std::string revoke;       // case whose decision is revoked; empty for none
  std::string reason_code;  // for which
  std::string out;          // folder for "bitstring.jwt" and "token.jwt"
  absl::Time at;
};
int RunStatus(const StatusRequest& request, const Console& console);

}  // namespace passerelle::gateway
