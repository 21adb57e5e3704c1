# How our targets are made. Every room is one static library, passerelle_<room>, made by passerelle_library; every unit
# test file is one line of passerelle_test.

# Headers that most sources include, compiled once; half of the time of a build is reading them. Two sets: tests are not
# optimised, and need GoogleTest.
function(passerelle_headers name)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cc CONTENT "// The headers are all of it.\n")
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/${name}.cc)
  target_precompile_headers(${name} PRIVATE ${ARGN})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS})
  target_link_libraries(${name} PRIVATE passerelle_proto_elm)
endfunction()
set(PASSERELLE_COMMON_HEADERS
  <algorithm> <functional> <map> <memory> <optional> <string> <utility> <vector>
  <absl/container/flat_hash_map.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/time/time.h>
  <google/protobuf/message.h> <passerelle/elm/v3/elm.pb.h> <simdjson.h>)
set(PASSERELLE_TEST_HEADERS ${PASSERELLE_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)

# passerelle_batches(<out var> <name> <folder> SOURCES <below the folder…> [RENAME <names…>]): files that include a few of
# the sources each, so that what every source costs a compiler, whatever is in it, is paid once for all of them (ADR 18).
# The sources are included by their names below the folder (a unity build of CMake's names absolute paths): two checkouts
# compile the same bytes, and ccache knows them. RENAME: names that every source defines for itself, outside a namespace.
set(PASSERELLE_BATCH 8 CACHE STRING "How many source files of a target are compiled as one; 1 for each by itself")
function(passerelle_batches out name folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;RENAME" ${ARGN})
  list(LENGTH ARG_SOURCES count)
  if(PASSERELLE_BATCH LESS 2 OR count LESS 2)
    set(${out} ${ARG_SOURCES} PARENT_SCOPE)
    return()
  endif()
  set(batches)
  math(EXPR last "${count} - 1")
  foreach(first RANGE 0 ${last} ${PASSERELLE_BATCH})
    list(SUBLIST ARG_SOURCES ${first} ${PASSERELLE_BATCH} batch)
    set(content)
    set(number 0)
    foreach(source ${batch})
      cmake_path(ABSOLUTE_PATH source)
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${folder})
      foreach(renamed ${ARG_RENAME})
        list(APPEND content "#undef ${renamed}" "#define ${renamed} ${renamed}_${number}")
      endforeach()
      list(APPEND content "#include \"${source}\"")
      math(EXPR number "${number} + 1")
    endforeach()
    list(JOIN content "\n" content)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}_${first}.cc)
    file(CONFIGURE OUTPUT ${file} CONTENT "${content}\n")
    list(APPEND batches ${file})
  endforeach()
  set(${out} ${batches} PARENT_SCOPE)
endfunction()

# passerelle_library(name SOURCES a.cc b.cc DEPS x y)
function(passerelle_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  passerelle_batches(sources ${name} ${CMAKE_SOURCE_DIR} SOURCES ${ARG_SOURCES})
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS})
  target_precompile_headers(${name} REUSE_FROM passerelle_common_headers)
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
endfunction()

# passerelle_test(name SOURCES a_test.cc DEPS x y): one test program, one ctest entry. COST: seconds that a long one takes,
# so that it begins before the short ones.
function(passerelle_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;COST" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(PASSERELLE_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  passerelle_batches(sources ${name} ${CMAKE_SOURCE_DIR} SOURCES ${ARG_SOURCES})
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS} -O0)
  target_precompile_headers(${name} REUSE_FROM passerelle_test_headers)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} passerelle_test_paths GTest::gmock GTest::gtest_main
                        simdjson::simdjson)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  if(ARG_COST)
    set_tests_properties(${name} PROPERTIES COST ${ARG_COST})
  endif()
endfunction()

# passerelle_fuzz(name SOURCES a_fuzz.cc DEPS x): a libFuzzer target under the preset "fuzz"; elsewhere a plain test that
# replays its seeds (tests/fuzz/seeds/<name>, and the goldens) through the same entry point.
function(passerelle_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;SEEDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  if(PASSERELLE_FUZZ)
    target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS})
    target_precompile_headers(${name} REUSE_FROM passerelle_common_headers)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS} -O0)
    target_precompile_headers(${name} REUSE_FROM passerelle_test_headers)
    target_link_libraries(${name} PRIVATE passerelle_replay_main GTest::gmock simdjson::simdjson)
    add_test(NAME ${name} COMMAND ${name} ${ARG_SEEDS})
    set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
endfunction()
