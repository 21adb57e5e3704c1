// Seals a document with keys of each kind, for the judge: seal_files FOLDER
// Writes FOLDER/<algorithm>.json and the anchor, FOLDER/root.pem.
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/proof/jades/sealer.h"
#include "tests/support/test_authority.h"

namespace proof = passerelle::proof;
namespace testing = passerelle::testing;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: seal_files FOLDER\n";
    return 64;
  }
  const std::string folder = argv[1];
  const testing::TestIdentity root(proof::KeyAlgorithm::kRs256, testing::AuthorityWish("Root"));
  std::ofstream(absl::StrCat(folder, "/root.pem")) << root.CertificatePem();
  for (const proof::KeyAlgorithm algorithm : {proof::KeyAlgorithm::kEs256, proof::KeyAlgorithm::kRs256}) {
    const testing::TestIdentity seal(algorithm, testing::SealWish(), root);
    const auto sealer = proof::Sealer::Make(seal.KeyPem(), seal.CertificatePem());
    const absl::StatusOr<std::string> sealed = sealer.ok()
                                                   ? sealer->Seal("{\"name\":\"Zo\xc3\xab \\u20ac\",\n \"credits\": 3}",
                                                                  *passerelle::base::ParseDateTime("2025-06-01"))
                                                   : absl::StatusOr<std::string>(sealer.status());
    if (!sealed.ok()) {
      std::cerr << sealed.status() << "\n";
      return 1;
    }
    std::ofstream(absl::StrCat(folder, "/", proof::AlgorithmName(algorithm), ".json"), std::ios::binary) << *sealed;
  }
  return 0;
}
