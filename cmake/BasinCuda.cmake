# The kernels for the device, where nvcc is found: libbasin_cuda, with the CUDA runtime inside, so that it loads on a machine
# without a driver. What stands between its C functions and the kernels is written from the headers' declarations:
#   kernels.h         the kernels' declarations, each with the stream in front
#   units/*.cu        the files of cuda/kernels, several to a unit: their headers take longer to read than they to compile
#   include/basin/cuda/kernels.h   the C functions' declarations, for callers
#   entry_points.cpp  basin_cuda_<name>(void* stream, ...) for each kernel
include(CheckLanguage)

set(BASIN_CUDA "AUTO" CACHE STRING "AUTO: where nvcc is found; ON: required; OFF: without")
set_property(CACHE BASIN_CUDA PROPERTY STRINGS AUTO ON OFF)
set(BASIN_CUDA_ARCHITECTURES "80-virtual" CACHE STRING
  "As CMAKE_CUDA_ARCHITECTURES; bundle: machine code for the common ones and PTX for those to come")

set(BASIN_HAS_CUDA OFF)
if(NOT BASIN_CUDA STREQUAL "OFF")
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_ARCHITECTURES "${BASIN_CUDA_ARCHITECTURES}")
    if(BASIN_CUDA_ARCHITECTURES STREQUAL "bundle")
      set(CMAKE_CUDA_ARCHITECTURES 80-real 86-real 89-real 90-real 100-real 120)
    endif()
    enable_language(CUDA)
    if(NOT CMAKE_CUDA20_EXTENSION_COMPILE_OPTION)   # CMake before 3.26 does not know it
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    endif()
    set(BASIN_HAS_CUDA ON)
  elseif(BASIN_CUDA STREQUAL "ON")
    message(FATAL_ERROR "Basin: BASIN_CUDA is ON, but nvcc was not found (install the CUDA toolkit, or set CUDACXX)")
  else()
    message(STATUS "Basin: nvcc was not found; building without CUDA")
  endif()
endif()

# basin_generate_cuda(DIRECTORY include_directory sources...); every kernel of the C ABI must be among the sources.
function(basin_generate_cuda directory include_directory)
  basin_read_kernels(${include_directory})
  set(sources "")
  foreach(source IN LISTS ARGN)
    file(READ ${source} text)
    string(APPEND sources "${text}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  endforeach()
  set(missing "")
  set(declarations "")
  set(entries "")
  set(exports "")
  set(shims "")
  foreach(name IN LISTS BASIN_KERNELS)
    set(parameters "${BASIN_PARAMETERS_${name}}")
    string(FIND "${sources}" "\nvoid ${name}(" found)
    if(found EQUAL -1)
      list(APPEND missing ${name})
      continue()
    endif()
    string(APPEND declarations "void ${name}(void* stream, ${parameters});\n")
    string(APPEND entries "BASIN_EXPORT void basin_cuda_${name}(void* stream, ${parameters}) {\n"
      "    basin::${name}(stream, ${BASIN_ARGUMENTS_${name}});\n}\n")
    string(APPEND exports "BASIN_EXPORT void basin_cuda_${name}(void* stream, ${parameters});\n")
    string(REPLACE "grad_factor" "staged(grad_factor)" arguments "${BASIN_ARGUMENTS_${name}}")
    string(APPEND shims "void basin_${name}(${parameters}) {\n"
      "    basin_cuda_${name}(nullptr, ${arguments});\n    finish();\n}\n")
  endforeach()
  set(mark "// Written by BasinCuda.cmake.\n")
  basin_write(${directory}/kernels.h "${mark}#pragma once

#include <stdint.h>

#include \"formula/value.h\"

namespace basin::inline BASIN_ISA {
${declarations}}
")
  basin_write(${directory}/include/basin/cuda/kernels.h "${mark}// The kernels of the C ABI on the device: parameters as there, all pointers the device's, and in front the stream.
#ifndef BASIN_CUDA_KERNELS_H
#define BASIN_CUDA_KERNELS_H

#include <stdint.h>

#include \"basin/export.h\"

#ifdef __cplusplus
extern \"C\" {
#endif
${exports}
#ifdef __cplusplus
}
#endif

#endif
")
  basin_write(${directory}/entry_points.cpp "${mark}#include \"basin/export.h\"
#include \"kernels.h\"

extern \"C\" {
${entries}}
")
  # The C functions of the CPU's library, by the device: so the native tests run on it.
  basin_write(${directory}/test_entry_points.cpp "${mark}#include \"basin/cuda/kernels.h\"
#include \"device_tests.h\"

extern \"C\" {
${shims}}
")
  if(missing)
    message(FATAL_ERROR "Basin: no file of cuda/kernels defines ${missing}")
  endif()
  basin_write_units(${directory}/units ${ARGN})
endfunction()

function(basin_write_units directory)
  set(count 4)
  set(number 0)
  foreach(source IN LISTS ARGN)
    string(APPEND unit_${number} "#include \"${source}\"\n")
    math(EXPR number "(${number} + 1) % ${count}")
  endforeach()
  math(EXPR last "${count} - 1")
  foreach(number RANGE ${last})
    basin_write(${directory}/unit_${number}.cu "// Written by BasinCuda.cmake.\n${unit_${number}}")
  endforeach()
endfunction()
