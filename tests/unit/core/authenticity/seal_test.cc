#include "core/authenticity/seal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/digest.h"

namespace passerelle::authenticity {
namespace {

TEST(SealTest, IsFoundByTheFormOfTheDocument) {
  const std::string signed_xml =
      "<elmo xmlns='urn:e'><report/><ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/></elmo>";
  struct Row {
    const char* name;
    std::string bytes;
    Sealing sealing;
  };
  const std::vector<Row> rows = {
      {"signed XML", signed_xml, Sealing::kXmlSignature},
      {"signed XML in base64", base::Base64Encode(signed_xml), Sealing::kCannotTell},
      {"plain XML", "<elmo xmlns='urn:e'><report><Signature/></report><x>xmldsig#</x></elmo>", Sealing::kNotSealed},
      {"root only", "<elmo/>", Sealing::kNotSealed},
      {"broken XML", "<elmo><report></elmo>", Sealing::kCannotTell},
      {"general JWS", R"({"payload":"e30","signatures":[]})", Sealing::kJsonWebSignature},
      {"flattened JWS", R"({"payload":"e30","signature":"x"})", Sealing::kJsonWebSignature},
      {"compact JWS", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", Sealing::kToken},
      {"compact JWS whose header begins with a blank", "eyAiYWxnIjoiRVMyNTYifQ.e30.c2ln", Sealing::kToken},
      {"SD-JWT", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln~", Sealing::kSelectiveToken},
      {"W3C proof", R"({"type":["VerifiableCredential"],"proof":{}})", Sealing::kDataIntegrity},
      {"W3C proof inside", R"({"credential":{"proof":{}}})", Sealing::kDataIntegrity},
      {"plain JSON", "\xEF\xBB\xBF {\"payload\":1,\"credential\":{\"a\":{\"proof\":1}}}", Sealing::kNotSealed},
      {"list", "[1]", Sealing::kNotSealed},
      {"broken JSON", "{\"proof\":", Sealing::kCannotTell},
      {"text", "Ingrid has passed", Sealing::kCannotTell},
      {"nothing", "", Sealing::kCannotTell},
      {"zeros", std::string(64, '\0'), Sealing::kCannotTell},
  };
  for (const Row& row : rows) EXPECT_EQ(FindSeal(row.bytes), row.sealing) << row.name;
}

}  // namespace
}  // namespace passerelle::authenticity
