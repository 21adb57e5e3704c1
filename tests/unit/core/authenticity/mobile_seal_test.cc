// Mobile documents: what their issuer signed, in each of the wrappings in which somebody can hand them over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/cbor.h"
#include "core/base/digest.h"
#include "tests/support/deflate.h"
#include "tests/support/mobile_document.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

using ::testing::HasSubstr;
using testing::MobileDocument;
using testing::MobilePlan;

constexpr char kMobileList[] = "https://fjord.example/mobile-list";

const testing::TestIdentity& MobileSigner() {
  static const auto& signer =
      *new testing::TestIdentity(proof::KeyAlgorithm::kEs256, testing::CertificateWish(), Keys().root);
  return signer;
}

// One document of a response, {"docType", "issuerSigned"}, with the signature of a device where it is asked for.
std::string OfType(absl::string_view type, absl::string_view issuer_signed, bool device = false) {
  std::string out;
  base::CborWriter cbor(out);
  cbor.Map(device ? 3 : 2);
  cbor.Text("docType");
  cbor.Text(type);
  cbor.Text("issuerSigned");
  cbor.Raw(issuer_signed);
  if (!device) return out;
  cbor.Text("deviceSigned");
  cbor.Map(0);
  return out;
}

std::string Response(const std::vector<std::string>& documents) {
  std::string out;
  base::CborWriter cbor(out);
  cbor.Map(3);
  cbor.Text("version");
  cbor.Text("1.0");
  cbor.Text("documents");
  cbor.Array(documents.size());
  for (const std::string& document : documents) cbor.Raw(document);
  cbor.Text("status");
  cbor.Unsigned(0);
  return out;
}

// With the list in which the entry 0 is revoked, signed with the certificate of the documents.
trust::v1::TrustBundle MobileBundle() {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::PinnedStatusList* const list = bundle.add_status_lists();
  list->set_uri(kMobileList);
  list->set_content(MobileSigner().signer().Token(
      absl::StrCat(R"("typ":"statuslist+jwt","x5c":[")", base::Base64Encode(MobileSigner().der()), "\"]"),
      absl::StrCat(R"({"sub":")", kMobileList, R"(","iat":1767225600,"status_list":{"bits":1,"lst":")",
                   testing::Deflated("\x01", testing::Wrapping::kZlib), R"("}})")));
  list->mutable_fetch_time()->set_seconds(absl::ToUnixSeconds(Day("2026-05-31")));
  return bundle;
}

std::string ToldOf(const std::string& content) { return Told(JudgeWith(Made(MobileBundle()), content, "2026-06-01")); }

TEST(MobileSealTest, WhatTheIssuerSignedIsJudged) {
  const std::string document = MobileDocument({}, MobileSigner());
  const std::string type = testing::kMobileType;
  const testing::TestIdentity stranger(proof::KeyAlgorithm::kEs256, testing::CertificateWish(), Keys().stranger);
  struct Row {
    const char* name;
    std::string content;
    std::vector<std::string> told;
  };
  const std::string intact = "seal:PASS:SEAL_INTACT";
  const std::vector<Row> rows = {
      {"what the issuer signed", document, {intact, "validity:PASS:WITHIN_VALIDITY", "status:UNKNOWN:NOT_STATED"}},
      {"in base64", base::Base64Encode(document), {intact}},
      {"a document", OfType(type, document), {intact, "holder:UNKNOWN:NOT_STATED"}},
      {"a response of a device", Response({OfType(type, document, true)}), {intact, "holder:UNKNOWN:HOLDER_NOT_ASKED"}},
      {"several documents",
       Response({OfType(type, document), OfType(type, document)}),
       {"seal:UNKNOWN:SEVERAL_SUBJECTS"}},
      {"no document", Response({}), {"seal:UNKNOWN:SEVERAL_SUBJECTS"}},
      {"of another type than was signed", OfType("org.example.other.1", document), {"seal:UNKNOWN:CLAIM_INVALID"}},
      {"an element that was not signed",
       MobileDocument({.sent = {{0, "title", "Surgery"}}}, MobileSigner()),
       {"NOT_AUTHENTIC", "seal:FAIL:DISCLOSURE_INVALID"}},
      {"over",
       MobileDocument({.valid_until = "2026-05-01T00:00:00Z"}, MobileSigner()),
       {intact, "validity:FAIL:EXPIRED"}},
      {"by a signer whom nobody vouches for",
       MobileDocument({}, stranger),
       {intact, "signer:UNKNOWN:CERTIFICATE_UNTRUSTED"}},
      {"revoked", MobileDocument({.status_list = kMobileList}, MobileSigner()), {intact, "status:FAIL:REVOKED"}},
      {"on a list that is not at hand",
       MobileDocument({.status_list = "https://fjord.example/x"}, MobileSigner()),
       {intact, "status:UNKNOWN:NO_EVIDENCE"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string told = ToldOf(row.content);
    for (const std::string& part : row.told) EXPECT_THAT(told, HasSubstr(part));
  }
}

TEST(MobileSealTest, NoOtherByteOfWhatWasSignedIsIntact) {
  const std::string document = MobileDocument({}, MobileSigner());
  const size_t begin = document.find("issuerAuth");
  for (size_t i = begin; i < document.size(); i += 3) {
    std::string changed = document;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const std::string told = ToldOf(changed);
    // The certificate is not signed with the document, and leads nowhere when it is changed.
    EXPECT_TRUE(!absl::StrContains(told, "seal:PASS") ||
                absl::StrContains(told, "signer:UNKNOWN:CERTIFICATE_UNTRUSTED"))
        << i << " " << told;
  }
}

}  // namespace
}  // namespace passerelle::authenticity
