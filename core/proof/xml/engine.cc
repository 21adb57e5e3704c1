#include "core/proof/xml/engine.h"

#include <libxml/parser.h>
#include <xmlsec/buffer.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

#include <memory>

#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

struct FreeXmlsec {
  void operator()(xmlSecKey* key) const { xmlSecKeyDestroy(key); }
  void operator()(xmlSecDSigCtx* context) const { xmlSecDSigCtxDestroy(context); }
};
template <typename T>
using OwnedXmlsec = std::unique_ptr<T, FreeXmlsec>;

// The library would print what it has to say.
void IgnoreError(const char* /*file*/, int /*line*/, const char* /*function*/, const char* /*object*/,
                 const char* /*subject*/, int /*reason*/, const char* /*message*/) {}

bool SetUp() {
  xmlInitParser();
  if (xmlSecInit() < 0 || xmlSecOpenSSLInit() < 0) return false;
  xmlSecErrorsSetCallback(IgnoreError);
  xmlSecIOCleanupCallbacks();
  return true;
}

// libxml2 prints what it finds wrong with an XPath expression, unless the thread says otherwise.
class QuietXPath {
 public:
  QuietXPath() : function_(xmlStructuredError), data_(xmlStructuredErrorContext) {
    xmlSetStructuredErrorFunc(nullptr, [](void* /*data*/, xmlError* /*error*/) {});
  }
  ~QuietXPath() { xmlSetStructuredErrorFunc(data_, function_); }
  QuietXPath(const QuietXPath&) = delete;
  QuietXPath& operator=(const QuietXPath&) = delete;

 private:
  xmlStructuredErrorFunc function_;
  void* data_;
};

// A key of xmlsec that shares ours.
OwnedXmlsec<xmlSecKey> MakeKey(const PublicKey& key) {
  OwnedXmlsec<xmlSecKey> made(xmlSecKeyCreate());
  if (made == nullptr || EVP_PKEY_up_ref(key.openssl()) != 1) return nullptr;
  xmlSecKeyData* data = xmlSecOpenSSLEvpKeyAdopt(key.openssl());
  if (data == nullptr) {
    EVP_PKEY_free(key.openssl());
    return nullptr;
  }
  if (xmlSecKeySetValue(made.get(), data) < 0) {
    xmlSecKeyDataDestroy(data);
    return nullptr;
  }
  return made;
}

bool FitsFamily(const PublicKey& key, XmlKeyFamily family) {
  switch (family) {
    case XmlKeyFamily::kRsa:
      return key.curve() == Curve::kNone;
    case XmlKeyFamily::kEcdsa:
      return key.curve() == Curve::kP256 || key.curve() == Curve::kP384 || key.curve() == Curve::kP521;
    case XmlKeyFamily::kNone:
      return false;
  }
  return false;
}

}  // namespace

bool SetUpXmlEngine() {
  static const bool ready = SetUp();
  return ready;
}

XmlEngineAnswer EvaluateXmlSignature(const XmlSignaturePlan& plan, const PublicKey& key) {
  XmlEngineAnswer answer;
  if (!SetUpXmlEngine() || !plan.evaluable || !FitsFamily(key, plan.family)) return answer;
  const ErrorScope errors;
  const QuietXPath quiet;
  const OwnedXmlsec<xmlSecDSigCtx> context(xmlSecDSigCtxCreate(nullptr));
  OwnedXmlsec<xmlSecKey> xmlsec_key = MakeKey(key);
  if (context == nullptr || xmlsec_key == nullptr) return answer;
  context->signKey = xmlsec_key.release();  // the context owns it
  context->enabledReferenceUris = xmlSecTransformUriTypeEmpty | xmlSecTransformUriTypeSameDocument;
  context->flags = XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES | XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS;
  if (xmlSecDSigCtxVerify(context.get(), plan.signature) < 0 || context->status != xmlSecDSigStatusSucceeded) {
    return answer;
  }
  xmlSecPtrList* references = &context->signedInfoReferences;
  if (xmlSecPtrListGetSize(references) != plan.references.size()) return answer;
  for (size_t i = 0; i < plan.references.size(); ++i) {
    auto* reference =
        static_cast<xmlSecDSigReferenceCtx*>(xmlSecPtrListGetItem(references, static_cast<xmlSecSize>(i)));
    xmlSecBuffer* digested = reference == nullptr ? nullptr : xmlSecDSigReferenceCtxGetPreDigestBuffer(reference);
    if (digested == nullptr || reference->status != xmlSecDSigStatusSucceeded) return {};
    answer.digested.emplace_back(reinterpret_cast<const char*>(xmlSecBufferGetData(digested)),
                                 xmlSecBufferGetSize(digested));
  }
  answer.verified = true;
  return answer;
}

}  // namespace passerelle::proof
