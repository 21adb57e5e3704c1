// A real node over HTTP: what curl gets from it, and what a bad client does not get.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/port/random.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/http/gzip.h"
#include "gateway/system/system_random.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "passerelle/document/v1/document_service.pb.h"
#include "passerelle/federation/v1/federation_service.pb.h"
#include "passerelle/pathway/v1/pathway_service.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

constexpr char kCreate[] = "passerelle.sharing.v1.SharingService/CreateAuthorisation";
constexpr char kGet[] = "passerelle.sharing.v1.SharingService/GetAuthorisation";
constexpr char kOrigin[] = "https://portal.example.org";

struct Response {
  int status = 0;  // 0 when there was no answer
  std::string type;
  std::string body;
  std::string head;
};

// A client that says what it likes over TLS.
class RawClient {
 public:
  RawClient(int port, const TlsPems& tls) : context_(SSL_CTX_new(TLS_client_method())) {
    BIO* const certificate = BIO_new_mem_buf(tls.certificate.data(), static_cast<int>(tls.certificate.size()));
    BIO* const key = BIO_new_mem_buf(tls.private_key.data(), static_cast<int>(tls.private_key.size()));
    X509* const x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
    EVP_PKEY* const pkey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context_, x509);
    SSL_CTX_use_PrivateKey(context_, pkey);
    X509_free(x509);
    EVP_PKEY_free(pkey);
    BIO_free(certificate);
    BIO_free(key);
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience = {30, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_);
    connected_ =
        connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 && SSL_connect(ssl_) == 1;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() {
    SSL_free(ssl_);
    close(socket_);
    SSL_CTX_free(context_);
  }

  bool connected() const { return connected_; }
  bool Send(const std::string& bytes) { return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0; }
  // Everything until the server ends the connection, or nothing came for half a minute.
  std::string ReadToEnd() {
    std::string all;
    char bytes[4096];
    for (int count = SSL_read(ssl_, bytes, sizeof(bytes)); count > 0; count = SSL_read(ssl_, bytes, sizeof(bytes))) {
      all.append(bytes, static_cast<size_t>(count));
    }
    return all;
  }

 private:
  SSL_CTX* const context_;
  SSL* ssl_ = nullptr;
  int socket_ = -1;
  bool connected_ = false;
};

class HttpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    // A server that hangs up on a client that is still writing is what some of these tests are about.
    signal(SIGPIPE, SIG_IGN);
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    LocalNode node;
    node.id = "NO";
    node.competent_authority = "Authority of the test";
    node.country = "NO";
    node.clients = {{"portal", {"passerelle.sharing.v1.SharingService"}},
                    {"all",
                     {"passerelle.sharing.v1.SharingService", "passerelle.exchange.v1.ExchangeService",
                      "passerelle.authenticity.v1.AuthenticityService", "passerelle.federation.v1.FederationService",
                      "passerelle.recognition.v1.RecognitionService", "passerelle.document.v1.DocumentService",
                      "passerelle.pathway.v1.PathwayService", "passerelle.erasure.v1.ErasureService"},
                     {recognition::v1::CASE_ACTOR_EVALUATOR}}};
    node.http = true;
    node.http_origins = {kOrigin};
    options.nodes = {node};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    ASSERT_NE(federation_->PortsOf("NO").http, 0);
  }

  std::string Url(const std::string& path) const {
    return absl::StrCat("https://127.0.0.1:", federation_->PortsOf("NO").http, "/", path);
  }
  std::string File(const std::string& name) const { return absl::StrCat(federation_->folder(), "/", name); }
  std::vector<std::string> As(const std::string& client) const {
    const std::string path = absl::StrCat(federation_->NodeFolder("NO"), "/clients/", client);
    return {"--cert", path + ".crt.pem", "--key", path + ".key.pem"};
  }

  Response Curl(const std::string& path, std::vector<std::string> arguments) const {
    std::vector<std::string> all = {"/usr/bin/curl",
                                    "--silent",
                                    "--show-error",
                                    "--cacert",
                                    File("authority.crt.pem"),
                                    "--max-time",
                                    "60",
                                    "--dump-header",
                                    File("head"),
                                    "--write-out",
                                    "\n%{http_code} %{content_type}"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.push_back(Url(path));
    const tests::Outcome outcome = tests::RunProgram(all);
    Response response;
    const size_t end = outcome.out.rfind('\n');
    const std::vector<std::string> words = absl::StrSplit(outcome.out.substr(end + 1), ' ');
    EXPECT_TRUE(absl::SimpleAtoi(words[0], &response.status)) << outcome.out << outcome.err;
    if (words.size() > 1) response.type = words[1];
    response.body = outcome.out.substr(0, end);
    response.head = tests::ReadAll(File("head"));
    return response;
  }
  Response Post(const std::string& path, const std::string& json, const std::string& client = "portal",
                std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = As(client);
    // curl sends both of two headers.
    const bool typed = absl::StrContains(absl::StrJoin(more, " "), "Content-Type:");
    if (!typed) arguments.insert(arguments.end(), {"--header", "Content-Type: application/json"});
    arguments.insert(arguments.end(), {"--data-binary", json});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Curl(path, arguments);
  }
  std::string Authorisation() {
    return absl::StrCat(R"({"requestId":")", base::NewUuid(random_),
                        R"(","authorisation":{"holderPseudonym":"pseudonym-1","receiver":"NL",)"
                        R"("purpose":"PURPOSE_RECOGNITION","credentialIds":["NO-1"],"validUntil":")",
                        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() + absl::Minutes(10), absl::UTCTimeZone()),
                        R"(","usesAllowed":1}})");
  }

  SystemRandom random_;
  std::unique_ptr<LocalFederation> federation_;
};

// The text after "id":" in JSON.
std::string IdIn(const std::string& json) {
  const size_t at = json.find("\"id\":\"");
  return at == std::string::npos ? "" : json.substr(at + 6, 36);
}

TEST_F(HttpTest, AnswersWhatGrpcAnswers) {
  const Response created = Post(kCreate, Authorisation());
  ASSERT_EQ(created.status, 200) << created.body;
  EXPECT_EQ(created.type, "application/json");
  const std::string id = IdIn(created.body);
  ASSERT_EQ(id.size(), 36u) << created.body;
  // The same record by the other way, and the other codec.
  const NodeClient grpc(federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal")));
  sharing::v1::GetAuthorisationRequest get;
  get.set_id(id);
  const auto found = Call(*grpc.sharing, &sharing::v1::SharingService::Stub::GetAuthorisation, get);
  ASSERT_TRUE(found.ok()) << found.status();
  tests::WriteAll(File("request"), get.SerializeAsString());
  std::vector<std::string> arguments = As("portal");
  arguments.insert(arguments.end(),
                   {"--header", "Content-Type: application/proto", "--data-binary", "@" + File("request")});
  const Response binary = Curl(kGet, arguments);
  ASSERT_EQ(binary.status, 200);
  EXPECT_EQ(binary.type, "application/proto");
  sharing::v1::GetAuthorisationResponse answer;
  ASSERT_TRUE(answer.ParseFromString(binary.body));
  EXPECT_EQ(answer.SerializeAsString(), found->SerializeAsString());
  // Both ways stand in the log alike.
  EXPECT_TRUE(testing::Logs(*federation_, "NO", "SharingService/CreateAuthorisation"));
}

TEST_F(HttpTest, ReadsAndWritesGzip) {
  tests::WriteAll(File("packed"), Gzip(Authorisation()));
  std::vector<std::string> arguments = As("portal");
  arguments.insert(arguments.end(), {"--header", "Content-Type: application/json", "--header", "Content-Encoding: gzip",
                                     "--data-binary", "@" + File("packed")});
  EXPECT_EQ(Curl(kCreate, arguments).status, 200);
  // A long enough answer is packed for who takes it.
  const std::string json = absl::StrReplaceAll(
      Authorisation(), {{"\"NO-1\"", "\"NO-1\",\"" + std::string(250, 'a') + "\",\"" + std::string(250, 'b') + "\",\"" +
                                         std::string(250, 'c') + "\",\"" + std::string(250, 'd') + "\""}});
  const Response packed = Post(kCreate, json, "portal", {"--compressed"});
  EXPECT_EQ(packed.status, 200) << packed.body;
  EXPECT_TRUE(absl::StrContains(packed.head, "Content-Encoding: gzip")) << packed.head;
  EXPECT_TRUE(absl::StrContains(packed.body, "aaaa"));
}

TEST_F(HttpTest, EveryUnaryMethodForClientsIsThere) {
  int methods = 0;
  for (const google::protobuf::Descriptor* request :
       {authenticity::v1::VerifyDocumentRequest::descriptor(), exchange::v1::GetExchangeRequest::descriptor(),
        federation::v1::FindAuthorityRequest::descriptor(), recognition::v1::GetCaseRequest::descriptor(),
        sharing::v1::GetAuthorisationRequest::descriptor(), document::v1::CheckDocumentRequest::descriptor(),
        pathway::v1::EvaluatePathwayRequest::descriptor()}) {
    ASSERT_EQ(request->file()->service_count(), 1) << request->full_name();
    const google::protobuf::ServiceDescriptor* const service = request->file()->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      if (method->client_streaming() || method->server_streaming()) continue;
      ++methods;
      const Response response = Post(absl::StrCat(service->full_name(), "/", method->name()), "{}", "all");
      EXPECT_TRUE(response.status == 200 || response.status == 400) << method->full_name() << " " << response.status;
    }
  }
  EXPECT_GE(methods, 18);
}

