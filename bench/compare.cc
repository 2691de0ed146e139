// SPDX-License-Identifier: Apache-2.0

// Times every decoder on every workload, and every encoder: one Google Benchmark each, under the
// name that NameOf gives it, after each has shown that it does what it is measured for.
// Implementations of one workload follow one another, so that a run of this program is one
// repetition within which they can be compared; `report` runs it repeatedly.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "implementation.h"
#include "workload.h"

namespace h2wire::bench {
namespace {

void Demand(bool agrees, const std::string& name) {
  if (agrees) return;
  std::fprintf(stderr, "bench: %s does not agree with the workload\n", name.c_str());
  std::exit(EXIT_FAILURE);
}

void Count(benchmark::State& state, Role role, std::size_t frames, std::size_t octets) {
  state.SetLabel(Name(role));
  state.counters["frames"] = static_cast<double>(frames);
  state.counters["octets"] = static_cast<double>(octets);
}

void Register(const Decoder& decoder, const Workload& workload) {
  if (!decoder.Accepts(workload)) return;
  const std::string name = NameOf(decoder, workload);
  Demand(Agrees(decoder, workload), name);
  benchmark::RegisterBenchmark(name.c_str(), [&decoder, &workload](benchmark::State& state) {
    for (auto _ : state) {
      if (decoder.connect != nullptr) {
        state.PauseTiming();
        decoder.connect(workload);
        state.ResumeTiming();
      }
      benchmark::DoNotOptimize(decoder.decode(workload.octets));
    }
    Count(state, decoder.role, workload.frames, workload.octets.size());
  });
}

void Register(const Encoder& encoder, const std::vector<Record>& records) {
  const std::string name = NameOf(encoder);
  Demand(Agrees(encoder), name);
  benchmark::RegisterBenchmark(name.c_str(), [&encoder, &records](benchmark::State& state) {
    std::vector<std::byte> out(records.size() * kLargestRecord);
    std::size_t size = 0;
    for (auto _ : state) {
      benchmark::DoNotOptimize(size = encoder.encode(records, out));
      benchmark::ClobberMemory();
    }
    Count(state, encoder.role, records.size(), size);
  });
}

}  // namespace
}  // namespace h2wire::bench

int main(int argc, char** argv) {
  using namespace h2wire::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;

  benchmark::AddCustomContext("compiler", H2WIRE_BENCH_COMPILER);
  benchmark::AddCustomContext("flags", H2WIRE_BENCH_FLAGS);
  for (const Peer& peer : Peers()) benchmark::AddCustomContext(peer.name, peer.version);

  const std::vector<Workload> workloads = AllWorkloads(H2WIRE_BENCH_CAPTURES);
  const std::vector<Decoder> decoders = Decoders();
  const std::vector<Encoder> encoders = Encoders();
  const std::vector<Record> records = EncoderRecords();
  for (const Workload& workload : workloads) {
    for (const Decoder& decoder : decoders) Register(decoder, workload);
  }
  for (const Encoder& encoder : encoders) Register(encoder, records);

  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
