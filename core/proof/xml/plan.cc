#include "core/proof/xml/plan.h"

#include <libxml/valid.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"

namespace passerelle::proof {
namespace {

using base::Reason;

constexpr absl::string_view kExclusiveC14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
// Elements that hold signatures of their own, which are judged apart.
constexpr absl::string_view kCounterSignature = "CounterSignature";
// The end of the Type of a reference to SignedProperties, whatever the version of XAdES.
constexpr absl::string_view kSignedPropertiesType = "#SignedProperties";

bool IsId(const xmlAttr* attribute) {
  return absl::EqualsIgnoreCase(reinterpret_cast<const char*>(attribute->name), "id");
}

// Characters of ids in real documents. The engine puts the id into an XPointer expression, where others had a meaning.
bool IsPlainId(absl::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || c == ':';
  });
}

bool PointsToProperties(const xmlNode* reference) {
  return absl::EndsWith(XmlAttributeOf(reference, "Type").value_or(""), kSignedPropertiesType);
}

// Collects what a plan needs; one method per rule.
class Planner {
 public:
  explicit Planner(const XmlTree& tree) : tree_(tree) {}
  XmlSignaturePlan Plan();

 private:
  void Refuse(Reason reason, const xmlNode* node, absl::string_view detail) {
    plan_.findings.Refuse(reason, XmlPlace(node), detail);
  }
  // Refuses, and nothing will be evaluated.
  void Stop(Reason reason, const xmlNode* node, absl::string_view detail) {
    Refuse(reason, node, detail);
    plan_.evaluable = false;
  }

  bool FindSignature();
  void CheckDoctype();
  void CheckMarkup();
  void CheckParts();
  void CheckSignedInfo();
  const XmlAlgorithm* CheckAlgorithm(const xmlNode* element, std::initializer_list<XmlAlgorithmUse> uses);
  void CheckParameters(const xmlNode* element, const XmlAlgorithm& algorithm);
  void CheckXPath(const xmlNode* transform);
  void CheckReference(const xmlNode* reference);
  void CheckTransforms(const xmlNode* reference);
  void CheckText(const xmlNode* element);
  void CheckCoverage();
  void ResolveReference(const xmlNode* reference, absl::string_view id);

  const XmlTree& tree_;
  XmlSignaturePlan plan_;
  size_t nodes_ = 0;  // outside of the signature
};

bool Planner::FindSignature() {
  const std::vector<xmlNode*> signatures = XmlElementsBelow(tree_.root(), kXmlDsigNamespace, "Signature");
  if (signatures.empty()) {
    plan_.findings.Refuse(Reason::kXmlSignatureMissing, "document");
    plan_.evaluable = false;
    return false;
  }
  plan_.signature = signatures.front();
  const std::vector<xmlNode*> references =
      XmlElementsBelow(XmlChild(plan_.signature, kXmlDsigNamespace, "SignedInfo"), kXmlDsigNamespace, "Reference");
  plan_.xades = std::any_of(references.begin(), references.end(), PointsToProperties);
  if (plan_.signature == tree_.root()) {
    Stop(Reason::kXmlSignaturePosition, plan_.signature, "it is the root, so nothing stands around it");
  } else if (plan_.signature->parent != tree_.root()) {
    Refuse(Reason::kXmlSignaturePosition, plan_.signature, "it is no child of the root");
  }
  // Counter-signatures within the signature are judged apart; every other second signature is one too many.
  const std::vector<xmlNode*> own =
      XmlElementsBelow(plan_.signature, kXmlDsigNamespace, "Signature", plan_.xades ? kCounterSignature : "");
  const std::vector<xmlNode*> inside = XmlElementsBelow(plan_.signature, kXmlDsigNamespace, "Signature");
  if (own.size() > 1 || inside.size() < signatures.size()) {
    Refuse(Reason::kXmlSignatureSeveral, own.size() > 1 ? own[1] : signatures[inside.size()], "");
  } else if (inside.size() > 1) {
    plan_.findings.Note(Reason::kXmlSignatureSeveral, XmlPlace(inside[1]), "a counter-signature, which is not judged");
  }
  return true;
}

