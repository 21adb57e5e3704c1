// Every limit of Passerelle, with its unit, its reason, and the test that reaches it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace passerelle::base {

// Bytes of one document. Sealed credentials with page images reach 1 MiB, transcripts with attachments 10 MiB.
// Test: tests/unit/core/document/detect_test.cc, oversized.
inline constexpr size_t kDocumentBytesMax = 16u << 20;

// Bytes of a document after unpacking base64 and gzip; the same limit, so that a bomb gains nothing.
// Test: tests/unit/adapters/elmo, zip bomb.
inline constexpr size_t kUnpackedBytesMax = kDocumentBytesMax;

// Nesting of JSON and XML. The deepest real document seen has 24 levels.
// Test: tests/unit/core/base/json_test.cc and tests/unit/core/base/xml_test.cc, ten thousand deep.
inline constexpr size_t kNestingMax = 128;

// Elements and attributes of one XML document, so that work stays bounded below the byte limit.
// Test: tests/unit/core/base/xml_test.cc.
inline constexpr size_t kXmlNodesMax = 1'000'000;

// Attributes of one XML element. Real documents have ten; look-ups walk them.
// Test: tests/unit/core/base/xml_test.cc.
inline constexpr size_t kXmlAttributesMax = 128;

// Members of an object that detection looks at. Real documents have fewer than forty at the top.
// Test: tests/unit/core/base/json_peek_test.cc.
inline constexpr size_t kPeekMembersMax = 1000;

// Parts of one source document of any format while it is mapped: values, members, elements, attributes and remarks.
// A part costs some 150 bytes, so that the largest tree stays below 160 MB.
// Test: tests/unit/core/document/source_tree_test.cc.
inline constexpr size_t kSourceNodesMax = 1'000'000;

// Learning achievements in one document, parts included. The longest real transcript seen has 70.
// Test: tests/unit/adapters/elmo/elmo_test.cc.
inline constexpr size_t kAchievementsMax = 5000;

// Depth of learning achievements within each other.
// Test: tests/golden/elmo.
inline constexpr size_t kPartsDepthMax = 16;

// Findings and diagnostics listed for one document; the count goes on, the list does not.
// Test: tests/unit/core/elm/annex/constraints_test.cc.
inline constexpr size_t kFindingsMax = 1000;

// Bytes of such a list. Real entries have two hundred; the place of one can be as long as the names in a document.
// Test: tests/unit/adapters/contract/multiplying_test.cc.
inline constexpr size_t kListedBytesMax = 1u << 20;

// Bytes that are written of the values of a document, and of each as often as it is written: so many times its own
// size, at least the second and at most the third, which is what a message can hold. A value counts with the bytes that
// it is written with. Real documents need twice their size. Test: tests/unit/adapters/contract/multiplying_test.cc.
inline constexpr size_t kWrittenTimesMax = 8;
inline constexpr size_t kWrittenBytesMin = 1u << 20;
inline constexpr size_t kWrittenBytesMax = 64u << 20;
inline constexpr size_t kWrittenValueBytes = 128;

// Statements of one RDF dataset, and bytes of its N-Quads. The fullest badge of the vectors makes 363 statements;
// a short document can be written that makes millions.
// Test: tests/unit/core/rdf/nquads_test.cc.
inline constexpr size_t kRdfQuadsMax = 1u << 18;
inline constexpr size_t kRdfTextBytesMax = 64u << 20;

// Blank nodes of a dataset that is made canonical. A transcript has one for every result without an id.
// Test: tests/unit/core/rdf/canonical_test.cc.
inline constexpr size_t kRdfBlankNodesMax = 4096;

// Steps of work for telling blank nodes apart, and how deep it may go. Real credentials need none, and all
// legitimate graphs of the W3C suite stay below; the poisoned ones never end.
// Test: tests/unit/core/rdf/canonical_test.cc.
inline constexpr size_t kRdfCanonicalStepsMax = 1'000'000;
inline constexpr size_t kRdfCanonicalDepthMax = 1024;

