#include "gateway/keys/keys.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/proof/openssl.h"
#include "core/proof/public_key.h"
#include "gateway/files/files.h"
#include "gateway/keys/pkcs11.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

proof::Owned<BIO> MemoryBio(absl::string_view text) {
  return proof::Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

proof::Owned<X509> ReadCertificate(absl::string_view pem) {
  const auto bio = MemoryBio(pem);
  return proof::Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, proof::NoPassphrase, nullptr));
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  auto text = ReadFile(path, base::kConfigBytesMax);
  if (!text.ok()) return Problem(Reason::kKeyUnusable, path, "the file cannot be read");
  return text;
}

// Bits that must not stand in the mode of a private key's file. Root may hand a key to a service by the group, as
// packages and the secrets of Kubernetes do; the group of a file that a person owns may hold anybody.
mode_t ForbiddenModes(const struct stat& info) {
  const bool handed_by_root = info.st_uid == 0 && geteuid() != 0;
  return handed_by_root ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
}

using ReadPem = absl::StatusOr<proof::SigningKey>(absl::string_view);
using TakeKey = absl::StatusOr<proof::SigningKey>(std::shared_ptr<EVP_PKEY>);

absl::StatusOr<proof::SigningKey> LoadKey(const std::string& reference, ReadPem* from_pem, TakeKey* from_module) {
  if (IsPkcs11Uri(reference)) {
    ASSIGN_OR_RETURN(std::shared_ptr<EVP_PKEY> key, OpenPkcs11Key(reference));
    return from_module(std::move(key));
  }
  ASSIGN_OR_RETURN(const std::string pem, ReadPrivateKeyFile(reference));
  auto key = from_pem(pem);
  if (!key.ok()) return Problem(Reason::kKeyUnusable, reference, base::DetailOf(key.status()));
  return key;
}

}  // namespace

absl::StatusOr<std::string> CertificateDer(absl::string_view pem) {
  const auto certificate = ReadCertificate(pem);
  unsigned char* der = nullptr;
  const int length = certificate == nullptr ? -1 : i2d_X509(certificate.get(), &der);
  if (length < 0) return Problem(Reason::kKeyUnusable, "certificate", "no certificate in PEM");
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return bytes;
}

absl::StatusOr<std::string> CertificateSha256(absl::string_view pem) {
  ASSIGN_OR_RETURN(const std::string der, CertificateDer(pem));
  return base::Sha256Hex(der);
}

absl::StatusOr<proof::TrustAnchors> LoadAnchors(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, ReadKeyFile(path));
  auto certificates = proof::Certificate::FromPem(pem);
  if (!certificates.ok()) return Problem(Reason::kKeyUnusable, path, base::DetailOf(certificates.status()));
  proof::TrustAnchors anchors;
  for (proof::Certificate& certificate : *certificates) anchors.Add(std::move(certificate));
  return anchors;
}

absl::StatusOr<absl::Time> CertificatesEnd(absl::string_view pem) {
  const auto bio = MemoryBio(pem);
  absl::Time end = absl::InfiniteFuture();
  while (const proof::Owned<X509> certificate{PEM_read_bio_X509(bio.get(), nullptr, proof::NoPassphrase, nullptr)}) {
    std::tm parts = {};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &parts) != 1) break;
    end = std::min(end, absl::FromTM(parts, absl::UTCTimeZone()));
  }
  ERR_clear_error();  // the end of the text is an error to OpenSSL
  if (end == absl::InfiniteFuture()) return Problem(Reason::kKeyUnusable, "certificate", "no certificate in PEM");
  return end;
}

absl::Status CheckInTime(const std::string& path, absl::string_view pem, absl::Time at) {
  const auto end = CertificatesEnd(pem);
  if (!end.ok()) return Problem(Reason::kKeyUnusable, path, base::DetailOf(end.status()));
  if (at >= *end) {
    return Problem(Reason::kKeyUnusable, path, absl::StrCat("the certificate ended on ", base::WriteDateTime(*end)));
  }
  const auto first = ReadCertificate(pem);
  std::tm begin = {};
  if (first == nullptr || ASN1_TIME_to_tm(X509_get0_notBefore(first.get()), &begin) != 1) {
    return Problem(Reason::kKeyUnusable, path, "no certificate in PEM");
  }
  const absl::Time from = absl::FromTM(begin, absl::UTCTimeZone());
  if (at >= from) return absl::OkStatus();
  return Problem(Reason::kKeyUnusable, path, absl::StrCat("the certificate begins on ", base::WriteDateTime(from)));
}

absl::StatusOr<std::string> ReadPrivateKeyFile(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) == 0 && (info.st_mode & ForbiddenModes(info)) != 0) {
    return Problem(Reason::kKeyUnusable, path, "others than the owner may use the file; set its mode to 0600");
  }
  return ReadKeyFile(path);
}

absl::StatusOr<proof::SigningKey> LoadMessageKey(const std::string& reference) {
  return LoadKey(reference, proof::SigningKey::FromPem, proof::SigningKey::FromOpenssl);
}

