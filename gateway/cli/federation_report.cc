#include "gateway/cli/federation_report.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/date_time.h"
#include "core/base/json.h"
#include "core/base/one_line.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/federation/duplicate_memory.h"
#include "core/federation/map_diff.h"
#include "gateway/cli/changes.h"
#include "gateway/cli/document_commands.h"

namespace passerelle::gateway {
namespace {

namespace federation_v1 = federation::v1;

using base::FromProto;
using base::JsonWriter;
using base::OneLine;

// One JSON object on standard output.
template <typename Write>
void WriteObject(const Console& console, Write write) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kIndented);
  json.BeginObject();
  write(json);
  json.EndObject();
  console.out << out << "\n";
}

template <typename Texts>
void Member(JsonWriter& json, absl::string_view name, const Texts& texts) {
  json.Key(name);
  json.BeginArray();
  for (const auto& text : texts) json.String(text);
  json.EndArray();
}

// Name of the authority behind a signature; the key itself when it is none of this root.
std::string NameOf(const federation_v1::FederationRoot& root, const std::string& thumbprint) {
  const auto parsed = federation::FederationRoot::Make(root);
  const std::string name = parsed.ok() ? parsed->NameOf(thumbprint) : "";
  return name.empty() ? absl::StrCat("key ", thumbprint, " of another root") : name;
}

std::vector<std::string> SignerNames(const federation::MapFile& file) {
  std::vector<std::string> names;
  for (const proof::ArchiveSignature& signature : file.part.signatures) {
    names.push_back(NameOf(file.part.map.root(), signature.signer));
  }
  return names;
}

void ChangesMember(const std::vector<base::MessageChange>& changes, JsonWriter& json) {
  json.Key("changes");
  json.BeginArray();
  for (const base::MessageChange& change : changes) {
    json.BeginObject();
    json.Member("change", base::ChangeWord(change.kind));
    json.Member("place", absl::string_view(change.place));
    json.Member("before", absl::string_view(change.before));
    json.Member("after", absl::string_view(change.after));
    json.EndObject();
  }
  json.EndArray();
}

void FileMembers(const federation::MapFile& file, JsonWriter& json) {
  const federation_v1::NodeMap& map = file.part.map;
  json.Member("federation", absl::string_view(map.federation()));
  json.Member("version", static_cast<int64_t>(map.version()));
  json.Member("issued", absl::string_view(base::WriteDateTime(FromProto(map.issue_time()))));
  json.Member("expires", absl::string_view(base::WriteDateTime(FromProto(map.expire_time()))));
  json.Member("grace_days", map.grace().seconds() / 86'400);
  json.Member("sha256", absl::string_view(file.part.sha256));
  json.Member("root_version", static_cast<int64_t>(map.root().version()));
  json.Member("threshold", static_cast<int64_t>(map.root().threshold()));
  Member(json, "signed_by", SignerNames(file));
}

std::string RootFingerprint(const federation_v1::FederationRoot& root) {
  const auto parsed = federation::FederationRoot::Make(root);
  return parsed.ok() ? parsed->Fingerprint() : "";
}

void PrintFile(const federation::MapFile& file, const Console& console) {
  const federation_v1::NodeMap& map = file.part.map;
  console.out << "federation  " << OneLine(map.federation()) << "\n"
              << "version     " << map.version() << "\n"
              << "issued      " << base::WriteDateTime(FromProto(map.issue_time())) << "\n"
              << "expires     " << base::WriteDateTime(FromProto(map.expire_time())) << ", then "
              << map.grace().seconds() / 86'400 << " days of grace\n"
              << "root        version " << map.root().version() << ", " << map.root().threshold() << " of "
              << map.root().authorities_size() << ", sha256 " << RootFingerprint(map.root()) << "\n"
              << "map         sha256 " << file.part.sha256 << "\n";
  for (const std::string& name : SignerNames(file)) console.out << "signed by   " << OneLine(name) << "\n";
}

std::string CompetenceText(const federation_v1::Node& node, const federation_v1::Competence& competence) {
  std::vector<absl::string_view> purposes;
  for (const int purpose : competence.purposes()) {
    purposes.push_back(federation::PurposeWord(static_cast<federation_v1::RoutePurpose>(purpose)));
  }
  const std::string& authority = competence.authority().empty() ? node.competent_authority() : competence.authority();
  std::string text = absl::StrCat(OneLine(authority), ": ", absl::StrJoin(purposes, ", "));
  if (competence.level_min() + competence.level_max() > 0) {
    absl::StrAppend(&text, "; levels ", competence.level_min(), " to ", competence.level_max());
  }
  if (!competence.fields().empty()) absl::StrAppend(&text, "; fields ", absl::StrJoin(competence.fields(), " "));
  return text;
}

// Pairs of nodes of which one may repeat a message after the other forgot it: they will refuse each other.
std::vector<std::string> MemoryWarnings(const federation_v1::NodeMap& map) {
  std::vector<std::string> warnings;
  for (const federation_v1::Node& receiver : map.nodes()) {
    for (const federation_v1::Node& sender : map.nodes()) {
      const absl::Status enough = federation::CheckDuplicateMemory(sender, receiver);
      if (&sender != &receiver && !enough.ok()) {
        warnings.push_back(absl::StrCat(base::PlaceOf(enough), ": ", base::DetailOf(enough)));
      }
    }
  }
  return warnings;
}

}  // namespace

