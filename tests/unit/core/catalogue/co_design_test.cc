#include "core/catalogue/co_design.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/catalogue/harvest.h"
#include "core/catalogue/query.h"
#include "tests/support/status_matchers.h"

namespace passerelle::catalogue {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

v1::Source SourceOf(int organisations) {
  v1::Source source;
  source.set_id("no");
  source.set_kind(v1::SOURCE_KIND_AUTHORITY);
  for (int i = 0; i < organisations; ++i) {
    v1::CoDesigner* const organisation = source.add_co_designed_by()->mutable_organisation();
    organisation->set_id(absl::StrCat("urn:example:partner:", i));
    organisation->set_kind(v1::CO_DESIGNER_KIND_EMPLOYERS);
  }
  return source;
}

TEST(CoDesignTest, WhatASourceCannotStateIsRefusedWithThePlace) {
  EXPECT_OK(CheckSource(SourceOf(2)));
  EXPECT_OK(CheckSource(SourceOf(kCoDesignsMax)));
  EXPECT_THAT(CheckSource(SourceOf(kCoDesignsMax + 1)), HasReasonAt(Reason::kConfigInvalid, "co_designed_by"));
  struct Row {
    const char* place;
    void (*change)(v1::CoDesign*);
  };
  for (const Row& row : std::vector<Row>{
           {"co_designed_by[1].organisation.id", [](v1::CoDesign* d) { d->mutable_organisation()->clear_id(); }},
           {"co_designed_by[1].organisation.kind", [](v1::CoDesign* d) { d->mutable_organisation()->clear_kind(); }},
           {"co_designed_by[1].organisation.id",
            [](v1::CoDesign* d) { d->mutable_organisation()->set_id("urn:example:partner:0"); }},
           {"co_designed_by[1].offers[0]", [](v1::CoDesign* d) { d->add_offers(""); }},
           {"co_designed_by[1].offers[0]",
            [](v1::CoDesign* d) {
              d->mutable_organisation()->set_id("urn:example:partner:0");  // of all offers already
              d->add_offers("a");
            }},
           {"co_designed_by[1].offers[1]",
            [](v1::CoDesign* d) {
              d->add_offers("a");
              d->add_offers("a");
            }},
       }) {
    v1::Source source = SourceOf(2);
    row.change(source.mutable_co_designed_by(1));
    EXPECT_THAT(CheckSource(source), HasReasonAt(Reason::kConfigInvalid, row.place));
  }
}

TEST(CoDesignTest, AnOrganisationThatDesignedSomeOffersDidNotDesignAll) {
  v1::Source source = SourceOf(2);
  source.mutable_co_designed_by(0)->add_offers("a");
  EXPECT_OK(CheckSource(source));
  source.mutable_co_designed_by(1)->mutable_organisation()->set_id("urn:example:partner:0");
  EXPECT_THAT(CheckSource(source), HasReasonAt(Reason::kConfigInvalid, "co_designed_by[1].organisation.id"));
}

TEST(CoDesignTest, EmployersAndWorkersAreSocialPartnersAndOthersAreNot) {
  EXPECT_THAT(CoDesignerWords(v1::CO_DESIGNER_KIND_EMPLOYERS), ElementsAre("EMPLOYERS", "SOCIAL_PARTNER"));
  EXPECT_THAT(CoDesignerWords(v1::CO_DESIGNER_KIND_WORKERS), ElementsAre("WORKERS", "SOCIAL_PARTNER"));
  EXPECT_THAT(CoDesignerWords(v1::CO_DESIGNER_KIND_OTHER), ElementsAre("OTHER"));
  EXPECT_THAT(CoDesignerWords(v1::CO_DESIGNER_KIND_UNSPECIFIED), IsEmpty());
  OfferQuery query;
  for (const char* word : {"", "SOCIAL_PARTNER", "EMPLOYERS", "WORKERS", "OTHER"}) {
    query.co_designed_by = word;
    EXPECT_OK(MarksOf(query)) << word;
  }
  for (const char* word : {"employers", "UNION", "SOCIAL_PARTNER "}) {
    query.co_designed_by = word;
    EXPECT_THAT(MarksOf(query), HasReasonAt(Reason::kFieldInvalid, "co_designed_by")) << word;
  }
}

TEST(CoDesignTest, AnOfferIsFoundByKindAndByOrganisation) {
  v1::Offer offer;
  CoDesigns(SourceOf(1)).AddTo(&offer);
  const std::vector<std::string> marks = MarksOf(offer);
  OfferQuery query;
  query.co_designed_by = "SOCIAL_PARTNER";
  query.co_designer = "urn:example:partner:0";
  const absl::StatusOr<MarkQuery> asked = MarksOf(query);
  ASSERT_OK(asked);
  ASSERT_EQ(asked->groups.size(), 2u);
  for (const std::vector<std::string>& group : asked->groups) EXPECT_THAT(marks, Contains(group.front()));
  query.co_designed_by = "WORKERS";
  EXPECT_THAT(marks, Not(Contains(MarksOf(query)->groups.front().front())));
}

}  // namespace
}  // namespace passerelle::catalogue