void Planner::CheckDoctype() {
  if (!tree_.has_doctype()) return;
  plan_.findings.Refuse(Reason::kXmlDoctype, "document");
  if (tree_.has_declarations()) plan_.evaluable = false;
}

// C14N without comments drops them before hashing, and a reader may end a text where one stood.
void Planner::CheckMarkup() {
  bool found = false;
  for (const xmlNode* node = tree_.root(); node != nullptr;) {
    if (!found && (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE)) {
      Refuse(Reason::kXmlMarkupInContent, node, "");
      found = true;
    }
    ++nodes_;
    node = XmlNext(node, tree_.root(), node != plan_.signature);
  }
}

void Planner::CheckParts() {
  const std::vector<xmlNode*> infos =
      XmlElementsBelow(plan_.signature, kXmlDsigNamespace, "SignedInfo", kCounterSignature);
  plan_.signed_info = XmlChild(plan_.signature, kXmlDsigNamespace, "SignedInfo");
  if (infos.size() > 1) Refuse(Reason::kXmlSignatureForm, infos[1], "there is more than one SignedInfo");
  if (plan_.signed_info == nullptr) {
    Stop(Reason::kXmlSignatureForm, plan_.signature, "there is no SignedInfo");
    return;
  }
  const std::vector<xmlNode*> values = XmlChildren(plan_.signature, kXmlDsigNamespace, "SignatureValue");
  if (values.size() != 1) {
    Stop(Reason::kXmlSignatureForm, plan_.signature, "there is not exactly one SignatureValue");
  } else {
    CheckText(values.front());
  }
  for (const absl::string_view refused : {"Manifest", "RetrievalMethod"}) {
    for (const xmlNode* found : XmlElementsBelow(plan_.signature, kXmlDsigNamespace, refused)) {
      Refuse(Reason::kXmlSignatureForm, found, absl::StrCat("a ", refused, " is not allowed"));
    }
  }
}

void Planner::CheckText(const xmlNode* element) {
  const std::optional<std::string> text = XmlOnlyText(element);
  if (!text) {
    Refuse(Reason::kXmlSignatureForm, element, absl::StrCat("there is markup inside of ", XmlNodeName(element)));
  } else if (!base::Base64Decode(*text).ok()) {
    Refuse(Reason::kXmlSignatureForm, element, absl::StrCat(XmlNodeName(element), " is no base64"));
  }
}

// The algorithm of an element when it is one of those that may be evaluated in this place; null otherwise.
const XmlAlgorithm* Planner::CheckAlgorithm(const xmlNode* element, std::initializer_list<XmlAlgorithmUse> uses) {
  const std::string uri = XmlAttributeOf(element, "Algorithm").value_or("");
  const XmlAlgorithm* algorithm = FindXmlAlgorithm(uri);
  const bool known = algorithm != nullptr && std::find(uses.begin(), uses.end(), algorithm->use) != uses.end();
  if (!known) {
    Stop(Reason::kAlgorithmNotAllowed, element, XmlNodeName(element));
    return nullptr;
  }
  if (algorithm->standing == XmlStanding::kEvaluatedOnly) {
    Refuse(Reason::kAlgorithmNotAllowed, element, XmlNodeName(element));
  } else if (algorithm->standing == XmlStanding::kLegacy) {
    plan_.findings.Legacy(Reason::kAlgorithmLegacy, XmlPlace(element), "SHA-1");
  }
  CheckParameters(element, *algorithm);
  return algorithm;
}

