#include "core/relay/envelope.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"

namespace passerelle::relay {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr int64_t kVersion = 1;
constexpr absl::string_view kType = "passerelle+jws";
constexpr absl::string_view kMessage = "x-msg";
constexpr std::string_view kCritical[] = {"b64", "x-msg"};
constexpr size_t kSignatureBytes = 64;
constexpr size_t kNameBytesMax = 256;          // of a node id, a method or a type
constexpr int64_t kLastSecond = 253402300799;  // 9999-12-31T23:59:59Z

// A header as it stands, before anything in it is believed.
struct ClaimedHeader {
  std::string algorithm;
  std::string kid;
  Header header;
};

absl::Status Malformed(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kEnvelopeMalformed, place, detail);
}

std::string HeaderPlace(absl::string_view member) { return absl::StrCat("protected_header/", member); }
std::string MessagePlace(absl::string_view member) { return absl::StrCat("protected_header/x-msg/", member); }

// "passerelle.relay.v1.Receipt"
bool IsTypeName(absl::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !absl::ascii_isalpha(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_'; });
}

// Ids are compared as texts, so only one spelling of each is taken.
bool IsMessageId(absl::string_view id) {
  return base::IsUuid(id) && std::none_of(id.begin(), id.end(), [](char c) { return absl::ascii_isupper(c); });
}

std::string SigningInput(const v1::Envelope& envelope) {
  return absl::StrCat(base::Base64UrlEncode(envelope.protected_header()), ".", envelope.body());
}

// Reads the members of one JSON object; the first fault stays.
class Members {
 public:
  Members(const object& json, std::string (*place)(absl::string_view)) : json_(json), place_(place) {}

  const absl::Status& status() const { return status_; }
  void Fail(absl::string_view name, absl::string_view detail) {
    if (status_.ok()) status_ = Malformed(place_(name), detail);
  }
  bool Has(absl::string_view name) const {
    element value;
    return json_.at_key(base::StdView(name)).get(value) == simdjson::SUCCESS;
  }
  std::string Text(absl::string_view name) {
    std::string_view text;
    if (!Read(name, text)) return "";
    if (text.empty() || text.size() > kNameBytesMax) Fail(name, "its length is not 1 to 256 bytes");
    return std::string(text);
  }
  // A number with a fraction or an exponent is no integer, whatever its value.
  int64_t Integer(absl::string_view name) {
    element value;
    if (!Read(name, value)) return 0;
    if (!value.is_int64()) Fail(name, "it is not an integer");
    int64_t number = 0;
    return value.get(number) == simdjson::SUCCESS ? number : 0;
  }
  absl::Time Second(absl::string_view name) {
    const int64_t seconds = Integer(name);
    if (seconds < 0 || seconds > kLastSecond) Fail(name, "it is out of range");
    return absl::FromUnixSeconds(seconds);
  }
  template <typename T>
  bool Read(absl::string_view name, T& value) {
    element found;
    if (json_.at_key(base::StdView(name)).get(found) != simdjson::SUCCESS) {
      Fail(name, "it is missing");
      return false;
    }
    if (found.get(value) == simdjson::SUCCESS) return true;
    Fail(name, "it has the wrong type");
    return false;
  }

 private:
  const object json_;
  std::string (*place_)(absl::string_view);
  absl::Status status_;
};

bool IsOurCritical(const simdjson::dom::array& names) {
  if (names.size() != std::size(kCritical)) return false;
  size_t index = 0;
  for (const element name : names) {
    std::string_view text;
    if (name.get(text) != simdjson::SUCCESS || text != kCritical[index++]) return false;
  }
  return true;
}

absl::StatusOr<std::string> DigestFromBase64Url(absl::string_view text) {
  absl::StatusOr<std::string> bytes = base::Base64UrlDecode(text);
  if (!bytes.ok() || bytes->size() != sizeof(base::Sha256Digest)) {
    return Malformed(MessagePlace("req"), "it is not a SHA-256 in base64url");
  }
  return absl::BytesToHexString(*bytes);
}

absl::StatusOr<Header> ReadMessage(const object& json) {
  Members members(json, MessagePlace);
  if (members.Integer("v") != kVersion) members.Fail("v", "this version is not known");
  Header header;
  header.id = members.Text("id");
  if (!IsMessageId(header.id)) members.Fail("id", "it is not a UUID in lower case");
  header.sender = members.Text("iss");
  header.audience = members.Text("aud");
  header.issued_at = members.Second("iat");
  header.expires_at = members.Second("exp");
  if (header.expires_at < header.issued_at) members.Fail("exp", "it is before iat");
  if (header.expires_at - header.issued_at > base::kEnvelopeLifeMax) members.Fail("exp", "the life is too long");
  header.method = members.Text("method");
  header.type = members.Text("type");
  if (!IsTypeName(header.type)) members.Fail("type", "it is not the full name of a message");
  if (members.Has("req")) {
    const std::string digest = members.Text("req");
    RETURN_IF_ERROR(members.status());
    ASSIGN_OR_RETURN(header.request, DigestFromBase64Url(digest));
  }
  RETURN_IF_ERROR(members.status());
  return header;
}

absl::StatusOr<ClaimedHeader> ReadHeader(absl::string_view bytes) {
  if (bytes.empty()) return Malformed("protected_header", "it is missing");
  if (bytes.size() > base::kEnvelopeHeaderBytesMax) return Malformed("protected_header", "it is too long");
  // Neither white space nor a byte order mark: what stands before the object could mean something to somebody.
  if (bytes.front() != '{' || bytes.back() != '}') return Malformed("protected_header", "it is not one JSON object");
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(bytes);
  if (!document.ok()) {
    return Malformed(absl::StrCat("protected_header: ", base::PlaceOf(document.status())),
                     base::DetailOf(document.status()));
  }
  object json;
  if (document->root().get(json) != simdjson::SUCCESS) return Malformed("protected_header", "it is not a JSON object");
  Members members(json, HeaderPlace);
  ClaimedHeader claimed;
  claimed.algorithm = members.Text("alg");
  bool encoded = true;
  if (members.Read("b64", encoded) && encoded) members.Fail("b64", "it is not false");
  simdjson::dom::array critical;
  if (members.Read("crit", critical) && !IsOurCritical(critical)) members.Fail("crit", R"(it is not ["b64","x-msg"])");
  claimed.kid = members.Text("kid");
  if (members.Text("typ") != kType) members.Fail("typ", R"(it is not "passerelle+jws")");
  object message;
  members.Read(kMessage, message);
  RETURN_IF_ERROR(members.status());
  ASSIGN_OR_RETURN(claimed.header, ReadMessage(message));
  return claimed;
}

absl::Status CheckSize(const v1::Envelope& envelope) {
  if (envelope.body().size() > base::kGrpcMessageBytesMax) return Malformed("body", "it is too long");
  if (envelope.signature().size() != kSignatureBytes) return Malformed("signature", "it is not 64 bytes long");
  return absl::OkStatus();
}

absl::Status CheckSignature(const ClaimedHeader& claimed, absl::string_view input, absl::string_view signature,
                            const federation::NodeDirectory& nodes) {
  const Header& header = claimed.header;
  const proof::VerificationKey* key = nodes.MessageKey(header.sender, claimed.kid, header.issued_at);
  if (key == nullptr) {
    return Problem(Reason::kEnvelopeSignature, HeaderPlace("kid"), "the sender has no such key at that time");
  }
  // The key says which algorithm it is for, never the header.
  if (proof::AlgorithmName(key->algorithm()) != claimed.algorithm) {
    return Problem(Reason::kEnvelopeSignature, HeaderPlace("alg"), "it is not the algorithm of the key");
  }
  if (!key->Verify(input, signature)) return Problem(Reason::kEnvelopeSignature, "signature", "it does not verify");
  return absl::OkStatus();
}

absl::Status CheckDates(const Header& header, const OpenOptions& options) {
  if (header.issued_at - options.now > base::kFreshnessWindow) {
    return Problem(Reason::kEnvelopeStale, MessagePlace("iat"), "it is from the future");
  }
  if (!options.requests.empty()) return absl::OkStatus();
  if (options.now - header.issued_at > base::kFreshnessWindow) {
    return Problem(Reason::kEnvelopeStale, MessagePlace("iat"), "it is too old");
  }
  if (options.now > header.expires_at) return Problem(Reason::kEnvelopeStale, MessagePlace("exp"), "it is over");
  return absl::OkStatus();
}

absl::Status CheckRequest(const Header& header, const std::vector<std::string>& requests) {
  if (requests.empty()) {
    return header.request.empty() ? absl::OkStatus()
                                  : Problem(Reason::kEnvelopeRequest, MessagePlace("req"), "an answer is no request");
  }
  if (header.request.empty()) return Problem(Reason::kEnvelopeRequest, MessagePlace("req"), "it is missing");
  if (std::find(requests.begin(), requests.end(), header.request) == requests.end()) {
    return Problem(Reason::kEnvelopeRequest, MessagePlace("req"), "it names another request");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteHeader(const proof::VerificationKey& key, const Header& header) {
  std::string json;
  base::JsonWriter out(json);
  out.BeginObject();
  out.Member("alg", proof::AlgorithmName(key.algorithm()));
  out.Member("b64", false);
  out.Key("crit");
  out.BeginArray();
  for (const std::string_view name : kCritical) out.String(base::View(name));
  out.EndArray();
  out.Member("kid", key.thumbprint());
  out.Member("typ", kType);
  out.Key(kMessage);
  out.BeginObject();
  out.Member("v", kVersion);
  out.Member("id", header.id);
  out.Member("iss", header.sender);
  out.Member("aud", header.audience);
  out.Member("iat", absl::ToUnixSeconds(header.issued_at));
  out.Member("exp", absl::ToUnixSeconds(header.expires_at));
  out.Member("method", header.method);
  out.Member("type", header.type);
  if (!header.request.empty()) {
    if (!base::IsSha256Hex(header.request)) return Problem(Reason::kInternal, "request", "it is not a SHA-256");
    out.Member("req", base::Base64UrlEncode(absl::HexStringToBytes(header.request)));
  }
  out.EndObject();
  out.EndObject();
  return json;
}

}  // namespace

absl::StatusOr<v1::Envelope> Seal(const proof::SigningKey& key, const Header& header, absl::string_view body) {
  v1::Envelope envelope;
  ASSIGN_OR_RETURN(*envelope.mutable_protected_header(), WriteHeader(key.verification_key(), header));
  const absl::StatusOr<ClaimedHeader> readable = ReadHeader(envelope.protected_header());
  if (!readable.ok()) {
    return Problem(Reason::kInternal, base::PlaceOf(readable.status()), base::DetailOf(readable.status()));
  }
  envelope.set_body(std::string(body));
  ASSIGN_OR_RETURN(*envelope.mutable_signature(), key.Sign(SigningInput(envelope)));
  return envelope;
}

absl::StatusOr<Opened> Open(const v1::Envelope& envelope, const federation::NodeDirectory& nodes,
                            const OpenOptions& options) {
  RETURN_IF_ERROR(CheckSize(envelope));
  ASSIGN_OR_RETURN(ClaimedHeader claimed, ReadHeader(envelope.protected_header()));
  const Header& header = claimed.header;
  const absl::Time now = options.kept ? header.issued_at : options.now;
  if (header.sender != options.sender) return Problem(Reason::kEnvelopeSender, MessagePlace("iss"));
  const absl::StatusOr<const federation::v1::Node*> sender = nodes.FindActive(header.sender, now);
  if (!sender.ok()) return sender.status();
  const std::string input = SigningInput(envelope);
  RETURN_IF_ERROR(CheckSignature(claimed, input, envelope.signature(), nodes));
  if (header.audience != options.audience) return Problem(Reason::kEnvelopeAudience, MessagePlace("aud"));
  if (header.method != kDeliverMethod) return Problem(Reason::kEnvelopeMethod, MessagePlace("method"));
  if (!options.kept) RETURN_IF_ERROR(CheckDates(header, options));
  RETURN_IF_ERROR(CheckRequest(header, options.requests));
  return Opened{std::move(claimed.header), envelope.body(), base::Sha256Hex(input)};
}

bool ProvesSender(base::Reason reason) {
  return reason == Reason::kEnvelopeAudience || reason == Reason::kEnvelopeMethod || reason == Reason::kEnvelopeStale ||
         reason == Reason::kEnvelopeRequest;
}

std::string EnvelopeSha256(const v1::Envelope& envelope) { return base::Sha256Hex(SigningInput(envelope)); }

}  // namespace passerelle::relay
