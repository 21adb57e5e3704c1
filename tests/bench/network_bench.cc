// What a question and an exchange cost the nodes: processor time a call, beside a proxy that does nothing but forward,
// nginx where it is installed, and the signatures that the protocol needs; how long they take at half load; and what
// memory they need at which size of document. Real node processes over mutual TLS on loopback.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "core/proof/key.h"
#include "gateway/cli/child_process.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "tests/bench/bare_proxy.h"
#include "tests/bench/goals.h"
#include "tests/bench/load.h"

namespace passerelle::bench {
namespace {

using gateway::Call;
using gateway::ChildProcess;
using gateway::LocalFederation;
using gateway::NodeClient;

constexpr int kCallers = 16;
constexpr int kQuestions = 4000;
constexpr int kExchanges = 600;
constexpr absl::Duration kHalfLoad = absl::Seconds(6);
constexpr absl::Duration kPatience = absl::Seconds(20);
// What the limits that the chart sets for a node have to hold; both nodes and their callers share the machine here.
constexpr double kHeldRate = 200;  // exchanges a second
constexpr absl::Duration kHeldFor = absl::Seconds(30);
constexpr size_t kMemoryLimit = size_t{512} << 20;  // bytes
// Sizes of the documents that are exchanged, in KiB, and how many exchanges of each.
struct Size {
  int kib;
  int exchanges;
};
constexpr int kScanKib = 64 * 1024;  // too large to be read: handed on as it is
constexpr Size kSizes[] = {{2, 400}, {30, 200}, {10 * 1024, 6}, {kScanKib, 2}};

void Print(const std::string& line) { std::printf("%s\n", line.c_str()); }
double Micro(absl::Duration duration) { return absl::ToDoubleMicroseconds(duration); }

std::string CredentialId(int kib) { return absl::StrCat("NO-", kib); }

// A transcript of about that size: courses, and beyond what a degree has of them a scan of the paper.
std::string Transcript(int kib) {
  constexpr size_t kCoursesBytesMax = size_t{64} * 1024;
  const size_t bytes = static_cast<size_t>(kib) * 1024;
  std::string courses;
  for (int i = 0; courses.size() + 1200 < std::min(bytes, kCoursesBytesMax); ++i) {
    absl::StrAppend(&courses, "<hasPart><learningOpportunitySpecification><identifier type=\"local\">C", i,
                    "</identifier><title xml:lang=\"en\">Course number ", i,
                    "</title><type>Course</type><specifies><learningOpportunityInstance><credit><scheme>ects</scheme>"
                    "<value>",
                    i % 10 + 1,
                    "</value></credit></learningOpportunityInstance></specifies></learningOpportunitySpecification>"
                    "</hasPart>");
  }
  std::string scan;
  if (bytes > kCoursesBytesMax) {
    scan = absl::StrCat(
        "<attachment><title xml:lang=\"en\">Diploma</title><type>Diploma</type><content>data:application/pdf;base64,",
        absl::Base64Escape(std::string((bytes - courses.size()) / 4 * 3, 'p')), "</content></attachment>");
  }
  return absl::StrCat(
      R"(<?xml version="1.0" encoding="UTF-8"?><elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1">)"
      "<generatedDate>2026-03-02T10:00:00Z</generatedDate><learner><citizenship>NO</citizenship>"
      "<givenNames>Ada</givenNames><familyName>Example</familyName><bday>2001-02-03</bday></learner><report><issuer>"
      "<country>NO</country><identifier type=\"schac\">example.no</identifier><title xml:lang=\"en\">Example "
      "University</title><url>https://example.no</url></issuer><learningOpportunitySpecification><identifier "
      "type=\"local\">P1</identifier><title xml:lang=\"en\">A Degree</title><type>Degree Programme</type><specifies>"
      "<learningOpportunityInstance><start>2023-08-01</start><date>2026-02-01</date><status>passed</status>"
      "</learningOpportunityInstance></specifies>",
      courses, "</learningOpportunitySpecification><issueDate>2026-03-01T00:00:00Z</issueDate></report>", scan,
      "</elmo>");
}

// NO, which has issued one document of each size, and NL, which asks.
std::unique_ptr<LocalFederation> StartNodes() {
  LocalFederation::Options options;
  options.program = PASSERELLE_PROGRAM;
  options.peer_call = kPatience;
  gateway::LocalNode norway;
  norway.id = norway.country = "NO";
  norway.competent_authority = "Authority NO";
  norway.clients = {{"portal", {"passerelle.sharing.v1.SharingService"}}};
  for (const Size& size : kSizes) {
    gateway::LocalEntry entry{CredentialId(size.kib), "holder-1", "", absl::FromUnixSeconds(1772000000)};
    entry.content = size.kib == kScanKib ? std::string(size_t{kScanKib} << 10, 's') : Transcript(size.kib);
    entry.media_type = size.kib == kScanKib ? "application/pdf" : "";
    norway.entries.push_back(std::move(entry));
  }
  gateway::LocalNode netherlands;
  netherlands.id = netherlands.country = "NL";
  netherlands.competent_authority = "Authority NL";
  netherlands.clients = {
      {"office", {"passerelle.exchange.v1.ExchangeService", "passerelle.authenticity.v1.AuthenticityService"}}};
  options.nodes = {norway, netherlands};
  auto made = LocalFederation::Make(options);
  Require(made.ok(), made.status().ToString());
  const absl::Status started = (*made)->Start();
  Require(started.ok(), started.ToString());
  return *std::move(made);
}

class Network {
 public:
  Network() : federation_(StartNodes()), office_(Channel("NL", "office")) {
    const NodeClient portal(Channel("NO", "portal"));
    for (const Size& size : kSizes) {
      sharing::v1::CreateAuthorisationRequest request;
      request.set_request_id(base::NewUuid(random_));
      sharing::v1::Authorisation& authorisation = *request.mutable_authorisation();
      authorisation.set_holder_pseudonym("pseudonym-1");
      authorisation.set_receiver("NL");
      authorisation.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
      authorisation.add_credential_ids(CredentialId(size.kib));
      authorisation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Hours(1)));
      authorisation.set_uses_allowed(100'000);
      const auto created = Call(*portal.sharing, &sharing::v1::SharingService::Stub::CreateAuthorisation, request);
      Require(created.ok(), created.status().ToString());
      authorisations_[size.kib] = created->authorisation().id();
    }
  }

