#include "core/catalogue/harvest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/provider_types.h"
#include "tests/support/status_matchers.h"

namespace passerelle::catalogue {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

class MemoryBook : public OfferBook {
 public:
  absl::Status InTransaction(absl::FunctionRef<absl::Status()> work) override {
    if (transactions_left == 0) return base::Problem(Reason::kStoreUnavailable, "catalogue");
    --transactions_left;
    return work();
  }
  absl::StatusOr<int64_t> LastRun(absl::string_view source) override { return runs[std::string(source)]; }
  absl::StatusOr<int64_t> NextRun(absl::string_view source) override { return ++runs[std::string(source)]; }
  absl::StatusOr<int64_t> NewReading(absl::string_view source, absl::string_view file, int64_t run) override {
    readings[++last_reading] = {std::string(source), std::string(file), "", run, {}};
    return last_reading;
  }
  absl::Status Complete(int64_t reading, absl::string_view digest, const FileCounts& counts) override {
    readings[reading].digest = std::string(digest);
    readings[reading].counts = counts;
    return absl::OkStatus();
  }
  absl::Status Spoil(int64_t reading) override {
    readings[reading].digest.clear();
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<FileCounts>> TakeOver(absl::string_view source, absl::string_view file,
                                                     absl::string_view digest, int64_t run) override {
    for (auto& [number, reading] : readings) {
      if (reading.source != source || reading.file != file || reading.digest != digest) continue;
      reading.run = run;
      return std::optional<FileCounts>(reading.counts);
    }
    return std::optional<FileCounts>();
  }
  absl::Status Forget(absl::string_view source, int64_t run) override {
    for (auto it = readings.begin(); it != readings.end();) {
      it = it->second.source == source && it->second.run < run ? readings.erase(it) : std::next(it);
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<KeptOffer>> Find(absl::string_view id) override {
    const auto found = kept.find(std::string(id));
    if (found == kept.end()) return std::optional<KeptOffer>();
    KeptOffer offer = found->second;
    const auto reading = readings.find(offer.reading);
    offer.run = reading == readings.end() ? 0 : reading->second.run;
    return std::optional<KeptOffer>(offer);
  }
  absl::Status Write(const v1::Offer& offer, const KeptOffer& entry, v1::ChangeKind kind,
                     absl::string_view day) override {
    kept[offer.id()] = entry;
    absl::StrAppend(&feed, offer.id(), kind == v1::CHANGE_KIND_ADDED ? "+" : "~", day, " ");
    types[offer.id()] = offer.provider_type();
    written[offer.id()] = offer;
    return absl::OkStatus();
  }
  absl::Status Move(absl::string_view id, int64_t reading) override {
    kept[std::string(id)].reading = reading;
    return absl::OkStatus();
  }
  absl::StatusOr<Tally> Count(absl::string_view source, int64_t run) override {
    Tally tally;
    for (const auto& [id, offer] : kept) {
      if (offer.source != source || offer.withdrawn) continue;
      ++tally.offered;
      tally.missing += readings[offer.reading].run < run ? 1 : 0;
    }
    return tally;
  }
  absl::StatusOr<std::vector<std::string>> Missing(absl::string_view source, int64_t run, int limit) override {
    std::vector<std::string> ids;
    for (const auto& [id, offer] : kept) {
      if (offer.source != source || offer.withdrawn || readings[offer.reading].run >= run) continue;
      if (static_cast<int>(ids.size()) < limit) ids.push_back(id);
    }
    return ids;
  }
  absl::Status Withdraw(absl::string_view id, absl::string_view day) override {
    kept[std::string(id)].withdrawn = true;
    absl::StrAppend(&feed, id, "-", day, " ");
    return absl::OkStatus();
  }

  struct Reading {
    std::string source;
    std::string file;
    std::string digest;
    int64_t run = 0;
    FileCounts counts;
  };
  std::map<std::string, int64_t> runs;
  std::map<int64_t, Reading> readings;
  int64_t last_reading = 0;
  std::map<std::string, KeptOffer> kept;
  std::map<std::string, std::string> types;
  std::map<std::string, v1::Offer> written;
  std::string feed;
  int transactions_left = 1'000'000;  // until the book fails
};

v1::Source Authority(const std::string& id = "no") {
  v1::Source source;
  source.set_id(id);
  source.set_kind(v1::SOURCE_KIND_AUTHORITY);
  source.set_provider_type("HEI");
  return source;
}

v1::Offer Offer(const std::string& id, const std::string& title = "T", const std::string& credits = "5") {
  v1::Offer offer;
  offer.set_id(id);
  offer.add_titles()->set_value(title);
  offer.set_credits(credits);
  offer.set_provider("uni");
  return offer;
}

// A file of a source: its name, its bytes (any text that changes with the offers), and its offers.
struct File {
  std::string name;
  std::string bytes;
  std::vector<v1::Offer> offers;
};

absl::StatusOr<Harvested> HarvestFiles(const v1::Source& source, const std::vector<File>& files,
                                       const HarvestOptions& options, OfferBook* book) {
  ASSIGN_OR_RETURN(Harvest harvest, Harvest::Begin(source, options, book));
  std::vector<SourceFile> named;
  for (const File& file : files) named.push_back({file.name, base::Sha256Hex(file.bytes)});
  ASSIGN_OR_RETURN(const std::vector<size_t> changed, harvest.ToRead(named));
  for (const size_t i : changed) {
    ReadOffers read;
    read.offers = files[i].offers;
    RETURN_IF_ERROR(harvest.Take(named[i], read));
  }
  RETURN_IF_ERROR(harvest.Finish());
  return harvest.done();
}

// A source of one file.
absl::StatusOr<Harvested> HarvestOne(const v1::Source& source, std::vector<v1::Offer> offers,
                                     const HarvestOptions& options, OfferBook* book) {
  std::string bytes;
  for (const v1::Offer& offer : offers) absl::StrAppend(&bytes, offer.SerializeAsString());
  return HarvestFiles(source, {{"all.json", bytes, std::move(offers)}}, options, book);
}

std::vector<v1::Offer> Offers(const std::string& prefix, size_t count) {
  std::vector<v1::Offer> offers;
  for (size_t i = 0; i < count; ++i) offers.push_back(Offer(absl::StrCat(prefix, 10'000 + i)));
  return offers;
}

std::string Counts(const Harvested& h) {
  return absl::StrCat("+", h.added, " ~", h.changed, " =", h.unchanged, " -", h.withdrawn, " !", h.refused);
}

TEST(HarvestTest, OnlyWhatChangedIsWrittenAndWhatIsGoneLeavesATombstone) {
  MemoryBook book;
  const v1::Source source = Authority();
  const auto harvest = [&](std::vector<v1::Offer> offers, const std::string& day) {
    const auto done = HarvestOne(source, std::move(offers), {day}, &book);
    EXPECT_OK(done);
    return done.ok() ? Counts(*done) : "";
  };
  EXPECT_EQ(harvest({Offer("a"), Offer("b"), Offer("c")}, "d1"), "+3 ~0 =0 -0 !0");
  EXPECT_EQ(harvest({Offer("c"), Offer("a"), Offer("b")}, "d2"), "+0 ~0 =3 -0 !0");
  EXPECT_EQ(harvest({Offer("a"), Offer("b", "New title")}, "d3"), "+0 ~1 =1 -1 !0");
  EXPECT_EQ(harvest({Offer("a"), Offer("b", "New title")}, "d4"), "+0 ~0 =2 -0 !0");
  // It returns under its id.
  EXPECT_EQ(harvest({Offer("a"), Offer("b", "New title"), Offer("c")}, "d5"), "+1 ~0 =2 -0 !0");
  EXPECT_EQ(book.feed, "a+d1 b+d1 c+d1 b~d3 c-d3 c+d5 ");
  EXPECT_EQ(book.types["a"], "HEI");
}

TEST(HarvestTest, ASourceSpeaksForItsOwnOffersOnly) {
  MemoryBook book;
  ASSERT_OK(HarvestOne(Authority("no"), {Offer("a")}, {"d1"}, &book));
  // Another source may not take the offer over, nor withdraw it.
  ASSERT_OK_AND_ASSIGN(const Harvested taken,
                       HarvestOne(Authority("se"), {Offer("a", "Mine"), Offer("b")}, {"d2"}, &book));
  EXPECT_EQ(Counts(taken), "+1 ~0 =0 -0 !1");
  EXPECT_EQ(book.kept["a"].source, "no");
  // What the other one has withdrawn is free when the file is read again.
  book.kept["a"].withdrawn = true;
  ASSERT_OK_AND_ASSIGN(const Harvested freed,
                       HarvestOne(Authority("se"), {Offer("a", "Mine"), Offer("b", "New")}, {"d5"}, &book));
  EXPECT_EQ(Counts(freed), "+1 ~1 =0 -0 !0");
  EXPECT_EQ(book.kept["a"].source, "se");
  v1::Source provider = Authority("uni");
  provider.set_kind(v1::SOURCE_KIND_PROVIDER);
  provider.add_providers("another");
  ASSERT_OK_AND_ASSIGN(const Harvested refused, HarvestOne(provider, {Offer("c")}, {"d3"}, &book));
  EXPECT_EQ(Counts(refused), "+0 ~0 =0 -0 !1");
  ASSERT_EQ(refused.findings.size(), 1u);
  EXPECT_EQ(refused.findings[0].why, "the source may not offer for this provider");
}

TEST(HarvestTest, PublishersWithoutAMandateAreRefused) {
  MemoryBook book;
  v1::Source source = Authority();
  source.set_kind(v1::SOURCE_KIND_UNSPECIFIED);
  EXPECT_THAT(HarvestOne(source, {}, {"d"}, &book), HasReasonAt(Reason::kConfigInvalid, "kind"));
  source.set_kind(v1::SOURCE_KIND_PROVIDER);
  EXPECT_THAT(HarvestOne(source, {}, {"d"}, &book), HasReasonAt(Reason::kConfigInvalid, "providers"));
  source.clear_id();
  EXPECT_THAT(HarvestOne(source, {}, {"d"}, &book), HasReasonAt(Reason::kConfigInvalid, "id"));
}

TEST(HarvestTest, ATypeOfProviderIsOneOfTheList) {
  v1::Source source = Authority();
  for (const ProviderType& type : kProviderTypes) {
    source.set_provider_type(std::string(type.code));
    EXPECT_OK(CheckSource(source)) << type.code;
  }
  source.clear_provider_type();  // not stated
  EXPECT_OK(CheckSource(source));
  for (const char* unknown : {"pes", "SCHOOL", "HEI "}) {
    source.set_provider_type(unknown);
    const absl::Status refused = CheckSource(source);
    EXPECT_THAT(refused, HasReasonAt(Reason::kConfigInvalid, "provider_type")) << unknown;
    EXPECT_THAT(base::DetailOf(refused), ::testing::HasSubstr("list 1 of provider types: HEI, ")) << unknown;
  }
}

TEST(HarvestTest, APublicEmploymentServiceIsAProviderLikeOthers) {
  MemoryBook book;
  v1::Source source = Authority();
  source.set_provider_type("PES");
  ASSERT_OK(HarvestOne(source, {Offer("a")}, {"d1"}, &book));
  EXPECT_EQ(book.types["a"], "PES");
}

// A source whose offers an organisation of this kind designed with their providers, all of them or those named.
void AddCoDesign(v1::Source* source, const std::string& id, v1::CoDesignerKind kind,
                 const std::vector<std::string>& offers = {}) {
  v1::CoDesign* const design = source->add_co_designed_by();
  design->mutable_organisation()->set_id(id);
  design->mutable_organisation()->set_kind(kind);
  design->mutable_offers()->Assign(offers.begin(), offers.end());
}

TEST(HarvestTest, OffersKeepWhoDesignedThemWithTheProvider) {
  MemoryBook book;
  v1::Source source = Authority();
  AddCoDesign(&source, "urn:example:union", v1::CO_DESIGNER_KIND_WORKERS, {"b"});
  AddCoDesign(&source, "urn:example:chamber", v1::CO_DESIGNER_KIND_OTHER);
  ASSERT_OK_AND_ASSIGN(const Harvested done, HarvestOne(source, {Offer("a"), Offer("b")}, {"d1"}, &book));
  EXPECT_TRUE(done.findings.empty());
  ASSERT_EQ(book.written["a"].co_designed_by_size(), 1);
  EXPECT_EQ(book.written["a"].co_designed_by(0).id(), "urn:example:chamber");
  ASSERT_EQ(book.written["b"].co_designed_by_size(), 2);
  EXPECT_EQ(book.written["b"].co_designed_by(1).kind(), v1::CO_DESIGNER_KIND_WORKERS);
  // What the source states otherwise changes its offers, although no file has changed.
  source.mutable_co_designed_by()->RemoveLast();
  ASSERT_OK_AND_ASSIGN(const Harvested changed, HarvestOne(source, {Offer("a"), Offer("b")}, {"d2"}, &book));
  EXPECT_EQ(Counts(changed), "+0 ~2 =0 -0 !0");
  EXPECT_EQ(book.written["a"].co_designed_by_size(), 0);
}

TEST(HarvestTest, OffersThatTheSourceNamesAndDoesNotHaveAreFoundFaultWith) {
  MemoryBook book;
  v1::Source source = Authority();
  AddCoDesign(&source, "urn:example:union", v1::CO_DESIGNER_KIND_WORKERS, {"a", "mistyped"});
  ASSERT_OK_AND_ASSIGN(const Harvested done, HarvestOne(source, {Offer("a")}, {"d1"}, &book));
  ASSERT_EQ(done.findings.size(), 1u);
  EXPECT_EQ(done.findings[0].place, "co_designed_by: mistyped");
  EXPECT_EQ(done.findings[0].why, "the source has no such offer");
}

TEST(HarvestTest, OtherCollectionsOfSkillsReadEveryFileAgain) {
  MemoryBook book;
  ASSERT_OK(HarvestOne(Authority(), {Offer("a")}, {"d1"}, &book));
  HarvestOptions options = {"d2"};
  ASSERT_OK_AND_ASSIGN(const Harvested same, HarvestOne(Authority(), {Offer("a")}, options, &book));
  EXPECT_EQ(same.files_read, 0u);
  options.tagger_sha256 = "another";
  ASSERT_OK_AND_ASSIGN(const Harvested again, HarvestOne(Authority(), {Offer("a")}, options, &book));
  EXPECT_EQ(again.files_read, 1u);
}

TEST(HarvestTest, ChangedCreditsUnderTheSameIdAreFoundFaultWith) {
  MemoryBook book;
  ASSERT_OK(HarvestOne(Authority(), {Offer("a", "T", "5")}, {"d1"}, &book));
  ASSERT_OK_AND_ASSIGN(const Harvested changed, HarvestOne(Authority(), {Offer("a", "T", "10")}, {"d2"}, &book));
  EXPECT_EQ(Counts(changed), "+0 ~1 =0 -0 !0");
  ASSERT_EQ(changed.findings.size(), 1u);
  EXPECT_EQ(changed.findings[0].place, "all.json: a");
}

TEST(HarvestTest, ACatalogueThatShrinksTooMuchIsTakenForABrokenFile) {
  MemoryBook book;
  std::vector<v1::Offer> offers = Offers("o", 2 * kSmallSource);
  ASSERT_OK(HarvestOne(Authority(), offers, {"d1"}, &book));
  offers.resize(kSmallSource);
  ASSERT_OK_AND_ASSIGN(const Harvested half, HarvestOne(Authority(), offers, {"d2"}, &book));
  EXPECT_EQ(half.withdrawn, kSmallSource);
  for (v1::Offer& offer : Offers("p", kSmallSource)) offers.push_back(std::move(offer));
  ASSERT_OK(HarvestOne(Authority(), offers, {"d3"}, &book));
  EXPECT_THAT(HarvestOne(Authority(), {offers[0]}, {"d4"}, &book), HasReasonAt(Reason::kCatalogueShrinks, "catalogue"));
  EXPECT_EQ(book.feed.find("d4"), std::string::npos);
  ASSERT_OK_AND_ASSIGN(const Harvested meant, HarvestOne(Authority(), {offers[0]}, {"d5", true}, &book));
  EXPECT_EQ(meant.withdrawn, 2 * kSmallSource - 1);
}

// Of many files, one that has lost its offers is no broken source; most of them are.
TEST(HarvestTest, ShrinkingIsJudgedOverAllFiles) {
  MemoryBook book;
  std::vector<File> files;
  for (const char* name : {"a", "b", "c", "d"}) files.push_back({name, "1", Offers(name, 10)});
  ASSERT_OK(HarvestFiles(Authority(), files, {"d1"}, &book));
  files[0] = {"a", "2", {}};
  ASSERT_OK_AND_ASSIGN(const Harvested one, HarvestFiles(Authority(), files, {"d2"}, &book));
  EXPECT_EQ(one.withdrawn, 10u);
  files.resize(2);
  files[1] = {"b", "2", {}};
  EXPECT_THAT(HarvestFiles(Authority(), files, {"d3"}, &book), HasReasonAt(Reason::kCatalogueShrinks, "catalogue"));
  EXPECT_EQ(book.feed.find("d3"), std::string::npos);
}

TEST(HarvestTest, FilesThatHaveNotChangedAreNotRead) {
  MemoryBook book;
  v1::Source source = Authority();
  std::vector<File> files = {{"a", "1", Offers("a", 3)}, {"b", "1", Offers("b", 2)}};
  ASSERT_OK_AND_ASSIGN(const Harvested first, HarvestFiles(source, files, {"d1"}, &book));
  EXPECT_EQ(Counts(first), "+5 ~0 =0 -0 !0");
  EXPECT_EQ(first.files_read, 2u);
  ASSERT_OK_AND_ASSIGN(const Harvested second, HarvestFiles(source, files, {"d2"}, &book));
  EXPECT_EQ(Counts(second), "+0 ~0 =5 -0 !0");
  EXPECT_EQ(second.files_read, 0u);
  EXPECT_EQ(second.files_unchanged, 2u);
  // A new file, one that is gone, and what is kept of the others stays.
  files[0] = {"c", "1", Offers("c", 1)};
  ASSERT_OK_AND_ASSIGN(const Harvested third, HarvestFiles(source, files, {"d3"}, &book));
  EXPECT_EQ(Counts(third), "+1 ~0 =2 -3 !0");
  EXPECT_EQ(third.files_read, 1u);
  // What the source states is part of its offers.
  source.set_provider_type("PES");
  ASSERT_OK_AND_ASSIGN(const Harvested stated, HarvestFiles(source, files, {"d4"}, &book));
  EXPECT_EQ(Counts(stated), "+0 ~3 =0 -0 !0");
  ASSERT_OK_AND_ASSIGN(const Harvested all, HarvestFiles(source, files, {"d5", false, /*read_all=*/true}, &book));
  EXPECT_EQ(Counts(all), "+0 ~0 =3 -0 !0");
  EXPECT_EQ(all.files_read, 2u);
  EXPECT_EQ(book.readings.size(), 2u);
}

// The files of a first and of a second harvest, and what the second one does.
struct MoveCase {
  const char* name;
  std::vector<File> before;
  std::vector<File> after;
  const char* counts;
  size_t broken;
};

class MoveTest : public ::testing::TestWithParam<MoveCase> {};

TEST_P(MoveTest, AnOfferIsWithdrawnWhenNoFileHasIt) {
  MemoryBook book;
  ASSERT_OK(HarvestFiles(Authority(), GetParam().before, {"d1"}, &book));
  ASSERT_OK_AND_ASSIGN(const Harvested done, HarvestFiles(Authority(), GetParam().after, {"d2"}, &book));
  EXPECT_EQ(Counts(done), GetParam().counts);
  EXPECT_EQ(done.broken, GetParam().broken);
  // Whatever happened, what is offered is what the files have.
  std::set<std::string> there;
  for (const File& file : GetParam().after) {
    for (const v1::Offer& offer : file.offers) there.insert(offer.id());
  }
  for (const auto& [id, kept] : book.kept) EXPECT_EQ(!kept.withdrawn, there.count(id) > 0) << id;
}

INSTANTIATE_TEST_SUITE_P(
    Files, MoveTest,
    ::testing::Values(
        MoveCase{"ToALaterFile",
                 {{"a", "1", {Offer("x"), Offer("y")}}, {"b", "1", {Offer("z")}}},
                 {{"a", "2", {Offer("y")}}, {"b", "2", {Offer("x"), Offer("z")}}},
                 "+0 ~0 =3 -0 !0",
                 0},
        MoveCase{"ToAnEarlierFile",
                 {{"a", "1", {Offer("y")}}, {"b", "1", {Offer("x"), Offer("z")}}},
                 {{"a", "2", {Offer("x"), Offer("y")}}, {"b", "2", {Offer("z")}}},
                 "+0 ~0 =3 -0 !0",
                 0},
        MoveCase{"ToAFileOfAnotherName", {{"a", "1", {Offer("x")}}}, {{"b", "1", {Offer("x")}}}, "+0 ~0 =1 -0 !0", 0},
        MoveCase{"ToAFileThatIsNew",
                 {{"a", "1", {Offer("x"), Offer("y")}}},
                 {{"a", "2", {Offer("y")}}, {"b", "1", {Offer("x", "New title")}}},
                 "+0 ~1 =1 -0 !0",
                 0},
        // The file that has not changed keeps it, also before it in the order of names.
        MoveCase{"AlsoInAnother",
                 {{"a", "1", {Offer("y")}}, {"b", "1", {Offer("x")}}},
                 {{"a", "2", {Offer("x"), Offer("y")}}, {"b", "1", {Offer("x")}}},
                 "+0 ~0 =2 -0 !0",
                 1},
        // It stood in both, and one has lost it.
        MoveCase{"OnlyInTheOther",
                 {{"a", "1", {Offer("x"), Offer("y")}}, {"b", "1", {Offer("x"), Offer("z")}}},
                 {{"a", "2", {Offer("y")}}, {"b", "1", {Offer("x"), Offer("z")}}},
                 "+0 ~0 =3 -0 !0",
                 0},
        MoveCase{"Nowhere",
                 {{"a", "1", {Offer("x"), Offer("y")}}, {"b", "1", {Offer("z")}}},
                 {{"a", "2", {Offer("y")}}, {"b", "1", {Offer("z")}}},
                 "+0 ~0 =2 -1 !0",
                 0}),
    [](const auto& instance) { return std::string(instance.param.name); });

// A run that took offers away from a file and was then cut short, after which the file is as it was.
TEST(HarvestTest, AFileThatLostAnOfferIsReadAgain) {
  MemoryBook book;
  const std::vector<File> before = {{"a", "1", {Offer("x"), Offer("y")}}, {"b", "1", {Offer("z")}}};
  ASSERT_OK(HarvestFiles(Authority(), before, {"d1"}, &book));
  {
    ASSERT_OK_AND_ASSIGN(Harvest cut, Harvest::Begin(Authority(), {"d2"}, &book));
    ReadOffers read;
    read.offers = {Offer("x"), Offer("z")};
    ASSERT_OK(cut.Take({"b", base::Sha256Hex("2")}, read));
  }
  ASSERT_OK_AND_ASSIGN(const Harvested again, HarvestFiles(Authority(), before, {"d3"}, &book));
  EXPECT_EQ(Counts(again), "+0 ~0 =3 -0 !0");
  EXPECT_EQ(again.broken, 0u);
  EXPECT_EQ(book.feed, "x+d1 y+d1 z+d1 ");
}

// Cut short after every single transaction, and gone on with: in the end everything is as it would have been, each
// offer was added once, and files that were taken whole were not read again.
TEST(HarvestTest, AHarvestThatWasCutShortIsGoneOnWith) {
  const std::vector<File> before = {{"a", "1", Offers("gone", 5)}, {"b", "1", Offers("b", 20)}};
  const std::vector<File> files = {
      {"b", "1", Offers("b", 20)}, {"c", "1", Offers("c", 2 * kHarvestBatch + 1)}, {"d", "1", Offers("d", 3)}};
  const auto whole = [&](MemoryBook* book) -> absl::StatusOr<Harvested> {
    RETURN_IF_ERROR(HarvestFiles(Authority(), before, {"d1"}, book).status());
    return HarvestFiles(Authority(), files, {"d2"}, book);
  };
  MemoryBook expected;
  ASSERT_OK(whole(&expected));
  for (int transactions = 1;; ++transactions) {
    MemoryBook book;
    ASSERT_OK(HarvestFiles(Authority(), before, {"d1"}, &book));
    book.transactions_left = transactions;
    const bool cut = !HarvestFiles(Authority(), files, {"d2"}, &book).ok();
    // Nothing is withdrawn before all was read: beginning, asking for files, three batches of c, one of d, and the
    // count.
    if (transactions <= 7) {
      EXPECT_EQ(book.feed.find("-d2"), std::string::npos) << transactions;
    }
    book.transactions_left = 1'000'000;
    ASSERT_OK_AND_ASSIGN(const Harvested done, HarvestFiles(Authority(), files, {"d2"}, &book));
    EXPECT_EQ(book.feed, expected.feed) << transactions;
    EXPECT_EQ(done.files_read, transactions < 5 ? 2u : transactions < 6 ? 1u : 0u) << transactions;
    if (!cut) {
      EXPECT_EQ(transactions, 9);
      break;
    }
  }
}

TEST(HarvestTest, OfTwoHarvestsOfASourceTheLaterOneCounts) {
  MemoryBook book;
  ASSERT_OK_AND_ASSIGN(Harvest first, Harvest::Begin(Authority(), {"d1"}, &book));
  ASSERT_OK_AND_ASSIGN(Harvest other, Harvest::Begin(Authority("se"), {"d1"}, &book));
  ASSERT_OK_AND_ASSIGN(Harvest second, Harvest::Begin(Authority(), {"d1"}, &book));
  EXPECT_THAT(first.Take({"a", "digest"}, {}), HasReasonAt(Reason::kHarvestOvertaken, "catalogue"));
  EXPECT_THAT(first.Finish(), HasReasonAt(Reason::kHarvestOvertaken, "catalogue"));
  EXPECT_OK(second.Finish());
  EXPECT_OK(other.Finish());
}

TEST(HarvestTest, BrokenOffersAreCountedInEveryHarvest) {
  MemoryBook book;
  const v1::Source source = Authority();
  const SourceFile file = {"a", base::Sha256Hex("1")};
  ReadOffers read;
  read.offers = {Offer("x")};
  read.broken = {{"node[3]", "it has no title"}};
  read.broken_count = 7;
  {
    ASSERT_OK_AND_ASSIGN(Harvest harvest, Harvest::Begin(source, {"d1"}, &book));
    ASSERT_OK(harvest.Take(file, read));
    ASSERT_OK(harvest.Finish());
    EXPECT_EQ(harvest.done().broken, 7u);
    ASSERT_EQ(harvest.done().findings.size(), 1u);
    EXPECT_EQ(harvest.done().findings[0].place, "a: node[3]");
  }
  ASSERT_OK_AND_ASSIGN(Harvest harvest, Harvest::Begin(source, {"d2"}, &book));
  ASSERT_OK_AND_ASSIGN(const std::vector<size_t> changed, harvest.ToRead({file}));
  EXPECT_TRUE(changed.empty());
  EXPECT_EQ(harvest.done().broken, 7u);
}

}  // namespace
}  // namespace passerelle::catalogue
