// SPDX-License-Identifier: Apache-2.0

// What h2wire is compared with, in this process.
#ifndef H2WIRE_BENCH_PEERS_PEERS_H_
#define H2WIRE_BENCH_PEERS_PEERS_H_

#include "../implementation.h"

namespace h2wire::bench {

// The plain decoder that the tests hold the library against.
Decoder Reference();

// Each of these is defined only if its library was found: H2WIRE_BENCH_H2O, H2WIRE_BENCH_NGHTTP2.
Peer H2o();
Peer Nghttp2();

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_PEERS_PEERS_H_