// Parameters could change what an algorithm does (HMACOutputLength, PSS parameters). Only Exclusive C14N has one that
// is needed: the prefixes that it treats inclusively.
void Planner::CheckParameters(const xmlNode* element, const XmlAlgorithm& algorithm) {
  if (algorithm.use == XmlAlgorithmUse::kXPath) {
    CheckXPath(element);
    return;
  }
  for (const xmlNode* child = element->children; child != nullptr; child = child->next) {
    if (child->type != XML_ELEMENT_NODE) continue;
    const bool prefixes =
        IsXmlElement(child, kExclusiveC14n, "InclusiveNamespaces") && absl::StartsWith(algorithm.uri, kExclusiveC14n);
    if (!prefixes) Stop(Reason::kXmlSignatureTransform, child, "a parameter is not allowed here");
  }
}

void Planner::CheckXPath(const xmlNode* transform) {
  const xmlNode* xpath = XmlChild(transform, kXmlDsigNamespace, "XPath");
  const std::optional<std::string> text = xpath == nullptr ? std::nullopt : XmlOnlyText(xpath);
  const absl::string_view expression = text ? absl::StripAsciiWhitespace(*text) : absl::string_view();
  const xmlNs* bound =
      xpath == nullptr ? nullptr : xmlSearchNs(tree_.document(), const_cast<xmlNode*>(xpath), BAD_CAST "ds");
  const bool ours =
      bound != nullptr && absl::string_view(reinterpret_cast<const char*>(bound->href)) == kXmlDsigNamespace;
  if (expression == kSignatureFilter && ours) return;
  Refuse(Reason::kXmlSignatureTransform, transform, "the XPath filter is not the one that is allowed");
  if (expression.empty() || !IsCheapXPath(expression) || nodes_ > base::kXPathNodesMax) plan_.evaluable = false;
}

void Planner::CheckSignedInfo() {
  const auto one = [this](absl::string_view local) {
    const std::vector<xmlNode*> found = XmlChildren(plan_.signed_info, kXmlDsigNamespace, local);
    if (found.size() == 1) return found.front();
    Stop(Reason::kXmlSignatureForm, plan_.signed_info, absl::StrCat("there is not exactly one ", local));
    return static_cast<xmlNode*>(nullptr);
  };
  if (const xmlNode* method = one("CanonicalizationMethod")) {
    CheckAlgorithm(method, {XmlAlgorithmUse::kCanonicalization});
  }
  if (const xmlNode* method = one("SignatureMethod")) {
    const XmlAlgorithm* algorithm = CheckAlgorithm(method, {XmlAlgorithmUse::kSignature});
    if (algorithm != nullptr) plan_.family = algorithm->family;
  }
  plan_.references = XmlChildren(plan_.signed_info, kXmlDsigNamespace, "Reference");
  if (plan_.references.empty() || plan_.references.size() > base::kXmlReferencesMax) {
    Stop(Reason::kXmlSignatureCoverage, plan_.signed_info,
         plan_.references.empty() ? "there is no Reference" : "there are too many References");
    return;
  }
  for (const xmlNode* reference : plan_.references) CheckReference(reference);
}

void Planner::CheckReference(const xmlNode* reference) {
  const xmlNode* method = XmlChild(reference, kXmlDsigNamespace, "DigestMethod");
  const std::vector<xmlNode*> values = XmlChildren(reference, kXmlDsigNamespace, "DigestValue");
  if (method == nullptr || values.size() != 1) {
    Stop(Reason::kXmlSignatureForm, reference, "a Reference has not one DigestMethod and one DigestValue");
    return;
  }
  CheckAlgorithm(method, {XmlAlgorithmUse::kDigest});
  CheckText(values.front());
  CheckTransforms(reference);
  const std::optional<std::string> uri = XmlAttributeOf(reference, "URI");
  if (!uri) {
    Stop(Reason::kXmlSignatureCoverage, reference, "a Reference has no URI");
  } else if (absl::StartsWith(*uri, "#")) {
    ResolveReference(reference, absl::string_view(*uri).substr(1));
  } else if (!uri->empty()) {
    Stop(Reason::kXmlSignatureCoverage, reference, "a Reference points outside of the document");
  }
}

