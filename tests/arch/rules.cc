#include "tests/arch/rules.h"

namespace passerelle::arch {

const std::vector<Rule>& Rules() {
  static const auto* const rules = new std::vector<Rule>{
      {"IncludeEdges",
       "A room that knows only the rooms below it can be read, tested and replaced alone. docs/ARCHITECTURE.md has the "
       "picture.",
       CheckIncludeEdges},
      {"CoreIsPure",
       "The core and the adapters are functions of their input: no network, no files, no threads, no randomness of "
       "their own. That is what makes them testable and their results repeatable.",
       CheckCoreIsPure},
      {"ConcreteStores",
       "Only gateway/main.cc chooses a store; everything else takes base::Store, so that a second store changes one "
       "file.",
       CheckConcreteStores},
      {"Headers",
       "A header is the manual of what it declares: it opens with what it is for, its contract and its thread-safety, "
       "and can be included twice.",
       CheckHeaders},
      {"FileLength", "A file of more than 600 lines holds more than one thing.", CheckFileLength},
      {"FunctionLength", "A function of more than 70 lines cannot be seen at once.", CheckFunctionLength},
      {"BannedCalls",
       "Time, randomness, environment and output come in through ports or do not come in; std::regex runs out of stack "
       "on hostile input.",
       CheckBannedCalls},
      {"PlainText", "What one reads is what is compiled: UTF-8, no tabs, nothing invisible.", CheckPlainText},
      {"Unfinished", "What is in the tree is done; what is not done is not promised.", CheckUnfinished},
      {"MachinePaths", "A clone works wherever it lies.", CheckMachinePaths},
      {"LimitsAreTested", "A limit that no test reaches is a guess.", CheckLimitsAreTested},
      {"ReasonsAreUsed", "A catalogue of errors that cannot happen is no help to those who look one up.",
       CheckReasonsAreUsed},
      {"AdapterTable", "adapters/adapters.cmake is the list of formats; each has a folder and golden cases.",
       CheckAdapterTable},
      {"SourcesAreBuilt", "A file that the build does not name is dead, and a test in it never runs.",
       CheckSourcesAreBuilt},
      {"EmptyFolders", "A folder without a file promises something that is not there.", CheckEmptyFolders},
  };
  return *rules;
}

const std::vector<Suppression>& Suppressions() {
  static const auto* const suppressions = new std::vector<Suppression>{
      {"FunctionLength", "tests/unit/core/elm/annex/annex_one_test.cc", "its table of cases is data, and reads as one"},
  };
  return *suppressions;
}

}  // namespace passerelle::arch