int ReportProblem(const absl::Status& problem, bool json, const Console& console) {
  if (!json) {
    PrintProblem(problem, console);
    return kExitRefused;
  }
  WriteObject(console, [&](JsonWriter& out) {
    out.Member("reason", base::Catalogue(base::ReasonOf(problem)).name);
    out.Member("place", absl::string_view(base::PlaceOf(problem)));
    out.Member("detail", absl::string_view(base::DetailOf(problem)));
  });
  return kExitRefused;
}

int ReportDraft(const absl::Status& status, const federation_v1::NodeMap& map, const ReportTo& to,
                const Console& console) {
  if (!status.ok()) return ReportProblem(status, to.json, console);
  if (to.json) {
    WriteObject(console, [&](JsonWriter& json) {
      json.Member("written", absl::string_view(to.path));
      json.Member("federation", absl::string_view(map.federation()));
      json.Member("nodes", map.nodes_size());
      json.Member("threshold", static_cast<int64_t>(map.root().threshold()));
      json.Member("authorities", map.root().authorities_size());
    });
  } else {
    console.out << to.path << ": " << OneLine(map.federation()) << ", " << map.nodes_size() << " nodes, "
                << map.root().threshold() << " of " << map.root().authorities_size() << " authorities sign\n";
  }
  return kExitDone;
}

int ReportProposal(const absl::StatusOr<federation::MapFile>& file, const federation_v1::NodeMap* before,
                   const ReportTo& to, const Console& console) {
  if (!file.ok()) return ReportProblem(file.status(), to.json, console);
  const std::vector<base::MessageChange> changes =
      federation::CompareNodeMaps(before == nullptr ? federation_v1::NodeMap() : *before, file->part.map);
  if (to.json) {
    WriteObject(console, [&](JsonWriter& json) {
      json.Member("written", absl::string_view(to.path));
      FileMembers(*file, json);
      ChangesMember(changes, json);
      Member(json, "warnings", MemoryWarnings(file->part.map));
    });
    return kExitDone;
  }
  PrintFile(*file, console);
  if (before != nullptr) PrintChanges(changes, console);
  for (const std::string& warning : MemoryWarnings(file->part.map)) console.err << "warning: " << warning << "\n";
  return kExitDone;
}

int ReportFile(const absl::StatusOr<federation::MapFile>& file, const ReportTo& to, const Console& console) {
  if (!file.ok()) return ReportProblem(file.status(), to.json, console);
  if (to.json) {
    WriteObject(console, [&](JsonWriter& json) {
      json.Member("written", absl::string_view(to.path));
      FileMembers(*file, json);
    });
  } else {
    PrintFile(*file, console);
  }
  return kExitDone;
}

int ReportOpened(const absl::StatusOr<federation::OpenedMap>& opened, absl::Time at, const ReportTo& to,
                 const Console& console) {
  if (!opened.ok()) return ReportProblem(opened.status(), to.json, console);
  const federation_v1::NodeMap& map = opened->directory->map();
  const bool stale = opened->directory->AgeAt(at) == federation::MapAge::kStale;
  std::vector<std::string> names;
  for (const std::string& signer : opened->signers) names.push_back(NameOf(map.root(), signer));
  if (to.json) {
    WriteObject(console, [&](JsonWriter& json) {
      json.Member("good", true);
      if (!to.path.empty()) json.Member("written", absl::string_view(to.path));
      json.Member("federation", absl::string_view(map.federation()));
      json.Member("version", static_cast<int64_t>(map.version()));
      json.Member("expires", absl::string_view(base::WriteDateTime(opened->directory->expire_time())));
      json.Member("stale", stale);
      json.Member("sha256", absl::string_view(opened->sha256));
      json.Member("root_version", static_cast<int64_t>(map.root().version()));
      json.Key("root_changes");
      json.BeginArray();
      for (const uint64_t version : opened->root_changes) json.Int(static_cast<int64_t>(version));
      json.EndArray();
      Member(json, "signed_by", names);
    });
    return kExitDone;
  }
  console.out << "version " << map.version() << " of " << OneLine(map.federation()) << " is good until "
              << base::WriteDateTime(opened->directory->expire_time()) << (stale ? ", stale since" : "")
              << "; signed by " << OneLine(absl::StrJoin(names, ", ")) << "\n";
  for (const uint64_t version : opened->root_changes) console.out << "the root changes to version " << version << "\n";
  if (!to.path.empty()) console.out << "published as " << to.path << "\n";
  return kExitDone;
}

