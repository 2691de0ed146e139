// SPDX-License-Identifier: Apache-2.0

// The codec, the guard, the decoder of pieces and what goes with them never allocate, whatever they
// are given: for the length of a call the allocator aborts.

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <new>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "arbitrary.h"
#include "attacks.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/field_block.h"
#include "h2wire/fragment.h"
#include "h2wire/frame_buffer.h"
#include "h2wire/guard.h"
#include "h2wire/output_queue.h"
#include "h2wire/renumber.h"
#include "h2wire/settings.h"
#include "h2wire/stream_decoder.h"
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
    static_cast<void>(RewriteStreamIds(out, [](StreamId id) { return id + 2; }));
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
    const auto header = DecodeHeader(in, options);
    if (DecodePayload(header, After(in, kFrameHeaderSize)).status != decoded.status) std::abort();
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

// A guard in the middle of a connection, all of whose rules about SETTINGS can be broken.
ConnectionGuard MakeGuard(const GuardOptions& options, const GuardLimits& limits) {
  static constexpr auto kConnect = PackSettings({{SettingId::kEnableConnectProtocol, 1}});
  static constexpr auto kNoPush = PackSettings({{SettingId::kEnablePush, 0}});
  ConnectionGuard guard(options, limits);
  if (options.joined) return guard;
  (void)guard.Sent(SettingsFrame{.settings = kNoPush}, {});
  EXPECT_EQ(guard.Check(SettingsFrame{.settings = kConnect}, {}).fault, Fault::kNone);
  EXPECT_EQ(guard.Check(SettingsFrame{.ack = true}, {}).fault, Fault::kNone);
  return guard;
}

TEST(Guarding, DoesNotAllocate) {
  static constexpr RateLimit kTwo = {2, std::chrono::seconds(1)};
  static constexpr GuardLimits kLittle = {.field_block_octets = 60,
                                          .continuations = 2,
                                          .empty_frames = 2,
                                          .small_data = kTwo,
                                          .resets = kTwo,
                                          .stream_errors = kTwo,
                                          .settings_frames = kTwo,
                                          .settings = 4,
                                          .pings = kTwo,
                                          .priorities = kTwo,
                                          .tiny_window_updates = kTwo,
                                          .ignored_frames = kTwo,
                                          .padding = {300, std::chrono::seconds(1)},
                                          .goaways = kTwo};
  std::array<std::uint64_t, std::size(kFaultRows)> found{};
  const auto count = [&](const FrameError& error) {
    ++found[static_cast<std::size_t>(error.fault)];
    return error.fault != Fault::kNone && error.stream_id == 0;
  };
  GuardOptions options;
  ConnectionGuard guard = MakeGuard(options, kLittle);
  for (std::uint64_t seed = 0; seed < kFrames; ++seed) {
    Choices choices(seed);
    const ArbitraryFrame made = MakeArbitraryFrame(choices);
    const FrameHeader header = {.length = choices.Below(20000),
                                .type = TypeOf(made.frame),
                                .flags = static_cast<std::uint8_t>(choices.Number(1)),
                                .stream_id = StreamIdOf(made.frame)};
    const bool sent = choices.OneIn(4);
    const ConnectionGuard::Time now(seed * 1'000'000);
    bool lost = false;
    {
      const NoAllocation here;
      lost |= sent && count(guard.Sent(made.frame, now));
      static_cast<void>(count(guard.Check(header, now)));
      lost = lost || count(guard.Check(made.frame, now));
      if (choices.OneIn(16)) {
        lost = lost || count(guard.Check(ErrorOf(Fault::kZeroWindowIncrement, 1), now));
      }
    }
    if (!lost) continue;
    options = {.receiver = static_cast<Receiver>(choices.Below(3)),
               .observer = choices.OneIn(4),
               .joined = choices.OneIn(4)};
    guard = choices.OneIn(8) ? ConnectionGuard(options, kLittle) : MakeGuard(options, kLittle);
  }
  for (const Attack& attack : Attacks()) {
    Peer peer{ConnectionGuard(Receiver::kServer)};
    bool stopped = false;
    const NoAllocation here;
    static_cast<void>(peer.Send(SettingsFrame()));
    attack.begin(peer);
    for (std::uint32_t step = 0; step <= attack.allowed; ++step) {
      stopped |= count(attack.step(peer, step));
    }
    if (!stopped) std::abort();
  }
  for (auto i = static_cast<std::size_t>(Fault::kFirstFrameNotSettings);
       i <= static_cast<std::size_t>(Fault::kTooManyGoaways); ++i) {
    EXPECT_NE(found[i], 0u) << kFaultRows[i].name;
  }
}

