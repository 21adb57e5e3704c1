#include "core/elm/token_claims.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/base/date_time.h"
#include "core/elm/codec_literal.h"

namespace passerelle::elm {
namespace {

using base::AsArray;
using base::AsObject;
using base::AsString;
namespace dom = simdjson::dom;

// Seconds from 1970 to the beginning of the year 1000 and to the end of 9999: years of four digits (RFC 3339).
constexpr double kFirstSecond = -30610224000;
constexpr double kLastSecond = 253402300799;

std::string Quoted(absl::string_view text) {
  std::string json;
  base::AppendJsonString(text, json);
  return json;
}

// The time of a claim, cut to the second as it is written.
std::optional<absl::Time> TimeOf(dom::element value) {
  double seconds = 0;
  if (!value.is_number() || value.get(seconds) != simdjson::SUCCESS) return std::nullopt;
  if (seconds < kFirstSecond || seconds > kLastSecond) return std::nullopt;
  return absl::FromUnixSeconds(static_cast<int64_t>(seconds));
}

// One without an offset is taken to be in UTC.
std::optional<absl::Time> TimeOfText(absl::string_view text) {
  const std::optional<absl::Time> time = base::ParseDateTime(text);
  return time.has_value() ? time : base::ParseDateTime(absl::StrCat(text, "Z"));
}

// The values that stand there, alone or in arrays; null is none.
void Collect(dom::element value, std::vector<dom::element>* values) {
  if (const auto array = AsArray(value)) {
    for (const dom::element entry : *array) Collect(entry, values);
  } else if (!value.is_null()) {
    values->push_back(value);
  }
}

std::vector<dom::element> ValuesOf(dom::object object, absl::string_view name) {
  std::vector<dom::element> values;
  if (const auto member = base::Find(object, name)) Collect(*member, &values);
  return values;
}

std::optional<absl::string_view> IdOf(dom::element value) {
  const auto object = AsObject(value);
  if (!object.has_value()) return AsString(value);
  const auto id = base::FindString(*object, "id");
  return id.has_value() ? id : base::FindString(*object, "@id");
}

class Decoder {
 public:
  Decoder(const base::JsonDocument& document, dom::object token, dom::object credential)
      : document_(document), token_(token), credential_(credential) {}

  DecodedClaims Decode() {
    Date("exp", "expirationDate", {"expirationDate", "validUntil"}, {});
    // The begin of validity of later models, too, is often what a token repeats; it means something else.
    Date("nbf", "issuanceDate", {"issuanceDate"}, {"validFrom", "issued"});
    Id();
    Node("iss", "issuer");
    Node("sub", "credentialSubject");
    if (!members_.empty()) Write();
    return std::move(decoded_);
  }

 private:
  void Tell(absl::string_view claim, absl::string_view rule, absl::string_view member, absl::string_view message) {
    std::string pointer;
    base::AppendPointerToken(member, pointer);
    decoded_.findings.push_back({std::string(claim), {std::move(pointer), std::string(rule), std::string(message)}});
  }

  void TellTaken(absl::string_view claim, absl::string_view member) {
    Tell(claim, "claim.taken", member, absl::StrCat("not stated in the credential; taken from the claim ", claim));
  }

  void TellMalformed(absl::string_view claim, absl::string_view member, absl::string_view expected) {
    Tell(claim, "claim.malformed", member,
         absl::StrCat("the claim ", claim, " of the token is not taken; ", expected, " is expected"));
  }

  // `stating` are the members that the claim stands for, `repeated` others that may say the same. A validity that two
  // places state ends with the earlier one, so both dates are kept.
  void Date(absl::string_view claim, absl::string_view member, std::initializer_list<absl::string_view> stating,
            std::initializer_list<absl::string_view> repeated) {
    const auto value = base::Find(token_, claim);
    if (!value.has_value()) return;
    const std::optional<absl::Time> time = TimeOf(*value);
    if (!time.has_value()) return TellMalformed(claim, member, "a number of seconds since 1970");
    if (AnySays(stating, *time) || AnySays(repeated, *time)) return;
    const bool stated = std::any_of(stating.begin(), stating.end(),
                                    [this](absl::string_view name) { return !ValuesOf(credential_, name).empty(); });
    const std::string date = Quoted(base::WriteDateTime(*time));
    const auto there = base::Find(credential_, member);
    members_[std::string(member)] =
        there.has_value() ? absl::StrCat("[", document_.Text(*there), ",", date, "]") : date;
    if (!stated) return TellTaken(claim, member);
    Tell(claim, "claim.differs", member,
         absl::StrCat("the claim ", claim, " of the token states another time; both are kept"));
  }

