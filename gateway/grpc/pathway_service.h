// The service for clients that apply pathways to what is presented.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "absl/status/status.h"
#include "core/base/port/clock.h"
#include "core/document/adapter.h"
#include "core/pathway/evaluate.h"
#include "gateway/catalogue/offer_readers.h"
#include "gateway/grpc/raw_service.h"
#include "passerelle/catalogue/v1/provider_policy.pb.h"
#include "passerelle/pathway/v1/pathway_service.grpc.pb.h"

namespace passerelle::gateway {

class PathwayService : public RawService<pathway::v1::PathwayService> {
 public:
  struct Options {
    const document::Registry* adapters = nullptr;
    const base::Clock* clock = nullptr;
    OfferReaders* offers = nullptr;  // null for a node without a catalogue
    const catalogue::v1::ProviderList* providers = nullptr;
  };
  PathwayService(CallRunner* runner, Options options);

 private:
  absl::Status Evaluate(const pathway::v1::EvaluatePathwayRequest& request,
                        pathway::v1::EvaluatePathwayResponse* response) const;
  // Evaluates again with offers for the gaps of an evaluation.
  absl::Status Suggest(const pathway::v1::EvaluatePathwayRequest& request, pathway::Question question,
                       pathway::v1::EvaluatePathwayResponse* response) const;

  const Options options_;
};

}  // namespace passerelle::gateway