// A request of curl, and what becomes of it.
struct Refused {
  std::string path;
  std::string json;
  std::string header;  // one more; or another method
  int status;
  std::string reason;
};

class RefusedHttpTest : public HttpTest {
 protected:
  std::vector<Refused> Requests() const {
    return {
        {kGet, R"({"identity":"secret-1"})", "", 400, "FIELD_INVALID"},
        {kCreate, R"({"authorisation":{"usesAllowed":"secret-1"}})", "", 400, "FIELD_INVALID"},
        {kGet, R"({"id":"a","id":"b"})", "", 400, "JSON_DUPLICATE_MEMBER"},
        {kGet, "{", "", 400, "JSON_MALFORMED"},
        {kGet, "", "", 400, "INPUT_EMPTY"},
        {kGet, "@" + File("deep"), "", 400, "INPUT_TOO_DEEP"},
        {kGet, R"({"id":"00000000-0000-4000-8000-000000000000"})", "", 404, "RESOURCE_NOT_FOUND"},
        {kGet, "{}", "Content-Type: text/xml", 415, "FIELD_INVALID"},
        {kGet, "{}", "Content-Type: application/json; charset=latin1", 415, "FIELD_INVALID"},
        {kGet, "{}", "PUT", 405, "FIELD_INVALID"},
        {"passerelle.sharing.v1.SharingService/None", "{}", "", 404, "RESOURCE_NOT_FOUND"},
        {"passerelle.relay.v1.RelayService/Deliver", "{}", "", 404, "RESOURCE_NOT_FOUND"},
        {"..%2f..%2fetc/passwd", "{}", "", 404, "RESOURCE_NOT_FOUND"},
        {"passerelle.exchange.v1.ExchangeService/ListExchanges", "{}", "", 403, "CLIENT_NOT_ALLOWED"},
        {kGet, "{}", "Connect-Protocol-Version: 2", 400, "FIELD_INVALID"},
        {kGet, "{}", "Connect-Timeout-Ms: -1", 400, "FIELD_INVALID"},
        {kGet, "{}", "Connect-Timeout-Ms: 0", 504, ""},
        {kGet, "{}", "Content-Encoding: br", 501, "FIELD_INVALID"},
        {kGet, "{}", "Content-Encoding: gzip", 400, "COMPRESSED_DATA_BROKEN"},
        {kGet, "@" + File("bomb"), "Content-Encoding: gzip", 429, "COMPRESSED_DATA_TOO_LARGE"},
        {kGet, "@" + File("large"), "", 413, "INPUT_TOO_LARGE"},
        {kGet, "@" + File("large"), "Expect:", 413, "INPUT_TOO_LARGE"},
        {kGet, "@" + File("large"), "Transfer-Encoding: chunked", 413, "INPUT_TOO_LARGE"},
        {kGet, "{}", "X-Long: " + std::string(20000, 'a'), 431, "INPUT_TOO_LARGE"},
    };
  }
};

