// What a signature of an XML document covers, and whether the profile allows it: everything that is decided before
// anything is evaluated (trust: XML-DSig, steps 2 to 9; XML Signature 1.1, clauses 4 and 8).
//
// Thread-safety: a free function; the tree is for one thread. Ownership: the nodes belong to the tree.
#pragma once

#include <string>
#include <vector>

#include "core/proof/finding.h"
#include "core/proof/xml/algorithms.h"
#include "core/proof/xml/tree.h"

namespace passerelle::proof {

// One reference to the whole document (EMREX ELMO), or that one and a second one to SignedProperties within the same
// signature (XAdES, ETSI EN 319 132-1: European seals, trusted lists). The signature says which by the Type of its
// references.
struct XmlSignaturePlan {
  xmlNode* signature = nullptr;  // null if there is none
  xmlNode* signed_info = nullptr;
  std::vector<xmlNode*> references;
  size_t document_reference = 0;  // index of the reference to the whole document
  bool xades = false;
  xmlNode* signed_properties = nullptr;  // XAdES: what the other reference points to; null if it is misplaced
  XmlKeyFamily family = XmlKeyFamily::kNone;
  // Whether evaluating is safe: every algorithm is known and harmless, every reference stays within the document.
  bool evaluable = true;
  Findings findings;
};

// Total: any tree. Ids that references name are registered with the tree.
XmlSignaturePlan PlanXmlSignature(const XmlTree& tree);

}  // namespace passerelle::proof
