// SPDX-License-Identifier: Apache-2.0

// Writes the large workloads to a directory, for decoders in processes of their own, and prints a
// line for each: name, frames, checksum.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "workload.h"

int main(int argc, char** argv) {
  using namespace h2wire::bench;
  if (argc != 2) {
    std::fputs("usage: h2wire_export DIRECTORY\n", stderr);
    return EXIT_FAILURE;
  }
  for (const Workload& workload : LargeWorkloads()) {
    std::ofstream file(std::filesystem::path(argv[1]) / workload.name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(workload.octets.data()),
               static_cast<std::streamsize>(workload.octets.size()));
    if (!file.flush()) {
      std::fprintf(stderr, "h2wire_export: cannot write to %s\n", argv[1]);
      return EXIT_FAILURE;
    }
    std::printf("%s\t%zu\t%" PRIu64 "\n", workload.name.c_str(), workload.frames,
                workload.checksum);
  }
}
