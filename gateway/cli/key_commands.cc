#include "gateway/cli/key_commands.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/cli/federation_report.h"
#include "gateway/cli/files.h"
#include "gateway/config/node_config.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"
#include "gateway/node/node_map_file.h"

namespace passerelle::gateway {
namespace {

namespace federation_v1 = federation::v1;

using base::JsonWriter;
using base::Problem;
using base::Reason;

// What other nodes take a message key for, by the node map at one time.
enum class Standing { kUnknown, kComing, kActive, kOver };

absl::string_view Word(Standing standing) {
  switch (standing) {
    case Standing::kUnknown:
      return "not in the node map";
    case Standing::kComing:
      return "in the node map, not active yet";
    case Standing::kActive:
      return "active";
    case Standing::kOver:
      return "over";
  }
  return "";
}

struct HeldKey {
  std::string file;
  proof::KeyAlgorithm algorithm;
  std::string kid;
  std::string jwk;
  Standing standing = Standing::kUnknown;
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();
};

struct HeldCertificate {
  std::string purpose;  // "clients" or "peers"
  std::string file;
  std::string sha256;
  absl::Time end;
  bool in_map = false;
};

struct Held {
  std::string node;
  std::vector<HeldKey> keys;
  std::vector<HeldCertificate> certificates;
};

void Judge(const federation_v1::Node& node, absl::Time now, HeldKey* key) {
  for (const federation_v1::MessageKey& stated : node.message_keys()) {
    if (stated.kid() != key->kid) continue;
    if (stated.has_not_before()) key->from = base::FromProto(stated.not_before());
    if (stated.has_not_after()) key->to = base::FromProto(stated.not_after());
    key->standing = now < key->from ? Standing::kComing : now > key->to ? Standing::kOver : Standing::kActive;
  }
}

absl::StatusOr<HeldCertificate> ReadCertificateOf(const std::string& purpose, const config::v1::TlsFiles& files) {
  ASSIGN_OR_RETURN(const std::string pem, ReadInput(files.certificate(), base::kKeyBytesMax));
  HeldCertificate held = {purpose, files.certificate(), "", absl::InfiniteFuture()};
  ASSIGN_OR_RETURN(held.sha256, CertificateSha256(pem));
  ASSIGN_OR_RETURN(held.end, CertificatesEnd(pem));
  return held;
}

absl::StatusOr<Held> ReadHeld(const config::v1::NodeConfig& config, absl::Time now) {
  ASSIGN_OR_RETURN(const auto directory, LoadNodeMap(config.node_map(), config.federation().root(), now));
  const federation_v1::Node* const node = directory->Find(config.node());
  if (node == nullptr) return Problem(Reason::kNodeUnknown, config.node(), "the node map does not name this node");
  Held held;
  held.node = config.node();
  for (const std::string& file : KeyFiles(MessageKeyReferences(config))) {
    ASSIGN_OR_RETURN(const proof::SigningKey key, LoadMessageKey(file));
    const proof::VerificationKey& half = key.verification_key();
    HeldKey& entry = held.keys.emplace_back(HeldKey{file, half.algorithm(), half.thumbprint(), half.jwk()});
    Judge(*node, now, &entry);
  }
  ASSIGN_OR_RETURN(HeldCertificate peers, ReadCertificateOf("peers", config.peer_port().tls()));
  for (const std::string& sha256 : federation::NodeDirectory::TlsCertificates(*node, now)) {
    peers.in_map = peers.in_map || sha256 == peers.sha256;
  }
  held.certificates.push_back(std::move(peers));
  ASSIGN_OR_RETURN(HeldCertificate clients, ReadCertificateOf("clients", config.client_port().tls()));
  held.certificates.push_back(std::move(clients));
  return held;
}

void AddKey(const HeldKey& key, JsonWriter* json) {
  json->BeginObject();
  json->Member("file", key.file);
  json->Member("algorithm", proof::AlgorithmName(key.algorithm));
  json->Member("kid", key.kid);
  json->Key("jwk");
  json->Raw(key.jwk);
  json->Member("standing", Word(key.standing));
  if (key.from != absl::InfinitePast()) json->Member("not_before", base::WriteDateTime(key.from));
  if (key.to != absl::InfiniteFuture()) json->Member("not_after", base::WriteDateTime(key.to));
  json->EndObject();
}

void WriteHeld(const Held& held, absl::Time now, JsonWriter* json) {
  json->Member("node", held.node);
  json->Key("message_keys");
  json->BeginArray();
  for (const HeldKey& key : held.keys) AddKey(key, json);
  json->EndArray();
  json->Key("certificates");
  json->BeginArray();
  for (const HeldCertificate& certificate : held.certificates) {
    json->BeginObject();
    json->Member("purpose", certificate.purpose);
    json->Member("file", certificate.file);
    json->Member("sha256", certificate.sha256);
    json->Member("not_after", base::WriteDateTime(certificate.end));
    json->Member("days_to_expiry", absl::ToInt64Hours(certificate.end - now) / 24);
    if (certificate.purpose == "peers") json->Member("in_node_map", certificate.in_map);
    json->EndObject();
  }
  json->EndArray();
}

void PrintKey(const HeldKey& key, std::ostream& out) {
  out << "message key  " << key.kid << "  " << proof::AlgorithmName(key.algorithm) << "  " << Word(key.standing);
  if (key.from != absl::InfinitePast()) out << "  from " << base::WriteDateTime(key.from);
  if (key.to != absl::InfiniteFuture()) out << "  until " << base::WriteDateTime(key.to);
  out << "  " << key.file << "\n";
}

// What comes next in replacing the message key.
struct Step {
  std::string name;  // "announce", "wait", "overlap", "retire"
  std::string text;
  const HeldKey* key = nullptr;
};

std::optional<Step> NextStep(const Held& held) {
  size_t active = 0;
  for (const HeldKey& key : held.keys) {
    if (key.standing == Standing::kOver) {
      return Step{"retire", absl::StrCat("Take ", key.file, " away: nobody accepts its signatures any more."), &key};
    }
    active += key.standing == Standing::kActive ? 1 : 0;
  }
  for (const HeldKey& key : held.keys) {
    if (key.standing == Standing::kUnknown) {
      return Step{"announce",
                  absl::StrCat("Have it entered in the node map, beside the present one: passerelle federation add "
                               "DRAFT --node ",
                               held.node, " --message-key ", key.file, ".pub --from TIME"),
                  &key};
    }
    if (key.standing == Standing::kComing) {
      return Step{"wait", absl::StrCat("The node signs with it from ", base::WriteDateTime(key.from), "."), &key};
    }
  }
  if (active > 1) {
    return Step{"overlap", "Two keys are active. Have the end of the former one entered in the node map.", nullptr};
  }
  return std::nullopt;
}

// A new key in the folder of the message keys, and its public half beside it.
absl::StatusOr<HeldKey> MakeNext(const std::string& folder, proof::KeyAlgorithm algorithm, absl::Time now) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return Problem(
        Reason::kConfigInvalid, "message_key",
        "it names one key; name a folder that holds its file instead, so that a second one can lie beside it");
  }
  ASSIGN_OR_RETURN(const proof::SigningKey key, proof::SigningKey::Generate(algorithm));
  ASSIGN_OR_RETURN(const std::string pem, key.ToPem());
  ASSIGN_OR_RETURN(const std::string half, PublicKeyPem(key.verification_key()));
  HeldKey made;
  made.file = absl::StrCat(folder, "/", absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone()), ".pem");
  if (std::filesystem::exists(made.file, error)) return Problem(Reason::kOutputExists, made.file);
  RETURN_IF_ERROR(ReplaceFile(made.file + ".pub", half));
  RETURN_IF_ERROR(ReplaceFile(made.file, pem));
  made.algorithm = algorithm;
  made.kid = key.verification_key().thumbprint();
  made.jwk = key.verification_key().jwk();
  return made;
}

