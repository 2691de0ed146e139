# SPDX-License-Identifier: Apache-2.0

# cmake -DREADME=... -DSOURCE=... -DPROGRAM=... -DLOOP=... -P readme_check.cmake
#
# Whether the README shows the program as it stands in its source, but for the first lines, which say
# what it is; and what it prints. And whether it shows the struct and the function at the beginning of
# LOOP.

file(READ ${README} readme)
file(READ ${SOURCE} source)
string(FIND "${source}" "#include" begin)
string(SUBSTRING "${source}" ${begin} -1 shown)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)

file(READ ${LOOP} source)
string(FIND "${source}" "// What one side" begin)
string(SUBSTRING "${source}" ${begin} -1 loop)
string(FIND "${loop}" "\n}\n" end)
math(EXPR end "${end} + 3")
string(SUBSTRING "${loop}" 0 ${end} loop)

foreach(text shown printed loop)
  string(FIND "${readme}" "\n${${text}}```\n" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "the README does not show this:\n${${text}}")
  endif()
endforeach()
