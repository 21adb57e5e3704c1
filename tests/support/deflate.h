// Compresses, for tests of what inflates: base64url of a zlib stream or a gzip member.
//
// Thread-safety: a free function on values.
#pragma once

#include <zlib.h>

#include <string>

#include "absl/strings/string_view.h"
#include "core/base/digest.h"

namespace passerelle::testing {

enum class Wrapping { kZlib = 15, kGzip = 15 + 16 };

inline std::string Deflated(absl::string_view bytes, Wrapping wrapping) {
  z_stream stream = {};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, static_cast<int>(wrapping), 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return base::Base64UrlEncode(out);
}

}  // namespace passerelle::testing