// What selects nodes comes first, and one canonicalization may come last: everything else would have to parse what
// was canonicalized a second time.
void Planner::CheckTransforms(const xmlNode* reference) {
  const std::vector<xmlNode*> lists = XmlChildren(reference, kXmlDsigNamespace, "Transforms");
  if (lists.empty()) return;
  const std::vector<xmlNode*> transforms = XmlChildren(lists.front(), kXmlDsigNamespace, "Transform");
  if (lists.size() > 1 || transforms.size() > base::kXmlTransformsMax) {
    Stop(Reason::kXmlSignatureTransform, lists.back(), "there are too many transforms");
    return;
  }
  bool canonicalized = false;
  for (const xmlNode* transform : transforms) {
    if (canonicalized) Stop(Reason::kXmlSignatureTransform, transform, "a transform follows the canonicalization");
    const XmlAlgorithm* algorithm = CheckAlgorithm(
        transform, {XmlAlgorithmUse::kCanonicalization, XmlAlgorithmUse::kEnveloped, XmlAlgorithmUse::kXPath});
    canonicalized = algorithm != nullptr && algorithm->use == XmlAlgorithmUse::kCanonicalization;
  }
}

// Registers the only element with the id, so that the reference can point to nothing else.
void Planner::ResolveReference(const xmlNode* reference, absl::string_view id) {
  std::vector<std::pair<xmlNode*, xmlAttr*>> bearers;
  for (xmlNode* node = tree_.root(); node != nullptr; node = XmlNext(node, tree_.root())) {
    if (node->type != XML_ELEMENT_NODE) continue;
    for (xmlAttr* attribute = node->properties; attribute != nullptr; attribute = attribute->next) {
      if (!IsId(attribute) || attribute->children == nullptr || attribute->children->content == nullptr) continue;
      if (id == reinterpret_cast<const char*>(attribute->children->content)) bearers.emplace_back(node, attribute);
    }
  }
  if (bearers.size() != 1 || !IsPlainId(id)) {
    Stop(Reason::kXmlSignatureCoverage, reference,
         bearers.size() > 1 ? "several elements have the Id of a Reference" : "no element has the Id of a Reference");
    return;
  }
  const auto [element, attribute] = bearers.front();
  if (attribute->atype != XML_ATTRIBUTE_ID) {
    xmlAddID(nullptr, tree_.document(), attribute->children->content, attribute);
  }
  const bool properties = XmlNodeName(element) == "SignedProperties" && element->parent != nullptr &&
                          element->parent->parent != nullptr && element->parent->parent->parent == plan_.signature;
  if (properties && PointsToProperties(reference)) plan_.signed_properties = element;
}

void Planner::CheckCoverage() {
  size_t whole = 0;
  for (size_t i = 0; i < plan_.references.size(); ++i) {
    if (XmlAttributeOf(plan_.references[i], "URI") != "") continue;
    plan_.document_reference = i;
    ++whole;
  }
  const size_t expected = plan_.xades ? 2 : 1;
  if (whole != 1 || plan_.references.size() != expected) {
    Refuse(Reason::kXmlSignatureCoverage, plan_.signed_info,
           absl::StrCat("the document as a whole is signed ", whole, " times, with ", plan_.references.size(),
                        " References"));
  }
  if (plan_.xades && plan_.signed_properties == nullptr) {
    Refuse(Reason::kXmlSignatureCoverage, plan_.signed_info, "the SignedProperties are not those of this signature");
  }
}

XmlSignaturePlan Planner::Plan() {
  CheckDoctype();
  if (!FindSignature()) return std::move(plan_);
  CheckMarkup();
  CheckParts();
  if (plan_.signed_info == nullptr) return std::move(plan_);
  CheckSignedInfo();
  CheckCoverage();
  return std::move(plan_);
}

}  // namespace

XmlSignaturePlan PlanXmlSignature(const XmlTree& tree) { return Planner(tree).Plan(); }

}  // namespace passerelle::proof
