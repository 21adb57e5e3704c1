// Cubes as files: SDMX-CSV for statistical offices, JSON for programs, SVG for people.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/statistics/v1/cube.pb.h"

namespace passerelle::statistics {

// SDMX-CSV 1.0: DATAFLOW, FREQ, REF_AREA, the dimensions in capitals, TIME_PERIOD, OBS_VALUE, OBS_STATUS, CONF_STATUS.
// A confidential cell has no value, the observation status Q (suppressed) and the confidentiality status C; others A
// and F (SDMX code lists CL_OBS_STATUS and CL_CONF_STATUS).
std::string CubeCsv(const v1::Cube& cube);

// {"indicator","title","node","period","rounded","dimensions":[],"cells":[{"values":[],"count"|"confidential":true}],
// "derived":[{"name","of","value"}]}. Derived figures are computed from the published counts alone.
std::string CubeJson(const v1::Cube& cube);

// The cube that CubeJson wrote; derived figures are not read. kJsonMalformed and others of core/base/json.h, and
// kFieldInvalid with the place.
absl::StatusOr<v1::Cube> ReadCubeJson(absl::string_view json);

// A figure that follows from published counts: a share, a median, a percentile.
struct Derived {
  std::string name;   // "share of deqar=Y", "median of days", "90th percentile of days"
  std::string of;     // the value of the first dimension, or "_T"
  std::string value;  // "62.5 %", or a band such as "31-60"
};

// Shares of yes among yes and no, and medians and percentiles of bands of days, over the last dimension of that kind.
// None where a count that it needs is confidential.
std::vector<Derived> DerivedFigures(const v1::Cube& cube);

// A bar chart of the values of the first dimension, each as the total over all others, with a title and a description
// for those who do not see it. What is confidential has no bar and says so. At most kBarsMax bars.
std::string CubeSvg(const v1::Cube& cube);
inline constexpr int kBarsMax = 40;  // more cannot be read on a page. Test: cube_report_test.cc

}  // namespace passerelle::statistics
