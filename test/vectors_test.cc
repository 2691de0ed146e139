// SPDX-License-Identifier: Apache-2.0

// Every vector, through every way to decode and to encode; and that there is a vector for all there
// is.

#include "vectors.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "faults.h"
#include "fields.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/envelope.h"
#include "heap_block.h"
#include "unencodable.h"
#include "untouched.h"

namespace h2wire {
namespace {

using Kind = Vector::Kind;

// The fields of the header, read here once more: not by the library.
constexpr std::uint32_t NumberAt(Bytes octets, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (const std::byte octet : octets.subspan(at, size)) {
    number = number * 256 + std::to_integer<std::uint32_t>(octet);
  }
  return number;
}
constexpr FrameHeader HeaderOf(Bytes octets) {
  return {.length = NumberAt(octets, 0, 3),
          .type = FrameType{static_cast<std::uint8_t>(NumberAt(octets, 3, 1))},
          .flags = static_cast<std::uint8_t>(NumberAt(octets, 4, 1)),
          .reserved = NumberAt(octets, 5, 4) >= 0x80000000,
          .stream_id = NumberAt(octets, 5, 4) % 0x80000000};
}
constexpr std::size_t SizeOf(const Vector& vector) { return 9 + HeaderOf(vector.octets).length; }

constexpr FrameError ErrorOf(const Vector& vector) {
  const StreamId stream_id = HeaderOf(vector.octets).stream_id;
  return {vector.fault, vector.code, vector.scope == Scope::kStream ? stream_id : 0};
}

// How many octets there have to be for `fault` to be reported.
constexpr std::size_t OctetsThatDecide(const Vector& vector) {
  switch (vector.fault) {
    case Fault::kFrameTooLarge:
    case Fault::kStreamRequired:
    case Fault::kStreamForbidden:
    case Fault::kTooShort:
    case Fault::kWrongLength:
    case Fault::kWrongPriorityLength:
    case Fault::kSettingsAckWithPayload:
    case Fault::kPartialSetting:
      return 9;
    case Fault::kPaddingTooLong:
      return 10;
    default:
      return SizeOf(vector);
  }
}

// Whether the library agrees with `vector`, as far as compilers can tell.
constexpr bool Holds(const Vector& vector) {
  const Decoded<Frame> decoded = Decode(vector.octets, vector.options);
  switch (vector.kind) {
    case Kind::kNeedMore:
      return decoded.status == DecodeStatus::kNeedMore && decoded.size == vector.need;
    case Kind::kRefused:
      return decoded.status == DecodeStatus::kError && decoded.size == SizeOf(vector) &&
             decoded.error == ErrorOf(vector);
    case Kind::kTolerated:
      return decoded.status == DecodeStatus::kOk && decoded.size == vector.octets.size() &&
             decoded.frame == vector.frame;
    case Kind::kCanonical:
      break;
  }
  std::array<std::byte, 512> out{};
  const Encoded encoded = Encode(vector.frame, out);
  return decoded.status == DecodeStatus::kOk && decoded.size == vector.octets.size() &&
         decoded.frame == vector.frame && encoded.fault == Fault::kNone &&
         std::ranges::equal(Bytes(out).first(encoded.size), vector.octets);
}

// Which row of a table does not hold, or how many rows it has: evaluated by the compiler. Table by
// table, since compilers limit how long they evaluate a single expression.
template <std::size_t kTable>
inline constexpr auto kFirstThatFails = static_cast<std::size_t>(
    std::ranges::find_if_not(kVectorTables[kTable], Holds) - kVectorTables[kTable].begin());

// A vector as it is printed, and what came.
std::string Report(const Vector& vector) {
  std::ostringstream report;
  report << vector << "\n  came:   ";
  const Decoded<Frame> decoded = Decode(vector.octets, vector.options);
  if (decoded.status == DecodeStatus::kError) {
    report << decoded.error;
  } else if (decoded.status == DecodeStatus::kNeedMore) {
    report << "more, " << decoded.size << " octets";
  } else {
    report << decoded.frame;
  }
  if (vector.good()) {
    std::vector<std::byte> out(EncodedSize(vector.frame));
    const Encoded encoded = Encode(vector.frame, out);
    report << "\n  what is wanted is encoded to: "
           << (encoded.fault == Fault::kNone ? InHex(out) : std::string(RowOf(encoded.fault).name));
  }
  return std::move(report).str();
}

TEST(Vectors, HoldInConstantExpressions) {
  [&]<std::size_t... kTables>(std::index_sequence<kTables...>) {
    constexpr std::size_t kFirst[] = {kFirstThatFails<kTables>...};
    for (const std::size_t table : {kTables...}) {
      if (kFirst[table] == kVectorTables[table].size()) continue;
      ADD_FAILURE() << "to the compiler, this does not hold: "
                    << Report(kVectorTables[table][kFirst[table]]);
    }
  }
  (std::make_index_sequence<std::size(kVectorTables)>());
}

void ForEachGood(auto function) {
  ForEachVector([&](const Vector& vector) {
    if (!vector.good()) return;
    SCOPED_TRACE(Report(vector));
    function(vector);
  });
}
void ForEach(Kind kind, auto function) {
  ForEachVector([&](const Vector& vector) {
    if (vector.kind != kind) return;
    SCOPED_TRACE(Report(vector));
    function(vector);
  });
}

std::vector<std::byte> Join(std::initializer_list<Bytes> parts) {
  std::vector<std::byte> all;
  for (const Bytes part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(Vectors, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  ForEachVector([&](const Vector& vector) {
    EXPECT_TRUE(names.insert(vector.name).second) << vector << " is the name of two vectors";
  });
  EXPECT_GE(names.size(), 400u);
}

TEST(GoodVectors, AreWholeFrames) {
  ForEachGood([](const Vector& vector) { EXPECT_EQ(vector.octets.size(), SizeOf(vector)); });
}

TEST(GoodVectors, Decode) {
  ForEachGood([](const Vector& vector) {
    const HeapBlock in(vector.octets);
    const Decoded<Frame> decoded = Decode(in.bytes(), vector.options);
    EXPECT_EQ(decoded.status, DecodeStatus::kOk);
    EXPECT_EQ(decoded.size, vector.octets.size());
    EXPECT_EQ(decoded.error, FrameError());
    EXPECT_EQ(decoded.frame, vector.frame);
    EXPECT_TRUE(SameFields(decoded.frame, vector.frame));
  });
}

TEST(GoodVectors, DecodeBeforeOtherOctets) {
  ForEachGood([](const Vector& vector) {
    const std::vector<std::byte> in = Join({vector.octets, "ff ff ff ff ff ff ff ff ff ff"_hex});
    const Decoded<Frame> decoded = Decode(in, vector.options);
    EXPECT_EQ(decoded.status, DecodeStatus::kOk);
    EXPECT_EQ(decoded.size, vector.octets.size());
    EXPECT_EQ(decoded.frame, vector.frame);
  });
}

TEST(GoodVectors, DecodeToTheirStruct) {
  ForEachGood([](const Vector& vector) {
    int calls = 0;
    const Outcome outcome = DecodeTo(
        HeapBlock(vector.octets).bytes(),
        [&]<class F>(const F& frame) {
          ++calls;
          ASSERT_TRUE(std::holds_alternative<F>(vector.frame)) << frame;
          EXPECT_EQ(frame, std::get<F>(vector.frame));
        },
        vector.options);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(outcome.status, DecodeStatus::kOk);
    EXPECT_EQ(outcome.size, vector.octets.size());
  });
}

TEST(GoodVectors, DecodeFromARawFrame) {
  ForEachGood([](const Vector& vector) {
    const HeapBlock payload(vector.octets.subspan(9));
    const RawFrame raw{.header = HeaderOf(vector.octets), .payload = payload.bytes()};
    const Decoded<Frame> decoded = Decode(raw, vector.options);
    EXPECT_EQ(decoded.status, DecodeStatus::kOk);
    EXPECT_EQ(decoded.size, vector.octets.size());
    EXPECT_EQ(decoded.frame, vector.frame);
  });
}

TEST(GoodVectors, DecodeInTwoSteps) {
  ForEachGood([](const Vector& vector) {
    const auto header = DecodeHeader(HeapBlock(vector.octets.first(9)).bytes(), vector.options);
    const HeapBlock payload(vector.octets.subspan(9));
    const auto decoded = DecodePayload(header, payload.bytes());
    EXPECT_EQ(decoded.status, DecodeStatus::kOk);
    EXPECT_EQ(decoded.size, vector.octets.size());
    EXPECT_EQ(decoded.frame, vector.frame);
    EXPECT_TRUE(SameFields(decoded.frame, vector.frame));

    const std::vector<std::byte> longer = Join({payload.bytes(), "ff"_hex});
    EXPECT_EQ(DecodePayload(header, longer).frame, vector.frame);

    int calls = 0;
    const auto sink = [&]<class F>(const F& frame) {
      ++calls;
      ASSERT_TRUE(std::holds_alternative<F>(vector.frame)) << frame;
      EXPECT_EQ(frame, std::get<F>(vector.frame));
    };
    const Outcome outcome = DecodePayloadTo(header, payload.bytes(), sink);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(outcome.status, DecodeStatus::kOk);
    EXPECT_EQ(outcome.size, vector.octets.size());
  });
}

TEST(GoodVectors, DecodeAsTheyAre) {
  ForEachGood([](const Vector& vector) {
    const Decoded<RawFrame> raw = DecodeRaw(vector.octets, vector.options);
    EXPECT_EQ(raw.status, DecodeStatus::kOk);
    EXPECT_EQ(raw.size, vector.octets.size());
    EXPECT_EQ(raw.frame.header, RawHeader(HeaderOf(vector.octets)));
    EXPECT_EQ(raw.frame.payload.data(), vector.octets.data() + 9);
    EXPECT_EQ(raw.frame.payload.size(), vector.octets.size() - 9);
    EXPECT_EQ(DecodeRaw(HeapBlock(vector.octets).bytes(), vector.options).status,
              DecodeStatus::kOk);
  });
}

TEST(GoodVectors, HaveAGoodHeader) {
  ForEachGood([](const Vector& vector) {
    const Decoded<FrameHeader> header =
        DecodeHeader(HeapBlock(vector.octets.first(9)).bytes(), vector.options);
    EXPECT_EQ(header.status, DecodeStatus::kOk);
    EXPECT_EQ(header.size, vector.octets.size());
    EXPECT_EQ(header.error, FrameError());
    EXPECT_EQ(header.frame, HeaderOf(vector.octets));
  });
}

TEST(GoodVectors, AreForTheirStreamAndOfTheirType) {
  ForEachGood([](const Vector& vector) {
    EXPECT_EQ(StreamIdOf(vector.frame), HeaderOf(vector.octets).stream_id);
    EXPECT_EQ(TypeOf(vector.frame), HeaderOf(vector.octets).type);
  });
}

TEST(CanonicalVectors, EncodeToTheirOctets) {
  ForEach(Kind::kCanonical, [](const Vector& vector) {
    const std::size_t size = vector.octets.size();
    EXPECT_EQ(EncodedSize(vector.frame), size);

    HeapBlock out(size);
    const Encoded encoded = Encode(vector.frame, out.out());
    EXPECT_EQ(encoded.fault, Fault::kNone);
    EXPECT_EQ(encoded.size, size);
    EXPECT_TRUE(std::ranges::equal(out.bytes(), vector.octets)) << InHex(out.bytes());

    HeapBlock roomy(size + 16, kUntouched);
    const Encoded same = Visit(
        [&](const auto& alternative) { return Encode(alternative, roomy.out()); }, vector.frame);
    EXPECT_EQ(same.fault, Fault::kNone);
    EXPECT_EQ(same.size, size);
    EXPECT_TRUE(std::ranges::equal(roomy.bytes().first(size), vector.octets));
    EXPECT_TRUE(AllUntouched(roomy.bytes().subspan(size)));
  });
}

TEST(CanonicalVectors, AreNotEncodedOneOctetShort) {
  ForEach(Kind::kCanonical, [](const Vector& vector) {
    HeapBlock out(vector.octets.size() - 1, kUntouched);
    const Encoded encoded = Encode(vector.frame, out.out());
    EXPECT_EQ(encoded.fault, Fault::kNoRoom);
    EXPECT_EQ(encoded.size, vector.octets.size());
    EXPECT_TRUE(AllUntouched(out.bytes()));
  });
}

TEST(CanonicalVectors, SplitIntoTheirOctets) {
  ForEach(Kind::kCanonical, [](const Vector& vector) {
    const Parts parts = Split(vector.frame);
    EXPECT_EQ(parts.fault, Fault::kNone);
    EXPECT_EQ(parts.size(), vector.octets.size());
    const std::vector<std::byte> all =
        Join({parts.head(), parts.bodies[0], parts.bodies[1], Bytes(kZeros).first(parts.padding)});
    EXPECT_TRUE(std::ranges::equal(all, vector.octets)) << InHex(all);
  });
}

TEST(ToleratedVectors, EncodeToOtherOctetsOfTheSameFrame) {
  ForEach(Kind::kTolerated, [](const Vector& vector) {
    EXPECT_EQ(EncodedSize(vector.frame), vector.octets.size());
    std::vector<std::byte> out(vector.octets.size());
    const Encoded encoded = Encode(vector.frame, out);
    EXPECT_EQ(encoded.fault, Fault::kNone);
    EXPECT_EQ(encoded.size, vector.octets.size());
    EXPECT_FALSE(std::ranges::equal(out, vector.octets)) << "this one is canonical";
    EXPECT_EQ(Decode(out, vector.options).frame, vector.frame);
  });
}

TEST(RefusedVectors, AreRefused) {
  ForEach(Kind::kRefused, [](const Vector& vector) {
    const Decoded<Frame> decoded = Decode(HeapBlock(vector.octets).bytes(), vector.options);
    EXPECT_EQ(decoded.status, DecodeStatus::kError);
    EXPECT_EQ(decoded.error, ErrorOf(vector));
    EXPECT_EQ(decoded.size, SizeOf(vector));

    const Outcome outcome = DecodeTo(
        vector.octets, [](const auto& frame) { ADD_FAILURE() << frame; }, vector.options);
    EXPECT_EQ(outcome.status, DecodeStatus::kError);
    EXPECT_EQ(outcome.error, ErrorOf(vector));
    EXPECT_EQ(outcome.size, SizeOf(vector));
  });
}

TEST(RefusedVectors, AreRefusedAsRawFrames) {
  ForEach(Kind::kRefused, [](const Vector& vector) {
    if (vector.octets.size() != SizeOf(vector)) return;  // the header alone is refused
    const HeapBlock payload(vector.octets.subspan(9));
    const Decoded<Frame> decoded = Decode(
        RawFrame{.header = HeaderOf(vector.octets), .payload = payload.bytes()}, vector.options);
    EXPECT_EQ(decoded.status, DecodeStatus::kError);
    EXPECT_EQ(decoded.error, ErrorOf(vector));
    EXPECT_EQ(decoded.size, SizeOf(vector));
  });
}

TEST(RefusedVectors, AreRefusedInTwoSteps) {
  ForEach(Kind::kRefused, [](const Vector& vector) {
    const HeapBlock payload(vector.octets.subspan(9));
    const auto decoded =
        DecodePayload(DecodeHeader(vector.octets.first(9), vector.options), payload.bytes());
    EXPECT_EQ(decoded.status, DecodeStatus::kError);
    EXPECT_EQ(decoded.error, ErrorOf(vector));
    EXPECT_EQ(decoded.size, SizeOf(vector));
  });
}

TEST(RefusedVectors, AreRefusedByTheirHeaderIfItDecides) {
  ForEach(Kind::kRefused, [](const Vector& vector) {
    const bool decides = OctetsThatDecide(vector) == 9;
    const Decoded<FrameHeader> header =
        DecodeHeader(HeapBlock(vector.octets.first(9)).bytes(), vector.options);
    EXPECT_EQ(header.status, decides ? DecodeStatus::kError : DecodeStatus::kOk);
    EXPECT_EQ(header.error, decides ? ErrorOf(vector) : FrameError());
    EXPECT_EQ(header.size, SizeOf(vector));
    EXPECT_EQ(header.frame, HeaderOf(vector.octets));
  });
}

TEST(RefusedVectors, AreFramesAsTheyAreUnlessTooLarge) {
  ForEach(Kind::kRefused, [](const Vector& vector) {
    const bool too_large = vector.fault == Fault::kFrameTooLarge;
    const Decoded<RawFrame> raw = DecodeRaw(HeapBlock(vector.octets).bytes(), vector.options);
    EXPECT_EQ(raw.status, too_large ? DecodeStatus::kError : DecodeStatus::kOk);
    EXPECT_EQ(raw.error, too_large ? ErrorOf(vector) : FrameError());
    EXPECT_EQ(raw.size, SizeOf(vector));
  });
}

// Of every beginning: refused as soon as it decides, and before that the octets that are needed.
TEST(AllVectors, NeedMoreUntilTheyAreDecided) {
  ForEachVector([](const Vector& vector) {
    SCOPED_TRACE(Report(vector));
    for (std::size_t size = 0; size < vector.octets.size(); ++size) {
      SCOPED_TRACE(size);
      const HeapBlock beginning(vector.octets.first(size));
      const Decoded<Frame> decoded = Decode(beginning.bytes(), vector.options);
      if (vector.kind == Kind::kRefused && size >= OctetsThatDecide(vector)) {
        EXPECT_EQ(decoded.status, DecodeStatus::kError);
        EXPECT_EQ(decoded.error, ErrorOf(vector));
        EXPECT_EQ(decoded.size, SizeOf(vector));
      } else {
        EXPECT_EQ(decoded.status, DecodeStatus::kNeedMore);
        EXPECT_EQ(decoded.size, size < 9 ? 9 : SizeOf(vector));
      }
      const auto header = DecodeHeader(beginning.bytes(), vector.options);
      if (size < 9) {
        EXPECT_EQ(header.status, DecodeStatus::kNeedMore);
        EXPECT_EQ(header.size, 9u);
      }
      const Outcome steps = DecodePayload(header, After(beginning.bytes(), 9));
      EXPECT_EQ(steps.status, decoded.status);
      EXPECT_EQ(steps.size, decoded.size);
      EXPECT_EQ(steps.error, decoded.error);
      if (vector.fault != Fault::kFrameTooLarge) {
        const Decoded<RawFrame> raw = DecodeRaw(beginning.bytes(), vector.options);
        EXPECT_EQ(raw.status, DecodeStatus::kNeedMore);
        EXPECT_EQ(raw.size, size < 9 ? 9 : SizeOf(vector));
      }
    }
  });
}

TEST(NeedMoreVectors, NeedThatMuch) {
  ForEach(Kind::kNeedMore, [](const Vector& vector) {
    const HeapBlock in(vector.octets);
    const Decoded<Frame> decoded = Decode(in.bytes(), vector.options);
    EXPECT_EQ(decoded.status, DecodeStatus::kNeedMore);
    EXPECT_EQ(decoded.size, vector.need);
    EXPECT_EQ(decoded.error, FrameError());

    const Outcome outcome = DecodeTo(
        in.bytes(), [](const auto& frame) { ADD_FAILURE() << frame; }, vector.options);
    EXPECT_EQ(outcome.status, DecodeStatus::kNeedMore);
    EXPECT_EQ(outcome.size, vector.need);

    const Decoded<RawFrame> raw = DecodeRaw(in.bytes(), vector.options);
    EXPECT_EQ(raw.status, DecodeStatus::kNeedMore);
    EXPECT_EQ(raw.size, vector.need);
  });
}

// What is left are questions to the tables: is there a vector for everything?

bool AnyVector(auto predicate) {
  bool any = false;
  ForEachVector([&](const Vector& vector) { any = any || predicate(vector); });
  return any;
}

template <class F>
bool Is(const Vector& vector) {
  return vector.good() && std::holds_alternative<F>(vector.frame);
}

// The type that the octets say; RawFrame has none.
template <class F>
bool IsOf(const Vector& vector) {
  if constexpr (requires { F::kType; }) {
    return vector.octets.size() >= 9 && HeaderOf(vector.octets).type == F::kType;
  } else {
    return Is<F>(vector);
  }
}

// "BLOCKED on stream 0 needs a vector": `what` the type named `name` needs.
void Expect(bool there, std::string_view name, auto&&... what) {
  std::ostringstream missing;
  (missing << ... << what);
  EXPECT_TRUE(there) << name << " has no " << missing.str();
}

TEST(Coverage, EveryTypeHasVectorsOfAllKinds) {
  ForEachType([]<class F>(std::type_identity<F>) {
    const auto any = [](Kind kind) {
      return AnyVector([&](const Vector& v) { return IsOf<F>(v) && v.kind == kind; });
    };
    Expect(AnyVector([](const Vector& v) { return Is<F>(v) && v.kind == Kind::kCanonical; }),
           F::kName, "Canonical vector");
    if constexpr (requires { F::kType; }) {
      // The names of vectors are by hand, and so is that of the type in them.
      Expect(AnyVector([](const Vector& v) { return Is<F>(v) && v.name.starts_with(F::kName); }),
             F::kName, "good vector whose name begins with its own");
      // A frame that ends with its header needs no more than that.
      constexpr bool kHasPayload = internal::kFixedLength<F> != 0;
      Expect(any(Kind::kNeedMore) || !kHasPayload, F::kName, "NeedMore vector");
      Expect(any(Kind::kRefused), F::kName, "Refused vector");
    }
  });
}

TEST(Coverage, EveryFlagOfEveryTypeHasVectorsWithAndWithoutIt) {
  ForEachType([]<class F>(std::type_identity<F>) {
    constexpr internal::Envelope kEnvelope = internal::EnvelopeOf<F>(0xff);
    for (unsigned bit = 0x01; bit <= 0x80; bit *= 2) {
      const bool known = (kEnvelope.known_flags & bit) != 0;
      const bool ignored = (kEnvelope.ignored_flags & bit) != 0;
      // A flag alone among those that the type defines, so that a vector shows that one.
      const bool there = AnyVector([&](const Vector& vector) {
        return vector.good() && IsOf<F>(vector) && vector.options.extensions &&
               HeaderOf(vector.octets).flags == bit &&
               (ignored ? Is<RawFrame>(vector) : Is<F>(vector)) &&
               (std::is_same_v<F, RawFrame> || ignored ||
                known == (vector.kind == Kind::kCanonical));
      });
      Expect(there, F::kName, known ? "Canonical" : "Tolerated", " vector with no flag but ", bit);
    }
    Expect(AnyVector([](const Vector& v) { return Is<F>(v) && HeaderOf(v.octets).flags == 0; }),
           F::kName, "good vector without flags");
  });
}

TEST(Coverage, TheReservedBitHasVectorsOfEveryType) {
  ForEachType([]<class F>(std::type_identity<F>) {
    Expect(AnyVector([](const Vector& v) { return Is<F>(v) && HeaderOf(v.octets).reserved; }),
           F::kName, "good vector with the reserved bit");
  });
}

TEST(Coverage, EveryTypeHasVectorsOfTheLeastAndTheGreatestStream) {
  using Streams = internal::Envelope::Streams;
  ForEachType([]<class F>(std::type_identity<F>) {
    const auto any_on = [](StreamId stream_id) {
      return AnyVector([stream_id](const Vector& vector) {
        return Is<F>(vector) && HeaderOf(vector.octets).stream_id == stream_id;
      });
    };
    constexpr Streams kStreams = internal::kEnvelope<F>.streams;
    const auto expect = [](bool there, bool may, auto stream) {
      if (may) Expect(there, F::kName, "good vector on stream ", stream);
      EXPECT_TRUE(may || !there) << F::kName << " has a good vector on stream " << stream;
    };
    const bool may = kStreams == Streams::kMaybe || kStreams == Streams::kAlways;
    expect(any_on(0), kStreams != Streams::kAlways, 0);
    expect(any_on(1) || any_on(5), may, "1 or 5");
    expect(any_on(0x01020304) || any_on(0x01020305), may, "0x01020304 or 0x01020305");
    expect(any_on(0x7fffffff), may, "0x7fffffff");
  });
}

TEST(Coverage, EveryTypeHasVectorsOfJustTheGreatestSizeAndOneOctetMore) {
  ForEachType([]<class F>(std::type_identity<F>) {
    // A payload of no octets is never too large for a receiver.
    constexpr bool kHasPayload = internal::kFixedLength<F> != 0;
    const bool just = AnyVector([](const Vector& vector) {
      return Is<F>(vector) && HeaderOf(vector.octets).length == vector.options.max_frame_size;
    });
    Expect(just || !kHasPayload, F::kName, "good vector of just the greatest size");
    const bool more = AnyVector([](const Vector& vector) {
      return (IsOf<F>(vector) || (std::is_same_v<F, RawFrame> && vector.octets.size() >= 9 &&
                                  HeaderOf(vector.octets).type == FrameType{0xff})) &&
             vector.fault == Fault::kFrameTooLarge &&
             HeaderOf(vector.octets).length == vector.options.max_frame_size + 1;
    });
    Expect(more, F::kName, "vector Refused as frame_too_large by an octet");
  });
}

// The least length that the fields of a type and its flags need, and one octet less.
TEST(Coverage, EveryTypeHasVectorsOfItsLeastLengthAndOneOctetLess) {
  ForEachType([]<class F>(std::type_identity<F>) {
    if constexpr (requires { F::kType; }) {
      std::set<std::size_t> asked;
      for (unsigned flags = 0; flags <= 0xff; ++flags) {
        const auto octet = static_cast<std::uint8_t>(flags);
        const std::size_t least = internal::EnvelopeOf<F>(octet).least_length;
        // Flags that change nothing about the length need no vectors of their own.
        if (!asked.insert(least).second) continue;
        const auto same_least = [&](const Vector& vector) {
          return internal::EnvelopeOf<F>(HeaderOf(vector.octets).flags).least_length == least;
        };
        const bool just = AnyVector([&](const Vector& vector) {
          return Is<F>(vector) && same_least(vector) && HeaderOf(vector.octets).length == least;
        });
        Expect(just, F::kName, "good vector with flags ", flags, " of ", least, " octets");
        const bool less = AnyVector([&](const Vector& vector) {
          return IsOf<F>(vector) && vector.kind == Kind::kRefused && same_least(vector) &&
                 vector.code == ErrorCode::kFrameSizeError &&
                 HeaderOf(vector.octets).length == least - 1;
        });
        Expect(less || least == 0, F::kName, "Refused vector with flags ", flags, " of ", least,
               " octets but one");
      }
    }
  });
}

TEST(Coverage, EverySettingHasVectorsOfItsLeastAndGreatestValueAndThoseBeyond) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> good;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Fault> refused;
  ForEachVector([&](const Vector& vector) {
    if (!IsOf<SettingsFrame>(vector) || vector.octets.size() != 15) return;
    const std::pair setting(NumberAt(vector.octets, 9, 2), NumberAt(vector.octets, 11, 4));
    if (vector.good()) good.insert(setting);
    if (vector.kind == Kind::kRefused) refused.emplace(setting, vector.fault);
  });
  std::uint32_t id = 0;
  for (const SettingRow& row : kSettingRows) {
    SCOPED_TRACE(id);
    if (!row.name.empty()) {
      EXPECT_TRUE(good.contains({id, row.least}));
      EXPECT_TRUE(good.contains({id, row.most}));
      if (row.least != 0) {
        EXPECT_EQ((refused[{id, row.least - 1}]), row.fault);
      }
      if (row.most != 0xffffffff) {
        EXPECT_EQ((refused[{id, row.most + 1}]), row.fault);
      }
    } else {
      EXPECT_TRUE(good.contains({id, 0xffffffff}));
    }
    ++id;
  }
  EXPECT_TRUE(good.contains({id, 0xffffffff})) << "the first identifier above those with a name";
}

TEST(Coverage, EveryErrorCodeHasVectors) {
  for (std::uint32_t code = 0; code <= std::size(kErrorCodeNames); ++code) {
    SCOPED_TRACE(code);
    const bool named = code < std::size(kErrorCodeNames);
    EXPECT_TRUE(AnyVector([&](const Vector& vector) {
      return Is<RstStreamFrame>(vector) && NumberAt(vector.octets, 9, 4) == code;
    }));
    EXPECT_TRUE(!named || AnyVector([&](const Vector& vector) {
      return Is<GoawayFrame>(vector) && NumberAt(vector.octets, 13, 4) == code;
    }));
  }
}

TEST(Coverage, EveryFaultOfEveryTypeHasVectors) {
  std::set<Fault> shown;
  ForEachType([&]<class F>(std::type_identity<F>) {
    if constexpr (requires { F::kType; }) {
      constexpr internal::Envelope kEnvelope = internal::kEnvelope<F>;
      std::set<Fault> faults = FaultsOf<F>().of_values;
      faults.merge(FaultsOf<F>().of_octets);
      for (const Fault fault : faults) {
        shown.insert(fault);
        const FaultRow& row = RowOf(fault);
        const auto any = [&](auto predicate) {
          return AnyVector([&](const Vector& vector) {
            return IsOf<F>(vector) && vector.fault == fault && vector.kind == Kind::kRefused &&
                   predicate(HeaderOf(vector.octets), vector.scope);
          });
        };
        Expect(any([](const FrameHeader&, Scope) { return true; }), F::kName, "vector Refused as ",
               row.name);
        // A stream error has a stream, and no other error has one; on stream 0 it is the
        // connection's.
        const bool of_stream = row.scope == Scope::kStream;
        if (of_stream) {
          Expect(any([](const FrameHeader&, Scope scope) { return scope == Scope::kStream; }),
                 F::kName, "vector Refused as ", row.name, " of the stream");
          EXPECT_FALSE(any([](const FrameHeader& header, Scope scope) {
            return header.stream_id == 0 && scope == Scope::kStream;
          })) << F::kName
              << ": " << row.name << " of stream 0";
          const bool on_connection = any([](const FrameHeader& header, Scope scope) {
            return header.stream_id == 0 && scope == Scope::kConnection;
          });
          Expect(on_connection || kEnvelope.streams != internal::Envelope::Streams::kMaybe,
                 F::kName, "vector Refused as ", row.name, " of the connection");
        } else {
          EXPECT_FALSE(any([](const FrameHeader&, Scope scope) { return scope == Scope::kStream; }))
              << F::kName << ": " << row.name << " of a stream";
        }
        // Where just one length is right, those on either side are wrong.
        if (!kEnvelope.has_rest && fault == kEnvelope.wrong_length) {
          const auto expect = [&](std::size_t length) {
            Expect(any([&](const FrameHeader& h, Scope) { return h.length == length; }), F::kName,
                   "vector Refused as ", row.name, " of ", length, " octets");
          };
          if (kEnvelope.least_length > 0) expect(kEnvelope.least_length - 1);
          expect(kEnvelope.least_length + 1);
        }
      }
    }
  });
  // All other faults, but for those of the context and of types that are not the library's, are
  // reasons not to encode.
  const std::set<Fault> of_users = {Fault::kPartialEntry, Fault::kFieldOverrun,
                                    Fault::kInvalidValue, Fault::kInvalidSetting};
  for (const FaultRow& row : kFaultRows) {
    if (NeedsContext(row.fault) || of_users.contains(row.fault)) continue;
    if (shown.contains(row.fault)) continue;
    // That nothing is wrong, and that there is no room, is shown by every canonical vector.
    if (row.fault == Fault::kNone || row.fault == Fault::kNoRoom) continue;
    EXPECT_TRUE(std::ranges::any_of(
        kUnencodable,
        [&](const Unencodable& unencodable) { return unencodable.fault == row.fault; }))
        << "no vector and no row of unencodable.h has the fault " << row.name;
  }
}

}  // namespace
}  // namespace h2wire
