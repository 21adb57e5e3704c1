#include "adapters/families/token_claims.h"

#include <utility>

#include "adapters/families/names.h"
#include "core/base/json.h"
#include "core/base/json_peek.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::families {
namespace {

constexpr absl::string_view kCredential = "vc";

constexpr Rule kClaims[] = {
    {"iss|sub|nbf|exp|jti", "", document::UseIt, kKept, ""},
    {"iat|aud|nonce|cnf", "a claim of the token; it belongs to the signature", document::DropIt, kDropped, ""},
};

}  // namespace

CompletedToken CompleteToken(std::string json) {
  CompletedToken completed = {std::move(json), {}};
  const auto peek = base::JsonPeek::Of(completed.json);
  if (!peek.has_value() || !peek->Has(kCredential)) return completed;
  const auto document = base::JsonDocument::Parse(completed.json);
  const auto token = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  const auto claim = token.has_value() ? base::Find(*token, kCredential) : std::nullopt;
  const auto credential = claim.has_value() ? base::AsObject(*claim) : std::nullopt;
  if (!credential.has_value()) return completed;
  elm::DecodedClaims decoded = elm::DecodeClaims(*document, *token, *credential);
  completed.findings = std::move(decoded.findings);
  if (decoded.credential.empty()) return completed;
  std::string text;
  base::JsonWriter writer(text);
  writer.BeginObject();
  for (const auto& [name, value] : *token) {
    writer.Key(base::View(name));
    writer.Raw(base::View(name) == kCredential ? decoded.credential : document->Text(value));
  }
  writer.EndObject();
  completed.json = std::move(text);
  return completed;
}

void MapTokenClaims(const std::vector<elm::ClaimFinding>& findings, const document::SourceNode* token,
                    document::Source* source) {
  Apply(kClaims, token, {source, {}});
  TellTokenClaims(findings, token, source);
}

void TellTokenClaims(const std::vector<elm::ClaimFinding>& findings, const document::SourceNode* token,
                     document::Source* source) {
  for (const elm::ClaimFinding& told : findings) {
    const document::SourceNode* const claim = source->FindFirst(token, told.claim);
    const document::SourceNode* const place = claim == nullptr ? token : claim;
    if (told.finding.rule == "claim.taken") {
      source->Note(told.finding.rule, place, told.finding.message);
    } else {
      source->Warn(told.finding.rule, place, told.finding.message);
    }
  }
}

}  // namespace passerelle::adapters::families
