// What a client that works blind sees of a case: whoever compares learning does not know whose it is before the
// decision, so that name, sex, age and origin cannot weigh in it.
//
// Thread-safety: free function on a value.
#pragma once

#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Takes out of a case that is not decided whatever may hold the holder's identity: the content of the document, and the
// signed messages that carry it. The digest of the document stays, and so do the facts that the evaluation rests on.
void HideIdentity(v1::RecognitionCase* recognition_case);

}  // namespace passerelle::recognition
