#include "gateway/cli/trust_commands.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/message_diff.h"
#include "core/base/one_line.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/trust/accreditation.h"
#include "core/trust/accreditation_import.h"
#include "core/trust/signed_bundle.h"
#include "core/trust/trusted_list.h"
#include "gateway/cli/changes.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"
#include "passerelle/recognition/v1/register_facts.pb.h"

namespace passerelle::gateway {
namespace {

namespace trust_v1 = trust::v1;

using base::OneLine;

absl::StatusOr<trust_v1::TrustRoot> MakeRoot(const TrustRootRequest& request) {
  trust_v1::TrustRoot root;
  for (const std::string& file : request.keys) {
    ASSIGN_OR_RETURN(const std::string pem, ReadInput(file, base::kKeyBytesMax));
    ASSIGN_OR_RETURN(const proof::PublicKey key, proof::PublicKey::FromPem(pem));
    root.add_jwks(key.jwk());
  }
  root.set_threshold(request.threshold);
  root.set_anchor_threshold(request.anchor_threshold);
  RETURN_IF_ERROR(trust::TrustSigners::Make(root).status());
  return root;
}

absl::Status Build(const TrustBuildRequest& request) {
  trust_v1::TrustBundle bundle;
  ASSIGN_OR_RETURN(const std::string yaml, ReadInput(request.anchors, base::kTrustBundleBytesMax));
  RETURN_IF_ERROR(ReadYaml(yaml, request.anchors, &bundle));
  if (!bundle.has_issue_time()) *bundle.mutable_issue_time() = base::ToProto(request.now);
  if (!bundle.has_expire_time()) {
    const absl::Time end = base::FromProto(bundle.issue_time()) + base::kTrustBundleLife;
    *bundle.mutable_expire_time() = base::ToProto(end);
  }
  RETURN_IF_ERROR(trust::AccreditationIndex::Make(bundle.accreditation()).status());
  ASSIGN_OR_RETURN(const proof::SigningKey key, LoadMessageKey(request.key));
  ASSIGN_OR_RETURN(const std::string file, trust::SignTrustBundle(bundle, key));
  return WriteResult(request.out, file);
}

absl::Status Sign(const std::string& bundle, const std::string& key_file) {
  ASSIGN_OR_RETURN(const std::string before, ReadInput(bundle, base::kTrustBundleBytesMax));
  ASSIGN_OR_RETURN(const proof::SigningKey key, LoadMessageKey(key_file));
  ASSIGN_OR_RETURN(const std::string after, trust::AddTrustSignature(before, key));
  return WriteResult(bundle, after);
}

void Show(const trust::ReadBundle& read, const Console& console) {
  const trust_v1::TrustBundle& bundle = read.bundle->message();
  console.out << "federation       " << OneLine(bundle.federation()) << "\n"
              << "version          " << bundle.version() << "\n"
              << "issued           " << base::WriteDateTime(base::FromProto(bundle.issue_time())) << "\n"
              << "expires          " << base::WriteDateTime(read.bundle->expire_time()) << "\n";
  const std::pair<absl::string_view, int> counts[] = {
      {"trust services   ", bundle.service_certificates_size()},
      {"providers        ", bundle.provider_keys_size()},
      {"identifiers      ", bundle.did_keys_size()},
      {"EBSI issuers     ", bundle.ebsi_issuers_size()},
      {"status lists     ", bundle.status_lists_size()},
      {"issuer bindings  ", bundle.issuer_bindings_size()},
      {"quality reports  ", bundle.accreditation().reports_size()},
  };
  for (const auto& [name, count] : counts) console.out << name << count << "\n";
  for (const std::string& signer : read.signers) console.out << "signed by        " << OneLine(signer) << "\n";
}

absl::Status Check(const TrustCheckRequest& request, const Console& console) {
  trust_v1::TrustRoot root;
  RETURN_IF_ERROR(ReadYamlFile(request.root, &root));
  ASSIGN_OR_RETURN(const trust::TrustSigners signers, trust::TrustSigners::Make(root));
  trust::OpenRequest open;
  open.now = request.at;
  trust::ReadBundle present;
  if (!request.present.empty()) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadInput(request.present, base::kTrustBundleBytesMax));
    ASSIGN_OR_RETURN(present, trust::ReadTrustBundle(bytes));
    open.present = present.bundle.get();
    open.version_seen = present.bundle->message().version();
  }
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(request.bundle, base::kTrustBundleBytesMax));
  ASSIGN_OR_RETURN(const trust::OpenedBundle opened, trust::OpenTrustBundle(bytes, signers, open));
  console.out << "version " << opened.bundle->message().version() << " is good until "
              << base::WriteDateTime(opened.bundle->expire_time()) << "; " << opened.signers.size()
              << " signatures of the root" << (opened.changes_anchors ? ", anchors change" : ", anchors stay") << "\n";
  if (opened.bundle->ExpiresSoon(request.at)) {
    const base::CatalogueEntry& warning = base::Catalogue(base::Reason::kTrustBundleExpires);
    console.err << warning.name << ": " << warning.meaning << " " << warning.remedy << "\n";
  }
  return absl::OkStatus();
}

