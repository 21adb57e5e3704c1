// Detection and translation of documents: the one way from received bytes to the European model.
//
// Thread-safety: free functions on values and const adapters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/owned_message.h"
#include "core/document/adapter.h"
#include "passerelle/document/v1/document.pb.h"

namespace passerelle::document {

// Wrappings around a document: a signed presentation, which a wallet enveloped, of a credential whose token a mail
// broke into lines, has three. Test: tests/golden/presentation/wrapped-too-often.
inline constexpr int kWrappingsMax = 4;

struct Detected {
  std::string format;  // a format id, or "unknown"
  int confidence = 0;  // 0 to 100
};

// Which format the bytes are in. Total: any bytes, any size.
Detected Detect(const Registry& registry, absl::string_view bytes);

// A received document, kept byte for byte with its digest.
v1::CredentialDocument MakeDocument(absl::string_view bytes, absl::string_view format, absl::string_view media_type);

struct TranslateOptions {
  std::string from;  // format id; empty to detect
  std::string to;    // format id; empty or "elm" for the European model
  ImportOptions import;
  // Take catalogues too; without it, a catalogue is kNotACredential, so that nobody takes one for a credential.
  bool catalogues = false;
  // Annex I elements whose loss is refused, by id or name (score.h): kLossRefused when one is missing afterwards.
  std::vector<std::string> refuse_loss;
};

struct Translated {
  std::string format;  // what the document was read as
  base::OwnedMessage<elm::v3::EuropeanDigitalCredential> credential;
  std::optional<elm::v3::Dataset> catalogue;  // instead of the credential, of formats of catalogues
  std::string content;                        // as JSON-LD, model 3.2, or as the format that was asked for
  v1::TranslationReport report;
};

// Translates a document into the European model, and from there into another format if one is asked for. A document of
// another format is embedded as evidence and the result claims the profile edc-converted; a European document is
// written anew without it. A catalogue becomes a data set of the profile LOQ, without evidence; Annex I asks nothing of
// it, so that its report has no elements. kLossRefused carries no report: call without refuse_loss to see one.
// Problems: those of the adapter, kInputEmpty, kInputTooLarge, kFormatUnknown, kFormatNotSupported (the target cannot
// be written), kLossRefused.
absl::StatusOr<Translated> Translate(const Registry& registry, absl::string_view bytes,
                                     const TranslateOptions& options);

// The report as the command line's JSON contract has it, and as a table for people.
std::string ReportJson(const v1::TranslationReport& report);
std::string ReportText(const v1::TranslationReport& report);

// "stated", "text", "derived", "withheld", "by_reference" or "missing".
absl::string_view StatusWord(v1::ElementStatus status);

}  // namespace passerelle::document