struct Rotation {
  Held held;
  bool made = false;
  Step step;
};

absl::StatusOr<Rotation> Rotate(const KeysOfNodeRequest& request) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(request.config));
  Rotation rotation;
  ASSIGN_OR_RETURN(rotation.held, ReadHeld(config, request.now));
  if (!NextStep(rotation.held).has_value()) {
    const proof::KeyAlgorithm algorithm = rotation.held.keys.front().algorithm;
    ASSIGN_OR_RETURN(HeldKey made, MakeNext(config.message_key(), algorithm, request.now));
    rotation.held.keys.push_back(std::move(made));
    rotation.made = true;
  }
  rotation.step = *NextStep(rotation.held);
  return rotation;
}

absl::StatusOr<proof::SigningKey> Generate(const KeysGenerateRequest& request) {
  std::error_code error;
  if (std::filesystem::exists(request.out, error)) return Problem(Reason::kOutputExists, request.out);
  ASSIGN_OR_RETURN(proof::SigningKey key, proof::SigningKey::Generate(request.algorithm));
  ASSIGN_OR_RETURN(const std::string pem, key.ToPem());
  RETURN_IF_ERROR(WriteResult(request.out, pem));
  return key;
}

}  // namespace

int RunKeysGenerate(const KeysGenerateRequest& request, const Console& console) {
  const absl::StatusOr<proof::SigningKey> key = Generate(request);
  if (!key.ok()) return ReportProblem(key.status(), request.json, console);
  const proof::VerificationKey& half = key->verification_key();
  if (!request.json) {
    const absl::StatusOr<std::string> pem = PublicKeyPem(half);
    if (!pem.ok()) return ReportProblem(pem.status(), request.json, console);
    console.out << *pem;
    console.err << "Wrote " << request.out << ", " << proof::AlgorithmName(half.algorithm()) << ", kid "
                << half.thumbprint() << ". It never leaves this machine; the public half above is for the node map.\n";
    return kExitDone;
  }
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("file", request.out);
  json.Member("algorithm", proof::AlgorithmName(half.algorithm()));
  json.Member("kid", half.thumbprint());
  json.Key("jwk");
  json.Raw(half.jwk());
  json.EndObject();
  console.out << out << "\n";
  return kExitDone;
}

