#include "core/trust/trusted_list.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"
#include "core/proof/public_key.h"
#include "core/proof/xml/xades.h"

namespace passerelle::trust {
namespace {

using pugi::xml_node;

constexpr absl::string_view kNamespace = "http://uri.etsi.org/02231/v2#";
constexpr absl::string_view kListOfLists = "EUlistofthelists";

absl::Status UnusableList(absl::string_view place, absl::string_view detail) {
  return base::Problem(base::Reason::kTrustedListUnusable, place, detail);
}

// By local name: extensions mix several namespaces.
xml_node Child(const xml_node& parent, absl::string_view local) {
  for (const xml_node& child : parent.children()) {
    if (base::XmlLocalName(child) == local) return child;
  }
  return {};
}

xml_node Descend(xml_node node, std::initializer_list<absl::string_view> path) {
  for (const absl::string_view local : path) node = Child(node, local);
  return node;
}

template <typename Visit>
void ForEachElement(const xml_node& parent, absl::string_view local, Visit visit) {
  for (const xml_node& child : parent.children()) {
    if (base::XmlLocalName(child) == local) visit(child);
  }
}

std::string Text(const xml_node& node) { return node ? base::XmlText(node) : ""; }

// The last part of a URI, "granted".
std::string LastPart(const std::string& uri) { return uri.substr(uri.find_last_of("/#") + 1); }

std::vector<std::string> Certificates(const xml_node& identity) {
  std::vector<std::string> found;
  ForEachElement(identity, "DigitalId", [&](const xml_node& id) {
    const auto der = base::Base64Decode(Text(Child(id, "X509Certificate")));
    if (der.ok() && !der->empty()) found.push_back(*der);
  });
  return found;
}

v1::ServiceKind KindOf(const std::string& type) {
  if (absl::EndsWith(type, "/Svctype/CA/QC")) return v1::SERVICE_KIND_CA_QC;
  if (absl::EndsWith(type, "/Svctype/TSA/QTST")) return v1::SERVICE_KIND_TSA_QTST;
  if (absl::EndsWith(type, "/Svctype/TSA") || absl::EndsWith(type, "/Svctype/TSA/TSS-QC")) return v1::SERVICE_KIND_TSA;
  return v1::SERVICE_KIND_UNSPECIFIED;
}

// TS 119 612, 5.5.4, and the words that were used before July 2016.
bool IsGranted(const std::string& status) {
  static constexpr absl::string_view kGranted[] = {"granted", "recognisedatnationallevel", "undersupervision",
                                                   "supervisionincessation", "accredited"};
  const std::string word = LastPart(status);
  return std::find(std::begin(kGranted), std::end(kGranted), word) != std::end(kGranted);
}

struct Status {
  absl::Time from;
  bool granted;
};

// The periods of granted status; each status lasts until the next one begins.
void AddPeriods(std::vector<Status> history, v1::ServiceCertificate* service) {
  std::sort(history.begin(), history.end(), [](const Status& a, const Status& b) { return a.from < b.from; });
  for (size_t i = 0; i < history.size(); ++i) {
    if (!history[i].granted) continue;
    size_t end = i + 1;
    while (end < history.size() && history[end].granted) ++end;
    v1::Period* period = service->add_granted();
    *period->mutable_from() = base::ToProto(history[i].from);
    if (end < history.size()) *period->mutable_to() = base::ToProto(history[end].from - absl::Seconds(1));
    i = end;
  }
}

std::optional<Status> StatusOf(const xml_node& information) {
  const std::optional<absl::Time> from = base::ParseDateTime(Text(Child(information, "StatusStartingTime")));
  if (!from) return std::nullopt;
  return Status{*from, IsGranted(Text(Child(information, "ServiceStatus")))};
}

// Reads one list out of its verified content.
class Reader {
 public:
  Reader(const base::XmlDocument& document, TrustedList& list) : document_(document), list_(list) {}

