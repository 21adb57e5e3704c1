#include "gateway/grpc/catalogue_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/page.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/provider_policies.h"
#include "google/protobuf/descriptor.h"

namespace passerelle::gateway {
namespace {

namespace catalogue_v1 = catalogue::v1;
using base::Problem;
using base::Reason;

// kFieldInvalid at the first field that holds more than it may. What is searched with is copied and split, so that this
// comes before all else.
absl::Status CheckFields(const google::protobuf::Message& request) {
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(request, &fields);
  std::string scratch;
  for (const google::protobuf::FieldDescriptor* const field : fields) {
    if (field->is_repeated()) {
      if (reflection.FieldSize(request, field) <= kCatalogueValuesMax) continue;
      return Problem(Reason::kFieldInvalid, field->name(), absl::StrCat("at most ", kCatalogueValuesMax, " values"));
    }
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) continue;
    const bool is_key = field->name() == "id" || field->name() == "page_token";
    const size_t bytes_max = is_key ? kCatalogueKeyBytesMax : kCatalogueTextBytesMax;
    if (reflection.GetStringReference(request, field, &scratch).size() <= bytes_max) continue;
    return Problem(Reason::kFieldInvalid, field->name(), absl::StrCat("at most ", bytes_max, " bytes"));
  }
  return absl::OkStatus();
}

catalogue::OfferQuery QueryOf(const catalogue_v1::SearchOffersRequest& request) {
  catalogue::OfferQuery query;
  query.text = request.text();
  query.language = request.language();
  query.country = request.country();
  query.provider_type = request.provider_type();
  query.field = request.field();
  query.mode = request.mode();
  query.co_designed_by = request.co_designed_by();
  query.co_designer = request.co_designer();
  query.tag = request.tag();
  query.least_level = request.least_eqf_level();
  query.most_level = request.most_eqf_level();
  query.least_credits = request.least_credits();
  query.most_credits = request.most_credits();
  return query;
}

// A token is for the search that it came from: everything but the page.
std::string ListName(catalogue_v1::SearchOffersRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return request.SerializeAsString();
}

catalogue_v1::Acceptance ToProto(catalogue::Acceptance acceptance) {
  switch (acceptance) {
    case catalogue::Acceptance::kAccepts:
      return catalogue_v1::ACCEPTANCE_ACCEPTS;
    case catalogue::Acceptance::kOpen:
      return catalogue_v1::ACCEPTANCE_OPEN;
    case catalogue::Acceptance::kDoesNotAccept:
      return catalogue_v1::ACCEPTANCE_DOES_NOT_ACCEPT;
    case catalogue::Acceptance::kNotPublished:
      return catalogue_v1::ACCEPTANCE_NOT_PUBLISHED;
  }
  return catalogue_v1::ACCEPTANCE_UNSPECIFIED;
}

}  // namespace

CatalogueService::CatalogueService(CallRunner* runner, Options options)
    : RawService(runner), options_(std::move(options)) {
  const char* const service = catalogue_v1::CatalogueService::service_full_name();
  runner->AddUnary<catalogue_v1::SearchOffersRequest, catalogue_v1::SearchOffersResponse>(
      service, "SearchOffers",
      [this](const CallInfo&, const catalogue_v1::SearchOffersRequest& in,
             catalogue_v1::SearchOffersResponse* out) -> CallOutcome { return Search(in, out); });
  runner->AddUnary<catalogue_v1::GetOfferRequest, catalogue_v1::GetOfferResponse>(
      service, "GetOffer",
      [this](const CallInfo&, const catalogue_v1::GetOfferRequest& in,
             catalogue_v1::GetOfferResponse* out) -> CallOutcome { return Get(in, out); });
  runner->AddUnary<catalogue_v1::ListChangesRequest, catalogue_v1::ListChangesResponse>(
      service, "ListChanges",
      [this](const CallInfo&, const catalogue_v1::ListChangesRequest& in,
             catalogue_v1::ListChangesResponse* out) -> CallOutcome { return List(in, out); });
  runner->AddUnary<catalogue_v1::FindAcceptanceRequest, catalogue_v1::FindAcceptanceResponse>(
      service, "FindAcceptance",
      [this](const CallInfo&, const catalogue_v1::FindAcceptanceRequest& in,
             catalogue_v1::FindAcceptanceResponse* out) -> CallOutcome { return Find(in, out); });
}

