#include "gateway/keys/pkcs11.h"

#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {
namespace {

constexpr absl::string_view kScheme = "pkcs11:";

absl::Status Unusable(absl::string_view detail) { return base::Problem(base::Reason::kKeyUnusable, "pkcs11", detail); }

// RFC 3986, 2.1.
absl::StatusOr<std::string> Unescape(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const absl::string_view digits = text.substr(i + 1, 2);
    if (digits.size() != 2 || !absl::ascii_isxdigit(digits[0]) || !absl::ascii_isxdigit(digits[1])) {
      return Unusable("the URI is malformed");
    }
    out += absl::HexStringToBytes(digits);
    i += 2;
  }
  return out;
}

// Which object it is, and how to come to it.
struct Reference {
  std::string object;  // the path of the URI, for its private key
  std::string module;
  std::string pin_file;
};

absl::StatusOr<Reference> ReadUri(absl::string_view uri) {
  Reference reference;
  const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(uri, absl::MaxSplits('?', 1));
  reference.object = absl::StrCat(halves.first, ";type=private");
  for (const absl::string_view attribute : absl::StrSplit(halves.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(attribute, absl::MaxSplits('=', 1));
    ASSIGN_OR_RETURN(const std::string value, Unescape(pair.second));
    if (pair.first == "module-path") {
      reference.module = value;
    } else if (pair.first == "pin-source") {
      absl::string_view file = value;
      absl::ConsumePrefix(&file, "file:");
      reference.pin_file = std::string(file);
    } else if (pair.first == "pin-value") {
      return Unusable("a PIN does not belong into the reference; name its file with pin-source");
    } else {
      return Unusable("the URI has an attribute other than module-path and pin-source");
    }
  }
  if (reference.module.empty()) return Unusable("module-path is missing");
  if (reference.pin_file.empty()) return Unusable("pin-source is missing");
  return reference;
}

// The engine with its module, loaded on first use.
class Module {
 public:
  static Module& Get() {
    static Module& module = *new Module;
    return module;
  }

  absl::StatusOr<std::shared_ptr<EVP_PKEY>> Load(const Reference& reference, const std::string& pin) {
    const absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Open(reference.module));
    // Not within the URI, which the engine may print.
    if (ENGINE_ctrl_cmd_string(engine_, "PIN", pin.c_str(), 0) != 1) return Unusable("the engine takes no PIN");
    EVP_PKEY* const key = ENGINE_load_private_key(engine_, reference.object.c_str(), nullptr, nullptr);
    if (key == nullptr) return Unusable("the module has no such key, or the PIN is another");
    return std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
  }

 private:
  absl::Status Open(const std::string& path) {
    if (engine_ != nullptr) {
      return path == path_ ? absl::OkStatus() : Unusable("another module is in use; a process has one");
    }
    ENGINE* engine = ENGINE_by_id("pkcs11");
    if (engine == nullptr) return Unusable("the engine is missing; install libengine-pkcs11-openssl");
    if (ENGINE_ctrl_cmd_string(engine, "QUIET", nullptr, 0) != 1 ||
        ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", path.c_str(), 0) != 1 || ENGINE_init(engine) != 1) {
      ENGINE_free(engine);
      return Unusable("the module cannot be loaded");
    }
    ENGINE_free(engine);  // ENGINE_init holds it
    engine_ = engine;
    path_ = path;
    return absl::OkStatus();
  }

  absl::Mutex mutex_;
  ENGINE* engine_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::string path_ ABSL_GUARDED_BY(mutex_);
};

// OpenSSL keeps errors in a queue of the thread; what is refused here must not surface in another call.
class ErrorMark {
 public:
  ErrorMark() { ERR_set_mark(); }
  ~ErrorMark() { ERR_pop_to_mark(); }
};

}  // namespace

bool IsPkcs11Uri(absl::string_view reference) { return absl::StartsWith(reference, kScheme); }

absl::StatusOr<std::shared_ptr<EVP_PKEY>> OpenPkcs11Key(absl::string_view uri) {
  const ErrorMark errors;
  ASSIGN_OR_RETURN(const Reference reference, ReadUri(uri));
  ASSIGN_OR_RETURN(const std::string pin, ReadPrivateKeyFile(reference.pin_file));
  return Module::Get().Load(reference, std::string(absl::StripTrailingAsciiWhitespace(pin)));
}

}  // namespace passerelle::gateway