  const LocalFederation& federation() const { return *federation_; }
  const NodeClient& office() const { return office_; }
  std::shared_ptr<grpc::Channel> Channel(const std::string& node, const std::string& client) const {
    return federation_->ClientChannel(node, federation_->ClientTls(node, client));
  }
  // Processor time of both nodes, and of the asking one alone.
  absl::Duration BothUsed() const { return ProcessorTime(federation_->PidOf("NO")) + AskingUsed(); }
  absl::Duration AskingUsed() const { return ProcessorTime(federation_->PidOf("NL")); }

  static authenticity::v1::VerifyDocumentRequest Question() {
    authenticity::v1::VerifyDocumentRequest request;
    request.set_sha256(base::Sha256Hex(Transcript(kSizes[0].kib)));
    request.set_issuing_node("NO");
    return request;
  }

  // One exchange from its request to the document.
  void Exchange(int kib) {
    exchange::v1::CreateExchangeRequest create;
    create.set_request_id(base::NewUuid(random_));
    create.set_peer("NO");
    create.set_authorisation_id(authorisations_.at(kib));
    create.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    const auto created = Call(*office_.exchange, &exchange::v1::ExchangeService::Stub::CreateExchange, create);
    Require(created.ok(), created.status().ToString());
    exchange::v1::WaitExchangeRequest wait;
    wait.set_id(created->exchange().id());
    wait.mutable_timeout()->set_seconds(absl::ToInt64Seconds(kPatience));
    wait.set_without_large_contents(true);
    const auto waited =
        Call(*office_.exchange, &exchange::v1::ExchangeService::Stub::WaitExchange, wait, 2 * kPatience);
    Require(waited.ok() && waited->exchange().state() == exchange::v1::EXCHANGE_STATE_DELIVERED,
            waited.ok() ? waited->exchange().ShortDebugString().substr(0, 400) : waited.status().ToString());
    for (const exchange::v1::DeliveredDocument& document : waited->exchange().documents()) {
      Read(waited->exchange().id(), document.document().sha256(), document.original_bytes());
      Read(waited->exchange().id(), document.translation().sha256(), document.translation_bytes());
    }
  }

 private:
  // What is large, a piece at a time.
  void Read(const std::string& exchange, const std::string& sha256, uint64_t bytes) const {
    exchange::v1::ReadContentRequest request;
    request.set_id(exchange);
    request.set_sha256(sha256);
    while (request.read_offset() < bytes) {
      const auto read = Call(*office_.exchange, &exchange::v1::ExchangeService::Stub::ReadContent, request);
      Require(read.ok() && !read->data().empty(), read.status().ToString());
      request.set_read_offset(request.read_offset() + read->data().size());
    }
  }

