// The service for everybody who looks for learning.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "core/base/port/clock.h"
#include "core/catalogue/offers.h"
#include "gateway/catalogue/offer_readers.h"
#include "gateway/grpc/raw_service.h"
#include "passerelle/catalogue/v1/catalogue_service.grpc.pb.h"

namespace passerelle::gateway {

// Changes of one page. Test: tests/integration/catalogue_service_test.cc.
inline constexpr int kChangesPageMax = 1000;

// Bytes of one text of a request, and values of one list. Questions have a few words, and there are six kinds of
// quality assurance. Test: tests/integration/catalogue_service_test.cc.
inline constexpr size_t kCatalogueTextBytesMax = 1000;
inline constexpr int kCatalogueValuesMax = 100;
// The same of "id" and "page_token": a token has the id of an offer in base64, and more.
inline constexpr size_t kCatalogueKeyBytesMax = 2 * catalogue::kOfferIdBytesMax;

class CatalogueService : public RawService<catalogue::v1::CatalogueService> {
 public:
  struct Options {
    OfferReaders* offers = nullptr;
    const catalogue::v1::ProviderList* providers = nullptr;  // checked; empty for a node that knows no policies
    const base::Clock* clock = nullptr;
  };
  CatalogueService(CallRunner* runner, Options options);

 private:
  absl::Status Search(const catalogue::v1::SearchOffersRequest& request,
                      catalogue::v1::SearchOffersResponse* response) const;
  absl::Status Get(const catalogue::v1::GetOfferRequest& request, catalogue::v1::GetOfferResponse* response) const;
  absl::Status List(const catalogue::v1::ListChangesRequest& request,
                    catalogue::v1::ListChangesResponse* response) const;
  absl::Status Find(const catalogue::v1::FindAcceptanceRequest& request,
                    catalogue::v1::FindAcceptanceResponse* response) const;

  const Options options_;
};

}  // namespace passerelle::gateway
