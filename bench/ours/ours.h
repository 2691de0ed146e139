// SPDX-License-Identifier: Apache-2.0

// h2wire's own rows: its ways to decode and to encode.
#ifndef H2WIRE_BENCH_OURS_OURS_H_
#define H2WIRE_BENCH_OURS_OURS_H_

#include <vector>

#include "../implementation.h"

namespace h2wire::bench {

std::vector<Decoder> OurDecoders();
std::vector<Decoder> OurPieceDecoders();
std::vector<Decoder> OurPrinters();
std::vector<Decoder> OurForwarders();
std::vector<Encoder> OurEncoders();
std::vector<Encoder> OurGatherers();
std::vector<Encoder> OurRelays();

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_OURS_OURS_H_
