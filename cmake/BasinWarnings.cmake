# Warnings that the native sources are kept clean of; BASIN_WERROR turns them into errors.
option(BASIN_WERROR "Treat warnings as errors" OFF)

add_library(basin_warnings INTERFACE)
target_compile_options(basin_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow)
# A note about vectors that cross between objects of other compilers or flags; none cross an object here.
target_compile_options(basin_warnings INTERFACE -Wno-psabi)
# The compiler's own header of vector intrinsics is written with undefined vectors, and a precompiled header forgets pragmas.
target_compile_options(basin_warnings INTERFACE -Wno-uninitialized)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(basin_warnings INTERFACE -Wno-maybe-uninitialized)
endif()
if(BASIN_WERROR)
  target_compile_options(basin_warnings INTERFACE -Werror)
endif()
