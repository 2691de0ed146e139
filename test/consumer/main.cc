// SPDX-License-Identifier: Apache-2.0

// A program of somebody else's: it includes all headers, and needs something of every part of the
// library that is compiled.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "h2wire/h2wire.h"
#include "h2wire/version.h"

#ifdef CONSUMER_PLUGIN
// The library inside a shared library of the user's.
extern "C" __attribute__((visibility("default"))) int Run();
#define MAIN Run
#else
#define MAIN main
#endif

int MAIN() {
  using namespace h2wire;
  std::array<std::byte, 64> octets{};
  const Encoded encoded = Encode(PingFrame{.ack = true}, octets);
  const Bytes in = Bytes(octets).first(encoded.size);

  std::array<std::byte, StreamDecoder::StorageSize()> storage{};
  StreamDecoder decoder(storage);
  std::string line;
  const auto print = [&](const auto& frame) { line = ToString(frame); };
  for (const std::byte& octet : in) (void)decoder.DecodeTo(Bytes(&octet, 1), print);

  ConnectionGuard guard(Receiver::kServer);
  const FrameError error = guard.Check(PingFrame{.ack = true}, std::chrono::nanoseconds(0));

  std::array<std::byte, 256> copies{};
  std::array<OutputQueue::Body, 4> bodies{};
  std::array<iovec, 4> pieces{};
  OutputQueue queue(copies, bodies);
  const Fault fault = queue.Add(PingFrame{});

  std::printf("h2wire %d.%d.%d\n%s\n%s\n", H2WIRE_VERSION_MAJOR, H2WIRE_VERSION_MINOR,
              H2WIRE_VERSION_PATCH, line.c_str(), ToString(error).c_str());
  const bool right = line == "PING ACK opaque_data=0000000000000000" &&
                     error.fault == Fault::kFirstFrameNotSettings && fault == Fault::kNone &&
                     queue.Batch(pieces).size() == 1;
  return right ? 0 : 1;
}
