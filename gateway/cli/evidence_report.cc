#include "gateway/cli/evidence_report.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/one_line.h"

namespace passerelle::gateway {
namespace {

using base::OneLine;

void ShowMessage(const char* what, const std::optional<relay::MessageFacts>& message, const Console& console) {
  if (!message) {
    console.out << what << ": not in the bundle\n";
    return;
  }
  const std::string line =
      absl::StrCat(message->type, ", signed by ", message->sender, " at ", EvidenceDate(message->signed_at),
                   message->refusal.empty() ? "" : ", refused with ", message->refusal);
  console.out << what << ": " << OneLine(line) << "\n    sha256 " << message->sha256 << "\n";
}

void ShowWitness(const std::string& name, absl::Time seen_at, const Console& console) {
  console.out << "witness: " << OneLine(name) << " saw it at " << EvidenceDate(seen_at) << "\n";
}

void WriteMessage(absl::string_view name, const std::optional<relay::MessageFacts>& message, base::JsonWriter& out) {
  if (!message) return;
  out.Key(name);
  out.BeginObject();
  out.Member("sender", message->sender);
  out.Member("type", message->type);
  out.Member("signed_at", EvidenceDate(message->signed_at));
  out.Member("sha256", message->sha256);
  if (!message->refusal.empty()) out.Member("refusal", message->refusal);
  out.EndObject();
}

void WriteWitness(const std::string& name, absl::Time seen_at, base::JsonWriter& out) {
  out.BeginObject();
  out.Member("name", name);
  out.Member("seen_at", EvidenceDate(seen_at));
  out.EndObject();
}

// Nodes other than that of the log itself, which proves nothing.
std::vector<evidence::VerifiedSignature> WitnessesOf(const evidence::OpenedCheckpoint& opened) {
  std::vector<evidence::VerifiedSignature> witnesses;
  for (const evidence::VerifiedSignature& by : opened.signatures) {
    const bool witness = by.kind == evidence::NoteKey::Kind::kWitness && by.name != opened.checkpoint.origin;
    if (witness) witnesses.push_back(by);
  }
  return witnesses;
}

struct TimeLine {
  const char* name;
  const char* text;
  const std::optional<absl::Time>& time;
};

std::vector<TimeLine> TimesOf(const relay::Dispute& dispute) {
  return {{"sender_logged_sent", "the sender logged it as sent", dispute.sender_logged_sent},
          {"sender_signed", "the sender signed it", dispute.sender_signed},
          {"receiver_logged", "the receiver logged it with its answer", dispute.receiver_logged},
          {"receiver_signed", "the receiver signed the answer", dispute.receiver_signed},
          {"sender_logged_answer", "the sender logged the answer", dispute.sender_logged_answer},
          {"sender_log_seen_by", "another node had seen the sender's log by", dispute.sender_log_seen_by},
          {"receiver_log_seen_by", "another node had seen the receiver's log by", dispute.receiver_log_seen_by}};
}

}  // namespace

std::string EvidenceDate(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

void ShowFacts(const relay::BundleFacts& facts, const Console& console) {
  const std::string line =
      absl::StrCat("message ", facts.message_id, ", evidence of ", facts.node, " as ",
                   facts.side == evidence::v1::SIDE_SENDER ? "sender to " : "receiver from ", facts.peer);
  console.out << OneLine(line) << "\n";
  if (!facts.identified()) console.out << "message and peer: as the bundle says, not shown\n";
  ShowMessage("request", facts.request, console);
  ShowMessage("answer", facts.answer, console);
  for (const relay::LeafFacts& leaf : facts.leaves) {
    console.out << "log: " << evidence::LeafKindName(leaf.kind) << " at " << EvidenceDate(leaf.time) << ", entry "
                << leaf.index << (leaf.opened ? "" : ", not compared with the message, which is not in the bundle")
                << "\n";
  }
  console.out << "checkpoint: " << facts.head.size << " entries\n";
  for (const relay::WitnessFacts& witness : facts.witnesses) ShowWitness(witness.name, witness.seen_at, console);
  if (facts.witnesses.empty()) console.out << "witness: none\n";
}

std::string FactsJson(const relay::BundleFacts& facts, bool map_checked) {
  std::string json;
  base::JsonWriter out(json);
  out.BeginObject();
  out.Member("message_id", facts.message_id);
  out.Member("node", facts.node);
  out.Member("peer", facts.peer);
  out.Member("identified", facts.identified());
  out.Member("side", facts.side == evidence::v1::SIDE_SENDER ? "sender" : "receiver");
  WriteMessage("request", facts.request, out);
  WriteMessage("answer", facts.answer, out);
  out.Key("log");
  out.BeginArray();
  for (const relay::LeafFacts& leaf : facts.leaves) {
    out.BeginObject();
    out.Member("kind", evidence::LeafKindName(leaf.kind));
    out.Member("time", EvidenceDate(leaf.time));
    out.Member("entry", static_cast<int64_t>(leaf.index));
    out.Member("compared", leaf.opened);
    out.EndObject();
  }
  out.EndArray();
  out.Member("entries", static_cast<int64_t>(facts.head.size));
  out.Key("witnesses");
  out.BeginArray();
  for (const relay::WitnessFacts& witness : facts.witnesses) WriteWitness(witness.name, witness.seen_at, out);
  out.EndArray();
  out.Member("map_checked", map_checked);
  out.EndObject();
  return json;
}

void ShowLog(const LogFacts& facts, const Console& console) {
  const evidence::Checkpoint& checkpoint = facts.audited.opened.checkpoint;
  const evidence::LogSummary& summary = facts.audited.summary;
  console.out << "log " << OneLine(checkpoint.origin) << ": " << checkpoint.head.size
              << " entries, all as the signed checkpoint says\n"
              << "sent " << summary.sent << ", received " << summary.received << ", answered " << summary.answered
              << ", emergency access " << summary.emergency << "\n";
  const std::vector<evidence::VerifiedSignature> witnesses = WitnessesOf(facts.audited.opened);
  for (const evidence::VerifiedSignature& by : witnesses) ShowWitness(by.name, by.seen_at, console);
  if (witnesses.empty()) console.out << "witness: none\n";
  if (facts.continues_seen) console.out << "it continues the checkpoint that was seen before\n";
  if (facts.time_stamps_checked) console.out << "time-stamps: " << facts.time_stamps.size() << "\n";
  for (const AuditedTimeStamp& stamp : facts.time_stamps) {
    console.out << "time-stamp: " << stamp.size << " entries by " << EvidenceDate(stamp.time) << "\n";
  }
}

std::string LogJson(const LogFacts& facts, bool map_checked) {
  const evidence::Checkpoint& checkpoint = facts.audited.opened.checkpoint;
  const evidence::LogSummary& summary = facts.audited.summary;
  std::string json;
  base::JsonWriter out(json);
  out.BeginObject();
  out.Member("log", checkpoint.origin);
  out.Member("entries", static_cast<int64_t>(checkpoint.head.size));
  out.Member("sent", static_cast<int64_t>(summary.sent));
  out.Member("received", static_cast<int64_t>(summary.received));
  out.Member("answered", static_cast<int64_t>(summary.answered));
  out.Member("emergency", static_cast<int64_t>(summary.emergency));
  out.Key("witnesses");
  out.BeginArray();
  for (const evidence::VerifiedSignature& by : WitnessesOf(facts.audited.opened)) {
    WriteWitness(by.name, by.seen_at, out);
  }
  out.EndArray();
  if (facts.continues_seen) out.Member("continues_seen", true);
  out.Key("time_stamps");
  out.BeginArray();
  for (const AuditedTimeStamp& stamp : facts.time_stamps) {
    out.BeginObject();
    out.Member("time", EvidenceDate(stamp.time));
    out.Member("entries", static_cast<int64_t>(stamp.size));
    out.EndObject();
  }
  out.EndArray();
  out.Member("map_checked", map_checked);
  out.EndObject();
  return json;
}

void ShowDispute(const relay::Dispute& dispute, const Console& console) {
  const std::string parties = absl::StrCat(dispute.message_id, " from ", dispute.sender, " to ", dispute.receiver);
  console.out << "message " << OneLine(parties) << "\n"
              << "sent: " << ShownWord(dispute.sent) << "\n"
              << "received: " << ShownWord(dispute.received) << "\n"
              << "same message: " << ShownWord(dispute.same_message) << "\n"
              << "same answer: " << ShownWord(dispute.same_answer) << "\n";
  if (!dispute.refusal.empty()) console.out << "the answer is a refusal: " << OneLine(dispute.refusal) << "\n";
  for (const TimeLine& line : TimesOf(dispute)) {
    if (line.time) console.out << "when: " << line.text << " " << EvidenceDate(*line.time) << "\n";
  }
}

std::string DisputeJson(const relay::Dispute& dispute, bool map_checked) {
  std::string json;
  base::JsonWriter out(json);
  out.BeginObject();
  out.Member("message_id", dispute.message_id);
  out.Member("sender", dispute.sender);
  out.Member("receiver", dispute.receiver);
  out.Member("sent", ShownWord(dispute.sent));
  out.Member("received", ShownWord(dispute.received));
  out.Member("same_message", ShownWord(dispute.same_message));
  out.Member("same_answer", ShownWord(dispute.same_answer));
  if (!dispute.refusal.empty()) out.Member("refusal", dispute.refusal);
  out.Key("when");
  out.BeginObject();
  for (const TimeLine& line : TimesOf(dispute)) {
    if (line.time) out.Member(line.name, EvidenceDate(*line.time));
  }
  out.EndObject();
  out.Member("map_checked", map_checked);
  out.EndObject();
  return json;
}

}  // namespace passerelle::gateway