  gateway::SystemRandom random_;
  std::unique_ptr<LocalFederation> federation_;
  NodeClient office_;
  std::map<int, std::string> authorisations_;
};

void Ask(authenticity::v1::AuthenticityService::Stub& stub) {
  static const auto& question = *new authenticity::v1::VerifyDocumentRequest(Network::Question());
  const auto answer = Call(stub, &authenticity::v1::AuthenticityService::Stub::VerifyDocument, question);
  Require(answer.ok() && answer->verdict().checks_size() > 0, answer.status().ToString());
}

// Processor time of a process for each call of several stubs.
double PerQuestion(const std::vector<std::unique_ptr<authenticity::v1::AuthenticityService::Stub>>& stubs,
                   absl::FunctionRef<absl::Duration()> used) {
  std::atomic<size_t> next = 0;
  const auto ask = [&] { Ask(*stubs[next++ % stubs.size()]); };
  ClosedLoop(kCallers, kQuestions / 10, ask);
  const absl::Duration before = used();
  ClosedLoop(kCallers, kQuestions, ask);
  return absl::ToDoubleSeconds(used() - before) / kQuestions;
}

// A process of the peers that a node is measured against.
class Bare {
 public:
  Bare(const LocalFederation& federation, const std::vector<std::string>& arguments)
      : output_(absl::StrCat(federation.folder(), "/bare-", peers++)) {
    auto started = ChildProcess::Start(arguments, output_);
    Require(started.ok(), started.status().ToString());
    process_ = *std::move(started);
  }
  pid_t pid() const { return process_->pid(); }
  // The port that it printed.
  int Port() const {
    for (int i = 0; i < 500; ++i) {
      std::ifstream file(output_);
      int port = 0;
      if (file >> port) return port;
      absl::SleepFor(absl::Milliseconds(20));
    }
    Require(false, "a bare server does not start");
    return 0;
  }

 private:
  static inline int peers = 0;
  std::string output_;
  std::unique_ptr<ChildProcess> process_;
};

std::vector<std::unique_ptr<authenticity::v1::AuthenticityService::Stub>> Stubs(int port, const BareTls& tls) {
  std::vector<std::unique_ptr<authenticity::v1::AuthenticityService::Stub>> stubs;
  for (int i = 0; i < 4; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("passerelle.connection", i);
    stubs.push_back(authenticity::v1::AuthenticityService::NewStub(
        grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), tls.Channel(), arguments)));
  }
  return stubs;
}

int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  Require(bind(socket, generic, size) == 0 && getsockname(socket, generic, &size) == 0, "no free port");
  close(socket);
  return ntohs(address.sin_port);
}

// nginx with one worker, which passes gRPC on over mutual TLS. Empty when it is not installed.
std::string NginxConfiguration(const std::string& folder, const BareTls& tls, int port, int back) {
  return absl::StrCat(
      "daemon off; master_process off; pid ", folder, "/nginx.pid; error_log ", folder, "/nginx.log;\n",
      "events { worker_connections 512; }\nhttp { access_log off; client_body_temp_path ", folder, "/nginx-body;\n",
      "proxy_temp_path ", folder, "/nginx-p; fastcgi_temp_path ", folder, "/nginx-f; uwsgi_temp_path ", folder,
      "/nginx-u; scgi_temp_path ", folder, "/nginx-s;\nupstream back { server 127.0.0.1:", back,
      "; keepalive 16; }\nserver { listen 127.0.0.1:", port, " ssl http2; http2_max_requests 10000000;",
      " keepalive_requests 10000000; ssl_protocols TLSv1.3;\nssl_certificate ", tls.certificate,
      "; ssl_certificate_key ", tls.private_key, "; ssl_client_certificate ", tls.authority,
      "; ssl_verify_client on;\nlocation / { grpc_pass grpcs://back; grpc_ssl_protocols TLSv1.3; grpc_ssl_certificate ",
      tls.certificate, "; grpc_ssl_certificate_key ", tls.private_key, "; } } }\n");
}

