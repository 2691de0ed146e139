# cmake -DREADME=... -DSOURCE=... -DPROGRAM=... -P readme_check.cmake
#
# Whether the README shows the program as it stands in its source, but for the first lines, which say
# what it is; and what it prints.

file(READ ${README} readme)
file(READ ${SOURCE} source)
string(FIND "${source}" "#include" begin)
string(SUBSTRING "${source}" ${begin} -1 shown)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
foreach(text shown printed)
  string(FIND "${readme}" "\n${${text}}```\n" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "the README does not show this:\n${${text}}")
  endif()
endforeach()
