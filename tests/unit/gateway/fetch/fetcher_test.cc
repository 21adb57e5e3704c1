#include "gateway/fetch/fetcher.h"

#include <openssl/x509.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/proof/x509/certificate.h"
#include "gateway/keys/make_certificates.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::LoopbackServer;
using ::passerelle::testing::WebReply;

constexpr size_t kBytesMax = 1000;

WebReply Serve(const std::string& path, const std::string& body) {
  if (path == "/list") return {200, "the list", ""};
  if (path == "/echo") return {200, body, ""};
  if (path == "/moved") return {302, "", "/list"};
  if (path == "/circle") return {302, "", "/circle"};
  if (path == "/away") return {302, "", "http://localhost:1/list"};
  if (path == "/up") return {302, "", "file:///etc/hostname"};
  if (path == "/large") return {200, std::string(kBytesMax + 1, 'x'), ""};
  return {404, "not here", ""};
}

Fetcher FetcherFor(const LoopbackServer& server) { return *Fetcher::Make({{server.origin(), {}, ""}}); }

TEST(FetcherTest, FetchesFromTheServersThatAreNamed) {
  const LoopbackServer server(Serve);
  const Fetcher fetcher = FetcherFor(server);
  EXPECT_EQ(*fetcher.Get(server.origin() + "/list", kBytesMax), "the list");
  EXPECT_EQ(*fetcher.Get(server.origin() + "/moved", kBytesMax), "the list");
  EXPECT_EQ(*fetcher.Post(server.origin() + "/echo", {"application/octet-stream", std::string("a\0b", 3)}, kBytesMax),
            std::string("a\0b", 3));
}

TEST(FetcherTest, AsksNobodyElse) {
  const LoopbackServer server(Serve);
  const LoopbackServer other(Serve);
  const Fetcher fetcher = FetcherFor(server);
  for (const std::string& address : {other.origin() + "/list", std::string("file:///etc/hostname"),
                                     std::string("https://127.0.0.1/list"), std::string("gopher://127.0.0.1/"),
                                     std::string(""), "http://user:secret@" + server.origin().substr(7) + "/list",
                                     server.origin() + "@" + other.origin().substr(7) + "/list"}) {
    EXPECT_FALSE(fetcher.Allows(address)) << address;
    EXPECT_THAT(fetcher.Get(address, kBytesMax), HasReason(Reason::kNoEvidence)) << address;
  }
  EXPECT_EQ(server.requests(), 0);
  EXPECT_EQ(other.requests(), 0);
}

TEST(FetcherTest, FollowsNoOneToAnotherServerAndNotForEver) {
  const LoopbackServer server(Serve);
  const Fetcher fetcher = FetcherFor(server);
  for (const char* path : {"/away", "/up", "/circle", "/nowhere"}) {
    EXPECT_THAT(fetcher.Get(server.origin() + path, kBytesMax), HasReasonAt(Reason::kNoEvidence, server.origin()));
  }
  // "/circle" was asked once more than it may point on.
  EXPECT_EQ(server.requests(), 3 + kRedirectsMax + 1);
}

TEST(FetcherTest, GivesOtherAnswersToWhoeverAsksForThem) {
  const LoopbackServer server(Serve);
  const Fetcher fetcher = FetcherFor(server);
  for (const auto& [path, status, body] :
       {std::make_tuple("/nowhere", 404, "not here"), std::make_tuple("/moved", 200, "the list")}) {
    ASSERT_OK_AND_ASSIGN(const HttpReply reply, fetcher.GetReply(server.origin() + path, kBytesMax));
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.bytes, body);
  }
  EXPECT_THAT(fetcher.GetReply(server.origin() + "/away", kBytesMax), HasReason(Reason::kNoEvidence));
}

TEST(FetcherTest, TakesNoMoreThanTheLimit) {
  const LoopbackServer server(Serve);
  EXPECT_THAT(FetcherFor(server).Get(server.origin() + "/large", kBytesMax), HasReason(Reason::kInputTooLarge));
}

TEST(FetcherTest, TellsWhenNobodyAnswers) {
  std::string origin;
  {
    const LoopbackServer server(Serve);
    origin = server.origin();
  }
  EXPECT_THAT(Fetcher::Make({{origin, {}, ""}})->Get(origin + "/list", kBytesMax),
              HasReasonAt(Reason::kNoEvidence, origin));
}

TEST(FetcherTest, RefusesServersThatAreNoOrigin) {
  for (const char* origin : {"", "status.example.org", "https://status.example.org/", "ftp://status.example.org",
                             "https://u@status.example.org", "https://status.example.org:443"}) {
    EXPECT_THAT(Fetcher::Make({{origin, {}, ""}}), HasReasonAt(Reason::kConfigInvalid, "[0].origin")) << origin;
  }
  EXPECT_THAT(Fetcher::Make({{"https://a.example", {}, ""}, {"https://a.example", {}, ""}}),
              HasReasonAt(Reason::kConfigInvalid, "[1].origin"));
  EXPECT_THAT(Fetcher::Make({{"http://a.example", {"pin"}, ""}}), HasReason(Reason::kConfigInvalid));
}

class TlsFetcherTest : public ::testing::Test {
 protected:
  TlsFetcherTest() {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/authority.pem") << authority_.certificate;
    std::ofstream(folder_ + "/other.pem") << MakeAuthority("Other")->certificate;
  }
  ~TlsFetcherTest() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<std::string> Get(const std::string& authorities, const std::vector<std::string>& pins) {
    const Fetcher fetcher = *Fetcher::Make({{server_.origin(), pins, authorities}});
    return fetcher.Get(server_.origin() + "/list", kBytesMax);
  }
  std::string Pin() const {
    const proof::Certificate certificate = proof::Certificate::FromPem(own_.certificate)->front();
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(certificate.key()->openssl(), &der);
    const std::string info(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
    OPENSSL_free(der);
    return base::Base64Encode(base::Digest(base::HashAlgorithm::kSha256, info));
  }

  const std::string folder_ = absl::StrCat(::testing::TempDir(), "/fetcher_", getpid());
  const CertificatePems authority_ = *MakeAuthority("Test");
  const CertificatePems own_ = *MakeCertificate(authority_, "urn:test:server");
  const LoopbackServer server_{Serve, own_.certificate, own_.private_key};
};

TEST_F(TlsFetcherTest, WantsTheCertificateAndThePinnedKey) {
  EXPECT_EQ(*Get(folder_ + "/authority.pem", {}), "the list");
  const std::string pin = Pin();
  const std::string other_pin = base::Base64Encode(std::string(32, 'x'));
  EXPECT_EQ(*Get(folder_ + "/authority.pem", {other_pin, pin}), "the list");
  EXPECT_THAT(Get(folder_ + "/authority.pem", {other_pin}), HasReason(Reason::kNoEvidence));
  EXPECT_THAT(Get(folder_ + "/other.pem", {pin}), HasReason(Reason::kNoEvidence));
  EXPECT_THAT(Get("", {}), HasReason(Reason::kNoEvidence));
}

}  // namespace
}  // namespace passerelle::gateway
