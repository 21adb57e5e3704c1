// The European Learning Model as JSON-LD: reading is generous, writing is exact.
//
// One codec serves every class. It works from the options of proto/passerelle/elm/v3 through tables that are built
// once; no class is named in it. Contexts are known, never fetched.
//
// Reading takes an object or an array wherever either can stand, language maps with texts or arrays, references by id,
// 3.1, 3.2 and 3.3 documents, and these envelopes: the bare credential, {"credential": …} of the EU's builder,
// {"elm": …} of SD-JWT claims, {"vc": …} of the tokens of the W3C's first model, whose other claims complete the
// credential, {"@context": …, "@graph": […]} with one node, as JSON-LD tools write it, and seals (JWS general,
// flattened or compact, the payload encoded or not; the payload is read, the seal is not judged here). References are
// not followed, so circles cost nothing. Members that the model lacks are kept in unknown_members, written back, and
// named in the findings.
//
// Writing gives model 3.2: @context, id, type, then the properties in the order of the model, then kept members. The
// same message gives the same bytes.
//
// Thread-safety: free functions on values. Cost: linear in the size of the document.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/owned_message.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// Something about a document that a reader should know.
struct Finding {
  std::string pointer;  // JSON pointer (RFC 6901) into the credential, inside any envelope
  std::string rule;     // rule id, such as "json.unknown-member" or "shape.min"
  std::string message;  // what is there and what is expected; no personal data
};

// Rules of the findings of reading:
//   json.unknown-member    the class has no such member; kept in unknown_members
//   json.unknown-type      the model has no such class; kept as stated
//   json.type-missing      a node with members and no type; the class that was taken stands in `type`
//   json.term-alias        a former or local name of a property, which the context does not define; read as the term
//   json.null, json.empty, json.value-kind    null, an empty text, or a value of another kind; kept in unknown_members
//                          under the name of the property, and written back beside the property's values
//   json.literal-kind      a number, truth value, text or reference where another kind of literal belongs; converted
//   json.literal-type      a literal of another datatype or with a language, or one that only a type would make one of
//                          the datatype; its value was taken
//   json.language-missing  a text without a language; read as "und"
//   json.reference         a text that is no IRI where a node belongs; read as the node's id
//   node.differs           the id stands for other content elsewhere in the document, and for this here; both are kept
//   shape.max              more than one value where the field holds one; the others are kept as for json.null
//   shape.class            no stated type fits the property; read as the property's class
//   context.missing, context.other, context.vcdm2, context.inline    what is unusual about @context
//   envelope.member        a member of the envelope beside the credential or the nodes; not part of the message
//   claim.taken, claim.differs, claim.malformed    a claim of the token around the credential; see token_claims.h
//   seal.none              the seal says itself that nobody signed (alg none)
//   findings.more          the list ended at kFindingsMax

// What a credential came wrapped in.
enum class Envelope { kBare, kUpload, kElmClaim, kGraph, kSealed };

absl::string_view EnvelopeName(Envelope envelope);

struct OpenedCredential;  // codec_envelope.h

struct ReadCredential {
  base::OwnedMessage<v3::EuropeanDigitalCredential> credential =
      base::OwnedMessage<v3::EuropeanDigitalCredential>::OnArena();
  Envelope envelope = Envelope::kBare;
  std::string model_version;      // "3.1/3.2", "3.2" or "3.3", as far as the document tells
  std::vector<Finding> findings;  // from reading only; constraints.h judges the rest
  // The JSON as it stands, for those who judge what is written; shared by copies, for one thread.
  std::shared_ptr<const OpenedCredential> source;
};

struct ReadDataset {
  v3::Dataset dataset;
  std::string model_version;        // as of ReadCredential
  std::vector<Finding> findings;    // as of ReadCredential; pointers into the document
  std::vector<std::string> places;  // of the nodes, JSON pointers into the document
};

// Whether the bytes look like a European credential in JSON, without reading them whole: a bounded look at the top
// members. Used by format detection.
bool LooksLikeCredential(absl::string_view bytes);

// Reads a credential. Problems: kInputEmpty, kInputTooLarge, kInputTooDeep, kJson*, kSealMalformed, kNotACredential.
absl::StatusOr<ReadCredential> Read(absl::string_view bytes);

// Reads a data set of the profiles LOQ (catalogues) and AMS (accreditation): a node of one of the classes of
// v3::DatasetNode, an array of them, or {"@context": …, "@graph": […]}. There is no envelope. Problems: those of Read;
// kNotACredential for anything else, a credential included.
absl::StatusOr<ReadDataset> ReadData(absl::string_view bytes);

// Writes a data set with the contexts it states, or that of the European model; one node as a tree, several as a graph.
std::string WriteData(const v3::Dataset& dataset);

// Writes a credential as model 3.2, without white space. Total: every message can be written. Recursion is as deep as
// the message, which protobuf bounds when it parses one, and Read too.
std::string Write(const v3::EuropeanDigitalCredential& credential);

// The same, indented by two blanks, for people.
std::string WritePretty(const v3::EuropeanDigitalCredential& credential);

}  // namespace passerelle::elm
