#include "core/proof/jades/unsigned_properties.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

absl::Status Misformed(absl::string_view detail) { return Problem(Reason::kProofHeader, "etsiU", detail); }

// The decoded "val" of an object.
std::optional<std::string> ValueOf(element holder) {
  const std::optional<object> members = base::AsObject(holder);
  const auto text = members.has_value() ? base::FindString(*members, "val") : std::nullopt;
  if (!text.has_value()) return std::nullopt;
  absl::StatusOr<std::string> bytes = base::Base64Decode(*text);
  return bytes.ok() ? std::optional(*std::move(bytes)) : std::nullopt;
}

std::optional<element> Member(std::optional<element> holder, absl::string_view name) {
  const std::optional<object> members = holder.has_value() ? base::AsObject(*holder) : std::nullopt;
  return members.has_value() ? base::Find(*members, name) : std::nullopt;
}

template <typename Visit>
void ForEach(std::optional<element> list, Visit visit) {
  const auto entries = list.has_value() ? base::AsArray(*list) : std::nullopt;
  if (!entries.has_value()) return;
  for (const element entry : *entries) visit(entry);
}

void AddCertificates(std::optional<element> values, std::vector<Certificate>& certificates, Findings& findings) {
  ForEach(values, [&](element entry) {
    const std::optional<element> x509 = Member(entry, "x509Cert");
    if (!x509.has_value() || certificates.size() >= base::kCertificatesMax) return;
    absl::StatusOr<Certificate> certificate = Certificate::FromDer(ValueOf(*x509).value_or(""));
    if (certificate.ok()) {
      certificates.push_back(*std::move(certificate));
    } else {
      findings.Note(Reason::kSignerCertificate, "etsiU", "a certificate of the material cannot be read");
    }
  });
}

void AddEvidence(std::optional<element> values, RevocationEvidence& evidence, Findings& findings) {
  const auto add = [&](absl::string_view name, std::vector<std::string>& to) {
    ForEach(Member(values, name), [&](element entry) {
      std::optional<std::string> bytes = ValueOf(entry);
      if (bytes.has_value() && to.size() < base::kCertificatesMax) {
        to.push_back(*std::move(bytes));
      } else {
        findings.Note(Reason::kNoEvidence, "etsiU", "a piece of revocation data cannot be read");
      }
    });
  };
  add("crlVals", evidence.revocation_lists);
  add("ocspVals", evidence.ocsp_responses);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> TimeStampTokens(element container) {
  const std::optional<element> tokens = Member(container, "tstTokens");
  const auto entries = tokens.has_value() ? base::AsArray(*tokens) : std::nullopt;
  if (!entries.has_value() || entries->size() == 0 || entries->size() > base::kUnsignedPropertiesMax) {
    return Problem(Reason::kTimeStampMalformed, "tstTokens", "it is no list of tokens");
  }
  std::vector<std::string> list;
  for (const element entry : *entries) {
    std::optional<std::string> bytes = ValueOf(entry);
    if (!bytes.has_value()) return Problem(Reason::kTimeStampMalformed, "tstTokens", "a token is not base64");
    list.push_back(*std::move(bytes));
  }
  return list;
}

absl::StatusOr<UnsignedProperties> UnsignedProperties::Read(const JoseHeader& header) {
  UnsignedProperties properties;
  if (header.FindProtected("etsiU").has_value()) return Misformed("it belongs into the unprotected header");
  const std::optional<element> member = header.FindUnprotected("etsiU");
  if (!member.has_value()) return properties;
  const auto components = base::AsArray(*member);
  if (!components.has_value() || components->size() == 0) return Misformed("it is not a list with entries");
  if (components->size() > base::kUnsignedPropertiesMax) {
    return Problem(Reason::kInputTooLarge, "etsiU", absl::StrCat("the limit is ", base::kUnsignedPropertiesMax));
  }
  const bool in_text = components->at(0).is_string();
  for (const element component : *components) {
    const std::optional<absl::string_view> text = base::AsString(component);
    if (text.has_value() != in_text) return Misformed("encoded and clear components are mixed");
    element value = component;
    if (in_text) {
      const absl::StatusOr<std::string> bytes = base::Base64UrlDecode(*text);
      if (!bytes.ok()) return Misformed("a component is not base64url");
      absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(*bytes, base::kTokenNestingMax);
      if (!document.ok()) return Misformed("a component is not JSON");
      value = document->root();
      properties.documents_.push_back(*std::move(document));
    }
    const std::optional<object> members = base::AsObject(value);
    if (!members.has_value() || members->size() != 1) return Misformed("a component is no object with one member");
    const simdjson::dom::key_value_pair property = *members->begin();
    properties.list_.push_back({std::string(property.key), text.value_or(""), property.value});
  }
  return properties;
}

void UnsignedProperties::CollectCertificates(std::vector<Certificate>& certificates, Findings& findings) const {
  for (const UnsignedProperty& property : list_) {
    const bool direct = property.name == "xVals" || property.name == "axVals";
    if (direct) AddCertificates(property.value, certificates, findings);
    if (property.name == "tstVD") AddCertificates(Member(property.value, "xVals"), certificates, findings);
  }
}

RevocationEvidence UnsignedProperties::CollectEvidence(Findings& findings) const {
  RevocationEvidence evidence;
  for (const UnsignedProperty& property : list_) {
    const bool direct = property.name == "rVals" || property.name == "arVals";
    if (direct) AddEvidence(property.value, evidence, findings);
    if (property.name == "tstVD") AddEvidence(Member(property.value, "rVals"), evidence, findings);
  }
  return evidence;
}

}  // namespace passerelle::proof
