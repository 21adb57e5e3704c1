#include "gateway/trust/trust_folder.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/jws_payload.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"
#include "core/proof/public_key.h"
#include "core/trust/signed_bundle.h"
#include "core/trust/trusted_list.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "gateway/trust/trust_anchor_file.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using trust::v1::TrustBundle;

// Files of one folder, and below it; all trusted lists of the Union are some thirty.
constexpr size_t kFilesMax = 1000;
constexpr absl::string_view kFederation = "folder";

bool IsLeftOut(const std::string& name) {
  return absl::StartsWith(name, ".") || absl::StartsWithIgnoreCase(name, "readme");
}

// The files of a folder and those below it, by name.
absl::StatusOr<std::vector<AnchorFile>> ReadFolder(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entries(folder, error);
  for (const std::filesystem::recursive_directory_iterator end; !error && entries != end; entries.increment(error)) {
    if (!entries->is_regular_file(error) || IsLeftOut(entries->path().filename().string())) continue;
    if (paths.size() >= kFilesMax) return base::Problem(Reason::kInputTooLarge, folder, "it has too many files");
    paths.push_back(entries->path().string());
  }
  if (error) return base::Problem(Reason::kInputNotReadable, folder, error.message());
  std::sort(paths.begin(), paths.end());
  std::vector<AnchorFile> files;
  for (const std::string& path : paths) {
    AnchorFile file{std::filesystem::path(path).lexically_relative(folder).string(), ""};
    absl::StatusOr<std::string> bytes = ReadFile(path, base::kTrustBundleBytesMax);
    if (!bytes.ok()) return bytes.status();
    file.bytes = *std::move(bytes);
    files.push_back(std::move(file));
  }
  return files;
}

class AnchorFolder {
 public:
  explicit AnchorFolder(std::vector<AnchorFile> files) : files_(std::move(files)) {}

  absl::Status Read() {
    for (const AnchorFile& file : files_) {
      for (std::string& der : CertificatesOf(file)) certificates_.push_back(std::move(der));
      if (IsYaml(file)) ReadRoot(file);
    }
    for (const AnchorFile& file : files_) RETURN_IF_ERROR(ReadOne(file));
    return absl::OkStatus();
  }

  // The one signed bundle, when there is nothing else.
  std::shared_ptr<const trust::TrustBundle> OnlyBundle() const { return parts_ == 1 ? signed_bundle_ : nullptr; }
  TrustBundle& merged() { return merged_; }
  absl::Time expire_time() const { return expire_time_; }

 private:
  static bool IsYaml(const AnchorFile& file) {
    return absl::EndsWith(file.name, ".yaml") || absl::EndsWith(file.name, ".yml");
  }

  void ReadRoot(const AnchorFile& file) {
    trust::v1::TrustRoot root;
    if (ReadYaml(file.bytes, file.name, &root).ok() && root.jwks_size() > 0) roots_.push_back({file.name, root});
  }

  absl::Status ReadOne(const AnchorFile& file) {
    const bool is_root =
        std::any_of(roots_.begin(), roots_.end(), [&file](const auto& root) { return root.first == file.name; });
    if (is_root) return absl::OkStatus();
    ++parts_;
    const std::vector<std::string> certificates = CertificatesOf(file);
    for (const std::string& der : certificates) AddCertificate(file, der, merged_);
    if (!certificates.empty()) return absl::OkStatus();
    if (IsYaml(file)) return ReadPart(file);
    if (base::PeekXmlRoot(file.bytes).has_value()) return ReadList(file);
    const absl::string_view text = absl::StripAsciiWhitespace(file.bytes);
    if (absl::StartsWith(text, "-----BEGIN PUBLIC KEY-----")) return ReadPublicKey(file);
    if (!absl::StartsWith(text, "{")) return FileProblem(file, "it is no certificate, key, list or bundle");
    return IsSignedBundle(text) ? ReadSigned(file) : AddKeysJson(file, merged_);
  }

  static bool IsSignedBundle(absl::string_view text) {
    const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(text);
    const auto members = document.ok() ? base::AsObject(document->root()) : std::nullopt;
    return members.has_value() && base::IsJsonJws(*members);
  }

