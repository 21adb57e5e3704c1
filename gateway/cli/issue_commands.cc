#include "gateway/cli/issue_commands.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/proof/jades/seal_credential.h"
#include "core/proof/statement.h"
#include "core/proof/status/make_status_list.h"
#include "core/proof/x509/certificate.h"
#include "core/recognition/issue/decision_credential.h"
#include "core/recognition/issue/decision_json.h"
#include "core/recognition/issue/issued.h"
#include "core/recognition/issue/letter.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/cli/node_client.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"
#include "gateway/system/system_random.h"
#include "passerelle/wallet/v1/wallet_service.grpc.pb.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using recognition::v1::IssuedDecisions;
using recognition::v1::RecognitionCase;

// A statement has to end; a decision ends earlier by its status only. As long as archives of decisions are usual.
constexpr int kStatementYears = 10;
// How long a status list may be used: it is made anew every day, and one day may be missed.
constexpr absl::Duration kListLife = absl::Hours(48);

// The book, which nobody else uses as long as this exists. The lock is a file of its own, since the book is replaced.
class BookFile {
 public:
  static absl::StatusOr<std::unique_ptr<BookFile>> Open(const std::string& path) {
    const std::string lock = path + ".lock";
    const int descriptor = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return Problem(Reason::kOutputNotWritable, lock);
    std::unique_ptr<BookFile> file(new BookFile(path, descriptor));
    while (flock(descriptor, LOCK_EX) != 0) {
      if (errno != EINTR) return Problem(Reason::kOutputNotWritable, lock);
    }
    RETURN_IF_ERROR(ReadYamlFile(path, &file->book_));
    RETURN_IF_ERROR(Check(path, file->book_));
    return file;
  }
  BookFile(const BookFile&) = delete;
  BookFile& operator=(const BookFile&) = delete;
  ~BookFile() { close(descriptor_); }

  static absl::Status Check(const std::string& path, const IssuedDecisions& book) {
    return InFile(path, recognition::CheckBook(book));
  }

  IssuedDecisions& book() { return book_; }
  absl::Status Save() const {
    const std::string text = WriteYaml(book_);
    // What could not be read again could not be revoked.
    if (text.size() > base::kConfigBytesMax) return Problem(Reason::kInputTooLarge, path_, "begin a new book");
    return ReplaceFile(path_, text).ok() ? absl::OkStatus() : Problem(Reason::kOutputNotWritable, path_);
  }

 private:
  BookFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  const std::string path_;
  const int descriptor_;
  IssuedDecisions book_;
};

absl::Status WriteOut(const std::string& out, absl::string_view content, const Console& console) {
  if (!out.empty()) return WriteResult(out, content);
  console.out << content;
  return absl::OkStatus();
}

// The holder, as the document of the case names them.
absl::StatusOr<elm::v3::Person> HolderOfCase(const document::Registry& registry, const RecognitionCase& content) {
  ASSIGN_OR_RETURN(const document::Translated translated,
                   document::Translate(registry, content.document().content(), {}));
  return recognition::HolderOf(translated.credential);
}

recognition::DecisionIssue IssueOf(const IssuedDecisions& book, uint64_t place, const proof::Sealer& sealer,
                                   absl::Time at) {
  recognition::DecisionIssue issue;
  issue.issuer = book.issuer();
  issue.country = book.country();
  issue.organization_identifier = sealer.certificate().OrganizationIdentifier();
  issue.language = book.language();
  issue.key_id = sealer.key().verification_key().thumbprint();
  issue.at = at;
  issue.until = at + absl::Hours(24) * 365 * kStatementYears;
  issue.bitstring_status = proof::Statement::BitstringStatus{book.bitstring_list(), place};
  return issue;
}

absl::StatusOr<std::string> AsSdJwt(const proof::Statement& statement, const RecognitionCase& content,
                                    const elm::v3::Person& person, const IssueRequest& request,
                                    const IssuedDecisions& book, uint64_t place, const proof::Sealer& sealer) {
  proof::StatementHolder holder;
  holder.withholdable = recognition::WithholdableClaims(content, person);
  holder.status = proof::StatementHolder::Status{book.token_list(), place};
  if (!request.holder_key.empty()) {
    ASSIGN_OR_RETURN(holder.jwk, ReadInput(request.holder_key, base::kKeyBytesMax));
  }
  SystemRandom random;
  return proof::StatementAsSdJwtVc(statement, holder, sealer.key(), random);
}