  bool AnySays(std::initializer_list<absl::string_view> names, absl::Time time) const {
    for (const absl::string_view name : names) {
      for (const dom::element date : ValuesOf(credential_, name)) {
        if (Says(date, time)) return true;
      }
    }
    return false;
  }

  static bool Says(dom::element date, absl::Time time) {
    const auto object = AsObject(date);
    const auto wrapped = object.has_value() ? AsValueObject(*object) : std::nullopt;
    const auto text = AsString(wrapped.has_value() ? wrapped->value : date);
    const auto stated = text.has_value() ? TimeOfText(*text) : std::nullopt;
    return stated.has_value() && *stated >= time && *stated < time + absl::Seconds(1);
  }

  void Id() {
    const std::optional<absl::string_view> claim = Text("jti", "id");
    if (!claim.has_value()) return;
    bool stated = false;
    for (const absl::string_view name : {"id", "@id"}) {
      for (const dom::element id : ValuesOf(credential_, name)) {
        stated = true;
        if (AsString(id) == *claim) return;
      }
    }
    if (stated) return TellDiffers("jti", "id");
    members_["id"] = Quoted(*claim);
    TellTaken("jti", "id");
  }

  void Node(absl::string_view claim, absl::string_view member) {
    const std::optional<absl::string_view> id = Text(claim, member);
    if (!id.has_value()) return;
    const std::vector<dom::element> nodes = ValuesOf(credential_, member);
    bool stated = nodes.size() > 1;  // whom of several the claim means is not known, unless one has the id
    for (const dom::element node : nodes) {
      if (IdOf(node) == *id) return;
      stated = stated || IsIdentified(node);
    }
    if (stated) return TellDiffers(claim, member);
    members_[std::string(member)] = nodes.empty() ? Quoted(*id) : WithId(*AsObject(nodes.front()), *id);
    TellTaken(claim, member);
  }

  // What is no node, or has something for an id.
  static bool IsIdentified(dom::element node) {
    const auto object = AsObject(node);
    return !object.has_value() || !ValuesOf(*object, "id").empty() || !ValuesOf(*object, "@id").empty();
  }

  std::string WithId(dom::object node, absl::string_view id) const {
    std::string json;
    base::JsonWriter writer(json);
    writer.BeginObject();
    writer.Member("id", id);
    for (const dom::key_value_pair member : node) {
      if (member.key == "id" || member.key == "@id") continue;  // null
      writer.Key(base::View(member.key));
      writer.Raw(document_.Text(member.value));
    }
    writer.EndObject();
    return json;
  }

  std::optional<absl::string_view> Text(absl::string_view claim, absl::string_view member) {
    const auto value = base::Find(token_, claim);
    if (!value.has_value()) return std::nullopt;
    const std::optional<absl::string_view> text = AsString(*value);
    if (text.has_value() && !text->empty()) return text;
    TellMalformed(claim, member, "a text");
    return std::nullopt;
  }

  void TellDiffers(absl::string_view claim, absl::string_view member) {
    Tell(claim, "claim.differs", member,
         absl::StrCat("the claim ", claim, " of the token names another one than the credential, which is shown"));
  }

  void Write() {
    base::JsonWriter writer(decoded_.credential);
    writer.BeginObject();
    for (const dom::key_value_pair member : credential_) {
      const auto changed = members_.find(std::string(member.key));
      writer.Key(base::View(member.key));
      writer.Raw(changed == members_.end() ? document_.Text(member.value) : changed->second);
      if (changed != members_.end()) members_.erase(changed);
    }
    for (const auto& [name, json] : members_) {
      writer.Key(name);
      writer.Raw(json);
    }
    writer.EndObject();
  }

  const base::JsonDocument& document_;
  dom::object token_;
  dom::object credential_;
  std::map<std::string, std::string> members_;  // of the credential that the claims change or add, as JSON
  DecodedClaims decoded_;
};

}  // namespace

DecodedClaims DecodeClaims(const base::JsonDocument& document, dom::object token, dom::object credential) {
  return Decoder(document, token, credential).Decode();
}

bool IsRegisteredClaim(absl::string_view name) {
  constexpr absl::string_view kClaims[] = {"iss", "sub", "aud", "jti", "iat", "nbf", "exp"};
  return std::find(std::begin(kClaims), std::end(kClaims), name) != std::end(kClaims);
}

}  // namespace passerelle::elm