absl::Status CatalogueService::Search(const catalogue_v1::SearchOffersRequest& request,
                                      catalogue_v1::SearchOffersResponse* response) const {
  RETURN_IF_ERROR(CheckFields(request));
  const std::string list = ListName(request);
  ASSIGN_OR_RETURN(base::Page page, base::ReadPage(list, request.page_size(), request.page_token()));
  catalogue::OfferQuery query = QueryOf(request);
  query.limit = std::min(page.size, catalogue::kOffersPageMax);
  query.after = std::move(page.after);
  std::vector<catalogue_v1::Offer> offers;
  RETURN_IF_ERROR(options_.offers->Read([&](OfferIndex& index) -> absl::Status {
    ASSIGN_OR_RETURN(offers, index.Search(query));
    return absl::OkStatus();
  }));
  // A full page may be the last one; the next is empty then.
  if (offers.size() == static_cast<size_t>(query.limit)) {
    response->set_next_page_token(base::PageToken(list, offers.back().id()));
  }
  for (catalogue_v1::Offer& offer : offers) *response->add_offers() = std::move(offer);
  return absl::OkStatus();
}

absl::Status CatalogueService::Get(const catalogue_v1::GetOfferRequest& request,
                                   catalogue_v1::GetOfferResponse* response) const {
  RETURN_IF_ERROR(CheckFields(request));
  return options_.offers->Read([&](OfferIndex& index) -> absl::Status {
    ASSIGN_OR_RETURN(*response->mutable_offer(), index.Get(request.id()));
    return absl::OkStatus();
  });
}

absl::Status CatalogueService::List(const catalogue_v1::ListChangesRequest& request,
                                    catalogue_v1::ListChangesResponse* response) const {
  if (request.page_size() < 0) return Problem(Reason::kFieldInvalid, "page_size", "it is negative");
  const int limit = request.page_size() == 0 ? kChangesPageMax : std::min(request.page_size(), kChangesPageMax);
  return options_.offers->Read([&](OfferIndex& index) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<catalogue_v1::Change> changes, index.Changes(request.after(), limit));
    for (catalogue_v1::Change& change : changes) *response->add_changes() = std::move(change);
    return absl::OkStatus();
  });
}

absl::Status CatalogueService::Find(const catalogue_v1::FindAcceptanceRequest& request,
                                    catalogue_v1::FindAcceptanceResponse* response) const {
  RETURN_IF_ERROR(CheckFields(request));
  catalogue::PolicyQuestion question;
  question.purpose = request.purpose();
  question.country = request.country();
  question.eqf_level = request.eqf_level();
  question.credits = request.credits();
  question.field = request.field();
  question.awarded = request.awarded();
  for (const int scheme : request.quality_schemes()) {
    question.quality_schemes.push_back(static_cast<catalogue_v1::QualityAssuranceScheme>(scheme));
  }
  question.day =
      request.day().empty() ? absl::FormatTime("%Y-%m-%d", options_.clock->Now(), absl::UTCTimeZone()) : request.day();
  ASSIGN_OR_RETURN(std::vector<catalogue::PolicyAnswer> answers, catalogue::WhoAccepts(*options_.providers, question));
  for (catalogue::PolicyAnswer& answer : answers) {
    catalogue_v1::ProviderAcceptance* const told = response->add_answers();
    *told->mutable_provider() = std::move(answer.provider);
    told->set_acceptance(ToProto(answer.acceptance));
    told->mutable_why()->Assign(answer.why.begin(), answer.why.end());
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
