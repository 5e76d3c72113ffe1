# The instruction sets of this build: the same sources are compiled once for each, in a namespace of its own.
# A row is NAME|compiler flags|features that __builtin_cpu_supports must confirm, weakest first.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckCXXSourceRuns)

set(BASIN_ISAS "auto" CACHE STRING
  "auto: every instruction set of this processor family; native: the best of this processor; generic: no flags, one table")
set_property(CACHE BASIN_ISAS PROPERTY STRINGS auto native generic)

set(_v2 "x86-64-v2")
set(_v3 "x86-64-v3")
set(_v4 "x86-64-v4")
check_cxx_source_compiles("int main() { return __builtin_cpu_supports(\"x86-64-v4\"); }" BASIN_KNOWS_X86_LEVELS)
if(NOT BASIN_KNOWS_X86_LEVELS)   # Clang before 18: what of the levels has a name there
  set(_v2 "ssse3 sse4.2 popcnt")
  set(_v3 "${_v2} avx2 fma bmi bmi2")
  set(_v4 "${_v3} avx512f avx512bw avx512cd avx512dq avx512vl")
endif()

set(_generic "generic||")
set(_x86
  "x86-64-v2|-march=x86-64-v2|${_v2}"
  "x86-64-v3|-march=x86-64-v3|${_v3}"
  "x86-64-v4|-march=x86-64-v4|${_v4}"
  "x86-64-v4-bf16|-march=x86-64-v4 -mavx512bf16|${_v4} avx512bf16")

set(BASIN_ISA_ROWS ${_generic})
if(BASIN_ISAS MATCHES "^(auto|native)$" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(BASIN_ISA_ROWS "")
  foreach(row IN LISTS _x86)
    string(REGEX MATCH "^([^|]*)[|]([^|]*)[|](.*)$" _ "${row}")
    string(MAKE_C_IDENTIFIER "BASIN_HAS_${CMAKE_MATCH_1}" has)
    check_cxx_compiler_flag("${CMAKE_MATCH_2}" ${has})
    if(${has})
      list(APPEND BASIN_ISA_ROWS "${row}")
    endif()
  endforeach()
  if(NOT BASIN_ISA_ROWS)
    set(BASIN_ISA_ROWS ${_generic})
  endif()
endif()

# basin_isa_test(EXPRESSION features...): the C++ that asks the processor for them.
function(basin_isa_test expression)
  set(tests "")
  foreach(feature IN LISTS ARGN)
    list(APPEND tests "__builtin_cpu_supports(\"${feature}\") != 0")
  endforeach()
  list(JOIN tests " && " test)
  if(NOT test)
    set(test true)
  endif()
  set(${expression} "${test}" PARENT_SCOPE)
endfunction()

# basin_isa_row(ROW name flags features identifier): the fields of a row, flags and features as lists.
function(basin_isa_row row name flags features identifier)
  string(REGEX MATCH "^([^|]*)[|]([^|]*)[|](.*)$" _ "${row}")
  string(MAKE_C_IDENTIFIER "${CMAKE_MATCH_1}" id)
  string(REPLACE " " ";" flag_list "${CMAKE_MATCH_2}")
  string(REPLACE " " ";" feature_list "${CMAKE_MATCH_3}")
  set(${name} "${CMAKE_MATCH_1}" PARENT_SCOPE)
  set(${flags} "${flag_list}" PARENT_SCOPE)
  set(${features} "${feature_list}" PARENT_SCOPE)
  set(${identifier} "${id}" PARENT_SCOPE)
endfunction()

if(BASIN_ISAS STREQUAL "native")
  set(_best "")
  foreach(row IN LISTS BASIN_ISA_ROWS)
    basin_isa_row("${row}" _name _flags _features _id)
    basin_isa_test(_test ${_features})
    check_cxx_source_runs("int main() { return ${_test} ? 0 : 1; }" BASIN_RUNS_${_id})
    if(BASIN_RUNS_${_id})
      set(_best "${row}")
    endif()
  endforeach()
  if(_best)
    set(BASIN_ISA_ROWS "${_best}")
  endif()
endif()

# basin_add_isa_objects(PREFIX sources...): one object library <PREFIX>_<isa> for each instruction set, sources seeing
# BASIN_ISA as the name of their namespace. Their names are left in <PREFIX>_OBJECTS.
function(basin_add_isa_objects prefix)
  set(objects "")
  foreach(row IN LISTS BASIN_ISA_ROWS)
    basin_isa_row("${row}" name flags features id)
    set(target ${prefix}_${id})
    add_library(${target} OBJECT ${ARGN})
    target_compile_definitions(${target} PRIVATE BASIN_ISA=${id})
    target_compile_options(${target} PRIVATE ${flags})
    target_link_libraries(${target} PRIVATE basin_settings)
    # Several kernels to a unit: most take less time to compile than the headers they share to read.
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    # The compiler's vector intrinsics take longer to read than most kernels take to compile.
    target_precompile_headers(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/cpu/storage.h)
    list(APPEND objects ${target})
  endforeach()
  set(${prefix}_OBJECTS ${objects} PARENT_SCOPE)
endfunction()
