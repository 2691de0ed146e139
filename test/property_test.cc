// SPDX-License-Identifier: Apache-2.0

// What holds for every frame: properties of the codec, on frames made at random from fixed seeds.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "agreement.h"
#include "arbitrary.h"
#include "fields.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/print.h"
#include "h2wire/renumber.h"
#include "h2wire/visit.h"
#include "heap_block.h"
#include "reference.h"
#include "sanitized.h"
#include "stream_events.h"
#include "untouched.h"

namespace h2wire {
namespace {

// Frames for each property.
constexpr std::uint64_t kFrames = kSanitized || !kOptimized ? 100'000 : 1'000'000;

constexpr DecodeOptions kAnySize{.max_frame_size = kLargestMaxFrameSize};

// Calls `check` with the frame made from `seed`. Whether none of its assertions failed.
bool CheckFrame(std::uint64_t seed, auto check) {
  Choices choices(seed);
  const ArbitraryFrame made = MakeArbitraryFrame(choices);
  check(made.frame, choices);
  if (!testing::Test::HasFailure()) return true;
  ADD_FAILURE() << "the frame of seed " << seed << ": " << made.frame;
  return false;
}

// The same with kFrames frames, until one fails.
void ForEachFrame(auto check) {
  for (std::uint64_t seed = 0; seed < kFrames && CheckFrame(seed, check);) ++seed;
}

// The octets of `frame` in a block of exactly their size; of none, if Encode refuses it.
HeapBlock EncodedBlock(const Frame& frame) {
  HeapBlock block(Split(frame).fault == Fault::kNone ? EncodedSize(frame) : 0);
  if (Encode(frame, block.out()).fault != Fault::kNone) return HeapBlock(0);
  return block;
}

// The same with kFrames frames that Encode does not refuse, and their octets.
void ForEachEncodedFrame(auto check) {
  std::uint64_t encoded = 0;
  const auto check_encoded = [&](const Frame& frame, Choices& choices) {
    const HeapBlock block = EncodedBlock(frame);
    if (block.bytes().empty()) return;
    ++encoded;
    check(frame, block, choices);
  };
  for (std::uint64_t seed = 0; encoded < kFrames; ++seed) {
    ASSERT_LT(seed, 2 * kFrames) << "most frames are such as may be sent";
    if (!CheckFrame(seed, check_encoded)) return;
  }
}

// Changes some of the octets of an encoded frame, and sometimes its length.
HeapBlock Mutated(Bytes encoded, Choices& choices) {
  std::vector<std::byte> octets(encoded.begin(), encoded.end());
  if (choices.OneIn(3)) octets.resize(kFrameHeaderSize + choices.Below(32));
  const std::size_t length = octets.size() - kFrameHeaderSize;
  for (std::size_t i = 0; i < 3; ++i) octets[i] = static_cast<std::byte>(length >> (16 - 8 * i));
  for (std::uint32_t changes = choices.Below(4); changes > 0; --changes) {
    // The length stays true; the type, the flags and the first fields change more often.
    const std::uint32_t end =
        static_cast<std::uint32_t>(choices.OneIn(2) ? octets.size() : kFrameHeaderSize + 1);
    const std::size_t at = std::min<std::size_t>(3 + choices.Below(end - 3), octets.size() - 1);
    const auto bit = static_cast<std::byte>(1 << choices.Below(8));
    octets[at] = choices.OneIn(2) ? octets[at] ^ bit : static_cast<std::byte>(choices.Number(1));
  }
  return HeapBlock(Bytes(octets));
}

DecodeOptions SomeOptions(Choices& choices) {
  return {.max_frame_size = choices.OneIn(8) ? kDefaultMaxFrameSize : kLargestMaxFrameSize,
          .extensions = !choices.OneIn(8),
          .reject_nonzero_padding = choices.OneIn(8)};
}

TEST(Encode, IsUndoneByDecode) {
  ForEachEncodedFrame([](const Frame& frame, const HeapBlock& block, Choices&) {
    const Bytes octets = block.bytes();
    if (std::holds_alternative<RawFrame>(frame)) {
      const Decoded<RawFrame> decoded = DecodeRaw(octets, kAnySize);
      ASSERT_EQ(decoded.status, DecodeStatus::kOk);
      ASSERT_EQ(decoded.size, octets.size());
      ASSERT_TRUE(SameFields(decoded.frame, frame));
      ASSERT_EQ(decoded.frame, std::get<RawFrame>(frame));
    } else {
      const Decoded<Frame> decoded = Decode(octets, kAnySize);
      ASSERT_EQ(decoded.status, DecodeStatus::kOk) << decoded.error;
      ASSERT_EQ(decoded.size, octets.size());
      ASSERT_TRUE(SameFields(decoded.frame, frame)) << decoded.frame;
      ASSERT_EQ(decoded.frame, frame);
    }
  });
}

TEST(Encode, WritesWhatTheReferenceAccepts) {
  ForEachEncodedFrame([](const Frame& frame, const HeapBlock& block, Choices&) {
    const reference::Result expected = ReferenceDecode(block.bytes(), kAnySize);
    ASSERT_EQ(DifferenceFrom(expected, block.bytes(), kAnySize), "");
    ASSERT_EQ(expected.size, block.bytes().size());
    if (!std::holds_alternative<RawFrame>(frame)) {
      ASSERT_EQ(expected.verdict, reference::Verdict::kFrame);
    }
    ASSERT_EQ(static_cast<std::uint8_t>(TypeOf(frame)), expected.type);
    ASSERT_EQ(StreamIdOf(frame), expected.stream);
  });
}

TEST(Encode, RefusesOnlyWhatTheReferenceRefusesOrIgnores) {
  std::uint64_t refused = 0;
  ForEachFrame([&](const Frame& frame, Choices&) {
    const Parts parts = Split(frame);
    // A value that does not fit its field has no octets to be judged by.
    if (parts.fault == Fault::kNone || parts.fault == Fault::kValueTooLarge) return;
    ++refused;
    const HeapBlock octets = UnjudgedOctets(frame);
    const reference::Result result = ReferenceDecode(octets.bytes(), kAnySize);
    ASSERT_EQ(result.verdict, parts.fault == Fault::kWouldBeIgnored ? reference::Verdict::kRaw
                                                                    : reference::Verdict::kError);
  });
  EXPECT_GT(refused, kFrames / 50);
}

TEST(Encode, TouchesNothingWhenItRefuses) {
  ForEachFrame([](const Frame& frame, Choices&) {
    const Parts parts = Split(frame);
    if (parts.fault == Fault::kNone) return;
    HeapBlock out(EncodedSize(frame), kUntouched);
    const Encoded encoded = Encode(frame, out.out());
    ASSERT_EQ(encoded.fault, parts.fault);
    ASSERT_EQ(encoded.size, 0u);
    ASSERT_TRUE(AllUntouched(out.bytes()));
    ASSERT_TRUE(parts.head().empty());
  });
}

TEST(Encode, TouchesNothingWithoutRoom) {
  ForEachFrame([](const Frame& frame, Choices& choices) {
    if (Split(frame).fault != Fault::kNone) return;
    const std::size_t size = EncodedSize(frame);
    const std::size_t short_by =
        choices.OneIn(2) ? 1 : 1 + choices.Below(static_cast<std::uint32_t>(size));
    HeapBlock out(size - short_by, kUntouched);
    const Encoded encoded = Encode(frame, out.out());
    ASSERT_EQ(encoded.fault, Fault::kNoRoom);
    ASSERT_EQ(encoded.size, size);
    ASSERT_TRUE(AllUntouched(out.bytes()));
  });
}

TEST(Encode, TouchesNothingBehindTheFrame) {
  ForEachFrame([](const Frame& frame, Choices& choices) {
    if (Split(frame).fault != Fault::kNone) return;
    const std::size_t size = EncodedSize(frame);
    HeapBlock out(size + choices.Below(40), kUntouched);
    const Encoded encoded = Encode(frame, out.out());
    ASSERT_EQ(encoded.fault, Fault::kNone);
    ASSERT_EQ(encoded.size, size);
    ASSERT_TRUE(AllUntouched(out.bytes().subspan(size)));
  });
}

TEST(Split, ConcatenatedIsEncode) {
  ForEachEncodedFrame([](const Frame& frame, const HeapBlock& block, Choices&) {
    const Parts parts = Split(frame);
    ASSERT_EQ(parts.fault, Fault::kNone);
    ASSERT_EQ(parts.size(), block.bytes().size());
    ASSERT_TRUE(std::ranges::equal(HeapBlock(parts).bytes(), block.bytes()));
    ASSERT_TRUE(parts.bodies[1].empty() || !parts.bodies[0].empty()) << "empty ones last";
  });
}

TEST(Decode, AgreesWithTheReferenceOnMutatedFrames) {
  std::uint64_t errors = 0;
  ForEachEncodedFrame([&](const Frame&, const HeapBlock& block, Choices& choices) {
    const HeapBlock mutated = Mutated(block.bytes(), choices);
    const Bytes in = mutated.bytes();
    const DecodeOptions options = SomeOptions(choices);
    const reference::Result expected = ReferenceDecode(in, options);
    ASSERT_EQ(DifferenceFrom(expected, in, options), "");
    ASSERT_EQ(DifferenceFrom(expected, Decode(in, options)), "");
    if (const Decoded<RawFrame> raw = DecodeRaw(in, options); raw.status == DecodeStatus::kOk) {
      ASSERT_EQ(DifferenceFrom(expected, Decode(raw.frame, options)), "") << "of a raw frame";
    }
    const Bytes header = in.first(kFrameHeaderSize);
    ASSERT_EQ(DifferenceFrom(expected, DecodePayload(DecodeHeader(header, options),
                                                     in.subspan(kFrameHeaderSize))),
              "")
        << "in two steps";
    ASSERT_EQ(HeaderDifferenceFrom(ReferenceDecode(header, options), header, options), "");
    if (expected.verdict == reference::Verdict::kError) {
      ++errors;
    } else {
      HeapBlock canonical(in.size());
      HeapBlock encoded(in.size());
      ASSERT_TRUE(EncodesToCanonical(expected, in, options, canonical.out(), encoded.out()));
    }
  });
  EXPECT_GT(errors, kFrames / 20);
}

TEST(Decode, NeedsMoreOfEveryStrictPrefix) {
  ForEachEncodedFrame([](const Frame& frame, const HeapBlock& block, Choices& choices) {
    const Bytes octets = block.bytes();
    // Of a long frame: the prefixes in which fields end, and the longest.
    for (std::size_t size = 0; size < octets.size(); ++size) {
      if (size == 24) size = octets.size() - 1;
      const HeapBlock prefix(octets.first(size));
      const Outcome outcome = Decode(prefix.bytes(), kAnySize);
      if (!std::holds_alternative<RawFrame>(frame)) {
        ASSERT_EQ(outcome.status, DecodeStatus::kNeedMore);
        ASSERT_EQ(outcome.size, size < kFrameHeaderSize ? kFrameHeaderSize : octets.size());
      }
      const DecodeOptions options = SomeOptions(choices);
      ASSERT_EQ(DifferenceFrom(ReferenceDecode(prefix.bytes(), options), prefix.bytes(), options),
                "");
      const Decoded<RawFrame> raw = DecodeRaw(prefix.bytes(), kAnySize);
      ASSERT_EQ(raw.status, DecodeStatus::kNeedMore);
      ASSERT_EQ(raw.size, size < kFrameHeaderSize ? kFrameHeaderSize : octets.size());
    }
  });
}

TEST(Decode, AgreesWithTheReferenceOnPrefixesOfMutatedFrames) {
  ForEachEncodedFrame([](const Frame&, const HeapBlock& block, Choices& choices) {
    const HeapBlock mutated = Mutated(block.bytes(), choices);
    const DecodeOptions options = SomeOptions(choices);
    for (std::size_t size = 0; size < std::min<std::size_t>(mutated.bytes().size(), 24); ++size) {
      const HeapBlock prefix(mutated.bytes().first(size));
      const reference::Result expected = ReferenceDecode(prefix.bytes(), options);
      ASSERT_EQ(DifferenceFrom(expected, prefix.bytes(), options), "");
      const auto header = DecodeHeader(prefix.bytes(), options);
      const Bytes payload = After(prefix.bytes(), kFrameHeaderSize);
      ASSERT_EQ(DifferenceFrom(expected, DecodePayload(header, payload)), "") << "in two steps";
    }
  });
}

// Ten frames after each other, of which some are changed, in pieces of any size.
TEST(StreamDecoder, HandsOutWhatDecodeToDoesHoweverFramesAreCut) {
  constexpr std::uint64_t kConnection = 10;
  constexpr std::uint32_t kLargestWhole = 1 << 17;  // octets: no frame here has more
  std::vector<std::byte> storage(kFrameHeaderSize + kLargestWhole);
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 0; seed < kFrames / kConnection; ++seed) {
    Choices choices(seed);
    std::vector<std::byte> wire;
    for (std::uint64_t count = 0; count < kConnection;) {
      const HeapBlock block = EncodedBlock(MakeArbitraryFrame(choices).frame);
      if (block.bytes().empty()) continue;
      const HeapBlock frame =
          choices.OneIn(8) ? Mutated(block.bytes(), choices) : HeapBlock(block.bytes());
      wire.insert(wire.end(), frame.bytes().begin(), frame.bytes().end());
      ++count;
    }
    const StreamDecoderOptions options{.decode = SomeOptions(choices),
                                       .max_whole_frame_size = kLargestWhole};
    EventLog whole;
    DecodeAll(wire, whole, options.decode);
    const auto next_size = [&] { return std::size_t{1} + choices.Below(1u << choices.Below(16)); };
    const auto expect_whole = [&](auto decoder) {
      EventLog pieces;
      const bool alive =
          choices.OneIn(2) ? FeedLending(decoder, storage.size(), wire, pieces, next_size)
                           : (decoder.GiveStorage(storage), Feed(decoder, wire, pieces, next_size));
      if (!alive) ++lost;
      ASSERT_EQ(pieces.violation(), "") << "of seed " << seed;
      ASSERT_TRUE(pieces.octets() == whole.octets()) << "of seed " << seed;
    };
    if (choices.OneIn(2)) {
      ASSERT_NO_FATAL_FAILURE(expect_whole(StreamDecoder(options)));
    } else {
      ASSERT_NO_FATAL_FAILURE(expect_whole(StreamDecoderOf<Frame, AllInParts>(options)));
    }
  }
  EXPECT_GT(lost, kFrames / kConnection / 20);
  EXPECT_LT(lost, kFrames / kConnection / 2);
}

// Members that identify streams, mapped by hand.
void MapStreams(Frame& frame, auto to) {
  const auto map = [&](StreamId& id) {
    if (id != 0) id = to(id);
  };
  std::visit(Overloaded{
                 [&](HeadersFrame& headers) {
                   map(headers.stream_id);
                   if (headers.priority) map(headers.priority->depends_on);
                 },
                 [&](PriorityFrame& priority) {
                   map(priority.stream_id);
                   map(priority.priority.depends_on);
                 },
                 [&](PushPromiseFrame& promise) {
                   map(promise.stream_id);
                   map(promise.promised_stream_id);
                 },
                 [&](PriorityUpdateFrame& update) { map(update.prioritized_stream_id); },
                 [&](RawFrame& raw) { map(raw.header.stream_id); },
                 [&](auto& other) {
                   if constexpr (requires { other.stream_id; }) map(other.stream_id);
                 },
             },
             frame);
}

TEST(RewriteStreamIds, MapsEveryStreamThatAFrameNamesAndNothingElse) {
  ForEachEncodedFrame([](const Frame& frame, const HeapBlock& block, Choices& choices) {
    if (std::holds_alternative<RawFrame>(frame) && Knows(TypeOf(frame))) return;
    // Even identifiers stay even, and no two become the same.
    const StreamId mask = (1 + choices.Below(kMaxStreamId / 4)) * 2;
    const auto there = [mask](StreamId id) noexcept { return (id ^ mask) == 0 ? id : id ^ mask; };
    HeapBlock rewritten(block.bytes());
    ASSERT_EQ(RewriteStreamIds(rewritten.out(), there), Fault::kNone) << frame;
    Frame expected = frame;
    MapStreams(expected, there);
    HeapBlock encoded(block.bytes().size());
    ASSERT_EQ(Encode(expected, encoded.out()).size, block.bytes().size());
    ASSERT_TRUE(std::ranges::equal(rewritten.bytes(), encoded.bytes())) << frame;
  });
}

TEST(Captures, EncodeToTheOctetsTheyWereDecodedFrom) {
  std::size_t frames = 0;
  for (const auto& file : std::filesystem::directory_iterator(H2WIRE_CAPTURES)) {
    if (file.path().extension() != ".h2") continue;
    SCOPED_TRACE(file.path());
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    Bytes in = AsBytes(text);
    if (MatchPreface(in) == PrefaceMatch::kWhole) in = in.subspan(kConnectionPreface.size());
    while (!in.empty()) {
      const Decoded<Frame> decoded = Decode(in);
      ASSERT_EQ(decoded.status, DecodeStatus::kOk) << decoded.error;
      ASSERT_EQ(DifferenceFrom(ReferenceDecode(in, {}), decoded), "");
      const HeapBlock encoded = EncodedBlock(decoded.frame);
      ASSERT_TRUE(std::ranges::equal(encoded.bytes(), in.first(decoded.size))) << decoded.frame;
      in = After(in, decoded.size);
      ++frames;
    }
  }
  EXPECT_GT(frames, 1000u);
}

// Pages of which the last cannot be read: whoever touches an octet of it is stopped.
class GuardedPages {
 public:
  GuardedPages()
      : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
        pages_(static_cast<std::byte*>(mmap(nullptr, kPages * page_, PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    if (pages_ == MAP_FAILED || mprotect(end(), page_, PROT_NONE) != 0) std::abort();
  }
  ~GuardedPages() { munmap(pages_, kPages * page_); }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;

  // Where the octets that can be touched end.
  std::byte* end() const { return pages_ + (kPages - 1) * page_; }
  std::size_t readable() const { return (kPages - 1) * page_; }  // octets before it
  std::size_t unreadable() const { return page_; }               // octets behind it

  // The octets of `bytes` before the end.
  Bytes Place(Bytes bytes) const {
    std::byte* const at = end() - bytes.size();
    std::copy(bytes.begin(), bytes.end(), at);
    return {at, bytes.size()};
  }

 private:
  static constexpr std::size_t kPages = 18;
  std::size_t page_;
  std::byte* pages_;
};

TEST(GuardedPages, StopWhoeverTouchesThem) {
  const GuardedPages pages;
  EXPECT_DEATH(static_cast<void>(*static_cast<volatile std::byte*>(pages.end())), "");
}

TEST(GuardedPages, AreNotTouchedByDecoding) {
  const GuardedPages pages;
  ForEachEncodedFrame([&](const Frame&, const HeapBlock& block, Choices& choices) {
    const HeapBlock mutated = Mutated(block.bytes(), choices);
    const Bytes octets = mutated.bytes();
    const std::size_t size =
        choices.OneIn(2) ? octets.size() : choices.Below(static_cast<std::uint32_t>(octets.size()));
    const Bytes in = pages.Place(octets.first(std::min(size, pages.readable())));
    const DecodeOptions options = SomeOptions(choices);
    ASSERT_EQ(DifferenceFrom(ReferenceDecode(in, options), in, options), "");
  });
}

TEST(GuardedPages, AreNotTouchedByEncoding) {
  const GuardedPages pages;
  ForEachEncodedFrame([&](const Frame& frame, const HeapBlock& block, Choices&) {
    const std::size_t size = block.bytes().size();
    if (size > pages.readable()) return;
    const MutableBytes out(pages.end() - size, size);
    ASSERT_EQ(Encode(frame, out).fault, Fault::kNone);
    ASSERT_TRUE(std::ranges::equal(out, block.bytes()));
  });
}

// The part of a payload that frames only refer to is not read, whichever way they are decoded,
// looked at, moved to another stream or split.
TEST(GuardedPages, HoldPayloadThatIsOnlyReferredTo) {
  const GuardedPages pages;
  const auto length = static_cast<std::uint32_t>(pages.unreadable());
  struct Case {
    FrameHeader header;
    std::vector<std::uint8_t> readable;  // octets of the payload before the unreadable ones
  };
  const Case cases[] = {
      {{.type = DataFrame::kType, .stream_id = 1}, {}},
      {{.type = DataFrame::kType, .flags = 0x09, .stream_id = 1}, {255}},
      {{.type = HeadersFrame::kType, .flags = 0x05, .stream_id = 1}, {}},
      {{.type = HeadersFrame::kType, .flags = 0x2c, .stream_id = 1}, {3, 0, 0, 0, 5, 16}},
      {{.type = PushPromiseFrame::kType, .flags = 0x0c, .stream_id = 1}, {7, 0, 0, 0, 2}},
      {{.type = GoawayFrame::kType}, {0, 0, 0, 1, 0, 0, 0, 2}},
      {{.type = ContinuationFrame::kType, .stream_id = 1}, {}},
      {{.type = AltSvcFrame::kType, .stream_id = 1}, {0, 0}},
      {{.type = AltSvcFrame::kType}, {4, 0}},
      {{.type = PriorityUpdateFrame::kType}, {0, 0, 0, 1}},
      {{.type = FrameType{0xfe}, .flags = 0xff, .stream_id = 1}, {}},
  };
  for (Case c : cases) {
    c.header.length = length + static_cast<std::uint32_t>(c.readable.size());
    std::byte* const at = pages.end() - kFrameHeaderSize - c.readable.size();
    StoreHeader(at, c.header);
    std::ranges::transform(c.readable, at + kFrameHeaderSize,
                           [](std::uint8_t octet) { return std::byte{octet}; });
    const Bytes in(at, kFrameHeaderSize + c.header.length);
    const DecodeOptions options{.max_frame_size = c.header.length};

    const Decoded<Frame> decoded = Decode(in, options);
    ASSERT_EQ(decoded.status, DecodeStatus::kOk) << decoded.error;
    EXPECT_EQ(DifferenceFrom(ReferenceDecode(in, options), decoded), "");
    EXPECT_EQ(TypeOf(decoded.frame), c.header.type);
    EXPECT_EQ(EncodedSize(decoded.frame), in.size());
    const Parts parts = Split(decoded.frame);
    EXPECT_EQ(parts.fault, Fault::kNone);
    EXPECT_EQ(parts.size(), in.size());
    EXPECT_EQ(DecodeRaw(in, options).status, DecodeStatus::kOk);
    EXPECT_EQ(DecodeHeader(in, options).status, DecodeStatus::kOk);
    if (c.header.stream_id != 0) {
      EXPECT_EQ(RewriteStreamIds({at, in.size()}, [](StreamId) -> StreamId { return 4; }), Fault::kNone);
    }
    // Not even a buffer that is too small makes Encode look at it.
    std::byte little[8];
    EXPECT_EQ(Encode(decoded.frame, little).fault, Fault::kNoRoom);
  }
}

}  // namespace
}  // namespace h2wire
