#include "gateway/grpc/pathway_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/pathway/evaluate.h"
#include "gateway/pathway/pathway_items.h"
#include "gateway/pathway/pathway_offers.h"

namespace passerelle::gateway {
namespace {

namespace pathway_v1 = pathway::v1;

// The problem of one document of several.
absl::Status At(const std::string& place, const absl::Status& problem) {
  const std::string inner = base::PlaceOf(problem);
  return base::Problem(base::ReasonOf(problem), inner.empty() ? place : absl::StrCat(place, ": ", inner),
                       base::DetailOf(problem));
}

}  // namespace

PathwayService::PathwayService(CallRunner* runner, Options options) : RawService(runner), options_(options) {
  runner->AddUnary<pathway_v1::EvaluatePathwayRequest, pathway_v1::EvaluatePathwayResponse>(
      pathway_v1::PathwayService::service_full_name(), "EvaluatePathway",
      [this](const CallInfo&, const pathway_v1::EvaluatePathwayRequest& in,
             pathway_v1::EvaluatePathwayResponse* out) -> CallOutcome { return Evaluate(in, out); });
}

absl::Status PathwayService::Evaluate(const pathway_v1::EvaluatePathwayRequest& request,
                                      pathway_v1::EvaluatePathwayResponse* response) const {
  pathway::Question question;
  question.day =
      request.day().empty() ? absl::FormatTime("%Y-%m-%d", options_.clock->Now(), absl::UTCTimeZone()) : request.day();
  question.language = request.language();
  for (int i = 0; i < request.documents_size(); ++i) {
    const pathway_v1::PresentedDocument& document = request.documents(i);
    const std::string place = absl::StrCat("documents[", i, "]");
    if (document.content().empty()) return base::Problem(base::Reason::kFieldMissing, place + ".content");
    const absl::Status added = AddItemsOf(*options_.adapters, document.content(),
                                          document.name().empty() ? place : document.name(), &question.items);
    if (!added.ok()) return At(place, added);
  }
  question.items.insert(question.items.end(), request.items().begin(), request.items().end());
  RETURN_IF_ERROR(AddFacts(request.facts(), "facts", &question.items));
  ASSIGN_OR_RETURN(*response->mutable_evaluation(), pathway::Evaluate(request.pathway(), question));
  if (!request.suggest_offers()) return absl::OkStatus();
  return Suggest(request, std::move(question), response);
}

absl::Status PathwayService::Suggest(const pathway_v1::EvaluatePathwayRequest& request, pathway::Question question,
                                     pathway_v1::EvaluatePathwayResponse* response) const {
  if (options_.offers == nullptr) {
    return base::Problem(base::Reason::kFieldInvalid, "suggest_offers", "this node has no catalogue");
  }
  const OfferWish wish = {request.offers_country(), request.offers_language(), request.language()};
  OffersForGaps offers;
  RETURN_IF_ERROR(options_.offers->Read([&](OfferIndex& index) -> absl::Status {
    ASSIGN_OR_RETURN(offers, FindOffersForGaps(request.pathway(), response->evaluation(), wish, index));
    return absl::OkStatus();
  }));
  question.offers = offers.items;
  ASSIGN_OR_RETURN(*response->mutable_evaluation(), pathway::Evaluate(request.pathway(), question));
  TellProviders(offers, *options_.providers, response->mutable_evaluation());
  response->set_suggestions_note(SuggestionsNote(offers));
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