  absl::Status Read() {
    const xml_node root = document_.Root();
    if (base::XmlLocalName(root) != "TrustServiceStatusList" || document_.Namespace(root) != kNamespace) {
      return UnusableList("/", "it is no trusted list");
    }
    RETURN_IF_ERROR(ReadScheme(Child(root, "SchemeInformation")));
    const xml_node providers = Child(root, "TrustServiceProviderList");
    for (const xml_node& provider : providers.children()) {
      if (base::XmlLocalName(provider) != "TrustServiceProvider") continue;
      if (!Child(provider, "TSPInformation")) return Missing(provider, "TSPInformation");
      const xml_node services = Child(provider, "TSPServices");
      if (!services) return Missing(provider, "TSPServices");
      for (const xml_node& service : services.children()) {
        if (base::XmlLocalName(service) == "TSPService") RETURN_IF_ERROR(ReadService(service));
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Missing(const xml_node& node, absl::string_view what) const {
    return UnusableList(document_.Path(node), absl::StrCat("there is no ", what));
  }

  absl::Status ReadScheme(const xml_node& scheme) {
    if (!scheme) return UnusableList("/", "there is no SchemeInformation");
    list_.territory = Text(Child(scheme, "SchemeTerritory"));
    list_.list_of_lists = absl::EndsWith(Text(Child(scheme, "TSLType")), kListOfLists);
    const std::optional<absl::Time> issued = base::ParseDateTime(Text(Child(scheme, "ListIssueDateTime")));
    if (!issued || list_.territory.empty() ||
        !absl::SimpleAtoi(Text(Child(scheme, "TSLSequenceNumber")), &list_.sequence_number)) {
      return UnusableList(document_.Path(scheme), "territory, sequence number or date of issue are missing");
    }
    list_.issue_time = *issued;
    const xml_node next = Child(scheme, "NextUpdate");
    if (!next) return Missing(scheme, "NextUpdate");
    const std::string date = Text(Child(next, "dateTime"));
    list_.next_update = base::ParseDateTime(date);
    if (!date.empty() && !list_.next_update) return UnusableList(document_.Path(next), "it is no date");
    ForEachElement(Child(scheme, "SchemeInformationURI"), "URI",
                   [&](const xml_node& uri) { list_.information.push_back(Text(uri)); });
    ForEachElement(Child(scheme, "PointersToOtherTSL"), "OtherTSLPointer",
                   [&](const xml_node& pointer) { ReadPointer(pointer); });
    return absl::OkStatus();
  }

  void ReadPointer(const xml_node& node) {
    ListPointer pointer;
    pointer.location = Text(Child(node, "TSLLocation"));
    ForEachElement(Child(node, "ServiceDigitalIdentities"), "ServiceDigitalIdentity", [&](const xml_node& identity) {
      for (std::string& certificate : Certificates(identity)) pointer.certificates.push_back(std::move(certificate));
    });
    bool xml = true;
    ForEachElement(Child(node, "AdditionalInformation"), "OtherInformation", [&](const xml_node& other) {
      const xml_node territory = Child(other, "SchemeTerritory");
      if (territory) pointer.territory = Text(territory);
      if (absl::EndsWith(Text(Child(other, "TSLType")), kListOfLists)) pointer.list_of_lists = true;
      // The lists are published a second time for people to read.
      const std::string type = Text(Child(other, "MimeType"));
      if (!type.empty() && !absl::StrContains(type, "xml")) xml = false;
    });
    if (xml && !pointer.location.empty()) list_.pointers.push_back(std::move(pointer));
  }

  absl::Status ReadService(const xml_node& service) {
    const xml_node information = Child(service, "ServiceInformation");
    if (!information) return Missing(service, "ServiceInformation");
    v1::ServiceCertificate read;
    read.set_kind(KindOf(Text(Child(information, "ServiceTypeIdentifier"))));
    if (read.kind() == v1::SERVICE_KIND_UNSPECIFIED) return absl::OkStatus();
    std::vector<Status> history;
    const std::optional<Status> present = StatusOf(information);
    if (!present) return Missing(information, "StatusStartingTime");
    history.push_back(*present);
    ForEachElement(Child(service, "ServiceHistory"), "ServiceHistoryInstance", [&](const xml_node& instance) {
      const std::optional<Status> past = StatusOf(instance);
      if (past) history.push_back(*past);
    });
    AddPeriods(std::move(history), &read);
    AddUses(information, &read);
    read.set_territory(list_.territory);
    read.set_list_sha256(list_.sha256);
    for (const std::string& certificate : Certificates(Child(information, "ServiceDigitalIdentity"))) {
      if (!proof::PublicKey::FromCertificate(certificate).ok()) continue;
      read.set_certificate(certificate);
      list_.services.push_back(read);
    }
    return absl::OkStatus();
  }

  // TS 119 612, 5.5.9.4.
  static void AddUses(const xml_node& information, v1::ServiceCertificate* service) {
    ForEachElement(Child(information, "ServiceInformationExtensions"), "Extension", [&](const xml_node& extension) {
      const std::string use = LastPart(Text(Descend(extension, {"AdditionalServiceInformation", "URI"})));
      if (use == "ForeSeals") service->add_uses("seals");
      if (use == "ForeSignatures") service->add_uses("signatures");
      if (use == "ForWebSiteAuthentication") service->add_uses("web");
    });
  }

  const base::XmlDocument& document_;
  TrustedList& list_;
};

}  // namespace

absl::StatusOr<TrustedList> OpenTrustedList(absl::string_view bytes, absl::Span<const std::string> signers) {
  const proof::XadesVerification seen = proof::VerifyXades(bytes);
  for (const proof::Finding& finding : seen.signature.findings.list()) {
    // The signer is compared with the pinned certificates below, so the digest that names it decides nothing.
    if (finding.weight == proof::Weight::kNote || finding.detail == proof::kSha1OfCertificate) continue;
    return UnusableList(finding.place, absl::StrCat(base::Catalogue(finding.reason).name, " ", finding.detail));
  }
  if (!seen.signature.accepted()) return UnusableList("signature", "it does not verify");
  if (std::find(signers.begin(), signers.end(), seen.certificate) == signers.end()) {
    return UnusableList("signature", "it is signed by nobody who is named for this list");
  }
  ASSIGN_OR_RETURN(const base::XmlDocument document, base::ReadXml(seen.signature.content));
  TrustedList list;
  list.sha256 = base::Sha256Hex(bytes);
  list.signer = seen.certificate;
  RETURN_IF_ERROR(Reader(document, list).Read());
  return list;
}

absl::StatusOr<TrustedList> OpenListOfLists(absl::string_view bytes, absl::Span<const std::string> pivots,
                                            absl::Span<const std::string> official_journal) {
  std::vector<std::string> signers(official_journal.begin(), official_journal.end());
  absl::StatusOr<TrustedList> list = OpenTrustedList(bytes, signers);
  for (size_t i = 0; !list.ok() && i < pivots.size(); ++i) {
    const absl::StatusOr<TrustedList> pivot = OpenTrustedList(pivots[i], signers);
    if (!pivot.ok()) {
      return UnusableList(absl::StrCat("pivot ", i + 1, " ", base::PlaceOf(pivot.status())),
                          base::DetailOf(pivot.status()));
    }
    signers.clear();
    for (const ListPointer& pointer : pivot->pointers) {
      if (pointer.list_of_lists)
        signers.insert(signers.end(), pointer.certificates.begin(), pointer.certificates.end());
    }
    list = OpenTrustedList(bytes, signers);
  }
  if (list.ok() && !list->list_of_lists) return UnusableList("/", "it is no list of the lists");
  return list;
}

}  // namespace passerelle::trust
