# SPDX-License-Identifier: Apache-2.0

# Takes the README's code to files, so that what is compiled and run is what is read:
#
#   awk -v to=FOLDER -f extract.awk README.md
#
# A line before each block says what it is. `<!-- program: NAME -->` becomes NAME.cc, `part` NAME.inc,
# `shell` NAME.sh, and `prints`, what a program or commands print, NAME.txt; `elsewhere` is run by what
# it names. Code without such a line is an error. Prints kind and name of each.

/^<!-- (program|part|shell|prints|elsewhere): / {
  kind = substr($2, 1, length($2) - 1)
  name = $3
  marked = NR
  next
}

/^```/ && !inside {
  inside = 1
  file = ""
  if (marked != NR - 1) {
    if ($0 ~ /^```(cpp|sh)/) {
      printf "%s:%d: no line before this code says what runs it\n", FILENAME, NR > "/dev/stderr"
      failed = 1
    }
  } else if (kind != "elsewhere") {
    extension["program"] = "cc"
    extension["part"] = "inc"
    extension["shell"] = "sh"
    extension["prints"] = "txt"
    file = to "/" name "." extension[kind]
    printf "" > file
    print kind, name
  }
  next
}

/^```$/ {
  inside = 0
  if (file != "") close(file)
  file = ""
  next
}

inside && file != "" { print > file }

END { exit failed }