  absl::Status ReadPublicKey(const AnchorFile& file) {
    const absl::StatusOr<proof::PublicKey> key = proof::PublicKey::FromPem(file.bytes);
    if (!key.ok()) return FileProblem(file, "the key cannot be read");
    merged_.add_did_keys()->add_jwks(key->jwk());
    trust::v1::ProviderKey* const provider = merged_.add_provider_keys();
    provider->set_registry("emreg");
    provider->set_provider(file.name);
    provider->set_jwk(key->jwk());
    return absl::OkStatus();
  }

  absl::Status ReadPart(const AnchorFile& file) {
    TrustBundle part;
    const absl::Status read = ReadYaml(file.bytes, file.name, &part);
    if (!read.ok()) return FileProblem(file, absl::StrCat(base::PlaceOf(read), ": ", base::DetailOf(read)));
    Merge(part);
    return absl::OkStatus();
  }

  absl::Status ReadSigned(const AnchorFile& file) {
    absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> bundle = OpenSigned(file.bytes);
    if (!bundle.ok()) {
      return FileProblem(file, absl::StrCat(base::PlaceOf(bundle.status()), ": ", base::DetailOf(bundle.status())));
    }
    signed_bundle_ = *std::move(bundle);
    Merge(signed_bundle_->message());
    return absl::OkStatus();
  }

  // By the root beside it; without one, whoever named the folder vouches for it.
  absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> OpenSigned(absl::string_view bytes) const {
    if (roots_.empty()) {
      ASSIGN_OR_RETURN(trust::ReadBundle read, trust::ReadTrustBundle(bytes));
      return std::move(read.bundle);
    }
    ASSIGN_OR_RETURN(const trust::TrustSigners signers, trust::TrustSigners::Make(roots_.front().second));
    trust::OpenRequest request;
    // That it has expired is said by the verdict.
    request.now = absl::InfinitePast();
    ASSIGN_OR_RETURN(trust::OpenedBundle opened, trust::OpenTrustBundle(bytes, signers, request));
    return std::move(opened.bundle);
  }

  absl::Status ReadList(const AnchorFile& file) {
    absl::StatusOr<trust::TrustedList> list = trust::OpenTrustedList(file.bytes, certificates_);
    if (!list.ok()) return FileProblem(file, base::DetailOf(list.status()));
    for (trust::v1::ServiceCertificate& service : list->services) {
      // Past its next update a list no longer says what is granted.
      for (trust::v1::Period& granted : *service.mutable_granted()) {
        if (!list->next_update) continue;
        const bool later = !granted.has_to() || base::FromProto(granted.to()) > *list->next_update;
        if (later) *granted.mutable_to() = base::ToProto(*list->next_update);
      }
      *merged_.add_service_certificates() = std::move(service);
    }
    return absl::OkStatus();
  }

  void Merge(const TrustBundle& part) {
    if (part.has_expire_time()) expire_time_ = std::min(expire_time_, base::FromProto(part.expire_time()));
    merged_.MergeFrom(part);
  }

  const std::vector<AnchorFile> files_;
  std::vector<std::string> certificates_;
  std::vector<std::pair<std::string, trust::v1::TrustRoot>> roots_;
  std::shared_ptr<const trust::TrustBundle> signed_bundle_;
  size_t parts_ = 0;
  TrustBundle merged_;
  absl::Time expire_time_ = absl::InfiniteFuture();
};

}  // namespace

absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> LoadTrustFolders(const TrustFolders& folders) {
  if (folders.anchors.empty() && folders.status.empty()) return nullptr;
  std::vector<AnchorFile> anchors;
  if (!folders.anchors.empty()) {
    ASSIGN_OR_RETURN(anchors, ReadFolder(folders.anchors));
  }
  AnchorFolder folder(std::move(anchors));
  RETURN_IF_ERROR(folder.Read());
  if (folders.status.empty() && folder.OnlyBundle() != nullptr) return folder.OnlyBundle();
  TrustBundle bundle = std::move(folder.merged());
  if (!folders.status.empty()) {
    ASSIGN_OR_RETURN(const std::vector<AnchorFile> lists, ReadFolder(folders.status));
    for (const AnchorFile& list : lists) RETURN_IF_ERROR(AddStatusList(list, bundle));
  }
  bundle.set_federation(std::string(kFederation));
  bundle.set_version(1);
  *bundle.mutable_issue_time() = base::ToProto(absl::InfinitePast());
  *bundle.mutable_expire_time() = base::ToProto(folder.expire_time());
  return trust::TrustBundle::Make(std::move(bundle));
}

}  // namespace passerelle::gateway
