// Data Integrity proofs on a badge as Open Badges 3.0 has them, beside the verification of the signature alone and
// beside the Node.js judge of ../shared/judge, where that is at hand.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/proof/di/data_integrity.h"
#include "core/rdf/canonical.h"
#include "core/rdf/json_ld.h"
#include "core/rdf/pinned_contexts.h"
#include "tests/bench/goals.h"
#include "tests/support/data_integrity_signer.h"
#include "tests/support/paths.h"

namespace passerelle::bench {
namespace {

using proof::KeyAlgorithm;
using testing::TestSigner;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Badge(absl::string_view issuer) {
  return absl::StrCat(
      R"({"@context":["https://www.w3.org/ns/credentials/v2",)",
      R"("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],)",
      R"("id":"urn:uuid:b4d9e2f0-0000-4000-8000-000000000001","type":["VerifiableCredential","OpenBadgeCredential"],)",
      R"("issuer":{"id":")", issuer, R"(","type":["Profile"],"name":"Northshore College"},)",
      R"("validFrom":"2024-01-01T00:00:00Z","awardedDate":"2024-01-01T00:00:00Z","name":"Beekeeping",)",
      R"("credentialSubject":{"id":"urn:example:learner","type":["AchievementSubject"],)",
      R"("achievement":{"id":"urn:example:beekeeping","type":["Achievement"],"name":"Beekeeping",)",
      R"("description":"Keeps bees through a winter.","criteria":{"narrative":"Hive inspected in spring."}}}})");
}

std::string Sealed(absl::string_view suite, const TestSigner& signer) {
  const std::string document = Badge(testing::DidKey(signer));
  return testing::WithProof(document, testing::MakeProof(document, suite, signer,
                                                         testing::ProofMembers(suite, testing::DidKeyMethod(signer))));
}

void SignatureAlone(benchmark::State& state) {
  const TestSigner signer(KeyAlgorithm::kEdDsa);
  const proof::PublicKey key = signer.public_key();
  const std::string input(64, 'x');
  const std::string signature = signer.Sign(input);
  for (auto _ : state) Require(key.Verify(KeyAlgorithm::kEdDsa, input, signature));
}

void Verify(benchmark::State& state, absl::string_view suite, KeyAlgorithm algorithm) {
  const std::string document = Sealed(suite, TestSigner(algorithm));
  proof::DataIntegrityOptions options;
  options.at = absl::FromUnixSeconds(1750000000);
  for (auto _ : state) Require(proof::VerifyDataIntegrity(document, options).Accepted());
  state.SetItemsProcessed(state.iterations());
}

void BadgeAsRdf(benchmark::State& state) {
  const auto document = base::JsonDocument::Parse(Badge("urn:example:issuer"));
  rdf::JsonLdOptions options;
  options.safe = true;
  for (auto _ : state) {
    auto result = rdf::ToRdf(document->root(), rdf::PinnedContexts::Get(), options);
    Require(result.ok());
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations());
}

void BadgeCanonical(benchmark::State& state) {
  const auto document = base::JsonDocument::Parse(Badge("urn:example:issuer"));
  const auto result = rdf::ToRdf(document->root(), rdf::PinnedContexts::Get(), {});
  for (auto _ : state) {
    auto canonical = rdf::Canonicalize(result->dataset);
    Require(canonical.ok());
    benchmark::DoNotOptimize(canonical);
  }
  state.SetItemsProcessed(state.iterations());
}

// CPU time of the judge for the same badge, in its own process and warmed up. Empty where there is no judge.
std::vector<Measured> MeasureJudge() {
  const std::string file = std::string(testing::kBuildDir) + "/tests/bench/badge.json";
  std::ofstream(file) << Sealed("eddsa-rdfc-2022", TestSigner(KeyAlgorithm::kEdDsa));
  const std::string command = absl::StrCat(testing::kSourceDir, "/tests/bench/judge_time.sh ", testing::kSourceDir, " ",
                                           testing::kBuildDir, "/tests/conformance/judge ", file);
  std::FILE* const out = popen(command.c_str(), "r");
  char text[64] = {};
  const bool read = out != nullptr && std::fgets(text, sizeof(text), out) != nullptr;
  const int status = out == nullptr ? -1 : pclose(out);
  double seconds = 0;
  if (!read || status != 0 || !absl::SimpleAtod(absl::StripAsciiWhitespace(text), &seconds)) return {};
  return {{"Judge/eddsa-rdfc-2022", seconds}};
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) {
  namespace bench = passerelle::bench;
  using passerelle::proof::KeyAlgorithm;
  benchmark::RegisterBenchmark("SignatureAlone", bench::SignatureAlone);
  benchmark::RegisterBenchmark("SignatureAlone", bench::SignatureAlone)->ThreadRange(1, 2)->UseRealTime();
  benchmark::RegisterBenchmark("Verify/eddsa-rdfc-2022", bench::Verify, "eddsa-rdfc-2022", KeyAlgorithm::kEdDsa);
  benchmark::RegisterBenchmark("Verify/eddsa-jcs-2022", bench::Verify, "eddsa-jcs-2022", KeyAlgorithm::kEdDsa);
  benchmark::RegisterBenchmark("Verify/ecdsa-rdfc-2019", bench::Verify, "ecdsa-rdfc-2019", KeyAlgorithm::kEs256);
  benchmark::RegisterBenchmark("Verify", bench::Verify, "eddsa-rdfc-2022", KeyAlgorithm::kEdDsa)
      ->ThreadRange(1, 2)
      ->UseRealTime();
  benchmark::RegisterBenchmark("BadgeAsRdf", bench::BadgeAsRdf);
  benchmark::RegisterBenchmark("BadgeCanonical", bench::BadgeCanonical);
  return bench::Main(
      argc, argv,
      {{"a badge costs at most six signatures", "Verify/eddsa-rdfc-2022", "SignatureAlone", {}, 6.0},
       {"times faster than the Node.js judge", "Judge/eddsa-rdfc-2022", "Verify/eddsa-rdfc-2022", 20.0, {}},
       {"two threads against one", "Verify/real_time/threads:1", "Verify/real_time/threads:2", 1.7, {}},
       {"speed that each of two threads keeps, by CPU time",
        "Verify/real_time/threads:1/cpu",
        "Verify/real_time/threads:2/cpu",
        0.85,
        {}},
       {"the signature alone: two threads against one",
        "SignatureAlone/real_time/threads:1",
        "SignatureAlone/real_time/threads:2",
        {},
        {}}},
      bench::MeasureJudge());
}