int ReportChanges(const federation_v1::NodeMap& before, const federation_v1::NodeMap& after, bool json,
                  const Console& console) {
  const std::vector<base::MessageChange> changes = federation::CompareNodeMaps(before, after);
  if (json) {
    WriteObject(console, [&](JsonWriter& out) { ChangesMember(changes, out); });
  } else {
    PrintChanges(changes, console);
  }
  return kExitDone;
}

int ReportRoute(const absl::StatusOr<federation_v1::RouteAnswer>& answer, bool json, const Console& console) {
  if (!answer.ok()) return ReportProblem(answer.status(), json, console);
  const int code = answer->outcome() == federation_v1::ROUTE_OUTCOME_FOUND ? kExitDone : kExitRefused;
  if (json) {
    WriteObject(console, [&](JsonWriter& out) {
      out.Member("outcome", federation::OutcomeWord(answer->outcome()));
      out.Key("candidates");
      out.BeginArray();
      for (const federation_v1::RouteCandidate& candidate : answer->candidates()) {
        out.BeginObject();
        out.Member("node", absl::string_view(candidate.node()));
        out.Member("authority", absl::string_view(candidate.authority()));
        out.Member("because", absl::string_view(candidate.because()));
        if (candidate.has_maintenance_until()) {
          out.Member("maintenance_until",
                     absl::string_view(base::WriteDateTime(FromProto(candidate.maintenance_until()))));
        }
        out.EndObject();
      }
      out.EndArray();
      Member(out, "missing", answer->missing());
      out.Member("message", absl::string_view(answer->message()));
      Member(out, "steps", answer->steps());
      out.Member("map_version", static_cast<int64_t>(answer->map_version()));
      out.Member("map_stale", answer->map_stale());
    });
    return code;
  }
  console.out << federation::OutcomeWord(answer->outcome());
  if (!answer->message().empty()) console.out << ": " << OneLine(answer->message());
  console.out << "\n";
  for (const federation_v1::RouteCandidate& candidate : answer->candidates()) {
    console.out << "  " << OneLine(absl::StrCat(candidate.authority(), " (node ", candidate.node(), ")"));
    if (candidate.has_maintenance_until()) {
      console.out << ", in maintenance until " << base::WriteDateTime(FromProto(candidate.maintenance_until()));
    }
    console.out << "\n";
  }
  for (const std::string& step : answer->steps()) console.out << "because " << OneLine(step) << "\n";
  console.out << "by version " << answer->map_version() << " of the node map" << (answer->map_stale() ? ", stale" : "")
              << "\n";
  return code;
}

void ShowMap(const federation::MapFile& file, bool json, const Console& console) {
  const federation_v1::NodeMap& map = file.part.map;
  if (json) {
    WriteObject(console, [&](JsonWriter& out) {
      FileMembers(file, out);
      out.Member("root_sha256", absl::string_view(RootFingerprint(map.root())));
      out.Key("nodes");
      out.BeginArray();
      for (const federation_v1::Node& node : map.nodes()) {
        out.BeginObject();
        out.Member("id", absl::string_view(node.id()));
        out.Member("country", absl::string_view(node.country()));
        out.Member("competent_authority", absl::string_view(node.competent_authority()));
        out.Member("endpoint", absl::string_view(node.endpoint()));
        out.Member("active", node.state() == federation_v1::NODE_STATE_ACTIVE);
        std::vector<std::string> competences;
        for (const federation_v1::Competence& one : node.competences())
          competences.push_back(CompetenceText(node, one));
        Member(out, "competences", competences);
        out.EndObject();
      }
      out.EndArray();
    });
    return;
  }
  PrintFile(file, console);
  for (const federation_v1::Node& node : map.nodes()) {
    console.out << "node        " << node.id() << "  " << node.country() << "  " << OneLine(node.competent_authority())
                << (node.state() == federation_v1::NODE_STATE_ACTIVE ? "" : "  (not active)") << "\n";
    for (const federation_v1::Competence& one : node.competences()) {
      console.out << "  answers   " << CompetenceText(node, one) << "\n";
    }
  }
}

}  // namespace passerelle::gateway
