#include "gateway/node/metered.h"

#include <optional>
#include <utility>

#include "core/base/problem.h"

namespace passerelle::gateway {
namespace {

class MeteredAdapter : public document::Adapter {
 public:
  MeteredAdapter(const document::Adapter* adapter, Metrics* metrics) : adapter_(adapter), metrics_(metrics) {}
  const document::FormatInfo& Info() const override { return adapter_->Info(); }
  document::Confidence Detect(absl::string_view bytes) const override { return adapter_->Detect(bytes); }
  absl::StatusOr<document::Imported> Import(absl::string_view bytes,
                                            const document::ImportOptions& options) const override {
    auto imported = adapter_->Import(bytes, options);
    metrics_->Translation(Info().id, imported.ok() ? "translated" : "refused");
    return imported;
  }
  // What is inside is counted when its own adapter reads it.
  absl::StatusOr<std::optional<document::Enclosed>> Open(absl::string_view bytes,
                                                         const document::ImportOptions& options) const override {
    return adapter_->Open(bytes, options);
  }
  std::optional<std::string> SignedWithin(absl::string_view bytes) const override {
    return adapter_->SignedWithin(bytes);
  }
  absl::StatusOr<document::Exported> Export(const elm::v3::EuropeanDigitalCredential& credential,
                                            const document::ExportOptions& options) const override {
    return adapter_->Export(credential, options);
  }
  absl::StatusOr<document::Exported> ExportCatalogue(const elm::v3::Dataset& catalogue,
                                                     const document::ExportOptions& options) const override {
    return adapter_->ExportCatalogue(catalogue, options);
  }

 private:
  const document::Adapter* const adapter_;
  Metrics* const metrics_;
};

absl::string_view ReasonName(const absl::Status& status) {
  return status.ok() ? absl::string_view("") : base::Catalogue(base::ReasonOf(status)).name;
}

}  // namespace

void MeteredHandler::Handled(const relay::Opened& message, const absl::Status& status) {
  metrics_->RelayMessage("in", Type(), status.ok() ? "accepted" : "refused");
  log_->Write(LogEvent::kMessageHandled, {{"peer", message.header.sender},
                                          {"message", message.header.id},
                                          {"type", Type()},
                                          {"reason", ReasonName(status)}});
  handler_->Handled(message, status);
}

void MeteredAnswerHandler::Answered(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                                    const relay::v1::Envelope* evidence) {
  metrics_->RelayMessage("out", Type(), answer.ok() ? "accepted" : evidence != nullptr ? "refused" : "failed");
  log_->Write(LogEvent::kAnswerHandled, {{"peer", message.recipient},
                                         {"message", message.id},
                                         {"type", Type()},
                                         {"resource", message.resource},
                                         {"reason", ReasonName(answer.status())}});
  handler_->Answered(message, answer, evidence);
}

absl::Status MeteredAnswerHandler::HandleAttempt(const relay::Outgoing& message, const absl::Status& problem,
                                                 int attempts, base::Transaction& tx) {
  metrics_->RelayMessage("out", Type(), "retried");
  return handler_->HandleAttempt(message, problem, attempts, tx);
}

document::Registry MeterAdapters(const document::Registry& registry, Metrics* metrics) {
  std::vector<std::unique_ptr<const document::Adapter>> adapters;
  for (const auto& adapter : registry.adapters()) {
    adapters.push_back(std::make_unique<MeteredAdapter>(adapter.get(), metrics));
  }
  return document::Registry(std::move(adapters));
}

}  // namespace passerelle::gateway
