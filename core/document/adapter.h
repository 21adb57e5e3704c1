// The extension point: an adapter reads one format into the European Learning Model, and accounts for every part of the
// source that it could not carry.
//
// An adapter is a pure function of its input: no clock, no network, no keys, no state. It lives in its own folder under
// adapters/, has one line in adapters/adapters.cmake, and knows core/base, core/elm and core/document only.
//
// Thread-safety: adapters are shared and const. Ownership: the registry holds them for the life of the process.
//
//   class ElmoAdapter : public Adapter {
//    public:
//     const FormatInfo& Info() const override;
//     Confidence Detect(absl::string_view bytes) const override;
//     absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override;
//   };
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/owned_message.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::document {

// What an adapter is.
struct FormatInfo {
  std::string id;                       // format id of the command line's contract
  std::string name;                     // for people
  std::vector<std::string> versions;    // versions of the format that it takes
  std::vector<std::string> directions;  // "read", "write"
  std::string maturity;                 // "stable", "beta" or "alpha"
  std::string media_type;               // usual media type
  std::string mapping_version;          // changes whenever the same document would come out otherwise
  // Documents hold what may not leave their register beside what is read: their digest is evidence, not they
  // themselves.
  bool original_confidential = false;
};

// How sure an adapter is that bytes are of its format. The highest wins; two equal ones above kNone are reported as
// unknown, never guessed.
enum class Confidence { kNone = 0, kPossible = 50, kCertain = 100 };

struct ImportOptions {
  // Which of several reports of one document to take, from 0. Without it, several reports are kSeveralReports.
  std::optional<size_t> report_index;
  // The format was named by the caller: repair what can be repaired, such as a missing namespace, with a diagnostic.
  bool format_named = false;
  // List every value that was carried with its target, beside the counts.
  bool list_mapped = false;
  // When the translation is made. Used only where the model demands a date and the source has none.
  absl::Time translation_time = absl::UnixEpoch();
};

// What a translation did to a value; see document.proto.
using LossClass = v1::LossClass;
inline constexpr LossClass kKept = v1::LOSS_CLASS_KEPT;
inline constexpr LossClass kWidened = v1::LOSS_CLASS_WIDENED;
inline constexpr LossClass kDerived = v1::LOSS_CLASS_DERIVED;
inline constexpr LossClass kDefaulted = v1::LOSS_CLASS_DEFAULTED;
inline constexpr LossClass kDropped = v1::LOSS_CLASS_DROPPED;

// How one Annex I element came out of the source.
struct ElementOrigin {
  std::string element;  // "A1-M05"
  document::v1::ElementStatus status = document::v1::ELEMENT_STATUS_UNSPECIFIED;
  std::vector<std::string> source;  // places in the source
  std::string rule;                 // id of the rule that derived or converted it
};

// What became of the parts of a document on the way from one format to another.
struct Account {
  // Elements of which the adapter knows more than the credential shows: derived, withheld, by reference, or text, with
  // the places in the source. The others are judged on the credential alone (elm::AnnexOne).
  std::vector<ElementOrigin> origins;
  std::vector<document::v1::DroppedSource> dropped;
  // How many values each class of loss has, and which they are if list_mapped asked for it.
  std::optional<document::v1::LossCounts> losses;
  std::vector<document::v1::MappedSource> mapped;
  std::vector<document::v1::Diagnostic> diagnostics;
};

// What an adapter reads: a credential or, where `catalogue` is set, a catalogue (profile LOQ of the European model).
struct Imported : Account {
  base::OwnedMessage<elm::v3::EuropeanDigitalCredential> credential;
  std::optional<elm::v3::Dataset> catalogue;
  // The source's own bytes are a European credential already: no conversion evidence is added.
  bool european = false;
  // As of Enclosed, for a document that was inside another.
  bool among_others = false;
};

// A document inside another, for the adapter of its own format. The account is that of the wrapping.
struct Enclosed : Account {
  std::string format;  // format id; empty where it has to be found out
  std::string bytes;
  std::string place;                   // of the element that holds it, in the wrapping
  std::optional<size_t> report_index;  // for the adapter of the document inside
  // The wrapping holds more documents, perhaps of other people: as evidence of the translation its digest serves, not
  // the wrapping itself.
  bool among_others = false;
};

struct ExportOptions {
  bool list_mapped = false;
};

// What an adapter writes. Places in the account are JSON pointers into the European credential as elm::Write has it.
struct Exported : Account {
  std::string content;
};

class Adapter {
 public:
  Adapter() = default;
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;
  virtual ~Adapter() = default;

  virtual const FormatInfo& Info() const = 0;
  // Total: any bytes. Must be cheap: a look at the beginning and the structure, not a full read.
  virtual Confidence Detect(absl::string_view bytes) const = 0;
  // Reads a document. Every failure is a catalogued problem that names the place.
  virtual absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const = 0;
  // The document inside, for formats that only carry another; nothing for all others. Translate gives it to the adapter
  // of its format.
  virtual absl::StatusOr<std::optional<Enclosed>> Open(absl::string_view bytes, const ImportOptions& options) const;
  // What the issuer signed, where the bytes only carry it: a picture that it was baked into, a presentation of it.
  // Nothing where the bytes are the document, or are broken.
  virtual std::optional<std::string> SignedWithin(absl::string_view bytes) const;
  // Writes a European credential in this format, for adapters whose directions name "write". Every failure is a
  // catalogued problem; without it, kFormatNotSupported.
  virtual absl::StatusOr<Exported> Export(const elm::v3::EuropeanDigitalCredential& credential,
                                          const ExportOptions& options) const;
  // The same for a catalogue.
  virtual absl::StatusOr<Exported> ExportCatalogue(const elm::v3::Dataset& catalogue,
                                                   const ExportOptions& options) const;
};

// The adapters of this build, in the order of their table. Made by adapters/registry (generated); the core only uses
// it.
class Registry {
 public:
  explicit Registry(std::vector<std::unique_ptr<const Adapter>> adapters);

  const std::vector<std::unique_ptr<const Adapter>>& adapters() const { return adapters_; }
  // The adapter of a format id, or null.
  const Adapter* Find(absl::string_view format) const;

 private:
  std::vector<std::unique_ptr<const Adapter>> adapters_;
};

}  // namespace passerelle::document
