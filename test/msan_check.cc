// SPDX-License-Identifier: Apache-2.0

// Under MemorySanitizer: no octet that reaches the output, as written or in parts, was never given
// a value. A plain program, since all that is linked to it has to be instrumented.

#include <sanitizer/msan_interface.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "arbitrary.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "heap_block.h"

namespace h2wire {
namespace {

// Stops the program if an octet of `bytes` is uninitialised.
void CheckInitialized(Bytes bytes) { __msan_check_mem_is_initialized(bytes.data(), bytes.size()); }

int Run() {
  constexpr std::uint64_t kFrames = 200'000;
  std::uint64_t encoded_frames = 0;
  for (std::uint64_t seed = 0; seed < kFrames; ++seed) {
    Choices choices(seed);
    const ArbitraryFrame made = MakeArbitraryFrame(choices);
    const Parts parts = Split(made.frame);
    HeapBlock out(EncodedSize(made.frame));
    __msan_poison(out.out().data(), out.out().size());
    if (Encode(made.frame, out.out()).fault != Fault::kNone) continue;
    CheckInitialized(out.bytes());
    CheckInitialized(parts.head());
    for (const Bytes body : parts.bodies) CheckInitialized(body);
    // What is decoded from it depends on nothing else.
    const Decoded<Frame> decoded = Decode(out.bytes(), {.max_frame_size = kLargestMaxFrameSize});
    if (decoded.status == DecodeStatus::kOk && !(decoded.frame == decoded.frame)) std::abort();
    ++encoded_frames;
  }
  std::printf("%llu frames encoded, every octet of them initialised\n",
              static_cast<unsigned long long>(encoded_frames));
  return encoded_frames > kFrames / 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}

// That the sanitizer is at work at all.
int ReadUninitialised() {
  HeapBlock block(1);
  __msan_poison(block.out().data(), 1);
  CheckInitialized(block.bytes());
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace h2wire

int main(int argc, char**) { return argc > 1 ? h2wire::ReadUninitialised() : h2wire::Run(); }
