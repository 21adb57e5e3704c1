// Signed envelopes: detached JWS over the exact bytes that travel (RFC 7515, RFC 7797 "b64": false).
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/problem.h"
#include "core/federation/node_map.h"
#include "core/proof/key.h"
#include "passerelle/relay/v1/envelope.pb.h"

namespace passerelle::relay {

// The only method over which envelopes travel.
inline constexpr absl::string_view kDeliverMethod = "/passerelle.relay.v1.RelayService/Deliver";

// What the signed header says.
struct Header {
  std::string id;         // message id, a UUID; an answer has its own
  std::string sender;     // node id ("iss")
  std::string audience;   // node id ("aud")
  absl::Time issued_at;   // whole seconds ("iat")
  absl::Time expires_at;  // whole seconds ("exp")
  std::string method = std::string(kDeliverMethod);
  std::string type;          // full name of the body's message
  std::string request = "";  // in answers: SHA-256 of the request's signing input, hexadecimal; empty in requests
};

// Signs. `body` goes into the envelope as it is. kInternal when the header is one that Open would call malformed.
absl::StatusOr<v1::Envelope> Seal(const proof::SigningKey& key, const Header& header, absl::string_view body);

// A verified envelope. Nothing of an envelope is used before Open has returned this.
struct Opened {
  Header header;
  std::string body;
  std::string sha256;  // of the signing input, hexadecimal: the identity of the signed message, never the signature
  // The envelope itself, for handlers that keep it as evidence: set by the inbox, for the time of the call. May be
  // null.
  const v1::Envelope* envelope = nullptr;
};

struct OpenOptions {
  std::string audience;  // this node
  std::string sender;    // the node behind the TLS connection
  absl::Time now;
  // For answers: digests of the attempts of the request, any of which the answer may be bound to. Empty for requests.
  std::vector<std::string> requests = {};
  // Whether the envelope was kept as evidence: it is judged for the time at which it says that it was signed, and `now`
  // counts for nothing.
  bool kept = false;
};

// Verifies, in this order: size, header JSON (strict, crit, no unknown critical member), sender, key in the node map
// and its activation window, signature, audience, method, dates, request binding. Replay is the inbox's matter.
//
// A request is fresh when its "iat" is within kFreshnessWindow of now and its "exp" is not over. An answer may be
// older, because a retry gets the first answer again; it is bound to a request of ours instead, and only must not be
// from the future.
//
// Problems: kEnvelopeMalformed, kEnvelopeSender, kNodeUnknown, kNodeMapStale, kEnvelopeSignature; and from a sender
// who is proven: kEnvelopeAudience, kEnvelopeMethod, kEnvelopeStale, kEnvelopeRequest. Places are paths such as
// "protected_header/x-msg/iat".
absl::StatusOr<Opened> Open(const v1::Envelope& envelope, const federation::NodeDirectory& nodes,
                            const OpenOptions& options);

// Whether Open gives this reason only after the signature was verified, so that the refusal can be signed and
// addressed.
bool ProvesSender(base::Reason reason);

// SHA-256 of the signing input of an envelope, hexadecimal.
std::string EnvelopeSha256(const v1::Envelope& envelope);

}  // namespace passerelle::relay
