# SPDX-License-Identifier: Apache-2.0

# cmake -DREADME=... -DSOURCES=... -DPROGRAMS=... -DLOOP=... -P readme_check.cmake
#
# Whether the README shows each program as it stands in its source, but for the first lines, which say
# what it is; and what it prints. And whether it shows the struct and the function at the beginning of
# LOOP.

file(READ ${README} readme)
file(READ ${LOOP} source)
string(FIND "${source}" "// What one side" begin)
string(SUBSTRING "${source}" ${begin} -1 loop)
string(FIND "${loop}" "\n}\n" end)
math(EXPR end "${end} + 3")
string(SUBSTRING "${loop}" 0 ${end} loop)

function(expect_shown text)
  string(FIND "${readme}" "\n${text}```\n" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "the README does not show this:\n${text}")
  endif()
endfunction()

expect_shown("${loop}")
foreach(source program IN ZIP_LISTS SOURCES PROGRAMS)
  file(READ ${source} text)
  string(FIND "${text}" "#include" begin)
  string(SUBSTRING "${text}" ${begin} -1 shown)
  expect_shown("${shown}")
  execute_process(COMMAND ${EMULATOR} ${program} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
  expect_shown("${printed}")
endforeach()