TEST(DecodingInPieces, DoesNotAllocate) {
  std::array<std::uint64_t, std::size(kFaultRows)> found{};
  std::uint64_t whole = 0;
  std::uint64_t parts = 0;
  using Decoder = StreamDecoderOf<Frame, InParts<DataFrame, HeadersFrame, RawFrame>>;
  std::array<std::byte, Decoder::StorageSize()> storage;
  for (std::uint64_t seed = 0; seed < kFrames / 4; ++seed) {
    Choices choices(seed);
    std::vector<std::byte> wire;
    if (choices.OneIn(2)) {
      const Bytes preface = AsBytes(choices.OneIn(4) ? "GET / HTTP/1.1" : kConnectionPreface);
      wire.assign(preface.begin(), preface.end());
      if (choices.OneIn(4)) wire[choices.Below(14)] ^= std::byte{0x01};
    }
    const bool preface = !wire.empty();
    for (int frames = 0; frames < 4; ++frames) {
      const ArbitraryFrame made = MakeArbitraryFrame(choices);
      std::vector<std::byte> frame(EncodedSize(made.frame));
      if (Encode(made.frame, frame).fault != Fault::kNone) continue;
      if (choices.OneIn(4)) frame[3 + choices.Below(6)] ^= std::byte{0x01};
      wire.insert(wire.end(), frame.begin(), frame.end());
    }
    const StreamDecoderOptions options = {.decode = {.reject_nonzero_padding = choices.OneIn(2)},
                                          .preface = preface};
    const std::size_t room = choices.OneIn(2) ? storage.size() : storage.size() - 1;
    const std::size_t piece_size = 1 + choices.Below(choices.OneIn(2) ? 8 : 60000);

    const NoAllocation here;
    Decoder decoder(MutableBytes(storage).first(room), options);
    FieldBlock fields;
    const auto take = [&]<class F>(const F& frame_or_part) {
      ++(FrameAlternative<F> ? whole : parts);
      return ErrorOf(fields.Add(frame_or_part), 0);
    };
    for (Bytes in = wire; !in.empty();) {
      Bytes piece = in.first(std::min(in.size(), piece_size));
      in = in.subspan(piece.size());
      while (!piece.empty()) {
        const Outcome next = decoder.DecodeTo(piece, take, take);
        piece = After(piece, next.size);
        if (next.status == DecodeStatus::kNeedMore) break;
        if (next.status != DecodeStatus::kError) continue;
        ++found[static_cast<std::size_t>(next.error.fault)];
        if (next.error.stream_id == 0) break;
      }
    }
  }
  EXPECT_GT(whole, kFrames / 10);
  EXPECT_GT(parts, kFrames / 10);
  for (const Fault fault : {Fault::kBadPreface, Fault::kHttp1Request, Fault::kStorageTooSmall,
                            Fault::kStreamRequired, Fault::kPaddingTooLong}) {
    EXPECT_NE(found[static_cast<std::size_t>(fault)], 0u) << RowOf(fault).name;
  }
}

TEST(Writing, DoesNotAllocate) {
  std::array<std::byte, 2048> copies;
  std::array<OutputQueue::Body, 8> bodies;
  std::array<std::byte, 100> urgent;
  std::array<iovec, 16> pieces;
  std::array<std::byte, 1 << 17> storage;
  FrameBuffer buffer(storage);
  std::uint64_t added = 0;
  std::uint64_t refused = 0;
  std::uint64_t read = 0;
  for (std::uint64_t seed = 0; seed < kFrames; ++seed) {
    Choices choices(seed);
    const ArbitraryFrame made = MakeArbitraryFrame(choices);
    const NoAllocation here;
    OutputQueue queue(copies, bodies, urgent);  // one in which no field block is open
    const auto write_all = [&] {
      for (auto batch = queue.Batch(pieces); !batch.empty(); batch = queue.Batch(pieces)) {
        const iovec& first = batch.front();
        const std::size_t size = std::min<std::size_t>(first.iov_len, 10'000);
        const MutableBytes room = buffer.Room(buffer.pending().size() + size);
        std::copy_n(static_cast<const std::byte*>(first.iov_base), size, room.data());
        buffer.Add(size);
        queue.Written(size);
        for (;;) {
          const Outcome next = DecodeTo(buffer.pending(), [](const auto&) {},
                                        {.max_frame_size = kLargestMaxFrameSize});
          if (next.status == DecodeStatus::kNeedMore) break;
          buffer.Take(next.size);
          ++read;
        }
      }
    };
    const auto send = [&](const auto& frame) {
      Fault fault = queue.Add(frame);
      if (fault == Fault::kNoRoom) {
        write_all();
        fault = queue.Add(frame);
      }
      ++(fault == Fault::kNone ? added : refused);
    };
    Visit(
        [&]<class F>(const F& frame) {
          if constexpr (requires { Cut(frame, kDefaultMaxFrameSize); }) {
            for (const auto& piece : Cut(frame, kDefaultMaxFrameSize)) send(piece);
          } else if constexpr (std::is_same_v<F, DataFrame>) {
            for (const auto& piece : Cut(frame, kDefaultMaxFrameSize, CutPadding::kEach)) {
              send(piece);
            }
          } else {
            send(frame);
          }
        },
        made.frame);
    write_all();  // what is borrowed dies
  }
  EXPECT_GT(added, kFrames / 2);
  EXPECT_GT(refused, kFrames / 100);
  EXPECT_GT(read, kFrames / 2);
}

}  // namespace
}  // namespace h2wire
