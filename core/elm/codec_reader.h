// Reads a JSON object into a message by the tables, and lists what a reader of the message should know.
//
// Thread-safety: free functions on values.
#pragma once

#include "core/base/json.h"
#include "core/elm/codec.h"
#include "core/elm/codec_envelope.h"

namespace passerelle::elm {

// Reads the credential of a document into `read`: message, findings and model version. Total.
void ReadCredentialObject(const base::JsonDocument& document, simdjson::dom::object object, ReadCredential& read);

// Reads the nodes of a data set, with the contexts that stand beside them. Total.
void ReadDatasetNodes(const OpenedDataset& opened, ReadDataset& read);

}  // namespace passerelle::elm
