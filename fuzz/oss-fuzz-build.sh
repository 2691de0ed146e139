#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzzers the way OSS-Fuzz asks for: with $CXX, $CXXFLAGS and $LIB_FUZZING_ENGINE, into
# $OUT, each with its seed corpus and what else it has. Builds in $WORK. abseil and nlohmann_json are
# found where $CMAKE_PREFIX_PATH says, or among the system's: abseil has to be built with the standard
# library that $CXXFLAGS names. What is shared of it is put beside the fuzzers, which run elsewhere.

set -euo pipefail
cd "$(dirname "$0")/.."

cmake -S . -B "$WORK/h2wire" -G Ninja -DH2WIRE_FUZZING_ENGINE="$LIB_FUZZING_ENGINE" \
  -DH2WIRE_BUILD_FUZZERS=ON -DH2WIRE_BUILD_TESTS=OFF \
  -DCMAKE_BUILD_RPATH='$ORIGIN/lib'
cmake --build "$WORK/h2wire"

mkdir -p "$OUT/lib"
for harness in fuzz/*_fuzz.cc; do
  name=$(basename "$harness" .cc)
  cp "$WORK/h2wire/fuzz/$name" "$OUT/"
  ldd "$WORK/h2wire/fuzz/$name" | awk '/libabsl/ { print $3 }' |
    xargs --no-run-if-empty cp -Lut "$OUT/lib"
  zip --quiet --junk-paths --recurse-paths "$OUT/${name}_seed_corpus.zip" "fuzz/corpus/$name"
  for extra in "fuzz/$name.dict" "fuzz/$name.options"; do
    if [[ -e $extra ]]; then cp "$extra" "$OUT/"; fi
  done
done
