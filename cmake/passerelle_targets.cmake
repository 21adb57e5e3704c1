# How our targets are made. Every room is one static library, passerelle_<room>, made by passerelle_library; every unit
# test file is one line of passerelle_test.

# passerelle_library(name SOURCES a.cc b.cc DEPS x y)
function(passerelle_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
endfunction()

# passerelle_test(name SOURCES a_test.cc DEPS x y): one test program, every TEST one ctest entry.
function(passerelle_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS})
  target_compile_definitions(${name} PRIVATE
    PASSERELLE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" PASSERELLE_BUILD_DIR="${CMAKE_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# passerelle_fuzz(name SOURCES a_fuzz.cc DEPS x): a libFuzzer target under the preset "fuzz"; elsewhere a plain test that
# replays its seeds (tests/fuzz/seeds/<name>, and the goldens) through the same entry point.
function(passerelle_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;SEEDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${PASSERELLE_WARNINGS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  if(PASSERELLE_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/replay_main.cc)
    add_test(NAME ${name} COMMAND ${name} ${ARG_SEEDS})
    set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
endfunction()
