# Warnings that the native sources are kept clean of; BASIN_WERROR turns them into errors.
option(BASIN_WERROR "Treat warnings as errors" OFF)

add_library(basin_warnings INTERFACE)
target_compile_options(basin_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A note about vectors that cross between old and new compilers' objects; none cross an object here.
  target_compile_options(basin_warnings INTERFACE -Wno-psabi)
endif()
if(BASIN_WERROR)
  target_compile_options(basin_warnings INTERFACE -Werror)
endif()
