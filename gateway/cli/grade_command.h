// recognition grade: a grade in the grades of another system, by two grading tables in a file.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>

#include "gateway/cli/console.h"

namespace passerelle::gateway {

// `file` is a passerelle.recognition.v1.GradeComparison (YAML). 0 when the grade has a counterpart; 1 when it has none,
// with the reason, or when the file cannot be read.
int RunGrade(const std::string& file, bool json, const Console& console);

}  // namespace passerelle::gateway