// The same question through the bare proxy, and through nginx where it is.
void MeasureProxies(const Network& network, std::vector<Measured>* measured) {
  const std::string folder = network.federation().folder();
  const std::string node = network.federation().NodeFolder("NL");
  const BareTls tls = {node + "/tls.crt.pem", node + "/tls.key.pem", folder + "/authority.crt.pem"};
  const auto answer = Call(*network.office().authenticity, &authenticity::v1::AuthenticityService::Stub::VerifyDocument,
                           Network::Question());
  Require(answer.ok(), answer.status().ToString());
  std::ofstream(folder + "/answer", std::ios::binary) << answer->SerializeAsString();
  const std::vector<std::string> base = {"/proc/self/exe", "--bare", tls.certificate, tls.private_key, tls.authority};
  const auto with = [&base](const std::string& more) {
    std::vector<std::string> arguments = base;
    arguments.push_back(more);
    return arguments;
  };
  const Bare backend(network.federation(), with(absl::StrCat("answer=", folder, "/answer")));
  const Bare proxy(network.federation(), with(absl::StrCat("back=127.0.0.1:", backend.Port())));
  measured->push_back(
      {"BareProxy", PerQuestion(Stubs(proxy.Port(), tls), [&proxy] { return ProcessorTime(proxy.pid()); })});
  const char* const elsewhere = std::getenv("PASSERELLE_BENCH_NGINX");
  const std::string nginx = elsewhere == nullptr ? "/usr/sbin/nginx" : elsewhere;
  if (!std::filesystem::exists(nginx)) {
    Print("nginx is not installed: not compared");
    return;
  }
  const int port = FreePort();
  std::ofstream(folder + "/nginx.conf") << NginxConfiguration(folder, tls, port, backend.Port());
  const Bare passing(network.federation(), {nginx, "-c", folder + "/nginx.conf"});
  absl::SleepFor(absl::Seconds(1));
  measured->push_back({"Nginx", PerQuestion(Stubs(port, tls), [&passing] { return ProcessorTime(passing.pid()); })});
}

// How long calls take while half as many arrive as the nodes can do.
void PrintLatency(const std::string& what, double most, absl::FunctionRef<void()> call) {
  const auto took = OpenLoop(4 * kCallers, most / 2, kHalfLoad, call);
  Print(
      absl::StrFormat("%s: %.0f a second at most; at half of that p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms (%zu calls)",
                      what, most, Micro(Quantile(took, 0.5)) / 1e3, Micro(Quantile(took, 0.99)) / 1e3,
                      Micro(Quantile(took, 0.999)) / 1e3, took.size()));
}

void MeasureQuestions(const Network& network, std::vector<Measured>* measured) {
  std::vector<std::unique_ptr<authenticity::v1::AuthenticityService::Stub>> stubs;
  stubs.reserve(4);
  for (int i = 0; i < 4; ++i) {
    stubs.push_back(authenticity::v1::AuthenticityService::NewStub(network.Channel("NL", "office")));
  }
  measured->push_back({"Question", PerQuestion(stubs, [&network] { return network.AskingUsed(); })});
  const auto ask = [&network] { Ask(*network.office().authenticity); };
  constexpr int kTimed = kQuestions / 2;
  const absl::Duration took = ClosedLoop(kCallers, kTimed, ask);
  PrintLatency("questions", kTimed / absl::ToDoubleSeconds(took), ask);
}

// Exchanges that come at the rate, whether the nodes keep up or not: they do if the last ends when no more come.
void MeasureHeldRate(Network& network, std::vector<Measured>* measured) {
  const absl::Time start = absl::Now();
  const auto took = OpenLoop(4 * kCallers, kHeldRate, kHeldFor, [&network] { network.Exchange(kSizes[0].kib); });
  const absl::Duration all = absl::Now() - start;
  const size_t memory =
      std::max(PeakMemory(network.federation().PidOf("NO")), PeakMemory(network.federation().PidOf("NL")));
  Print(absl::StrFormat(
      "%.0f exchanges a second for %.1f s: %zu done in %.1f s, p50 %.2f ms, p99 %.2f ms, at most %zu MB in a node",
      kHeldRate, absl::ToDoubleSeconds(kHeldFor), took.size(), absl::ToDoubleSeconds(all),
      Micro(Quantile(took, 0.5)) / 1e3, Micro(Quantile(took, 0.99)) / 1e3, memory >> 20));
  measured->push_back({"HeldRate", absl::ToDoubleSeconds(all)});
  measured->push_back({"HeldRateAsked", absl::ToDoubleSeconds(kHeldFor)});
  // Bytes as quantities of the same kind, to be judged with the others.
  measured->push_back({"HeldMemory", static_cast<double>(memory)});
  measured->push_back({"HeldMemoryLimit", static_cast<double>(kMemoryLimit)});
}