TEST_F(RefusedHttpTest, NamesReasonAndPlace) {
  tests::WriteAll(File("large"), std::string(100 << 20, ' '));
  tests::WriteAll(File("bomb"), Gzip(std::string(100 << 20, ' ')));
  tests::WriteAll(File("deep"), std::string(100000, '['));
  for (const Refused& request : Requests()) {
    std::vector<std::string> more;
    if (!request.header.empty()) more = {request.header == "PUT" ? "--request" : "--header", request.header};
    const Response response = Post(request.path, request.json, "portal", more);
    const std::string what = absl::StrCat(request.path, " ", request.json.substr(0, 60), " ",
                                          request.header.substr(0, 60), "\n", response.body);
    EXPECT_EQ(response.status, request.status) << what;
    EXPECT_EQ(response.type, "application/json") << what;
    EXPECT_TRUE(absl::StrContains(response.body, "\"code\":\"")) << what;
    EXPECT_TRUE(absl::StrContains(response.body, request.reason)) << what;
    EXPECT_FALSE(absl::StrContains(response.body, "secret-1")) << what;
  }
  EXPECT_EQ(Post(kCreate, Authorisation()).status, 200);
  EXPECT_FALSE(absl::StrContains(federation_->LogOf("NO"), "secret-1"));
}

TEST_F(HttpTest, KnowsNobodyWithoutACertificate) {
  const std::vector<std::string> body = {"--header", "Content-Type: application/json", "--data-binary", "{}"};
  const Response none = Curl(kGet, body);
  EXPECT_EQ(none.status, 403) << none.body;
  EXPECT_TRUE(absl::StrContains(none.body, "CLIENT_UNKNOWN"));
  const auto stranger = federation_->StrangerTls("stranger");
  ASSERT_TRUE(stranger.ok()) << stranger.status();
  tests::WriteAll(File("stranger.crt"), stranger->certificate);
  tests::WriteAll(File("stranger.key"), stranger->private_key);
  std::vector<std::string> arguments = {"--cert", File("stranger.crt"), "--key", File("stranger.key")};
  arguments.insert(arguments.end(), body.begin(), body.end());
  EXPECT_EQ(Curl(kGet, arguments).status, 403);
  // TLS 1.2 gets nowhere.
  arguments = As("portal");
  arguments.insert(arguments.end(), {"--tls-max", "1.2"});
  arguments.insert(arguments.end(), body.begin(), body.end());
  EXPECT_EQ(Curl(kGet, arguments).status, 0);
}

TEST_F(HttpTest, LetsPagesOfAllowedOriginsAskOnly) {
  const auto preflight = [this](const std::string& origin) {
    return Curl(kGet, {"--request", "OPTIONS", "--header", "Origin: " + origin, "--header",
                       "Access-Control-Request-Method: POST"});
  };
  const Response allowed = preflight(kOrigin);
  EXPECT_EQ(allowed.status, 204);
  EXPECT_TRUE(absl::StrContains(allowed.head, absl::StrCat("Access-Control-Allow-Origin: ", kOrigin))) << allowed.head;
  const Response other = preflight("https://portal.example.org.evil.example");
  EXPECT_FALSE(absl::StrContains(other.head, "Access-Control-Allow-Origin")) << other.head;
}

