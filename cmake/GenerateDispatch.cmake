# Writes what stands between the C ABI and the kernels of each instruction set, from the headers' declarations alone,
# so that a new kernel needs no line in the dispatch. A kernel is declared in exactly this form:
#   BASIN_EXPORT void basin_<name>(<type> <parameter>, ...);
# Output, in DIRECTORY:
#   table.h           struct Table: one function pointer a kernel
#   kernels.h         the kernels' declarations inside the namespace of an instruction set
#   isa_table.cpp     the table of one instruction set, compiled once for each
#   isas.h            the instruction sets: name, test of the processor, table
#   entry_points.cpp  the C functions, which forward to the selected table
function(basin_generate_dispatch directory include_directory)
  basin_read_kernels(${include_directory})
  set(members "")
  set(declarations "")
  set(entries "")
  set(forwarders "")
  foreach(name IN LISTS BASIN_KERNELS)
    string(APPEND members "    decltype(&basin_${name}) ${name};\n")
    string(APPEND declarations "decltype(::basin_${name}) ${name};\n")
    string(APPEND entries "    .${name} = ${name},\n")
    string(APPEND forwarders "void basin_${name}(${BASIN_PARAMETERS_${name}}) {\n"
      "    basin::selected_table()->${name}(${BASIN_ARGUMENTS_${name}});\n}\n")
  endforeach()

  set(isa_tables "")
  set(isas "")
  foreach(row IN LISTS BASIN_ISA_ROWS)
    basin_isa_row("${row}" name flags features id)
    basin_isa_test(test ${features})
    string(APPEND isa_tables "namespace ${id} {\nextern const Table table;\n}\n")
    string(APPEND isas "    {\"${name}\", [] { return ${test}; }, &${id}::table},\n")
  endforeach()

  set(mark "// Written by GenerateDispatch.cmake.\n")
  basin_write(${directory}/table.h "${mark}#pragma once

${BASIN_KERNEL_INCLUDES}
namespace basin {
struct Table {
${members}};
}
")
  basin_write(${directory}/kernels.h "${mark}#pragma once

${BASIN_KERNEL_INCLUDES}
namespace basin::inline BASIN_ISA {
${declarations}}
")
  basin_write(${directory}/isa_table.cpp "${mark}#include \"kernels.h\"
#include \"table.h\"

namespace basin::inline BASIN_ISA {
extern const Table table;
const Table table = {
${entries}};
}
")
  basin_write(${directory}/isas.h "${mark}#pragma once

#include \"table.h\"

namespace basin {
${isa_tables}
struct Isa {
    const char* name;
    bool (*supported)();
    const Table* table;
};

inline constexpr Isa isas[] = {
${isas}};
}
")
  basin_write(${directory}/entry_points.cpp "${mark}#include \"dispatch.h\"

extern \"C\" {
${forwarders}}
")
endfunction()

# basin_read_kernels(DIRECTORY): in the caller's scope BASIN_KERNELS, the names, BASIN_PARAMETERS_<name> and
# BASIN_ARGUMENTS_<name>, the parameters with and without their types, and BASIN_KERNEL_INCLUDES.
macro(basin_read_kernels include_directory)
  file(GLOB headers CONFIGURE_DEPENDS ${include_directory}/basin/*.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
  set(BASIN_KERNELS "")
  set(BASIN_KERNEL_INCLUDES "")
  foreach(header IN LISTS headers)
    basin_read_header(${header})
  endforeach()
endmacro()

macro(basin_read_header header)
  file(READ ${header} text)
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REPLACE ";" "@" text "${text}")   # a semicolon would split a CMake list
  string(REGEX MATCHALL "BASIN_EXPORT[ \n]+void[ \n]" promised "${text}")
  string(REGEX MATCHALL "BASIN_EXPORT[ \n]+void[ \n]+basin_[a-z0-9_]+\\([^()]*\\)@" kernels "${text}")
  list(LENGTH promised promised_count)
  list(LENGTH kernels kernel_count)
  if(NOT promised_count EQUAL kernel_count)
    message(FATAL_ERROR "${header}: ${promised_count} kernels declared, ${kernel_count} in the form that "
      "GenerateDispatch.cmake reads: BASIN_EXPORT void basin_<name>(<type> <parameter>, ...);")
  endif()
  if(kernel_count GREATER 0)
    get_filename_component(file ${header} NAME)
    string(APPEND BASIN_KERNEL_INCLUDES "#include \"basin/${file}\"\n")
  endif()
  foreach(kernel IN LISTS kernels)
    string(REGEX MATCH "basin_([a-z0-9_]+)\\(([^()]*)\\)@" _ "${kernel}")
    set(name ${CMAKE_MATCH_1})
    string(REGEX REPLACE "[ \n]+" " " parameters "${CMAKE_MATCH_2}")
    string(REPLACE "," ";" parameter_list "${parameters}")
    set(arguments "")
    foreach(parameter IN LISTS parameter_list)
      string(REGEX MATCH "([A-Za-z0-9_]+) *$" _ "${parameter}")
      list(APPEND arguments ${CMAKE_MATCH_1})
    endforeach()
    list(JOIN arguments ", " arguments)
    list(APPEND BASIN_KERNELS ${name})
    set(BASIN_PARAMETERS_${name} "${parameters}")
    set(BASIN_ARGUMENTS_${name} "${arguments}")
  endforeach()
endmacro()

# Leaves an unchanged file alone, so that configuring again rebuilds nothing.
function(basin_write path content)
  file(CONFIGURE OUTPUT ${path} CONTENT "${content}" @ONLY)
endfunction()
