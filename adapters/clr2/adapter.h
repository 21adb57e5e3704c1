// Comprehensive Learner Record 2.0 by 1EdTech: a credential that holds credentials, each an Open Badge 3.0, as JSON or
// as VC-JWT with VC-JWTs inside. Every credential that it holds becomes a claim.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::clr2 {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::clr2
