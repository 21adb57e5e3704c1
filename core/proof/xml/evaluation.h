// From a plan and a key to the answer. Internal to core/proof/xml.
//
// Thread-safety: free functions; the tree behind the plan is for one thread.
#pragma once

#include "core/proof/public_key.h"
#include "core/proof/xml/plan.h"
#include "core/proof/xml/xml_signature.h"

namespace passerelle::proof {

// Adds what the key says to the findings of the plan.
XmlVerification EvaluatePlan(XmlSignaturePlan plan, const PublicKey& key);

}  // namespace passerelle::proof
