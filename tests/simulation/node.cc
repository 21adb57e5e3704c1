#include "tests/simulation/node.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/relay/note_keys.h"

namespace passerelle::simulation {
namespace {

constexpr size_t kSecretBytes = 32;

// A register that may be down, and during whose answers others act.
class SlowRegister : public registers::Register {
 public:
  SlowRegister(Environment& environment, Life& life) : environment_(environment), life_(life) {}
  absl::StatusOr<registers::v1::RegisterEntry> LookUpCredential(absl::string_view credential_id) override {
    environment_.Between(life_);
    if (!environment_.RegisterAvailable()) return base::Problem(base::Reason::kRegisterUnavailable, "");
    registers::v1::RegisterEntry entry;
    entry.set_credential_id(std::string(credential_id));
    entry.mutable_document()->set_content(DocumentOf(life_.node, credential_id));
    entry.mutable_document()->set_format("note");
    return entry;
  }
  absl::StatusOr<authenticity::v1::AuthenticityAnswer> ConfirmDigest(absl::string_view) override {
    return base::Problem(base::Reason::kRegisterUnavailable, "");
  }
  absl::StatusOr<std::vector<registers::v1::RegisterEntry>> ListHolderCredentials(absl::string_view, absl::string_view,
                                                                                  int) override {
    return base::Problem(base::Reason::kRegisterUnavailable, "");
  }

 private:
  Environment& environment_;
  Life& life_;
};

class Wire : public relay::Transport {
 public:
  Wire(Environment& environment, Life& life) : environment_(environment), life_(life) {}
  absl::StatusOr<relay::v1::Envelope> Deliver(const federation::v1::Node& node,
                                              const relay::v1::Envelope& envelope) override {
    return environment_.Carry(life_, node.id(), envelope);
  }

 private:
  Environment& environment_;
  Life& life_;
};

// The bug of a handler that makes its effect twice.
class TwiceHandler : public relay::Handler {
 public:
  explicit TwiceHandler(relay::Handler& inner) : inner_(inner) {}
  std::string Type() const override { return inner_.Type(); }
  absl::StatusOr<std::string> Prepare(const relay::Opened& message) override { return inner_.Prepare(message); }
  bool PrepareIsCostly() const override { return inner_.PrepareIsCostly(); }
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override {
    auto reply = inner_.Handle(message, prepared, tx);
    if (reply.ok()) inner_.Handle(message, prepared, tx).IgnoreError();
    return reply;
  }

 private:
  relay::Handler& inner_;
};

}  // namespace

Federation::Federation() : ids({"AA", "BB", "CC"}), formats({}) {
  federation::v1::NodeMap map;
  map.set_version(1);
  for (const std::string& id : ids) {
    // The kind that is quicker to verify with.
    keys.push_back(proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256).value());
    federation::v1::Node* const node = map.add_nodes();
    node->set_id(id);
    node->set_state(federation::v1::NODE_STATE_ACTIVE);
    node->add_tls_certificate_sha256(base::Sha256Hex(id));
    federation::v1::MessageKey* const key = node->add_message_keys();
    key->set_kid(keys.back().verification_key().thumbprint());
    key->set_jwk(keys.back().verification_key().jwk());
  }
  strangers.push_back(proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256).value());
  nodes = std::make_unique<federation::NodeMapHolder>(federation::NodeDirectory::Make(map).value());
  note_keys = relay::NoteKeys(*nodes->Get());
}

const Federation& TheFederation() {
  static const auto* const federation = new Federation();
  return *federation;
}

std::string DocumentOf(absl::string_view node, absl::string_view credential_id) {
  return absl::StrCat("credential ", credential_id, " of ", node);
}

Node::Node(int index, Environment& environment, const absl::Time& now, absl::Duration ahead, uint64_t seed,
           Report& report)
    : index_(index),
      id_(TheFederation().ids[index]),
      environment_(environment),
      clock_(now, ahead),
      random_(seed),
      monitored_(memory_, id_, report),
      planted_(monitored_, environment.bug()) {}

absl::Status Node::Start() {
  auto process = std::make_shared<Process>(*this);
  RETURN_IF_ERROR(process->Open(monitored_.last_checkpoint()));
  process_ = std::move(process);
  return absl::OkStatus();
}

void Node::Kill() {
  if (process_ == nullptr) return;
  process_->life.alive = false;
  process_.reset();
}

Process::Process(Node& node)
    : life{node.id_},
      node_(node),
      store_(node.environment_.bug() == Bug::kNone ? static_cast<base::Store&>(node.monitored_) : node.planted_,
             node.environment_, life, node.environment_.bug() == Bug::kTearsTransactions),
      register_(std::make_unique<SlowRegister>(node.environment_, life)),
      transport_(std::make_unique<Wire>(node.environment_, life)),
      authorisations({&store_, &node.clock_, &node.random_}),
      exchanges({.node = node.id_,
                 .store = &store_,
                 .clock = &node.clock_,
                 .random = &node.random_,
                 .nodes = TheFederation().nodes.get()}) {}

Process::~Process() = default;

absl::Status Process::Open(const std::string& remembered) {
  const Federation& federation = TheFederation();
  ASSIGN_OR_RETURN(log, evidence::Log::Open({.node = node_.id_,
                                             .store = &store_,
                                             .clock = &node_.clock_,
                                             .key = evidence::OneKey(&node_.key()),
                                             .secret = std::string(kSecretBytes, node_.id_.front())},
                                            federation.note_keys, remembered));
  messages_ = std::make_unique<relay::MessageLog>(
      relay::MessageLog::Options{log.get(), std::string(kSecretBytes, 'p'), &node_.random_});
  handler_ = std::make_unique<exchange::CredentialQueryHandler>(
      exchange::CredentialQueryHandler::Options{.reg = register_.get(),
                                                .authorisations = &authorisations,
                                                .adapters = &federation.formats,
                                                .store = &store_,
                                                .clock = &node_.clock_});
  twice_ = std::make_unique<TwiceHandler>(*handler_);
  inbox = std::make_unique<relay::Inbox>(
      relay::Inbox::Options{.node = node_.id_,
                            .nodes = federation.nodes.get(),
                            .key = &node_.key(),
                            .store = &store_,
                            .clock = &node_.clock_,
                            .random = &node_.random_,
                            .handlers = {node_.environment_.bug() == Bug::kEffectTwice ? twice_.get() : handler_.get()},
                            .evidence = messages_.get()});
  outbox = std::make_unique<relay::Outbox>(relay::Outbox::Options{.node = node_.id_,
                                                                  .nodes = federation.nodes.get(),
                                                                  .key = &node_.key(),
                                                                  .store = &store_,
                                                                  .clock = &node_.clock_,
                                                                  .random = &node_.random_,
                                                                  .transport = transport_.get(),
                                                                  .handlers = {&exchanges},
                                                                  .evidence = messages_.get()});
  exchanges.set_outbox(outbox.get());
  return absl::OkStatus();
}

}  // namespace passerelle::simulation
