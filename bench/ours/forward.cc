// SPDX-License-Identifier: Apache-2.0

// What a proxy does with each frame: it is decoded, judged by a guard, queued and written.
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/guard.h"
#include "h2wire/output_queue.h"
#include "ours.h"
#include "writers.h"

namespace h2wire::bench {
namespace {

// Returns how many octets were written. The guard's clock is that of DecodeTo+Guard.
template <class Writer>
[[gnu::always_inline]] inline std::size_t Forward(Bytes in, std::span<std::byte> out) {
  constexpr std::chrono::milliseconds kFromFrameToFrame{100};
  static std::array<std::byte, 8192> copies;
  static std::array<OutputQueue::Body, 128> bodies;
  static std::array<iovec, 2 * bodies.size() + 2> pieces;
  OutputQueue queue(copies, bodies);
  ConnectionGuard guard({.receiver = Receiver::kUnknown, .observer = true, .joined = true});
  ConnectionGuard::Time now{};
  Writer writer(out);
  const auto write_all = [&] {
    const std::size_t before = writer.size();
    for (const iovec& piece : queue.Batch(pieces)) writer.Write(piece.iov_base, piece.iov_len);
    queue.Written(writer.size() - before);
  };
  const auto forward = [&](const auto& frame) __attribute__((always_inline)) {
    const FrameError error = guard.Check(frame, now);
    if (error.fault == Fault::kNone && queue.Add(frame) != Fault::kNone) [[unlikely]] {
      write_all();
      (void)queue.Add(frame);
    }
    return error;
  };
  for (;;) {
    const Outcome next = DecodeTo(in, forward, {.max_frame_size = guard.max_frame_size()});
    if (next.status != DecodeStatus::kOk) break;
    now += kFromFrameToFrame;
    in = in.subspan(next.size);
  }
  write_all();
  return writer.size();
}

[[gnu::noinline]] std::uint64_t ForwardToPointer(Bytes in) { return Forward<Pointer>(in, {}); }

// As many octets as came in, if what is written is what came in.
std::uint64_t SizeIfTheSame(const Workload& workload) {
  std::vector<std::byte> written(workload.octets.size());
  const std::size_t size = Forward<Copier>(workload.octets, written);
  return size == written.size() && std::ranges::equal(written, workload.octets)
             ? size
             : workload.octets.size() + 1;
}

}  // namespace

std::vector<Decoder> OurForwarders() {
  return {{.name = "DecodeTo+Guard+OutputQueue",
           .role = Role::kOurs,
           .forwards = true,
           .decode = ForwardToPointer,
           .expected = SizeIfTheSame}};
}

}  // namespace h2wire::bench