absl::Status Import(const std::string& format, const std::string& file, const Console& console) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(file, base::kTrustBundleBytesMax));
  trust_v1::TrustBundle part;
  ASSIGN_OR_RETURN(*part.mutable_accreditation(),
                   format == "deqar" ? trust::ReadDeqar(bytes) : trust::ReadElmAccreditations(bytes));
  RETURN_IF_ERROR(trust::AccreditationIndex::Make(part.accreditation()).status());
  console.out << WriteYaml(part);
  return absl::OkStatus();
}

// Both as YAML of one message.
template <typename Snapshot>
absl::Status ReadBoth(const TrustDiffRequest& request, Snapshot* before, Snapshot* after) {
  ASSIGN_OR_RETURN(const std::string first, ReadInput(request.before, base::kTrustBundleBytesMax));
  RETURN_IF_ERROR(ReadYaml(first, request.before, before));
  ASSIGN_OR_RETURN(const std::string second, ReadInput(request.after, base::kTrustBundleBytesMax));
  return ReadYaml(second, request.after, after);
}

absl::Status Diff(const TrustDiffRequest& request, const Console& console) {
  if (request.register_facts) {
    recognition::v1::RegisterFacts before;
    recognition::v1::RegisterFacts after;
    RETURN_IF_ERROR(ReadBoth(request, &before, &after));
    PrintChanges(base::CompareSnapshots(before, after, {{"providers", "entry"}, {"qualifications", "entry"}}), console);
    return absl::OkStatus();
  }
  trust_v1::TrustBundle before;
  trust_v1::TrustBundle after;
  RETURN_IF_ERROR(ReadBoth(request, &before, &after));
  PrintChanges(
      base::CompareSnapshots(before.accreditation(), after.accreditation(), {{"providers", "id"}, {"reports", "id"}}),
      console);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadAll(const std::vector<std::string>& files, size_t bytes_max) {
  std::vector<std::string> contents;
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(std::string bytes, ReadInput(file, bytes_max));
    contents.push_back(std::move(bytes));
  }
  return contents;
}

void ShowPointers(const trust::TrustedList& list, const Console& console) {
  for (const trust::ListPointer& pointer : list.pointers) {
    console.out << OneLine(absl::StrCat(pointer.territory, "  ", pointer.location)) << "\n";
    for (const std::string& certificate : pointer.certificates) {
      console.out << "    signed by " << base::Sha256Hex(certificate) << "\n";
    }
  }
}

absl::Status List(const TrustListRequest& request, const Console& console) {
  ASSIGN_OR_RETURN(const std::vector<std::string> pems, ReadAll(request.signers, base::kKeyBytesMax));
  std::vector<std::string> signers;
  for (const std::string& pem : pems) {
    ASSIGN_OR_RETURN(std::string der, CertificateDer(pem));
    signers.push_back(std::move(der));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> pivots, ReadAll(request.pivots, base::kDocumentBytesMax));
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(request.list, base::kDocumentBytesMax));
  absl::StatusOr<trust::TrustedList> list = trust::OpenTrustedList(bytes, signers);
  if (!list.ok() && !pivots.empty()) list = trust::OpenListOfLists(bytes, pivots, signers);
  RETURN_IF_ERROR(list.status());
  if (list->list_of_lists) {
    ShowPointers(*list, console);
  } else {
    trust_v1::TrustBundle part;
    for (trust_v1::ServiceCertificate& service : list->services) *part.add_service_certificates() = std::move(service);
    console.out << WriteYaml(part);
  }
  console.err << "territory " << OneLine(list->territory) << ", number " << list->sequence_number << ", issued "
              << base::WriteDateTime(list->issue_time)
              << (list->IsStale(request.at) ? ", stale since " : ", next update ")
              << (list->next_update ? base::WriteDateTime(*list->next_update) : "never") << "\n";
  return absl::OkStatus();
}

}  // namespace

int RunTrustList(const TrustListRequest& request, const Console& console) {
  return Finish(List(request, console), console);
}

int RunTrustRoot(const TrustRootRequest& request, const Console& console) {
  const auto root = MakeRoot(request);
  if (root.ok()) console.out << WriteYaml(*root);
  return Finish(root.status(), console);
}

int RunTrustBuild(const TrustBuildRequest& request, const Console& console) { return Finish(Build(request), console); }

int RunTrustSign(const std::string& bundle, const std::string& key, const Console& console) {
  return Finish(Sign(bundle, key), console);
}

int RunTrustShow(const std::string& bundle, bool yaml, const Console& console) {
  const auto bytes = ReadInput(bundle, base::kTrustBundleBytesMax);
  if (!bytes.ok()) return Finish(bytes.status(), console);
  const auto read = trust::ReadTrustBundle(*bytes);
  if (!read.ok()) return Finish(read.status(), console);
  if (yaml) {
    console.out << WriteYaml(read->bundle->message());
  } else {
    Show(*read, console);
  }
  return kExitDone;
}

int RunTrustCheck(const TrustCheckRequest& request, const Console& console) {
  return Finish(Check(request, console), console);
}

int RunTrustDiff(const TrustDiffRequest& request, const Console& console) {
  return Finish(Diff(request, console), console);
}

int RunTrustImport(const std::string& format, const std::string& file, const Console& console) {
  return Finish(Import(format, file, console), console);
}

}  // namespace passerelle::gateway
