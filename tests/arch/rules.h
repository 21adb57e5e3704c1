// The rules of the source tree. Each says why it is there; a breach names the file, the line and what is wrong.
//
// Thread-safety: free functions on values.
//
// To add a rule: a function in the rules_*.cc that fits, a line in Rules(), and a planted breach in arch_test.cc that
// shows that the rule can fail.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/arch/source_tree.h"

namespace passerelle::arch {

struct Breach {
  std::string path;
  size_t line = 0;  // from 1; 0 when it is about the whole file
  std::string what;
};

using Check = std::vector<Breach> (*)(const SourceTree& tree);

struct Rule {
  const char* name;
  const char* reason;
  Check check;
};

// What GoogleTest prints of a rule.
inline void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }

// A breach that is allowed. One that no longer exists has to be deleted here.
struct Suppression {
  const char* rule;
  const char* path;
  const char* reason;
};

const std::vector<Rule>& Rules();
const std::vector<Suppression>& Suppressions();

// rules_include.cc
std::vector<Breach> CheckIncludeEdges(const SourceTree& tree);
std::vector<Breach> CheckCoreIsPure(const SourceTree& tree);
std::vector<Breach> CheckConcreteStores(const SourceTree& tree);

// rules_text.cc
std::vector<Breach> CheckHeaders(const SourceTree& tree);
std::vector<Breach> CheckFileLength(const SourceTree& tree);
std::vector<Breach> CheckFunctionLength(const SourceTree& tree);
std::vector<Breach> CheckBannedCalls(const SourceTree& tree);
std::vector<Breach> CheckPlainText(const SourceTree& tree);
std::vector<Breach> CheckUnfinished(const SourceTree& tree);
std::vector<Breach> CheckMachinePaths(const SourceTree& tree);

// rules_catalogue.cc
std::vector<Breach> CheckLimitsAreTested(const SourceTree& tree);
std::vector<Breach> CheckReasonsAreUsed(const SourceTree& tree);
std::vector<Breach> CheckAdapterTable(const SourceTree& tree);
std::vector<Breach> CheckSourcesAreBuilt(const SourceTree& tree);
std::vector<Breach> CheckEmptyFolders(const SourceTree& tree);

}  // namespace passerelle::arch
