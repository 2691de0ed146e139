// SPDX-License-Identifier: Apache-2.0

// Runs each decoder and each encoder once under the eyes of callgrind; `instructions` reads what it
// counted. Prints the compiler, then a line per run: name, role ("ungated" for one of ours whose
// count is not repeatable), frames. A run over no octets at all, of 0 frames, tells what the call
// itself costs. With --agreement it counts nothing, and is the test that all implementations agree,
// on every workload.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "implementation.h"
#include "workload.h"

namespace h2wire::bench {
namespace {

bool only_agreement = false;
bool all_agree = true;

// Counts `run` after `agrees` has run it once, which also settles the binding of symbols.
template <typename Run>
void Count(const std::string& name, const char* role, std::size_t frames, bool agrees, Run run) {
  if (!agrees) {
    std::fprintf(stderr, "bench: %s does not agree with the workload\n", name.c_str());
    all_agree = false;
    return;
  }
  if (only_agreement) return;
  CALLGRIND_TOGGLE_COLLECT;
  run();
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
  std::printf("%s\t%s\t%zu\n", name.c_str(), role, frames);
}

void CountDecoders(const std::vector<Workload>& workloads) {
  for (const Workload& workload : workloads) {
    for (const Decoder& decoder : Decoders()) {
      if (!decoder.Accepts(workload)) continue;
      const bool agrees = Agrees(decoder, workload);
      if (decoder.connect != nullptr) decoder.connect(workload);
      Count(NameOf(decoder, workload), decoder.repeatable ? Name(decoder.role) : "ungated",
            workload.frames, agrees, [&] { decoder.decode(workload.octets); });
    }
  }
}

void CountEncoders() {
  const std::vector<Record> records = EncoderRecords();
  std::vector<std::byte> out(records.size() * kLargestRecord);
  for (const Encoder& encoder : Encoders()) {
    Count(NameOf(encoder), Name(encoder.role), records.size(), Agrees(encoder),
          [&] { encoder.encode(records, out); });
  }
}

}  // namespace
}  // namespace h2wire::bench

int main(int argc, char** argv) {
  using namespace h2wire::bench;
  only_agreement = argc == 2 && std::string_view(argv[1]) == "--agreement";
  if (argc > 1 && !only_agreement) {
    std::fputs("usage: h2wire_count [--agreement]\n", stderr);
    return EXIT_FAILURE;
  }
  if (!only_agreement) std::puts(H2WIRE_BENCH_COMPILER ", " H2WIRE_BENCH_FLAGS);
  Workload empty;
  empty.name = "empty";
  CountDecoders({empty});
  CountDecoders(only_agreement ? AllWorkloads(H2WIRE_BENCH_CAPTURES) : CachedWorkloads());
  CountEncoders();
  return all_agree ? EXIT_SUCCESS : EXIT_FAILURE;
}
