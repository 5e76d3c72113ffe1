# Address and undefined-behaviour sanitizers for the library and its tests. A failure ends the test at once.
option(BASIN_SANITIZE "Build with ASan and UBSan" OFF)

add_library(basin_sanitizers INTERFACE)
if(BASIN_SANITIZE)
  set(_sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(basin_sanitizers INTERFACE ${_sanitizers})
  target_link_options(basin_sanitizers INTERFACE ${_sanitizers})
endif()