// Values and nodes of one JSON-LD document after expansion.
// Test: tests/unit/core/rdf/json_ld_test.cc.
inline constexpr size_t kJsonLdItemsMax = 1u << 18;

// Terms defined or copied while the contexts of one JSON-LD document are processed. The contexts of an
// Open Badge take some two thousand.
// Test: tests/unit/core/rdf/json_ld_test.cc.
inline constexpr size_t kJsonLdContextTermsMax = 4'000'000;

// Contexts that are named by one another, in a row.
// Test: tests/unit/core/rdf/json_ld_test.cc.
inline constexpr size_t kJsonLdRemoteContextsMax = 16;

// Bytes of an IRI that is put together from a prefix, vocabulary or base.
// Test: tests/unit/core/rdf/json_ld_test.cc.
inline constexpr size_t kJsonLdPrefixBytesMax = 2048;

// Proofs on one document; each costs a canonical form and a verification.
// Test: tests/unit/core/proof/di/data_integrity_test.cc.
inline constexpr size_t kProofsMax = 16;

// Signatures of single statements in one selective disclosure proof; each costs a verification.
// Test: tests/unit/core/proof/di/data_integrity_test.cc.
inline constexpr size_t kDisclosedStatementsMax = 2048;

// Bytes of one envelope's header. Ours have 400.
// Test: tests/unit/core/relay/envelope_test.cc.
inline constexpr size_t kEnvelopeHeaderBytesMax = 4096;

// Characters of a base58 text: keys and signatures take at most 200.
// Test: tests/unit/core/base/base58_test.cc.
inline constexpr size_t kBase58TextMax = 1024;

// Bytes of one compact token. Credentials with a page image reach 1 MiB.
// Test: tests/unit/core/proof/jose/jws_test.cc.
inline constexpr size_t kTokenBytesMax = 4u << 20;

// Bytes of one JOSE header, in base64url. A chain of certificates and a content time-stamp take 20 KiB.
// Test: tests/unit/core/proof/jose/jws_test.cc.
inline constexpr size_t kJoseHeaderBytesMax = 256u << 10;

// Nesting of a JOSE header, and of the payload of a token.
// Test: tests/unit/core/proof/jose/jws_test.cc and tests/unit/core/proof/vc_jwt_test.cc.
inline constexpr size_t kJoseHeaderNestingMax = 8;
inline constexpr size_t kTokenNestingMax = 64;

// Signatures of one JSON Web Signature; each costs a verification, on P-521 a millisecond.
// Test: tests/unit/core/proof/jose/jws_test.cc.
inline constexpr size_t kJwsSignaturesMax = 16;

// Keys of one key set; the largest that is published has some hundred.
// Test: tests/unit/core/proof/jose/key_set_test.cc.
inline constexpr size_t kKeySetKeysMax = 1000;

// Bytes of one public key or certificate, in DER or PEM. Certificates with long policies take 5 KiB.
// Test: tests/unit/core/proof/public_key_test.cc.
inline constexpr size_t kKeyBytesMax = 64u << 10;

// Bits of an RSA modulus: less is refused as a key at all, less than the second is weak (RFC 7518, 3.3), more costs a
// verifier milliseconds. Test: tests/unit/core/proof/public_key_test.cc.
inline constexpr int kRsaBitsMin = 512;
inline constexpr int kRsaBitsStrong = 2048;
inline constexpr int kRsaBitsMax = 8192;

// Bits of an RSA exponent; a verification takes time in proportion.
// Test: tests/unit/core/proof/public_key_test.cc.
inline constexpr int kRsaExponentBitsMax = 64;

// Bytes of one time-stamp token. With its certificates it takes 6 KiB.
// Test: tests/unit/core/proof/x509/time_stamp_test.cc.
inline constexpr size_t kTimeStampBytesMax = 256u << 10;

// Components of the unsigned part of a seal, and time-stamps of one signature; each of those costs up to three
// verifications. A seal that is renewed every second year for half a century has 25.
// Test: tests/unit/core/proof/jades/jades_test.cc.
inline constexpr size_t kUnsignedPropertiesMax = 128;
inline constexpr size_t kTimeStampsMax = 64;

