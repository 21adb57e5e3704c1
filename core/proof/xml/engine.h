// xmlsec as the engine under our own rules: evaluates one signature that core/proof/xml/plan has found harmless.
//
// Thread-safety: free functions; the tree is for one thread, the key can be shared. The library is set up on the first
// call, without any input callback, so that it can read no file and no address.
#pragma once

#include <string>
#include <vector>

#include "core/proof/public_key.h"
#include "core/proof/xml/plan.h"

namespace passerelle::proof {

// Sets xmlsec up, which must happen once in a process. False when it cannot be.
bool SetUpXmlEngine();

struct XmlEngineAnswer {
  // Whether the signature and every reference verify with the key.
  bool verified = false;
  // What was digested, by reference.
  std::vector<std::string> digested;
};

// Contract: plan.evaluable. KeyInfo is never read: the key is the one that is given.
XmlEngineAnswer EvaluateXmlSignature(const XmlSignaturePlan& plan, const PublicKey& key);

}  // namespace passerelle::proof