// Signed by nobody: it needs no seal, has no place in the lists, and leaves the book as it is.
absl::StatusOr<std::string> BareDecision(const IssueRequest& request) {
  ASSIGN_OR_RETURN(const RecognitionCase content, FetchCase(request.node, request.id));
  RETURN_IF_ERROR(recognition::CheckIssuable(content));
  return recognition::DecisionJson(content) + "\n";
}

absl::StatusOr<std::string> Issue(const document::Registry& registry, const IssueRequest& request) {
  if (request.as == "json") return BareDecision(request);
  // The book first: a case that was read before somebody else issued its next decision would revoke that one.
  ASSIGN_OR_RETURN(const std::unique_ptr<BookFile> file, BookFile::Open(request.seal.book));
  ASSIGN_OR_RETURN(const RecognitionCase content, FetchCase(request.node, request.id));
  RETURN_IF_ERROR(recognition::CheckIssuable(content));
  ASSIGN_OR_RETURN(const elm::v3::Person holder, HolderOfCase(registry, content));
  ASSIGN_OR_RETURN(const proof::Sealer sealer, LoadSealer(request.seal.key, request.seal.certificate));
  SystemRandom random;
  ASSIGN_OR_RETURN(const uint64_t place, recognition::Enter(content.id(), recognition::DecisionSha256(content),
                                                            request.at, random, &file->book()));
  const recognition::DecisionIssue issue = IssueOf(file->book(), place, sealer, request.at);
  std::string issued;
  if (request.as == "elm") {
    ASSIGN_OR_RETURN(elm::v3::EuropeanDigitalCredential credential, recognition::DecisionAsElm(content, holder, issue));
    ASSIGN_OR_RETURN(issued, proof::SealCredential(std::move(credential), sealer, request.at));
  } else {
    ASSIGN_OR_RETURN(const proof::Statement statement, recognition::DecisionAsStatement(content, holder, issue));
    ASSIGN_OR_RETURN(issued, request.as == "vc-jwt"
                                 ? proof::StatementAsVcJwt(statement, sealer.key())
                                 : AsSdJwt(statement, content, holder, request, file->book(), place, sealer));
  }
  // In the book before it is in the world: what is issued can always be revoked.
  RETURN_IF_ERROR(file->Save());
  if (request.deliver) RETURN_IF_ERROR(DeliverCredential(request.node, content.id(), request.as, issued));
  return issued + "\n";
}

// What is offered has its place in the book before it is offered: it can be revoked from its first moment on.
absl::StatusOr<wallet::v1::Offer> Offer(const OfferRequest& request) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BookFile> file, BookFile::Open(request.book));
  ASSIGN_OR_RETURN(const RecognitionCase content, FetchCase(request.node, request.id));
  RETURN_IF_ERROR(recognition::CheckIssuable(content));
  SystemRandom random;
  wallet::v1::OfferDecisionRequest wish;
  wish.set_request_id(base::NewUuid(random));
  wish.set_case_id(content.id());
  wish.set_decision_sha256(recognition::DecisionSha256(content));
  ASSIGN_OR_RETURN(const uint64_t place,
                   recognition::Enter(content.id(), wish.decision_sha256(), request.at, random, &file->book()));
  RETURN_IF_ERROR(file->Save());
  wish.set_country(file->book().country());
  wish.set_language(file->book().language());
  wish.set_status_list(file->book().token_list());
  wish.set_status_index(place);
  wish.set_with_transaction_code(request.with_transaction_code);
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, ChannelTo(request.node));
  using Stub = wallet::v1::WalletService::Stub;
  const std::unique_ptr<Stub> stub = wallet::v1::WalletService::NewStub(channel);
  ASSIGN_OR_RETURN(wallet::v1::OfferDecisionResponse answer, Call(*stub, &Stub::OfferDecision, wish));
  return std::move(*answer.mutable_offer());
}