void MeasureExchanges(Network& network, std::vector<Measured>* measured) {
  const auto exchange = [&network] { network.Exchange(kSizes[0].kib); };
  ClosedLoop(kCallers, kExchanges / 10, exchange);
  const absl::Duration before = network.BothUsed();
  const absl::Duration took = ClosedLoop(kCallers, kExchanges, exchange);
  measured->push_back({"Exchange", absl::ToDoubleSeconds(network.BothUsed() - before) / kExchanges});
  PrintLatency("exchanges", kExchanges / absl::ToDoubleSeconds(took), exchange);
  for (const Size& size : kSizes) {
    const absl::Duration start = network.BothUsed();
    ClosedLoop(size.kib == kScanKib ? 1 : 2, size.exchanges, [&] { network.Exchange(size.kib); });
    Print(absl::StrFormat("exchange of %d KiB: %.0f us of both nodes; peak memory so far NO %zu MB, NL %zu MB",
                          size.kib, Micro(network.BothUsed() - start) / size.exchanges,
                          PeakMemory(network.federation().PidOf("NO")) >> 20,
                          PeakMemory(network.federation().PidOf("NL")) >> 20));
  }
  const size_t memory =
      std::max(PeakMemory(network.federation().PidOf("NO")), PeakMemory(network.federation().PidOf("NL")));
  measured->push_back({"LargeMemory", static_cast<double>(memory)});
}

// One record after the other into a file, each on the disk before the next.
void Fdatasync(benchmark::State& state) {
  const std::string path = absl::StrCat(std::filesystem::temp_directory_path().string(), "/fdatasync-", getpid());
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  Require(file >= 0, path);
  const std::string record(4096, 'x');
  for (auto _ : state) {
    Require(write(file, record.data(), record.size()) == static_cast<ssize_t>(record.size()) && fdatasync(file) == 0,
            path);
  }
  close(file);
  std::filesystem::remove(path);
}
BENCHMARK(Fdatasync)->UseRealTime();

// What the asking node cannot do without: it signs the question and the verdict, and verifies the answer.
double SignaturesOfAQuestion() {
  constexpr int kTimes = 2000;
  const auto key = proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  Require(key.ok(), key.status().ToString());
  const std::string message(1024, 'x');
  const absl::Duration before = ProcessorTime(getpid());
  for (int i = 0; i < kTimes; ++i) {
    const auto question = key->Sign(message);
    const auto verdict = key->Sign(base::Sha256Hex(message));
    Require(question.ok() && verdict.ok() && key->verification_key().Verify(message, *question), "signature");
  }
  return absl::ToDoubleSeconds(ProcessorTime(getpid()) - before) / kTimes;
}

int Run(int argc, char** argv) {
  std::vector<Measured> measured;
  {
    Network network;
    MeasureQuestions(network, &measured);
    MeasureProxies(network, &measured);
    MeasureHeldRate(network, &measured);
    MeasureExchanges(network, &measured);
  }
  measured.push_back({"Signatures", SignaturesOfAQuestion()});
  double floor = 0;
  for (const Measured& one : measured) {
    if (one.name == "BareProxy" || one.name == "Signatures") floor += one.seconds;
    if (absl::StartsWith(one.name, "Held")) continue;
    Print(absl::StrFormat("%-10s %8.1f us of processor time", one.name, one.seconds * 1e6));
  }
  measured.push_back({"ProxyAndSignatures", floor});
  return Main(
      argc, argv,
      {{"asking node: a question against bare proxy and signatures", "Question", "ProxyAndSignatures", {}, 1.3},
       {"the bare proxy against nginx", "BareProxy", "Nginx", {}, {}},
       {"asking node: a question against nginx", "Question", "Nginx", {}, {}},
       {"both nodes: a durable exchange against bare proxy", "Exchange", "BareProxy", {}, {}},
       {"200 exchanges a second: the time they took against the time they came in",
        "HeldRate",
        "HeldRateAsked",
        {},
        1.05},
       {"documents of 10 and 64 MiB: memory of a node against its limit", "LargeMemory", "HeldMemoryLimit", {}, 1},
       {"200 exchanges a second: memory of a node against its limit", "HeldMemory", "HeldMemoryLimit", {}, 1}},
      measured);
}

// The process of a peer: --bare CERTIFICATE KEY AUTHORITY (answer=FILE | back=ADDRESS).
int RunBarePeer(char** argv) {
  const std::pair<std::string, std::string> role = absl::StrSplit(argv[5], absl::MaxSplits('=', 1));
  return RunBare(role.first == "back" ? role.second : "", role.first == "answer" ? role.second : "",
                 {argv[2], argv[3], argv[4]});
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) {
  passerelle::gateway::RequireTls13();
  if (argc == 6 && std::string(argv[1]) == "--bare") return passerelle::bench::RunBarePeer(argv);
  return passerelle::bench::Run(argc, argv);
}