// How far clocks may differ when the times of a token are looked at (trust: the clock skew).
// Test: tests/unit/core/proof/vc_jwt_test.cc.
inline constexpr absl::Duration kTokenClockSkew = absl::Seconds(300);

// Bytes of an XML document with a document type declaration of which a signature is evaluated all the same, to say more
// in the refusal. Test: tests/unit/core/proof/xml/xml_signature_test.cc.
inline constexpr size_t kXmlDoctypeBytesMax = 1u << 20;

// References of one XML signature, and transforms of one reference. Both cost a pass over the document; allowed
// signatures have two and three. Test: tests/unit/core/proof/xml/xml_signature_test.cc.
inline constexpr size_t kXmlReferencesMax = 8;
inline constexpr size_t kXmlTransformsMax = 4;

// Bytes of an XPath filter. The one that is allowed has 38.
// Test: tests/unit/core/proof/xml/xml_signature_test.cc.
inline constexpr size_t kXPathBytesMax = 256;

// Nodes of a document for which another filter than the allowed one is evaluated, to say more in the refusal.
// Test: tests/unit/core/proof/xml/xml_signature_test.cc.
inline constexpr size_t kXPathNodesMax = 20'000;

// Certificates that one signature carries.
// Test: tests/unit/core/proof/xml/xml_signature_test.cc.
inline constexpr size_t kCertificatesMax = 16;

// Bytes of a trust bundle. All trusted lists of the Union have some 4000 certificates of 2 KiB.
// Test: tests/unit/core/trust/signed_bundle_test.cc.
inline constexpr size_t kTrustBundleBytesMax = 64u << 20;

// Entries of each kind in a trust bundle.
// Test: tests/unit/core/trust/bundle_test.cc.
inline constexpr int kTrustEntriesMax = 100'000;

// How long before its end a trust bundle warns, and how long it lives when nothing is stated (trust: seven days, two).
// Test: tests/unit/core/trust/bundle_test.cc.
inline constexpr absl::Duration kTrustBundleWarning = absl::Hours(24 * 2);
inline constexpr absl::Duration kTrustBundleLife = absl::Hours(24 * 7);

// Providers followed from one to the next in accreditation data: mergers of mergers, faculties of parts.
// Test: tests/unit/core/trust/accreditation_test.cc.
inline constexpr size_t kProviderRelationsMax = 64;

// Bytes of one gRPC message: a document, its translation with the document embedded in base64, and headroom.
// Test: tests/integration/federation_test.cc.
inline constexpr size_t kGrpcMessageBytesMax = 64u << 20;

// A content above this leaves its message and goes piece by piece, each a message of this size, so that a node needs
// the memory of one piece. Test: tests/unit/core/exchange/large_contents_test.cc.
inline constexpr size_t kPieceBytes = 1u << 20;

// Pieces of one content.
// Test: tests/unit/core/exchange/large_contents_test.cc.
inline constexpr size_t kPiecesMax = 1024;

// Bytes of one content that is not read, only handed on: a scan of a whole file. All of one exchange together.
// Test: tests/unit/core/exchange/large_contents_test.cc.
inline constexpr uint64_t kContentBytesMax = 128u << 20;
inline constexpr uint64_t kExchangeBytesMax = 256u << 20;

// An envelope is taken when its date is at most this far from our clock (trust: the EWP threshold).
// Test: tests/unit/core/relay/envelope_test.cc, stale and from the future.
inline constexpr absl::Duration kFreshnessWindow = absl::Seconds(300);

// Longest life that an envelope may give itself.
// Test: tests/unit/core/relay/envelope_test.cc.
inline constexpr absl::Duration kEnvelopeLifeMax = absl::Seconds(600);

// How long received message ids and their answers are kept. At least the longest exchange (kExchangeLifeMax) plus the
// freshness window on both sides, so that no retry can find its first attempt forgotten.
// Test: tests/unit/core/relay/inbox_test.cc.
inline constexpr absl::Duration kDuplicateMemory = absl::Hours(24 * 8);

