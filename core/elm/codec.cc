#include "core/elm/codec.h"

#include <memory>
#include <utility>

#include "core/base/status_macros.h"
#include "core/elm/codec_envelope.h"
#include "core/elm/codec_reader.h"

namespace passerelle::elm {

absl::string_view EnvelopeName(Envelope envelope) {
  switch (envelope) {
    case Envelope::kBare:
      return "bare";
    case Envelope::kUpload:
      return "upload";
    case Envelope::kElmClaim:
      return "elm-claim";
    case Envelope::kGraph:
      return "graph";
    case Envelope::kSealed:
      return "sealed";
  }
  return "bare";
}

absl::StatusOr<ReadCredential> Read(absl::string_view bytes) {
  ASSIGN_OR_RETURN(OpenedCredential opened, OpenCredential(bytes));
  ReadCredential read;
  read.envelope = opened.envelope;
  read.findings = std::move(opened.findings);
  ReadCredentialObject(opened.document, opened.credential, read);
  read.source = std::make_shared<const OpenedCredential>(std::move(opened));
  return read;
}

absl::StatusOr<ReadDataset> ReadData(absl::string_view bytes) {
  ASSIGN_OR_RETURN(OpenedDataset opened, OpenDataset(bytes));
  ReadDataset read;
  read.findings = std::move(opened.findings);
  ReadDatasetNodes(opened, read);
  return read;
}

}  // namespace passerelle::elm
