#include "gateway/trust/trust_anchor_file.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/jws_payload.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/public_key.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::gateway {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using trust::v1::DidKeys;
using trust::v1::TrustBundle;

constexpr absl::string_view kSequence = "\x30";  // how DER of a certificate or list begins

// A JWK of public members only, with its id.
std::string JwkWithId(const proof::PublicKey& key, absl::string_view id) {
  if (id.empty()) return key.jwk();
  std::string jwk = key.jwk();
  jwk.pop_back();
  absl::StrAppend(&jwk, ",\"kid\":");
  base::AppendJsonString(id, jwk);
  return absl::StrCat(jwk, "}");
}

// The keys that can sign; those for other uses are left out, as KeySet leaves them.
void AddJwk(element value, absl::string_view id, DidKeys& keys) {
  const std::optional<object> members = base::AsObject(value);
  if (!members.has_value()) return;
  const absl::StatusOr<proof::PublicKey> key = proof::PublicKey::FromJwk(*members);
  if (!key.ok()) return;
  keys.add_jwks(JwkWithId(*key, id.empty() ? base::FindString(*members, "kid").value_or("") : id));
}

absl::Status AddJwks(const AnchorFile& file, element jwks, DidKeys& keys) {
  const std::optional<object> set = base::AsObject(jwks);
  const auto list = set ? base::Find(*set, "keys") : std::nullopt;
  const auto entries = list ? base::AsArray(*list) : std::nullopt;
  if (!entries.has_value() || entries->size() > base::kKeySetKeysMax) return FileProblem(file, "\"keys\" is no list");
  for (const element entry : *entries) AddJwk(entry, "", keys);
  return absl::OkStatus();
}

bool Names(element relationship, absl::string_view method, absl::string_view did) {
  const auto list = base::AsArray(relationship);
  if (!list.has_value()) return false;
  for (const element entry : *list) {
    const absl::string_view name = base::AsString(entry).value_or("");
    if (!name.empty() && (name == method || absl::StrCat(did, name) == method)) return true;
  }
  return false;
}

// Controlled Identifiers 1.0, 2.2 and 2.3.1: the methods that may assert. A document that names none for that gives all
// of its methods.
absl::Status AddDidDocument(const AnchorFile& file, object document, DidKeys& keys) {
  const auto assertion = base::Find(document, "assertionMethod");
  const auto methods = base::Find(document, "verificationMethod");
  std::vector<element> entries;
  for (const auto& member : {methods, assertion}) {
    const auto list = member ? base::AsArray(*member) : std::nullopt;
    if (!list.has_value()) continue;
    if (list->size() > base::kKeySetKeysMax) return FileProblem(file, "there are too many keys");
    entries.insert(entries.end(), list->begin(), list->end());
  }
  const size_t stated = methods && base::AsArray(*methods) ? base::AsArray(*methods)->size() : 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const std::optional<object> method = base::AsObject(entries[i]);
    if (!method.has_value()) continue;
    std::string id(base::FindString(*method, "id").value_or(""));
    if (absl::StartsWith(id, "#")) id = absl::StrCat(keys.did(), id);
    // What stands within assertionMethod itself is meant; of the others, what it names.
    if (i < stated && assertion && !Names(*assertion, id, keys.did())) continue;
    if (const auto jwk = base::Find(*method, "publicKeyJwk")) AddJwk(*jwk, id, keys);
    const auto multibase = base::FindString(*method, "publicKeyMultibase");
    const auto key = proof::PublicKey::FromMultibase(multibase.value_or(""));
    if (key.ok()) keys.add_jwks(JwkWithId(*key, id));
  }
  return absl::OkStatus();
}

// The key document of Open Badges 2.0: {id, owner, publicKeyPem}.
absl::Status AddBadgeKey(const AnchorFile& file, object document, DidKeys& keys) {
  keys.set_did(std::string(base::FindString(document, "owner").value_or("")));
  if (keys.did().empty()) return FileProblem(file, "the key has no owner");
  const auto key = proof::PublicKey::FromPem(base::FindString(document, "publicKeyPem").value_or(""));
  if (key.ok()) keys.add_jwks(JwkWithId(*key, base::FindString(document, "id").value_or("")));
  return absl::OkStatus();
}

void Bind(const AnchorFile& file, const DidKeys& keys, TrustBundle& bundle) {
  trust::v1::IssuerBinding* const binding = bundle.add_issuer_bindings();
  trust::v1::IssuerIdentifier* const issuer = binding->add_issuer();
  issuer->set_scheme(absl::StartsWith(keys.did(), "did:") ? "did" : "url");
  issuer->set_value(keys.did());
  for (const std::string& jwk : keys.jwks()) {
    binding->add_key_thumbprints(proof::PublicKey::FromJwk(absl::string_view(jwk))->thumbprint());
  }
  binding->set_source(absl::StrCat("file ", file.name));
}

// The revocation list of a file, in DER; empty when it is none.
std::string RevocationListOf(absl::string_view bytes) {
  std::string der;
  X509_CRL* list = nullptr;
  if (absl::StartsWith(bytes, kSequence)) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    list = d2i_X509_CRL(nullptr, &at, static_cast<long>(bytes.size()));
  } else if (absl::StrContains(bytes, "-----BEGIN X509 CRL-----")) {
    BIO* const bio = BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()));
    list = PEM_read_bio_X509_CRL(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
  }
  unsigned char* out = nullptr;
  const int size = list == nullptr ? 0 : i2d_X509_CRL(list, &out);
  if (size > 0) der.assign(reinterpret_cast<const char*>(out), static_cast<size_t>(size));
  OPENSSL_free(out);
  X509_CRL_free(list);
  return der;
}