int RunKeysShow(const KeysOfNodeRequest& request, const Console& console) {
  const auto read = [&]() -> absl::StatusOr<Held> {
    ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(request.config));
    return ReadHeld(config, request.now);
  };
  const absl::StatusOr<Held> held = read();
  if (!held.ok()) return ReportProblem(held.status(), request.json, console);
  if (request.json) {
    std::string out;
    JsonWriter json(out, JsonWriter::Layout::kIndented);
    json.BeginObject();
    WriteHeld(*held, request.now, &json);
    json.EndObject();
    console.out << out << "\n";
    return kExitDone;
  }
  for (const HeldKey& key : held->keys) PrintKey(key, console.out);
  for (const HeldCertificate& certificate : held->certificates) {
    console.out << "certificate  " << certificate.sha256 << "  for " << certificate.purpose << "  ends "
                << base::WriteDateTime(certificate.end);
    if (certificate.purpose == "peers") console.out << (certificate.in_map ? "" : "  not in the node map");
    console.out << "  " << certificate.file << "\n";
  }
  return kExitDone;
}

int RunKeysRotate(const KeysOfNodeRequest& request, const Console& console) {
  const absl::StatusOr<Rotation> rotation = Rotate(request);
  if (!rotation.ok()) return ReportProblem(rotation.status(), request.json, console);
  const Step& step = rotation->step;
  if (request.json) {
    std::string out;
    JsonWriter json(out, JsonWriter::Layout::kIndented);
    json.BeginObject();
    json.Member("made", rotation->made);
    json.Member("step", step.name);
    json.Member("text", step.text);
    if (step.key != nullptr) {
      json.Key("key");
      AddKey(*step.key, &json);
    }
    json.EndObject();
    console.out << out << "\n";
    return kExitDone;
  }
  if (step.key != nullptr) PrintKey(*step.key, console.out);
  console.out << (rotation->made ? "A new key was made. " : "") << step.text << "\n";
  return kExitDone;
}

}  // namespace passerelle::gateway