TEST_F(HttpTest, RefusesRequestsWhoseLengthCanBeReadInTwoWays) {
  const std::string head = absl::StrCat("POST /", kGet, " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n");
  const std::string hidden = absl::StrCat("POST /", kCreate,
                                          " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                                          "Content-Length: 2\r\n\r\n{}");
  const std::string chunked = "2\r\n{}\r\n0\r\n\r\n";
  const std::vector<std::string> requests = {
      head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
      head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunked,
      head + "Transfer-Encoding: xchunked\r\n\r\n" + chunked,
      head + "Transfer-Encoding: identity\r\n\r\n",
      head + "Transfer-Encoding: chunked, identity\r\n\r\n" + chunked,
      head + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked,
      head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
      head + "Transfer-Encoding : chunked\r\n\r\n" + chunked,
      head + "Transfer-Encoding:\x0b chunked\r\n\r\n" + chunked,
      head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
      head + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
      head + "Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}",
      head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
      head + "Content-Length: 2, 2\r\n\r\n{}",
      head + "Content-Length: +2\r\n\r\n{}",
      head + "Content-Length: 0x2\r\n\r\n{}",
      head + "Content-Length: -1\r\n\r\n{}",
      head + "Content-Length: 18446744073709551618\r\n\r\n{}",
      head + "Content-Length : 2\r\n\r\n{}",
      head + "Host: b\r\nContent-Length: 2\r\n\r\n{}",
      absl::StrCat("POST /", kGet, " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
      absl::StrCat("POST /", kGet, " HTTP/1.0\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                   chunked),
      absl::StrCat("POST /", kGet, " HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 2\n\n{}"),
      absl::StrCat("POST /", kGet, " HTTP/2.0\r\nHost: a\r\n\r\n"),
      std::string("\x16\x03\x01\x00\x05hello", 10),
  };
  for (const std::string& request : requests) {
    RawClient client(federation_->PortsOf("NO").http, federation_->ClientTls("NO", "portal"));
    ASSERT_TRUE(client.connected());
    ASSERT_TRUE(client.Send(request + hidden));
    const std::string answer = client.ReadToEnd();
    EXPECT_TRUE(answer.empty() || absl::StartsWith(answer, "HTTP/1.1 400 ")) << request << "\n=> " << answer;
    EXPECT_EQ(answer.rfind("HTTP/1."), answer.empty() ? std::string::npos : 0) << request << "\n=> " << answer;
  }
  // What is in order is answered one after the other.
  RawClient client(federation_->PortsOf("NO").http, federation_->ClientTls("NO", "portal"));
  ASSERT_TRUE(client.Send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunked + head +
                          "Connection: close\r\nContent-Length: 2\r\n\r\n{}"));
  const std::string answers = client.ReadToEnd();
  EXPECT_NE(answers.rfind("HTTP/1.1"), answers.find("HTTP/1.1")) << answers;
}

TEST_F(HttpTest, SlowClientsHoldNobodyUp) {
  constexpr int kSlow = 40;
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < kSlow; ++i) {
    slow.push_back(
        std::make_unique<RawClient>(federation_->PortsOf("NO").http, federation_->ClientTls("NO", "portal")));
    ASSERT_TRUE(slow.back()->connected());
    ASSERT_TRUE(slow.back()->Send("POST / HTTP/1.1\r\nHost: a\r\nX: "));
  }
  const absl::Time begin = absl::Now();
  EXPECT_EQ(Post(kCreate, Authorisation()).status, 200);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  // A byte now and then wins no time.
  bool open = true;
  while (open && absl::Now() - begin < absl::Seconds(30)) {
    open = slow.front()->Send("x");
    absl::SleepFor(absl::Milliseconds(300));
  }
  EXPECT_FALSE(open) << "a connection outlives its time limit";
}

}  // namespace
}  // namespace passerelle::gateway
