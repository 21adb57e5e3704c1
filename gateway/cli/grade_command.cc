#include "gateway/cli/grade_command.h"

#include <cstdint>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/one_line.h"
#include "core/recognition/facts/grade.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/yaml.h"

namespace passerelle::gateway {
namespace {

using recognition::ConvertedGrade;
using recognition::GradeOverlap;

std::string PercentOf(const GradeOverlap& overlap) {
  constexpr double kWhole = 100;
  return absl::StrCat(static_cast<int>(overlap.Share() * kWhole + 0.5), " %");
}

void PrintGrade(const ConvertedGrade& grade, const Console& console) {
  console.out << "grade        " << base::OneLine(grade.original) << "\n";
  if (!grade.converted) {
    console.out << "counterpart  none: " << grade.reason << "\n";
    return;
  }
  console.out << "counterpart  " << base::OneLine(grade.most_likely) << "\n";
  for (const GradeOverlap& overlap : grade.overlaps) {
    console.out << "  " << base::OneLine(overlap.grade) << ": " << PercentOf(overlap) << " of it\n";
  }
}

void WriteGrade(const ConvertedGrade& grade, const Console& console) {
  std::string text;
  base::JsonWriter json(text, base::JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("grade", grade.original);
  json.Member("converted", grade.converted);
  if (!grade.converted) json.Member("reason", grade.reason);
  if (grade.converted) json.Member("most_likely", grade.most_likely);
  json.Key("overlaps");
  json.BeginArray();
  for (const GradeOverlap& overlap : grade.overlaps) {
    json.BeginObject();
    json.Member("grade", overlap.grade);
    const uint64_t unit = std::gcd(overlap.part, overlap.of);
    json.Member("part", static_cast<int64_t>(overlap.part / unit));
    json.Member("of", static_cast<int64_t>(overlap.of / unit));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  console.out << text << "\n";
}

}  // namespace

int RunGrade(const std::string& file, bool json, const Console& console) {
  recognition::v1::GradeComparison comparison;
  if (const absl::Status read = ReadYamlFile(file, &comparison); !read.ok()) return Refuse(read, console);
  const ConvertedGrade grade = recognition::ConvertGrade(comparison);
  if (json) {
    WriteGrade(grade, console);
  } else {
    PrintGrade(grade, console);
  }
  return grade.converted ? kExitDone : kExitRefused;
}

}  // namespace passerelle::gateway
