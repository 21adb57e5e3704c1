// The documents that the benchmarks of the European model read and write. The persons are invented.
//
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::bench {

struct ElmDocument {
  std::string name;
  std::string bytes;                              // as JSON-LD
  elm::v3::EuropeanDigitalCredential credential;  // as it is read
};

// "micro": one award, its display as images, as the European issuer writes it. "transcript": about 30 KB without
// images. "official": the official Annex I sample, if it is beside the checkout.
const std::vector<ElmDocument>& ElmDocuments();

}  // namespace passerelle::bench