std::vector<std::string> KeyFiles(const std::vector<std::string>& references) {
  std::vector<std::string> files;
  for (const std::string& reference : references) {
    std::error_code error;
    if (IsPkcs11Uri(reference) || !std::filesystem::is_directory(reference, error)) {
      files.push_back(reference);
      continue;
    }
    std::vector<std::string> found;
    for (std::filesystem::directory_iterator entry(reference, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().extension() == ".pem") found.push_back(entry->path().string());
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

absl::StatusOr<std::string> PublicKeyPem(const proof::VerificationKey& key) {
  ASSIGN_OR_RETURN(const proof::PublicKey read, proof::PublicKey::FromJwk(key.jwk()));
  const proof::Owned<BIO> bio(BIO_new(BIO_s_mem()));
  char* data = nullptr;
  if (bio == nullptr || PEM_write_bio_PUBKEY(bio.get(), read.openssl()) != 1) {
    return Problem(Reason::kInternal, "key", "OpenSSL cannot write it");
  }
  const long size = BIO_get_mem_data(bio.get(), &data);  // NOLINT(google-runtime-int): as OpenSSL declares it
  return std::string(data, static_cast<size_t>(size));
}

absl::StatusOr<std::vector<std::shared_ptr<const proof::SigningKey>>> LoadMessageKeys(
    const std::vector<std::string>& references) {
  std::vector<std::shared_ptr<const proof::SigningKey>> keys;
  absl::flat_hash_set<std::string> thumbprints;
  for (const std::string& reference : KeyFiles(references)) {
    ASSIGN_OR_RETURN(proof::SigningKey key, LoadMessageKey(reference));
    if (!thumbprints.insert(key.verification_key().thumbprint()).second) {
      return Problem(Reason::kKeyUnusable, reference, "the key is named twice");
    }
    keys.push_back(std::make_shared<const proof::SigningKey>(std::move(key)));
  }
  if (keys.empty()) return Problem(Reason::kKeyUnusable, references.front(), "the folder has no *.pem");
  return keys;
}

absl::StatusOr<std::vector<std::shared_ptr<const proof::DecryptionKey>>> LoadDecryptionKeys(
    const std::vector<std::string>& paths) {
  std::vector<std::shared_ptr<const proof::DecryptionKey>> keys;
  absl::flat_hash_set<std::string> thumbprints;
  for (const std::string& path : KeyFiles(paths)) {
    ASSIGN_OR_RETURN(const std::string pem, ReadPrivateKeyFile(path));
    absl::StatusOr<proof::DecryptionKey> key = proof::DecryptionKey::FromPem(pem);
    if (!key.ok()) return Problem(Reason::kKeyUnusable, path, base::DetailOf(key.status()));
    if (!thumbprints.insert(key->encryption_key().thumbprint()).second) {
      return Problem(Reason::kKeyUnusable, path, "the key is named twice");
    }
    keys.push_back(std::make_shared<const proof::DecryptionKey>(*std::move(key)));
  }
  return keys;
}

std::string KeysFingerprint(const std::vector<std::string>& references) {
  std::string fingerprint;
  for (const std::string& reference : KeyFiles(references)) {
    absl::StrAppend(&fingerprint, reference, "=", IsPkcs11Uri(reference) ? "" : FileFingerprint(reference), "\n");
  }
  return fingerprint;
}

absl::StatusOr<proof::Sealer> LoadSealer(const std::string& key, const std::string& certificate) {
  ASSIGN_OR_RETURN(proof::SigningKey signing, LoadKey(key, static_cast<ReadPem*>(proof::SigningKey::ForSealing),
                                                      static_cast<TakeKey*>(proof::SigningKey::ForSealing)));
  ASSIGN_OR_RETURN(const std::string chain, ReadKeyFile(certificate));
  auto sealer = proof::Sealer::Make(std::move(signing), chain);
  if (!sealer.ok()) return Problem(Reason::kKeyUnusable, certificate, base::DetailOf(sealer.status()));
  return sealer;
}

absl::StatusOr<std::shared_ptr<const proof::Sealers>> LoadSealers(
    const google::protobuf::RepeatedPtrField<config::v1::Seal>& seals) {
  auto sealers = std::make_shared<proof::Sealers>();
  for (const config::v1::Seal& seal : seals) {
    ASSIGN_OR_RETURN(proof::Sealer sealer, LoadSealer(seal.key(), seal.certificate()));
    const absl::Time from = seal.has_from() ? base::FromProto(seal.from()) : sealer.certificate().not_before();
    sealers->Add(std::move(sealer), from);
  }
  return sealers;
}

absl::Status CheckKeyPair(const config::v1::TlsFiles& files, absl::string_view chain, absl::string_view key_pem) {
  const auto certificate = ReadCertificate(chain);
  if (certificate == nullptr) return Problem(Reason::kKeyUnusable, files.certificate(), "no certificate in PEM");
  const auto bio = MemoryBio(key_pem);
  const proof::Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, proof::NoPassphrase, nullptr));
  if (key == nullptr) return Problem(Reason::kKeyUnusable, files.private_key(), "no private key in PEM");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Problem(Reason::kKeyUnusable, files.private_key(), "the key does not belong to the certificate");
  }
  return absl::OkStatus();
}

absl::Status CheckTlsFiles(const config::v1::TlsFiles& files) {
  ASSIGN_OR_RETURN(const std::string chain, ReadKeyFile(files.certificate()));
  ASSIGN_OR_RETURN(const std::string key_pem, ReadPrivateKeyFile(files.private_key()));
  RETURN_IF_ERROR(CheckKeyPair(files, chain, key_pem));
  if (files.trusted_authorities().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string authorities, ReadKeyFile(files.trusted_authorities()));
  if (ReadCertificate(authorities) == nullptr) {
    return Problem(Reason::kKeyUnusable, files.trusted_authorities(), "no certificate in PEM");
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
