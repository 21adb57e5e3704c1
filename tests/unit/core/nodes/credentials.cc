#include "tests/unit/core/nodes/credentials.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/elm/codec.h"

namespace passerelle::testing {
namespace {

constexpr absl::string_view kNoteMark = "NOTE ";
constexpr absl::string_view kFileMark = "FILE ";

void AddText(google::protobuf::RepeatedPtrField<elm::v3::LanguageString>* texts, absl::string_view text) {
  elm::v3::LanguageString* added = texts->Add();
  added->set_language("en");
  added->set_value(std::string(text));
}

void AddCredit(google::protobuf::RepeatedPtrField<elm::v3::CreditPoint>* credits, const std::string& framework,
               const std::string& points) {
  elm::v3::CreditPoint* credit = credits->Add();
  if (!framework.empty()) credit->mutable_framework()->set_id(framework);
  credit->set_point(points);
}

void FillAchievement(const AchievementFacts& facts, const std::string& title,
                     elm::v3::LearningAchievement* achievement) {
  AddText(achievement->mutable_title(), title);
  elm::v3::Qualification* qualification = achievement->mutable_specified_by()->mutable_qualification();
  AddText(qualification->mutable_title(), title);
  if (!facts.level.empty()) qualification->mutable_eqf_level()->set_id(facts.level);
  for (const std::string& points : facts.credits) {
    AddCredit(achievement->mutable_credit_received(), facts.framework, points);
  }
  if (!facts.specification_credits.empty()) {
    AddCredit(qualification->mutable_credit_point(), facts.framework, facts.specification_credits);
  }
  for (const AchievementFacts& part : facts.parts) {
    FillAchievement(part, absl::StrCat("Part of ", title), achievement->add_has_part());
  }
}

class TestAdapter : public document::Adapter {
 public:
  // `mark` stands before the credential; the European format has none.
  TestAdapter(std::string id, absl::string_view mark, bool confidential) : mark_(mark) {
    info_.id = std::move(id);
    info_.name = info_.id;
    info_.mapping_version = "test-1";
    info_.original_confidential = confidential;
  }

  const document::FormatInfo& Info() const override { return info_; }

  document::Confidence Detect(absl::string_view bytes) const override {
    const bool mine = mark_.empty() ? elm::LooksLikeCredential(bytes) : absl::StartsWith(bytes, mark_);
    return mine ? document::Confidence::kCertain : document::Confidence::kNone;
  }

  absl::StatusOr<document::Imported> Import(absl::string_view bytes,
                                            const document::ImportOptions& /*options*/) const override {
    bytes.remove_prefix(mark_.size());
    ASSIGN_OR_RETURN(elm::ReadCredential read, elm::Read(bytes));
    document::Imported imported;
    imported.credential = std::move(read.credential);
    imported.european = mark_.empty();
    return imported;
  }

 private:
  absl::string_view mark_;
  document::FormatInfo info_;
};

}  // namespace

elm::v3::EuropeanDigitalCredential MakeCredential(const CredentialFacts& facts) {
  elm::v3::EuropeanDigitalCredential credential;
  credential.set_id("urn:credential:5f0f1a62-7d3a-4be0-8f0e-1c9f5a3f7e10");
  credential.set_valid_from(facts.valid_from);
  credential.set_valid_until(facts.valid_until);
  elm::v3::Organisation* issuer = credential.mutable_issuer()->mutable_organisation();
  AddText(issuer->mutable_legal_name(), "Fjordtun school of water technology");
  elm::v3::Person* person = credential.mutable_credential_subject()->mutable_person();
  AddText(person->mutable_given_name(), "Ingrid");
  AddText(person->mutable_family_name(), "Solbakken");
  for (const AchievementFacts& stated : facts.achievements) {
    elm::v3::LearningAchievement* achievement = person->add_has_claim()->mutable_learning_achievement();
    FillAchievement(stated, facts.title, achievement);
    elm::v3::Organisation* body = achievement->mutable_awarded_by()->add_awarding_body()->mutable_organisation();
    *body->mutable_legal_name() = issuer->legal_name();
    elm::v3::Concept* country = body->add_location()->add_address()->mutable_country_code();
    country->set_id("http://publications.europa.eu/resource/authority/country/NOR");
  }
  return credential;
}

std::string EuropeanDocument(const CredentialFacts& facts) { return elm::Write(MakeCredential(facts)); }

std::string NoteDocument(const CredentialFacts& facts) { return absl::StrCat(kNoteMark, EuropeanDocument(facts)); }

std::string FileDocument(const CredentialFacts& facts) { return absl::StrCat(kFileMark, EuropeanDocument(facts)); }

document::Registry TestFormats() {
  std::vector<std::unique_ptr<const document::Adapter>> adapters;
  adapters.push_back(std::make_unique<TestAdapter>("elm", "", /*confidential=*/false));
  adapters.push_back(std::make_unique<TestAdapter>("note", kNoteMark, /*confidential=*/false));
  adapters.push_back(std::make_unique<TestAdapter>("file", kFileMark, /*confidential=*/true));
  return document::Registry(std::move(adapters));
}

}  // namespace passerelle::testing
