#include "tests/bench/elm_documents.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/elm/codec.h"
#include "tests/support/paths.h"

namespace passerelle::bench {
namespace {

const std::string kComplete = std::string(testing::kSourceDir) + "/tests/unit/core/elm/data/complete.json";
const std::string kOfficial =
    std::string(testing::kSourceDir) + "/../shared/corpus/elm/official-v3.1/Sample-MC-Annex1-signed.jsonld";

// Bytes of images in the official sample, and of a transcript without any.
constexpr size_t kImageBytes = 90000;
constexpr size_t kTranscriptBytes = 30000;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

elm::v3::EuropeanDigitalCredential ReadOrDie(const std::string& bytes) {
  auto read = elm::Read(bytes);
  if (read.ok()) return std::move(read->credential);
  std::fprintf(stderr, "a document of the benchmarks cannot be read: %s\n",
               std::string(read.status().message()).c_str());
  std::abort();
}

ElmDocument DocumentOf(std::string name, const elm::v3::EuropeanDigitalCredential& credential) {
  ElmDocument document{std::move(name), elm::Write(credential), {}};
  document.credential = ReadOrDie(document.bytes);
  return document;
}

elm::v3::EuropeanDigitalCredential Micro(elm::v3::EuropeanDigitalCredential credential) {
  auto* const display = credential.mutable_display_parameter();
  auto* const detail = display->add_individual_display()->add_display_detail();
  detail->set_page(1);
  std::string base64(kImageBytes, 'A');
  for (size_t i = 0; i < base64.size(); ++i) base64[i] = static_cast<char>('A' + i % 26);
  detail->mutable_image()->set_content(std::move(base64));
  return credential;
}

// The award again and again, each with an id of its own, as modules of a programme.
elm::v3::EuropeanDigitalCredential Transcript(elm::v3::EuropeanDigitalCredential credential) {
  auto* const claims = credential.mutable_credential_subject()->mutable_person()->mutable_has_claim();
  const elm::v3::ClaimNode first = claims->Get(0);
  while (elm::Write(credential).size() < kTranscriptBytes) {
    elm::v3::ClaimNode* const next = claims->Add();
    *next = first;
    next->mutable_learning_achievement()->set_id(absl::StrCat("urn:example:achievement:", claims->size()));
  }
  return credential;
}

}  // namespace

const std::vector<ElmDocument>& ElmDocuments() {
  static const auto* const documents = [] {
    const elm::v3::EuropeanDigitalCredential complete = ReadOrDie(ReadFile(kComplete));
    auto* const made = new std::vector<ElmDocument>;
    made->push_back(DocumentOf("micro", Micro(complete)));
    made->push_back(DocumentOf("transcript", Transcript(complete)));
    if (const std::string official = ReadFile(kOfficial); !official.empty()) {
      made->push_back(DocumentOf("official", ReadOrDie(official)));
    } else {
      std::printf("SKIPPED: the official sample is not beside the checkout\n");
    }
    return made;
  }();
  return *documents;
}

}  // namespace passerelle::bench