absl::StatusOr<std::string> Letter(const document::Registry& registry, const LetterRequest& request) {
  ASSIGN_OR_RETURN(const RecognitionCase content, FetchCase(request.node, request.id));
  ASSIGN_OR_RETURN(const elm::v3::Person holder, HolderOfCase(registry, content));
  IssuedDecisions book;
  RETURN_IF_ERROR(ReadYamlFile(request.book, &book));
  RETURN_IF_ERROR(BookFile::Check(request.book, book));
  RETURN_IF_ERROR(recognition::CheckHolds(content.id(), recognition::DecisionSha256(content), book));
  ASSIGN_OR_RETURN(const std::string credential, ReadInput(request.credential, base::kDocumentBytesMax));
  ASSIGN_OR_RETURN(const std::string pem, ReadInput(request.seal_certificate, base::kKeyBytesMax));
  const absl::StatusOr<std::vector<proof::Certificate>> seal = proof::Certificate::FromPem(pem);
  if (!seal.ok()) return Problem(Reason::kKeyUnusable, request.seal_certificate, base::DetailOf(seal.status()));
  // A letter that names a credential which was changed would lend it the authority's word.
  RETURN_IF_ERROR(
      InFile(request.credential, recognition::CheckSealedDecision(credential, seal->front(), content, request.at)));
  recognition::LetterWish wish;
  wish.holder_name = recognition::NameOf(holder);
  wish.authority_language = book.language();
  wish.languages = request.languages.empty() ? std::vector<std::string>{book.language()} : request.languages;
  wish.credential_sha256 = base::Sha256Hex(credential);
  wish.verify_at = book.verify_at();
  return recognition::LetterHtml(content, wish);
}

absl::Status MakeLists(const StatusRequest& request) {
  ASSIGN_OR_RETURN(const proof::Sealer sealer, LoadSealer(request.seal.key, request.seal.certificate));
  ASSIGN_OR_RETURN(const std::unique_ptr<BookFile> file, BookFile::Open(request.seal.book));
  if (!request.revoke.empty()) {
    RETURN_IF_ERROR(recognition::Revoke(request.revoke, request.reason_code, request.at, &file->book()));
    RETURN_IF_ERROR(file->Save());
  }
  proof::StatusListWish wish;
  wish.issuer = file->book().issuer();
  wish.key_id = sealer.key().verification_key().thumbprint();
  wish.revoked = recognition::RevokedPlaces(file->book());
  wish.at = request.at;
  wish.until = request.at + kListLife;
  wish.uri = file->book().bitstring_list();
  ASSIGN_OR_RETURN(const std::string bitstring, proof::MakeBitstringStatusList(wish, sealer.key()));
  wish.uri = file->book().token_list();
  ASSIGN_OR_RETURN(const std::string token, proof::MakeTokenStatusList(wish, sealer.key()));
  std::error_code error;
  std::filesystem::create_directories(request.out, error);
  if (error) return Problem(Reason::kOutputNotWritable, request.out, error.message());
  RETURN_IF_ERROR(WriteResult(request.out + "/bitstring.jwt", bitstring));
  return WriteResult(request.out + "/token.jwt", token);
}

}  // namespace

int RunIssue(const document::Registry& registry, const IssueRequest& request, const Console& console) {
  const absl::StatusOr<std::string> issued = Issue(registry, request);
  if (!issued.ok()) return RefuseCall(request.node, issued.status(), console);
  return Finish(WriteOut(request.out, *issued, console), console);
}

int RunOffer(const OfferRequest& request, const Console& console) {
  const absl::StatusOr<wallet::v1::Offer> offer = Offer(request);
  if (!offer.ok()) return RefuseCall(request.node, offer.status(), console);
  console.out << offer->wallet_uri() << "\n";
  if (!offer->transaction_code().empty()) console.out << "transaction code " << offer->transaction_code() << "\n";
  return kExitDone;
}

int RunLetter(const document::Registry& registry, const LetterRequest& request, const Console& console) {
  const absl::StatusOr<std::string> letter = Letter(registry, request);
  if (!letter.ok()) return RefuseCall(request.node, letter.status(), console);
  return Finish(WriteOut(request.out, *letter, console), console);
}

int RunStatus(const StatusRequest& request, const Console& console) { return Finish(MakeLists(request), console); }

}  // namespace passerelle::gateway
