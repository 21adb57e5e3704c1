#include "core/elm/constraints_context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace passerelle::elm {
namespace {

constexpr absl::string_view kCredentialsV1 = "https://www.w3.org/2018/credentials/v1";
constexpr absl::string_view kCredentialsV2 = "https://www.w3.org/ns/credentials/v2";
constexpr absl::string_view kEdc[] = {
    "http://data.europa.eu/snb/model/context/edc-ap",
    "https://data.europa.eu/snb/model/context/edc-ap",
    "http://data.europa.eu/snb/model/context/edc-ap.jsonld",
};

bool IsEdc(absl::string_view context) { return std::find(std::begin(kEdc), std::end(kEdc), context) != std::end(kEdc); }

void CheckContexts(const v3::EuropeanDigitalCredential& credential, std::vector<Finding>& findings) {
  if (credential.context_size() == 0) {
    findings.push_back({"", "jsonld.context", "@context is missing, so that no member has a meaning"});
    return;
  }
  bool v1 = false;
  bool edc = false;
  for (int i = 0; i < credential.context_size(); ++i) {
    const std::string& context = credential.context(i);
    const std::string pointer = credential.context_size() > 1 ? absl::StrCat("/@context/", i) : "/@context";
    v1 = v1 || context == kCredentialsV1;
    edc = edc || IsEdc(context);
    if (context == kCredentialsV2) {
      findings.push_back({pointer, "jsonld.context",
                          "the context of version 2 of the credential model protects terms that the European model "
                          "defines anew; the European model is written in version 1"});
    } else if (context != kCredentialsV1 && !IsEdc(context)) {
      findings.push_back({pointer, "jsonld.context", "not a context that is known here; contexts are never fetched"});
    }
  }
  if (!v1 || !edc) {
    findings.push_back(
        {"/@context", "jsonld.context", absl::StrCat("the context ", v1 ? kEdc[0] : kCredentialsV1, " is missing")});
  }
}

}  // namespace

std::vector<Finding> CheckContext(const v3::EuropeanDigitalCredential& credential) {
  std::vector<Finding> findings;
  CheckContexts(credential, findings);
  for (absl::string_view type : {"VerifiableCredential", "EuropeanDigitalCredential"}) {
    if (std::find(credential.type().begin(), credential.type().end(), type) == credential.type().end()) {
      findings.push_back({"/type", "jsonld.type", absl::StrCat("the type ", type, " is missing")});
    }
  }
  return findings;
}

bool IsContextFault(absl::string_view term) { return term == "dateModified" || term == "descriptionHtml"; }

}  // namespace passerelle::elm
