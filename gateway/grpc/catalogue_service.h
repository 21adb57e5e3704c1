// The service for everybody who looks for learning.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "absl/status/status.h"
#include "core/base/port/clock.h"
#include "gateway/catalogue/offer_readers.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/catalogue/v1/catalogue_service.grpc.pb.h"

namespace passerelle::gateway {

// Changes of one page. Test: tests/integration/catalogue_service_test.cc.
inline constexpr int kChangesPageMax = 1000;

class CatalogueService : public catalogue::v1::CatalogueService::CallbackService {
 public:
  struct Options {
    OfferReaders* offers = nullptr;
    const catalogue::v1::ProviderList* providers = nullptr;  // checked; empty for a node that knows no policies
    const base::Clock* clock = nullptr;
  };
  CatalogueService(CallRunner* runner, Options options);

  grpc::ServerUnaryReactor* SearchOffers(grpc::CallbackServerContext* context,
                                         const catalogue::v1::SearchOffersRequest* request,
                                         catalogue::v1::SearchOffersResponse* response) override;
  grpc::ServerUnaryReactor* GetOffer(grpc::CallbackServerContext* context,
                                     const catalogue::v1::GetOfferRequest* request,
                                     catalogue::v1::GetOfferResponse* response) override;
  grpc::ServerUnaryReactor* ListChanges(grpc::CallbackServerContext* context,
                                        const catalogue::v1::ListChangesRequest* request,
                                        catalogue::v1::ListChangesResponse* response) override;
  grpc::ServerUnaryReactor* FindAcceptance(grpc::CallbackServerContext* context,
                                           const catalogue::v1::FindAcceptanceRequest* request,
                                           catalogue::v1::FindAcceptanceResponse* response) override;

 private:
  absl::Status Search(const catalogue::v1::SearchOffersRequest& request,
                      catalogue::v1::SearchOffersResponse* response) const;
  absl::Status List(const catalogue::v1::ListChangesRequest& request,
                    catalogue::v1::ListChangesResponse* response) const;
  absl::Status Find(const catalogue::v1::FindAcceptanceRequest& request,
                    catalogue::v1::FindAcceptanceResponse* response) const;

  CallRunner* const runner_;
  const Options options_;
};

}  // namespace passerelle::gateway
