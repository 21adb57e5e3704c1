// Keys and certificates from PEM files, and private keys from a module of PKCS#11 (gateway/keys/pkcs11.h) where a
// reference is a URI.
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/encryption_key.h"
#include "core/proof/jades/sealer.h"
#include "core/proof/jades/sealers.h"
#include "core/proof/key.h"
#include "core/proof/x509/certificate.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// The DER of the first certificate in PEM text. Problem: kKeyUnusable.
absl::StatusOr<std::string> CertificateDer(absl::string_view pem);

// SHA-256 of the DER of the first certificate in PEM text, lower-case hexadecimal. Problem: kKeyUnusable.
absl::StatusOr<std::string> CertificateSha256(absl::string_view pem);

// The certificates of a PEM file as anchors, trusted at any time. Problem: kKeyUnusable with the file.
absl::StatusOr<proof::TrustAnchors> LoadAnchors(const std::string& path);

// When the first of the certificates in PEM text ends: from then on the whole chain is of no use. Problem:
// kKeyUnusable.
absl::StatusOr<absl::Time> CertificatesEnd(absl::string_view pem);

// The text of a private key's file. Problem: kKeyUnusable when it cannot be read, or when others than its owner may
// use it. A file of root's may be readable by its group (0640), which is how a service is handed its key.
absl::StatusOr<std::string> ReadPrivateKeyFile(const std::string& path);

// The key that signs messages, by path or URI. Problem: kKeyUnusable.
absl::StatusOr<proof::SigningKey> LoadMessageKey(const std::string& reference);

// The keys of several references, each a path, a URI, or the path of a folder, which stands for every "*.pem" in it.
// At least one, and none twice. Problem: kKeyUnusable with the reference or path.
absl::StatusOr<std::vector<std::shared_ptr<const proof::SigningKey>>> LoadMessageKeys(
    const std::vector<std::string>& references);

// The references with the "*.pem" of each folder, by name, in its place.
std::vector<std::string> KeyFiles(const std::vector<std::string>& references);

// The public half of a key as PEM (RFC 7468, 13). Problem: kInternal when OpenSSL fails.
absl::StatusOr<std::string> PublicKeyPem(const proof::VerificationKey& key);

// The keys that others encrypt to, by the paths of files and folders; none twice. Problem: kKeyUnusable with the path.
absl::StatusOr<std::vector<std::shared_ptr<const proof::DecryptionKey>>> LoadDecryptionKeys(
    const std::vector<std::string>& paths);

// What changes when a file of the references does, or one comes to a folder or goes.
std::string KeysFingerprint(const std::vector<std::string>& references);

// A seal: its key by path or URI, and the path of its certificates, that of the key first. Problem: kKeyUnusable with
// the reference or path.
absl::StatusOr<proof::Sealer> LoadSealer(const std::string& key, const std::string& certificate);

// The seals of a node, each in its turn. Problem: kKeyUnusable as above.
absl::StatusOr<std::shared_ptr<const proof::Sealers>> LoadSealers(
    const google::protobuf::RepeatedPtrField<config::v1::Seal>& seals);

// Whether a certificate, its private key and the trusted authorities, if any are named, can be read and fit together.
// Problem: kKeyUnusable with the file.
absl::Status CheckTlsFiles(const config::v1::TlsFiles& files);

// Whether the first certificate of `chain` and the private key `key_pem`, both PEM text of the files that `files`
// names, fit together. Problem: kKeyUnusable with the file.
absl::Status CheckKeyPair(const config::v1::TlsFiles& files, absl::string_view chain, absl::string_view key_pem);

// Whether the certificates in PEM text of the file `path` are in time: the first has begun and none has ended. Problem:
// kKeyUnusable with the file.
absl::Status CheckInTime(const std::string& path, absl::string_view pem, absl::Time at);

}  // namespace passerelle::gateway
