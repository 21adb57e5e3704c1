#include "gateway/keys/certificate_times.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "gateway/keys/make_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CertificateTimes, AreThoseOfEveryPort) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/certificate_times_", getpid(), ".pem");
  ASSERT_OK_AND_ASSIGN(const CertificatePems authority, MakeAuthority("Demo"));
  ASSERT_OK_AND_ASSIGN(const CertificatePems made, MakeCertificate(authority, NodeCertificateUri("NO")));
  std::ofstream(path) << made.certificate;
  config::v1::NodeConfig config;
  config.mutable_client_port()->mutable_tls()->set_certificate(path);
  config.mutable_peer_port()->mutable_tls()->set_certificate(path);
  EXPECT_THAT(CertificatesOutOfTime(config, absl::Now()), IsEmpty());
  struct Row {
    absl::Duration from_now;
    const char* detail;
  };
  for (const Row& row : {Row{absl::Hours(24) * 365 * 100, "ended on"}, Row{-absl::Hours(24) * 365, "begins on"}}) {
    const std::vector<absl::Status> problems = CertificatesOutOfTime(config, absl::Now() + row.from_now);
    ASSERT_EQ(problems.size(), 1u) << "both ports show one certificate";
    EXPECT_THAT(problems[0], HasReasonAt(Reason::kKeyUnusable, path));
    EXPECT_THAT(base::DetailOf(problems[0]), HasSubstr(row.detail));
  }
  config.mutable_http_port()->mutable_tls()->set_certificate(path + ".absent");
  EXPECT_EQ(CertificatesOutOfTime(config, absl::Now()).size(), 1u) << "a file that cannot be read is of no use either";
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace passerelle::gateway
