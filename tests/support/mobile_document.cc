#include "tests/support/mobile_document.h"

#include "absl/strings/string_view.h"
#include "core/base/cbor.h"
#include "core/base/digest.h"

namespace passerelle::testing {
namespace {

using base::CborWriter;

// #6.24(bstr .cbor item)
std::string Encoded(absl::string_view item) {
  std::string out;
  CborWriter cbor(out);
  cbor.Tag(24);
  cbor.Bytes(item);
  return out;
}

std::string ItemBytes(const MobileElement& element) {
  std::string item;
  CborWriter cbor(item);
  cbor.Map(4);
  cbor.Text("digestID");
  cbor.Int(element.digest_id);
  cbor.Text("random");
  cbor.Bytes(element.random);
  cbor.Text("elementIdentifier");
  cbor.Text(element.identifier);
  cbor.Text("elementValue");
  cbor.Text(element.value);
  return Encoded(item);
}

void WriteMoment(CborWriter& cbor, absl::string_view name, absl::string_view time) {
  cbor.Text(name);
  cbor.Tag(0);
  cbor.Text(time);
}

std::string SecurityObject(const MobilePlan& plan) {
  std::string object;
  CborWriter cbor(object);
  cbor.Map(plan.status_list.empty() ? 6 : 7);
  cbor.Text("version");
  cbor.Text(plan.version);
  cbor.Text("digestAlgorithm");
  cbor.Text(plan.digest_algorithm);
  cbor.Text("valueDigests");
  cbor.Map(1);
  cbor.Text(kMobileSpace);
  cbor.Map(plan.elements.size());
  for (const MobileElement& element : plan.elements) {
    cbor.Int(element.digest_id);
    cbor.Bytes(base::Digest(base::HashAlgorithm::kSha256, ItemBytes(element)));
  }
  cbor.Text("deviceKeyInfo");
  cbor.Map(1);
  cbor.Text("deviceKey");
  cbor.Map(1);
  cbor.Int(1);
  cbor.Int(2);
  cbor.Text("docType");
  cbor.Text(kMobileType);
  cbor.Text("validityInfo");
  cbor.Map(3);
  WriteMoment(cbor, "signed", plan.signed_at);
  WriteMoment(cbor, "validFrom", plan.valid_from);
  WriteMoment(cbor, "validUntil", plan.valid_until);
  if (!plan.status_list.empty()) {
    cbor.Text("status");
    cbor.Map(1);
    cbor.Text("status_list");
    cbor.Map(2);
    cbor.Text("idx");
    cbor.Unsigned(0);
    cbor.Text("uri");
    cbor.Text(plan.status_list);
  }
  return Encoded(object);
}

}  // namespace

std::string MobileDocument(const MobilePlan& plan, const TestIdentity& signer) {
  const std::string object = SecurityObject(plan);
  std::string input;
  CborWriter to_sign(input);
  to_sign.Array(4);
  to_sign.Text("Signature1");
  to_sign.Bytes("\xa1\x01\x26");
  to_sign.Bytes("");
  to_sign.Bytes(object);
  std::string out;
  CborWriter cbor(out);
  cbor.Map(2);
  cbor.Text("nameSpaces");
  cbor.Map(1);
  cbor.Text(kMobileSpace);
  const std::vector<MobileElement>& sent = plan.sent.empty() ? plan.elements : plan.sent;
  cbor.Array(sent.size());
  for (const MobileElement& element : sent) cbor.Raw(ItemBytes(element));
  cbor.Text("issuerAuth");
  cbor.Array(4);
  cbor.Bytes("\xa1\x01\x26");
  cbor.Map(1);
  cbor.Int(33);
  cbor.Bytes(signer.der());
  cbor.Bytes(object);
  cbor.Bytes(signer.signer().Sign(input));
  return out;
}

}  // namespace passerelle::testing
