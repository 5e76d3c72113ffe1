# The instruction sets of this build: the same sources are compiled once for each, in a namespace of its own.
# A row is NAME|compiler flags|features that __builtin_cpu_supports must confirm, weakest first.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)

set(BASIN_ISAS "auto" CACHE STRING "auto: every instruction set of this processor family; generic: no flags, one table")
set_property(CACHE BASIN_ISAS PROPERTY STRINGS auto generic)

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
if(BASIN_ISAS STREQUAL "auto" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
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
    list(APPEND objects ${target})
  endforeach()
  set(${prefix}_OBJECTS ${objects} PARENT_SCOPE)
endfunction()
