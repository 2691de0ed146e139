// The codec never allocates, whatever it is given: for the length of a call the allocator aborts.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>
#include <variant>
#include <vector>

#include "arbitrary.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/visit.h"
#include "sanitized.h"

namespace {

bool allocation_is_allowed = true;

void OnAllocation() {
  if (allocation_is_allowed) return;
  constexpr std::string_view kMessage = "allocated where it must not\n";
  static_cast<void>(!write(STDERR_FILENO, kMessage.data(), kMessage.size()));
  std::abort();
}

}  // namespace

#if H2WIRE_SANITIZED

// Sanitizers bring an allocator of their own, and tell of its work. (Not every compiler comes with
// the header that declares this.)
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                           std::size_t),
                                                         void (*on_free)(const volatile void*));

[[maybe_unused]] static const int kInstalled = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { OnAllocation(); }, [](const volatile void*) {});

#else

// The functions of the C library are replaced for the whole program, libstdc++ included: its
// operator new calls malloc.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  OnAllocation();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  OnAllocation();
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  OnAllocation();
  return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  OnAllocation();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  OnAllocation();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** to, std::size_t alignment, std::size_t size) noexcept {
  OnAllocation();
  *to = __libc_memalign(alignment, size);
  return *to == nullptr;
}
}  // extern "C"

#endif

namespace h2wire {
namespace {

// As long as one is alive, whoever allocates is aborted.
class NoAllocation {
 public:
  NoAllocation() { allocation_is_allowed = false; }
  ~NoAllocation() { allocation_is_allowed = true; }
};

constexpr std::uint64_t kFrames = kSanitized ? 20'000 : 200'000;

TEST(NoAllocation, AbortsWhoeverAllocates) {
  // Through pointers, so that no compiler leaves the calls out.
  void* (*volatile allocate)(std::size_t) = std::malloc;
  void* (*volatile reallocate)(void*, std::size_t) = std::realloc;
  void* (*volatile create)(std::size_t) = ::operator new;
  void* (*volatile create_aligned)(std::size_t, std::align_val_t) = ::operator new;
  const auto forbidden = [](auto call) {
    const NoAllocation here;
    std::free(call());
  };
  EXPECT_DEATH(forbidden([&] { return allocate(1); }), "allocated where it must not");
  EXPECT_DEATH(forbidden([&] { return reallocate(nullptr, 1); }), "allocated where it must not");
  EXPECT_DEATH(forbidden([&] { return create(1); }), "allocated where it must not");
  EXPECT_DEATH(forbidden([&] { return create_aligned(64, std::align_val_t{64}); }),
               "allocated where it must not");
}

TEST(Encoding, DoesNotAllocate) {
  std::vector<std::byte> out(1 << 17);
  std::uint64_t written = 0;
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 0; seed < kFrames; ++seed) {
    Choices choices(seed);
    const ArbitraryFrame made = MakeArbitraryFrame(choices);
    const NoAllocation here;
    const Encoded encoded = Encode(made.frame, out);
    ++(encoded.fault == Fault::kNone ? written : refused);
    const Encoded too_little = Encode(made.frame, MutableBytes(out).first(8));
    refused += too_little.fault == Fault::kNoRoom;
    const Parts parts = Split(made.frame);
    if (parts.fault != encoded.fault || !(made.frame == made.frame) ||
        (encoded.fault == Fault::kNone && EncodedSize(made.frame) != encoded.size)) {
      std::abort();
    }
    static_cast<void>(RewriteStreamId(out, 1));
    static_cast<void>(RewriteStreamId(out, 0));
  }
  EXPECT_GT(written, kFrames / 2);
  EXPECT_GT(refused, kFrames / 2);
}

TEST(Decoding, DoesNotAllocate) {
  std::uint64_t good = 0;
  std::uint64_t wrong = 0;
  std::uint64_t unfinished = 0;
  for (std::uint64_t seed = 0; seed < kFrames; ++seed) {
    Choices choices(seed);
    const ArbitraryFrame made = MakeArbitraryFrame(choices);
    std::vector<std::byte> wire(EncodedSize(made.frame));
    if (Encode(made.frame, wire).fault != Fault::kNone) continue;
    // Half of them with something wrong in the first octets.
    if (choices.OneIn(2)) wire[3 + choices.Below(6)] ^= std::byte{0x01};
    if (choices.OneIn(2) && wire.size() > kFrameHeaderSize) {
      wire[kFrameHeaderSize] = static_cast<std::byte>(choices.Number(1));
    }
    const DecodeOptions options{.max_frame_size = kLargestMaxFrameSize,
                                .reject_nonzero_padding = choices.OneIn(2)};
    Bytes in(wire);
    if (choices.OneIn(4)) in = in.first(choices.Below(static_cast<std::uint32_t>(in.size())));

    const NoAllocation here;
    const Decoded<Frame> decoded = Decode(in, options);
    std::size_t called = 0;
    const Outcome outcome = DecodeTo(
        in, [&](const auto&) { ++called; }, options);
    const Decoded<FrameHeader> header = DecodeHeader(in, options);
    const Decoded<RawFrame> raw = DecodeRaw(in, options);
    if (outcome.status != decoded.status ||
        (called == 1) != (outcome.status == DecodeStatus::kOk)) {
      std::abort();
    }
    if (raw.status == DecodeStatus::kOk) {
      const Decoded<Frame> pieces = Decode(raw.frame, options);
      if (pieces.status != decoded.status) std::abort();
    }
    if (decoded.status == DecodeStatus::kOk) {
      if (header.status != DecodeStatus::kOk ||
          StreamIdOf(decoded.frame) != header.frame.stream_id ||
          TypeOf(decoded.frame) != header.frame.type) {
        std::abort();
      }
      Visit(Overloaded{[](const SettingsFrame& frame) {
                         for (const Setting setting : frame.settings) static_cast<void>(setting);
                       },
                       [](const OriginFrame& frame) {
                         for (const Bytes origin : frame.origins) static_cast<void>(origin);
                       },
                       [](const auto&) {}},
            decoded.frame);
      ++good;
    } else {
      ++(decoded.status == DecodeStatus::kError ? wrong : unfinished);
    }
  }
  EXPECT_GT(good, kFrames / 10);
  EXPECT_GT(wrong, kFrames / 20);
  EXPECT_GT(unfinished, kFrames / 20);
}

}  // namespace
}  // namespace h2wire
