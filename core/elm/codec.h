// The European Learning Model as JSON-LD: reading is generous, writing is exact.
//
// One codec serves every class. It works from the options of proto/passerelle/elm/v3 through tables that are built
// once; no class is named in it. Contexts are known, never fetched.
//
// Reading takes an object or an array wherever either can stand, language maps with texts or arrays, references by id,
// 3.1, 3.2 and 3.3 documents, and these envelopes: the bare credential, {"credential": …} of the EU's builder,
// {"elm": …} of SD-JWT claims, and seals (JWS general, flattened or compact; the payload is read, the seal is not
// judged here). Members that the model lacks are kept in unknown_members, written back, and named in the findings.
//
// Writing gives model 3.2: @context, id, type, then the properties in the order of the model, then kept members. The
// same message gives the same bytes.
//
// Thread-safety: free functions on values. Cost: linear in the size of the document.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// Something about a document that a reader should know.
struct Finding {
  std::string pointer;  // JSON pointer (RFC 6901) into the credential, inside any envelope
  std::string rule;     // rule id, such as "json.unknown-member" or "shape.min"
  std::string message;  // what is there and what is expected; no personal data
};

// What a credential came wrapped in.
enum class Envelope { kBare, kUpload, kElmClaim, kSealed };

absl::string_view EnvelopeName(Envelope envelope);

struct ReadCredential {
  v3::EuropeanDigitalCredential credential;
  Envelope envelope = Envelope::kBare;
  std::string model_version;      // "3.1/3.2", "3.2" or "3.3", as far as the document tells
  std::vector<Finding> findings;  // from reading only; constraints.h judges the rest
};

// Whether the bytes look like a European credential in JSON, without reading them whole: a bounded look at the top
// members. Used by format detection.
bool LooksLikeCredential(absl::string_view bytes);

// Reads a credential. Problems: kInputEmpty, kInputTooLarge, kInputTooDeep, kJson*, kSealMalformed, kNotACredential.
absl::StatusOr<ReadCredential> Read(absl::string_view bytes);

// Writes a credential as model 3.2, without white space. Total: every message can be written.
std::string Write(const v3::EuropeanDigitalCredential& credential);

// The same, indented by two blanks, for people.
std::string WritePretty(const v3::EuropeanDigitalCredential& credential);

}  // namespace passerelle::elm
