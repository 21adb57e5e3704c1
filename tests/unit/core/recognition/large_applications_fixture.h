// Applications whose documents are larger than a piece. Pieces have 64 bytes here, so that a small document has many.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/contents/contents.h"
#include "core/recognition/case_arrivals.h"
#include "core/recognition/case_records.h"
#include "core/relay/outbox.h"
#include "tests/unit/core/recognition/case_steps_fixture.h"

namespace passerelle::recognition {

inline constexpr uint32_t kSmallPiece = 64;

class LargeApplicationsTest : public CaseStepsTest {
 protected:
  LargeApplicationsTest() : LargeApplicationsTest({.evidence = true, .piece_bytes = kSmallPiece}) {}
  explicit LargeApplicationsTest(const passerelle::testing::Keeping& keeping) : CaseStepsTest(keeping) {}

  // Submits under an authorisation that is kept.
  std::string SubmitLarge() {
    const v1::CreateCaseRequest request = Request(document_);
    authorisation_ = request.authorisation_id();
    return Submit(request);
  }

  static int Kept(passerelle::testing::TestNode& node, const std::string& owner) {
    size_t count = 0;
    EXPECT_OK(node.store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<base::Record> records, tx.List(base::Table::kContent, owner, "", 100'000));
      count = records.size();
      return absl::OkStatus();
    }));
    return static_cast<int>(count);
  }
  // Pieces at the authority, and what the holder's side has set aside for it.
  int KeptThere(const std::string& id) { return Kept(bulgaria_, absl::StrCat("case/", id)); }
  int KeptHere() { return Kept(italy_, absl::StrCat("offered/", authorisation_)); }

  bool IsShown(const std::string& id) {
    return bulgaria_.cases.Get("evaluator", id).ok() ||
           bulgaria_.cases.List("evaluator", {})->recognition_cases_size() > 0;
  }
  bool IsArriving(const std::string& id) {
    return bulgaria_.store.Read([&](base::Transaction& tx) { return LoadArriving(id, tx).status(); }).ok();
  }

  void Withdraw() {
    sharing::v1::WithdrawAuthorisationRequest request;
    request.set_request_id(NewId());
    request.set_id(authorisation_);
    ASSERT_OK(italy_.authorisations.Withdraw("portal", request));
  }

  // An application that names a document instead of having it.
  v1::RecognitionApplication Described() {
    v1::RecognitionApplication application = Application();
    application.mutable_document()->clear_content();
    application.set_document_bytes(document_.size());
    application.set_piece_bytes(kSmallPiece);
    application.set_authorisation_id(NewId());
    return application;
  }

  v1::DocumentArrival Arrival(const std::string& id) {
    v1::DocumentArrival arrival;
    arrival.set_case_id(id);
    arrival.set_document_sha256(base::Sha256Hex(document_));
    return arrival;
  }

  // Applies, and lets the holder's side hand on another byte than it described, which is found with the last piece.
  std::string SubmitSpoiled() {
    const std::string id = SubmitLarge();
    EXPECT_OK(italy_.store.Write([&](base::Transaction& tx) -> absl::Status {
      // The first record marks where the pieces begin.
      ASSIGN_OR_RETURN(std::vector<base::Record> records,
                       tx.List(base::Table::kContent, absl::StrCat("offered/", authorisation_), "", 2));
      records.at(1).value = std::string(kSmallPiece, 'x');
      return tx.Update(base::Table::kContent, records.at(1));
    }));
    return id;
  }

  void AdvanceTo(absl::Time time) {
    network_.clock.Advance(time - network_.clock.Now());
    network_.Run();
  }

  const contents::Content whole_ = {"", document_.size(), kSmallPiece};
  std::string authorisation_;
};

}  // namespace passerelle::recognition
