// SPDX-License-Identifier: Apache-2.0

// How cost grows: the time of DecodeTo beside the floors on inputs of 20 KiB to 1 GiB, the largest
// mapped from a file, and on two threads at once, each with an input of its own; and what it comes
// to in frames a second on one core.
//
// usage: h2wire_scale DIRECTORY      (of a file of 1 GiB, which is removed again)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "implementation.h"
#include "workload.h"

namespace h2wire::bench {
namespace {

constexpr std::size_t kMebi = std::size_t{1} << 20;
constexpr int kPasses = 7;

// An input: the frames of a workload over and over.
struct Input {
  Bytes octets;
  double frames;
};

// Of this thread on a processor, whatever else the machine does.
double ProcessorSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double SecondsOf(const Decoder& decoder, Bytes octets, std::size_t repeats) {
  const double start = ProcessorSeconds();
  for (std::size_t i = 0; i < repeats; ++i) {
    asm volatile("" : : "r"(decoder.decode(octets)) : "memory");
  }
  return ProcessorSeconds() - start;
}

// The median of kPasses, each over at least 64 MiB.
double NanosecondsAFrame(const Decoder& decoder, const Input& input) {
  const std::size_t repeats = std::max<std::size_t>(1, 64 * kMebi / input.octets.size());
  std::array<double, kPasses> seconds;
  for (double& pass : seconds) pass = SecondsOf(decoder, input.octets, repeats);
  std::ranges::nth_element(seconds, seconds.begin() + kPasses / 2);
  return 1e9 * seconds[kPasses / 2] / (input.frames * static_cast<double>(repeats));
}

// Writes whole copies of the workload to the file, up to `size` octets; returns how many.
std::size_t WriteCopies(int file, const Workload& workload, std::size_t size) {
  const std::size_t copies = size / workload.octets.size();
  for (std::size_t i = 0; i < copies; ++i) {
    const auto wrote = write(file, workload.octets.data(), workload.octets.size());
    if (wrote != static_cast<ssize_t>(workload.octets.size())) {
      std::perror("h2wire_scale");
      std::exit(EXIT_FAILURE);
    }
  }
  return copies;
}

void PrintHead(const std::vector<Decoder>& decoders, const Workload& workload) {
  std::printf("\n%-28s%-*s%s\n%-28s", "", static_cast<int>(10 * decoders.size() + 4),
              "      ns a frame", "    million frames a second and core", workload.name.c_str());
  for (const char* gap : {"    ", "\n"}) {
    for (const Decoder& decoder : decoders) std::printf("%10s", decoder.name.c_str());
    std::printf("%s", gap);
  }
}

// A line: `nanoseconds` a frame, of each decoder.
void Print(const char* title, const std::vector<double>& nanoseconds) {
  std::printf("%-28s", title);
  for (const double ns : nanoseconds) std::printf("%10.2f", ns);
  std::printf("    ");
  for (const double ns : nanoseconds) std::printf("%10.0f", 1e3 / ns);
  std::puts("");
}

std::vector<double> OfEach(const std::vector<Decoder>& decoders, const Input& input) {
  std::vector<double> nanoseconds;
  for (const Decoder& decoder : decoders) nanoseconds.push_back(NanosecondsAFrame(decoder, input));
  return nanoseconds;
}

// Of the slower of two threads.
std::vector<double> OfEachOnTwoThreads(const std::vector<Decoder>& decoders,
                                       const Workload& workload) {
  std::vector<double> nanoseconds;
  for (const Decoder& decoder : decoders) {
    std::array<double, 2> results;
    std::vector<std::thread> threads;
    for (double& result : results) {
      threads.emplace_back([&] {
        std::vector<std::byte> octets;
        std::size_t copies = 0;
        for (; octets.size() < 64 * kMebi; ++copies) {
          octets.insert(octets.end(), workload.octets.begin(), workload.octets.end());
        }
        const double frames = static_cast<double>(copies * workload.frames);
        result = NanosecondsAFrame(decoder, {octets, frames});
      });
    }
    for (std::thread& thread : threads) thread.join();
    nanoseconds.push_back(std::ranges::max(results));
  }
  return nanoseconds;
}

}  // namespace
}  // namespace h2wire::bench

int main(int argc, char** argv) {
  using namespace h2wire::bench;
  if (argc != 2) {
    std::fputs("usage: h2wire_scale DIRECTORY\n", stderr);
    return EXIT_FAILURE;
  }
  std::vector<Decoder> decoders;
  for (const Decoder& decoder : Decoders()) {
    if (decoder.name == "walk" || decoder.name == "dispatch" || decoder.name == "DecodeTo") {
      decoders.push_back(decoder);
    }
  }
  const std::string path = std::string(argv[1]) + "/h2wire_scale.octets";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || unlink(path.c_str()) != 0) {
    std::perror(path.c_str());
    return EXIT_FAILURE;
  }

  for (const Workload& workload : CachedWorkloads()) {
    if (workload.name != "control-l1" && workload.name != "window-update-l1") continue;
    PrintHead(decoders, workload);
    if (lseek(file, 0, SEEK_SET) != 0 || ftruncate(file, 0) != 0) return EXIT_FAILURE;
    const std::size_t copies = WriteCopies(file, workload, 1024 * kMebi);
    const std::size_t all = copies * workload.octets.size();
    void* const mapped = mmap(nullptr, all, PROT_READ, MAP_PRIVATE, file, 0);
    if (mapped == MAP_FAILED) return EXIT_FAILURE;
    const h2wire::Bytes octets(static_cast<const std::byte*>(mapped), all);
    for (const auto& [title, size] : {std::pair("20 KiB", std::size_t{1}),
                                      {"1 MiB", kMebi},
                                      {"64 MiB", 64 * kMebi},
                                      {"1 GiB, mapped", 1024 * kMebi}}) {
      const std::size_t n = std::max<std::size_t>(1, size / workload.octets.size());
      Print(title, OfEach(decoders, {octets.first(n * workload.octets.size()),
                                     static_cast<double>(n * workload.frames)}));
    }
    munmap(mapped, all);
    Print("two threads, 64 MiB each", OfEachOnTwoThreads(decoders, workload));
  }
}
