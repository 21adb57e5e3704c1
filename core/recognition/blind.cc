#include "core/recognition/blind.h"

#include "core/recognition/case_outcomes.h"

namespace passerelle::recognition {

void HideIdentity(v1::RecognitionCase* recognition_case) {
  if (IsDecided(recognition_case->state())) return;
  recognition_case->mutable_document()->clear_content();
  recognition_case->clear_evidence();
}

}  // namespace passerelle::recognition
