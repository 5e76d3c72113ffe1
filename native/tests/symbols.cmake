# The library exports its C functions and nothing else, and has no weak definition outside the namespace of an
# instruction set: the linker might keep the copy that needs a processor's newest instructions for everyone.
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE exported COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^ \n]+\n" names "${exported}")
list(FILTER names EXCLUDE REGEX "^basin_")
if(names)
  message(FATAL_ERROR "exported beside the C functions: ${names}")
endif()

execute_process(COMMAND ${NM} -C --defined-only ${LIBRARY} OUTPUT_VARIABLE defined COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE ";" "," defined "${defined}")
string(REGEX MATCHALL "[0-9a-f]+ [WVu] [^\n]+" weak "${defined}")
list(FILTER weak EXCLUDE REGEX "basin::(x86_64_|generic)")
if(weak)
  message(FATAL_ERROR "weak and shared by all instruction sets: ${weak}")
endif()
