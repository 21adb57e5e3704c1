// The signed and unsigned properties of a XAdES signature. Internal to core/proof/xml.
//
// Thread-safety: free functions; the tree is for one thread.
#pragma once

#include "core/proof/xml/plan.h"
#include "core/proof/xml/xades.h"

namespace passerelle::proof {

// Fills in everything of `result` but the answer about the signature itself; adds to the findings of the plan.
// Contract: plan.signed_properties.
void ReadSignedProperties(XmlSignaturePlan& plan, XadesVerification& result);

// Fills in level and time-stamps, which nothing signs.
void ReadUnsignedProperties(const XmlTree& tree, XmlSignaturePlan& plan, XadesVerification& result);

}  // namespace passerelle::proof
