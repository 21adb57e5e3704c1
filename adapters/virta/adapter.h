// VIRTA 2015/09/01: what the national data warehouse of Finnish higher education answers about one learner
// (OpiskelijanKaikkiTiedot), inside a SOAP envelope or bare.
//
// Studies that are contained in others (Sisaltyvyys) become their parts; the rest are achievements of their own. An
// answer may have several learner records, one from each institution: those of one identity code are one learner,
// otherwise the caller names the record by its number. Names are in another answer, so the learner is identified by
// codes.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::virta {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::virta
