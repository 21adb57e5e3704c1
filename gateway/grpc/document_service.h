// The service for clients that have a document and want to know what it says.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "core/base/port/clock.h"
#include "core/document/adapter.h"
#include "core/elm/skill_tags.h"
#include "gateway/grpc/raw_service.h"
#include "passerelle/document/v1/document_service.grpc.pb.h"

namespace passerelle::gateway {

class DocumentService : public RawService<document::v1::DocumentService> {
 public:
  // `tagger` is null for a node without collections of skills.
  DocumentService(CallRunner* runner, const document::Registry* adapters, const base::Clock* clock,
                  std::shared_ptr<const elm::SkillTagger> tagger = nullptr);

 private:
  void List(document::v1::ListFormatsResponse* response) const;
  absl::Status Translate(const document::v1::TranslateDocumentRequest& request,
                         document::v1::TranslateDocumentResponse* response) const;
  absl::Status Check(const document::v1::CheckDocumentRequest& request,
                     document::v1::CheckDocumentResponse* response) const;

  const document::Registry* const adapters_;
  const base::Clock* const clock_;
  const std::shared_ptr<const elm::SkillTagger> tagger_;
};

}  // namespace passerelle::gateway
