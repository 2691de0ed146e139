// SPDX-License-Identifier: Apache-2.0

// Runs a harness without a fuzzing engine: on the files named, and on all files in the folders
// named. Prints each path first, so that the last one printed is the one that failed.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool Replay(const std::filesystem::path& path) {
  std::fprintf(stderr, "%s\n", path.c_str());
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  const std::vector<char> octets((std::istreambuf_iterator<char>(file)), {});
  // A block of exactly their size, so that a sanitizer sees what is read beyond it.
  const std::unique_ptr<std::uint8_t[]> input(new std::uint8_t[octets.size()]);
  for (std::size_t i = 0; i < octets.size(); ++i) input[i] = static_cast<std::uint8_t>(octets[i]);
  LLVMFuzzerTestOneInput(input.get(), octets.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t inputs = 0;
  for (int i = 1; i < argc; ++i) {
    const std::filesystem::path path(argv[i]);
    if (std::filesystem::is_directory(path)) {
      for (const auto& entry : std::filesystem::directory_iterator(path)) {
        if (!Replay(entry.path())) return 1;
        ++inputs;
      }
    } else {
      if (!Replay(path)) return 1;
      ++inputs;
    }
  }
  std::fprintf(stderr, "%zu inputs, all in order\n", inputs);
  return inputs == 0;
}
