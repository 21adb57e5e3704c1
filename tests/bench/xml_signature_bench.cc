// The check of a signed transcript against what xmlsec alone takes for it, in one run.
#include <benchmark/benchmark.h>
#include <libxml/parser.h>
#include <openssl/evp.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/proof/xml/xml_signature.h"
#include "tests/bench/goals.h"
#include "tests/unit/core/proof/xml/signer.h"

namespace passerelle::bench {
namespace {

constexpr size_t kTranscriptBytes = 8192;

// A signed transcript of 8 KiB, with as many courses as that takes.
const std::string& Document() {
  static const auto& document = *new std::string([] {
    std::string courses;
    for (int i = 0; courses.size() + 1800 < kTranscriptBytes; ++i) {
      absl::StrAppend(&courses, "<hasPart><learningOpportunitySpecification><identifier type=\"local\">C", i,
                      "</identifier><title xml:lang=\"en\">Course number ", i,
                      "</title><specifies><learningOpportunityInstance><credit><scheme>ects</scheme><value>",
                      i % 10 + 1,
                      "</value></credit></learningOpportunityInstance></specifies>"
                      "</learningOpportunitySpecification></hasPart>");
    }
    return proof::Sign(proof::Transcript(courses + proof::SignatureTemplate({})), proof::RsaSigner());
  }());
  return document;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

void Passerelle(benchmark::State& state) {
  const proof::PublicKey key = proof::RsaSigner().public_key();
  for (auto _ : state) {
    const proof::XmlVerification seen = proof::VerifyXmlSignature(Document(), key);
    Require(seen.accepted());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(Document().size()));
}

// What the library's own examples do, with the key set beforehand.
void Xmlsec(benchmark::State& state) {
  const proof::PublicKey key = proof::RsaSigner().public_key();
  Require(proof::VerifyXmlSignature(Document(), key).accepted());
  for (auto _ : state) {
    xmlDoc* tree = xmlReadMemory(Document().data(), static_cast<int>(Document().size()), nullptr, nullptr, 0);
    xmlSecDSigCtx* context = xmlSecDSigCtxCreate(nullptr);
    context->signKey = xmlSecKeyCreate();
    EVP_PKEY_up_ref(key.openssl());
    xmlSecKeySetValue(context->signKey, xmlSecOpenSSLEvpKeyAdopt(key.openssl()));
    xmlNode* node = xmlSecFindNode(xmlDocGetRootElement(tree), xmlSecNodeSignature, xmlSecDSigNs);
    Require(xmlSecDSigCtxVerify(context, node) >= 0 && context->status == xmlSecDSigStatusSucceeded);
    xmlSecDSigCtxDestroy(context);
    xmlFreeDoc(tree);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(Document().size()));
}

BENCHMARK(Passerelle)->Unit(benchmark::kMicrosecond);
BENCHMARK(Xmlsec)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) {
  return passerelle::bench::Main(
      argc, argv, {{"rate of the whole check against xmlsec alone, 8 KiB", "Xmlsec", "Passerelle", 0.9, {}}});
}