// The address that a status list names itself, unverified: the signature is checked when it is used, and a list with
// another address than a credential names is never used for it.
std::string AddressOf(object content) {
  if (base::Find(content, "status_list").has_value()) return std::string(base::FindString(content, "sub").value_or(""));
  const auto inner = base::Find(content, "vc");
  const std::optional<object> credential = inner ? base::AsObject(*inner) : std::nullopt;
  return std::string(base::FindString(credential ? *credential : content, "id").value_or(""));
}

absl::StatusOr<std::string> ListAddress(const AnchorFile& file) {
  const absl::string_view text = absl::StripAsciiWhitespace(file.bytes);
  std::string json(text);
  if (base::IsCompactJws(text)) {
    const absl::StatusOr<std::string> payload = base::PayloadOfCompactJws(text);
    if (!payload.ok()) return FileProblem(file, base::DetailOf(payload.status()));
    json = *payload;
  }
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(json);
  if (!document.ok()) return FileProblem(file, "it is neither a token, nor JSON, nor a revocation list");
  const std::optional<object> content = base::AsObject(document->root());
  std::string address = content ? AddressOf(*content) : "";
  if (address.empty()) return FileProblem(file, "it names no address of a status list");
  return address;
}

}  // namespace

absl::Status FileProblem(const AnchorFile& file, absl::string_view detail) {
  return base::Problem(base::Reason::kEvidenceFile, file.name, detail);
}

std::vector<std::string> CertificatesOf(const AnchorFile& file) {
  std::vector<std::string> found;
  if (absl::StartsWith(file.bytes, kSequence)) {
    if (proof::Certificate::FromDer(file.bytes).ok()) found.push_back(file.bytes);
  } else if (absl::StrContains(file.bytes, "-----BEGIN CERTIFICATE-----")) {
    const auto certificates = proof::Certificate::FromPem(file.bytes);
    if (!certificates.ok()) return found;
    for (const proof::Certificate& certificate : *certificates) found.push_back(certificate.der());
  }
  return found;
}

void AddCertificate(const AnchorFile& file, const std::string& der, TrustBundle& bundle) {
  const auto certificate = proof::Certificate::FromDer(der);
  const bool authority = certificate.ok() && certificate->IsAuthority();
  std::vector<trust::v1::ServiceKind> kinds = {trust::v1::SERVICE_KIND_CA_QC};
  if (authority) kinds.push_back(trust::v1::SERVICE_KIND_TSA);
  for (const trust::v1::ServiceKind kind : kinds) {
    trust::v1::ServiceCertificate* const service = bundle.add_service_certificates();
    service->set_kind(kind);
    service->set_certificate(der);
    service->add_granted();
  }
  if (authority) return;
  trust::v1::ProviderKey* const provider = bundle.add_provider_keys();
  provider->set_registry("emreg");
  provider->set_provider(file.name);
  provider->set_certificate(der);
}

absl::Status AddKeysJson(const AnchorFile& file, TrustBundle& bundle) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(file.bytes);
  if (!document.ok()) return FileProblem(file, base::DetailOf(document.status()));
  const std::optional<object> members = base::AsObject(document->root());
  if (!members.has_value()) return FileProblem(file, "it is no JSON object");
  DidKeys keys;
  if (const auto issuer = base::FindString(*members, "issuer")) {
    const auto jwks = base::Find(*members, "jwks");
    if (!jwks.has_value()) return FileProblem(file, "it has no \"jwks\", and addresses are not fetched");
    keys.set_did(std::string(*issuer));
    RETURN_IF_ERROR(AddJwks(file, *jwks, keys));
  } else if (base::Find(*members, "verificationMethod") || base::Find(*members, "assertionMethod")) {
    keys.set_did(std::string(base::FindString(*members, "id").value_or("")));
    if (keys.did().empty()) return FileProblem(file, "the document has no id");
    RETURN_IF_ERROR(AddDidDocument(file, *members, keys));
  } else if (base::Find(*members, "keys").has_value()) {
    RETURN_IF_ERROR(AddJwks(file, document->root(), keys));
  } else if (base::Find(*members, "publicKeyPem").has_value()) {
    RETURN_IF_ERROR(AddBadgeKey(file, *members, keys));
  } else if (base::Find(*members, "kty").has_value()) {
    AddJwk(document->root(), "", keys);
  } else {
    return FileProblem(file, "it holds no keys, and is neither metadata of an issuer nor a DID document");
  }
  if (keys.jwks().empty()) return FileProblem(file, "it has no key that can be used for signatures");
  if (!keys.did().empty()) Bind(file, keys, bundle);
  *bundle.add_did_keys() = std::move(keys);
  return absl::OkStatus();
}

absl::Status AddStatusList(const AnchorFile& file, TrustBundle& bundle) {
  trust::v1::PinnedStatusList list;
  const std::string revocation = RevocationListOf(file.bytes);
  if (!revocation.empty()) {
    // Found by its issuer, not by an address.
    list.set_uri(absl::StrCat("urn:sha256:", base::Sha256Hex(revocation)));
    list.set_content(revocation);
  } else {
    ASSIGN_OR_RETURN(*list.mutable_uri(), ListAddress(file));
    list.set_content(file.bytes);
  }
  for (const trust::v1::PinnedStatusList& other : bundle.status_lists()) {
    if (other.uri() == list.uri()) return FileProblem(file, "another file is the list of the same address");
  }
  *bundle.add_status_lists() = std::move(list);
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