// Longest time for which an exchange or a case is tried.
// Test: tests/unit/core/exchange/exchanges_test.cc.
inline constexpr absl::Duration kExchangeLifeMax = absl::Hours(24 * 7);

// Wait between two attempts of the same message: first, doubled each time, up to the last.
// Test: tests/unit/core/relay/outbox_test.cc.
inline constexpr absl::Duration kRetryFirst = absl::Milliseconds(500);
inline constexpr absl::Duration kRetryLast = absl::Minutes(15);

// How long a message that is being sent is left alone by other senders; longer than any time limit of a transport.
// Test: tests/unit/core/relay/outbox_test.cc.
inline constexpr absl::Duration kClaimLife = absl::Minutes(1);

// Signed attempts of one message remembered within the freshness window. With the waits above, a sender makes at
// most 12. Test: tests/unit/core/relay/inbox_test.cc.
inline constexpr int kAttemptsRememberedMax = 64;

// Bytes of a text in a peer's refusal that are kept.
// Test: tests/unit/core/relay/outbox_test.cc.
inline constexpr size_t kRefusalTextBytesMax = 512;

// Entries of a page of a list: without a wish, and at most.
// Test: tests/unit/core/exchange/exchanges_test.cc.
inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;

// Credentials named in one authorisation.
// Test: tests/unit/core/sharing/authorisations_test.cc.
inline constexpr int kAuthorisationCredentialsMax = 100;

// Times that something was handed over under an authorisation, and times that it was refused, that are listed for the
// holder; the last ones. Test: tests/unit/core/sharing/authorisations_test.cc.
inline constexpr int kAuthorisationUsesListed = 100;

// Bytes of an id that a client or another node gives us: pseudonyms, register ids, names of nodes.
// Test: tests/unit/core/sharing/authorisations_test.cc.
inline constexpr size_t kIdBytesMax = 256;

// How often the issuing node is asked about a document before a recognition case goes on without its answer. By the
// retry schedule that takes a minute.
// Test: tests/unit/core/recognition/cases_test.cc.
inline constexpr int kCaseQuestionsMax = 8;

// Calls that one node works on or holds in its queue at a time; the next is told to come later.
// Test: tests/unit/gateway/grpc/worker_pool_test.cc.
inline constexpr size_t kQueuedCallsMax = 1024;

// Bytes of a configuration, policy, node map or register file.
// Test: tests/unit/gateway/config/yaml_test.cc.
inline constexpr size_t kConfigBytesMax = 4u << 20;

// Bytes and items of one CBOR document. Signed credentials have some kilobytes, lists of issuing authorities 200 KiB
// and ten thousand items; an item costs a hundred bytes of memory. Test: tests/unit/core/base/cbor_test.cc.
inline constexpr size_t kCborBytesMax = 4u << 20;
inline constexpr size_t kCborItemsMax = 200'000;

// Bytes of a status list after inflating: 16 million entries of one bit.
// Test: tests/unit/core/proof/status/status_list_test.cc.
inline constexpr size_t kStatusListBytesMax = 2u << 20;

// How long a fetched status list is used without asking for it again, and how long after that as stale, said so.
// Test: tests/unit/core/proof/status/status_list_test.cc.
inline constexpr absl::Duration kStatusFreshMax = absl::Minutes(15);
inline constexpr absl::Duration kStatusStaleMax = absl::Hours(24);

// Disclosures of one SD-JWT. The largest real one seen has 26.
// Test: tests/unit/core/base/selective_disclosure_test.cc.
inline constexpr size_t kDisclosuresMax = 4096;

// How old the key binding of a presentation may be.
// Test: tests/unit/core/proof/sd_jwt/sd_jwt_test.cc.
inline constexpr absl::Duration kKeyBindingAgeMax = absl::Minutes(10);

// Bytes of a signed note, and signatures on it: a checkpoint with the signatures of every peer has some kilobytes.
// Test: tests/unit/core/evidence/note_test.cc.
inline constexpr size_t kNoteBytesMax = 64u << 10;
inline constexpr size_t kNoteSignaturesMax = 100;

}  // namespace passerelle::base
