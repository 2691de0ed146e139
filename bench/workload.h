// SPDX-License-Identifier: Apache-2.0

// The streams of frames that the decoders are measured on.
//
// Generated ones are a function of their name and seed alone: the same octets on every machine and
// with every compiler and standard library.
#ifndef H2WIRE_BENCH_WORKLOAD_H_
#define H2WIRE_BENCH_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "checksum.h"

namespace h2wire::bench {

struct Workload {
  std::string name;
  std::vector<std::byte> octets;  // whole frames, no preface
  std::size_t frames = 0;
  std::uint64_t checksum = 0;  // what Checksum comes to over them

  // Whether they are all of one connection. Recordings are of many, one after another.
  bool one_connection = true;

  // What a server's session has to have received before `octets` makes sense to it: SETTINGS, the
  // acknowledgement of its own, and the opening of the streams in use. Empty if `octets` is no
  // legal traffic of one connection.
  std::vector<std::byte> prologue;
};

// More frames than a branch predictor learns:
//   control         WINDOW_UPDATE, PING, RST_STREAM, SETTINGS of 3, PRIORITY and GOAWAY of 16
//                   octets, uniformly random
//   proxy           45 % DATA of 64 octets to 16 KiB (log-uniform), 25 % HEADERS of 40 to 400,
//                   20 % WINDOW_UPDATE, 5 % SETTINGS, PING and RST_STREAM, 5 % HEADERS with a
//                   CONTINUATION; some padded, some with priority; field blocks are legal HPACK
//   proxy-small     the same with DATA of 64 to 256 octets
//   bulk            DATA of 16384 octets
//   data-1-64       DATA of 1 to 64 octets
//   window-update   WINDOW_UPDATE
std::vector<Workload> LargeWorkloads();

// The same in about 20 KiB each, to fit the first-level cache (bulk: one frame, proxy: one round of
// its mix, 30 KiB). Their names end in "-l1".
std::vector<Workload> CachedWorkloads();

// All recordings in a directory (*.h2) as one workload, "captures": in the order of their names,
// without the client's preface. None, and a line that says so, if there are no recordings.
std::vector<Workload> Captures(const std::filesystem::path& directory);

// All of the above.
std::vector<Workload> AllWorkloads(const std::filesystem::path& captures);

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_WORKLOAD_H_
