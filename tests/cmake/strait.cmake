# SPDX-License-Identifier: LGPL-2.1-or-later
# What every room's CMakeLists.txt uses: one library, one test program and one fuzz program a source.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 17)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # A leading space keeps CMake from wrapping the lines.
  message(FATAL_ERROR
    " g++ ${CMAKE_CXX_COMPILER_VERSION} is refused: it silently miscompiles coroutines (tests/toolchain holds the probe).\n"
    " Use clang 19 (apt-get install clang-19; CC=clang-19 CXX=clang++-19, or cmake --preset release), or g++ 13 or later.")
endif()

find_program(STRAIT_CCACHE ccache)
if(STRAIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this, ccache passes on whatever uses a precompiled header.
  set(with_precompiled ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros)
  set(CMAKE_C_COMPILER_LAUNCHER ${STRAIT_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${with_precompiled} ${STRAIT_CCACHE})
endif()

# Assertions stay on in every build: a broken invariant of our own ends the process.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1")

# STRAIT_SANITIZE: "", "address" (with undefined) or "thread".
set(STRAIT_SANITIZE "" CACHE STRING "address | thread | empty")
option(STRAIT_FUZZ "build the libFuzzer programs" OFF)
if(STRAIT_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
  set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1")
endif()
if(STRAIT_FUZZ)
  # Coverage in every library, so that the fuzzer is led by the code it tests.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -fno-omit-frame-pointer)
if(STRAIT_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
elseif(STRAIT_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
endif()
include_directories(${CMAKE_SOURCE_DIR})
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# The standard library, base and the compound are half of a source's compile time: they are compiled
# once. Sources still include what they use: clang-tidy compiles them without.
set(strait_common_headers <algorithm> <array> <atomic> <chrono> <coroutine> <cstdint> <cstring> <functional>
  <map> <memory> <optional> <span> <string> <string_view> <unordered_map> <variant> <vector>
  ${CMAKE_SOURCE_DIR}/base/buffer.h ${CMAKE_SOURCE_DIR}/base/log.h ${CMAKE_SOURCE_DIR}/base/result.h
  ${CMAKE_SOURCE_DIR}/base/sync.h ${CMAKE_SOURCE_DIR}/base/task.h)

# strait_precompile(TARGET KIND): KIND is "base" (below vfs), "vfs" or "test". The precompiled header
# itself is never taken from ccache: it names files of one checkout.
function(strait_precompile target kind)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  set(owner strait_precompiled_${kind})
  if(NOT TARGET ${owner})
    set(source ${CMAKE_BINARY_DIR}/${owner}.cc)
    file(GENERATE OUTPUT ${source} CONTENT "")
    set(headers ${strait_common_headers})
    add_library(${owner} OBJECT EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${owner} PRIVATE fmt::fmt Threads::Threads
      $<$<STREQUAL:${kind},test>:GTest::gtest;GTest::gmock>)
    if(kind STREQUAL "test")
      list(APPEND headers <gtest/gtest.h> <gmock/gmock.h>)
    endif()
    if(NOT kind STREQUAL "base")
      list(APPEND headers ${CMAKE_SOURCE_DIR}/vfs/compound.h)
    endif()
    set_target_properties(${owner} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${owner} PRIVATE -fPIC "SHELL:-Xclang -fno-pch-timestamp")
    target_precompile_headers(${owner} PRIVATE ${headers})
    set_target_properties(${owner} PROPERTIES CXX_COMPILER_LAUNCHER "")
  endif()
  # One precompiled header serves libraries and programs: both are compiled with -fPIC.
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${target} PRIVATE -fPIC "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()

# strait_library(NAME [DIR dir...] [DEPS target...] [TEST_DEPS target...] [PRECOMPILED kind] [CODEC]): every *.cc of the
# folders, less tests, fuzz targets and mains. Also NAME_test (gtest) of the *_test.cc, and one program
# for each *_fuzz.cc when STRAIT_FUZZ is on.
# CODEC: nothing in it waits or has a second thread. Its tests are no matter for tsan, and as they hold
# more templates than loops, asan's build of them is not optimised: half the time to compile.
function(strait_library name)
  cmake_parse_arguments(A "CODEC" "PRECOMPILED" "DIR;DEPS;TEST_DEPS" ${ARGN})
  if(NOT A_PRECOMPILED)
    set(A_PRECOMPILED vfs)
  endif()
  if(NOT A_DIR)
    set(A_DIR .)
  endif()
  set(all)
  foreach(dir ${A_DIR})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cc)
    list(APPEND all ${found})
  endforeach()
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(fuzzers ${all})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|_main)\\.cc$")
  if(sources)
    add_library(strait_${name} STATIC ${sources})
    target_link_libraries(strait_${name} PUBLIC ${A_DEPS})
    strait_precompile(strait_${name} ${A_PRECOMPILED})
    set(self strait_${name})
  else()
    add_library(strait_${name} INTERFACE)
    target_link_libraries(strait_${name} INTERFACE ${A_DEPS})
    set(self strait_${name})
  endif()
  if(tests AND NOT (A_CODEC AND STRAIT_SANITIZE STREQUAL "thread"))
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${self} ${A_TEST_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
    if(A_CODEC AND STRAIT_SANITIZE)
      target_compile_options(${name}_test PRIVATE -O0)
    else()
      strait_precompile(${name}_test test)
    endif()
    add_test(NAME unit.${name} COMMAND ${name}_test)
    set_tests_properties(unit.${name} PROPERTIES TIMEOUT 300 LABELS unit)
  endif()
  if(STRAIT_FUZZ)
    foreach(source ${fuzzers})
      get_filename_component(base ${source} NAME_WE)
      add_executable(${base} ${source})
      target_link_libraries(${base} PRIVATE ${self})
      target_compile_options(${base} PRIVATE -fsanitize=fuzzer)
      target_link_options(${base} PRIVATE -fsanitize=fuzzer)
      add_test(NAME fuzz.${base} COMMAND ${base} -seed=1 -runs=50000 -max_len=4096 -timeout=10 -rss_limit_mb=2048 -verbosity=0)
      set_tests_properties(fuzz.${base} PROPERTIES TIMEOUT 300 LABELS fuzz)
    endforeach()
  endif()
endfunction()
