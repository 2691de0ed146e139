// SPDX-License-Identifier: Apache-2.0

// Payloads and field blocks cut to size: every octet once, in order, the flags where they belong.

#include "h2wire/fragment.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/print.h"

namespace h2wire {
namespace {

static_assert(std::forward_iterator<FramePieces<DataFrame>::iterator>);
static_assert(std::forward_iterator<FramePieces<HeadersFrame>::iterator>);

constexpr std::uint32_t kMax = kDefaultMaxFrameSize;

// Cut at compile time.
constexpr std::array<std::byte, 2 * kMax + 1> kOctets{};
static_assert([] {
  std::size_t octets = 0;
  int pieces = 0;
  for (const DataFrame& piece :
       Cut(DataFrame{.stream_id = 1, .data = kOctets}, kMax, CutPadding::kDrop)) {
    octets += piece.data.size();
    ++pieces;
  }
  return octets == kOctets.size() && pieces == 3;
}());

Bytes Text(std::size_t size) {
  static const std::string text = [] {
    std::string octets(1 << 17, '\0');
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<char>(i % 251);
    return octets;
  }();
  return AsBytes(text).first(size);
}

// Where cutting could go wrong by one.
std::vector<std::size_t> Sizes() {
  std::vector<std::size_t> sizes = {0, 1, 5 * kMax};
  for (const std::size_t fields : {0u, 1u, 4u, 5u, 6u, 8u, 12u, 255u, 256u, 261u}) {
    for (const std::size_t pieces : {1u, 2u, 3u}) {
      for (const int off : {-1, 0, 1}) {
        sizes.push_back(pieces * kMax - fields + static_cast<std::size_t>(off));
        sizes.push_back(pieces * (kMax - fields) + static_cast<std::size_t>(off));
      }
    }
  }
  return sizes;
}

const std::optional<std::uint8_t> kPadLengths[] = {std::nullopt, 0, 7, 255};

std::size_t PayloadSize(const Frame& frame) { return EncodedSize(frame) - kFrameHeaderSize; }

TEST(CutData, KeepsEveryOctetAndTheEndOfTheStream) {
  for (const std::size_t size : Sizes()) {
    for (const auto& pad_length : kPadLengths) {
      for (const bool end_stream : {false, true}) {
        for (const CutPadding padding :
             {CutPadding::kDrop, CutPadding::kFirst, CutPadding::kEach}) {
          const DataFrame frame = {7, end_stream, pad_length, Text(size)};
          const auto pieces = Cut(frame, kMax, padding);
          ASSERT_EQ(pieces.fault(), Fault::kNone);
          const std::byte* at = frame.data.data();
          std::size_t count = 0;
          for (auto i = pieces.begin(); i != pieces.end();) {
            const DataFrame piece = *i;
            const bool first = i == pieces.begin();
            const bool last = ++i == pieces.end();
            ++count;
            EXPECT_EQ(piece.stream_id, 7u);
            EXPECT_EQ(piece.end_stream, end_stream && last);
            EXPECT_EQ(piece.data.data(), at);  // by reference, and each where the last one ended
            at += piece.data.size();
            const bool padded =
                padding == CutPadding::kEach || (padding == CutPadding::kFirst && first);
            EXPECT_EQ(piece.pad_length, padded ? pad_length : std::nullopt);
            EXPECT_LE(PayloadSize(piece), kMax);
            if (!last) {
              EXPECT_EQ(PayloadSize(piece), kMax);  // no more pieces than needed
            }
            EXPECT_EQ(Split(piece).fault, Fault::kNone);
          }
          EXPECT_EQ(at, frame.data.data() + size);
          EXPECT_GE(count, 1u);
        }
      }
    }
  }
}

// Checks the pieces of `frame`, a HEADERS, PUSH_PROMISE or CONTINUATION frame.
template <class F>
void ExpectCut(const F& frame) {
  const auto pieces = Cut(frame, kMax);
  ASSERT_EQ(pieces.fault(), Fault::kNone);
  const std::byte* at = frame.fragment.data();
  for (auto i = pieces.begin(); i != pieces.end();) {
    const Frame piece = *i;
    const bool first = i == pieces.begin();
    const bool last = ++i == pieces.end();
    EXPECT_LE(PayloadSize(piece), kMax);
    if (!last) {
      EXPECT_EQ(PayloadSize(piece), kMax);
    }
    EXPECT_EQ(Split(piece).fault, Fault::kNone);
    Bytes fragment;
    if (first) {
      // As the frame was, but for the fragment and its end.
      ASSERT_TRUE(std::holds_alternative<F>(piece));
      fragment = std::get<F>(piece).fragment;
      F expected = frame;
      expected.fragment = fragment;
      expected.end_headers = frame.end_headers && last;
      EXPECT_EQ(piece, Frame(expected));
    } else {
      ASSERT_TRUE(std::holds_alternative<ContinuationFrame>(piece));
      const ContinuationFrame& continuation = std::get<ContinuationFrame>(piece);
      fragment = continuation.fragment;
      EXPECT_EQ(continuation.stream_id, frame.stream_id);
      EXPECT_EQ(continuation.end_headers, frame.end_headers && last);
    }
    EXPECT_EQ(fragment.data(), at);
    at += fragment.size();
  }
  EXPECT_EQ(at, frame.fragment.data() + frame.fragment.size());
}

TEST(CutFieldBlock, KeepsEveryOctetAndTheFlags) {
  for (const std::size_t size : Sizes()) {
    for (const bool end_headers : {false, true}) {
      ExpectCut(ContinuationFrame{7, end_headers, Text(size)});
      for (const auto& pad_length : kPadLengths) {
        ExpectCut(PushPromiseFrame{7, end_headers, pad_length, 8, Text(size)});
        for (const bool end_stream : {false, true}) {
          ExpectCut(HeadersFrame{7, end_stream, end_headers, pad_length, {}, Text(size)});
          ExpectCut(HeadersFrame{7, end_stream, end_headers, pad_length, Priority{true, 3, 9},
                                 Text(size)});
        }
      }
    }
  }
}

TEST(Cut, RefusesWhatNoPeerMaySet) {
  for (const std::uint32_t max : {0u, 16383u, 16777216u, 0xffffffffu}) {
    const auto data = Cut(DataFrame{.stream_id = 1, .data = Text(9)}, max, CutPadding::kDrop);
    EXPECT_EQ(data.fault(), Fault::kInvalidMaxFrameSize);
    EXPECT_TRUE(data.begin() == data.end());
    const auto headers = Cut(HeadersFrame{.stream_id = 1}, max);
    EXPECT_EQ(headers.fault(), Fault::kInvalidMaxFrameSize);
    EXPECT_TRUE(headers.begin() == headers.end());
  }
  for (const std::uint32_t max : {16384u, 16777215u}) {
    EXPECT_EQ(Cut(HeadersFrame{.stream_id = 1}, max).fault(), Fault::kNone);
  }
}

// What CutTo hands out of `frame` is what Cut makes of it; and a sink that refuses the piece of any
// number gets no more.
template <class F, class... Padding>
void ExpectCutToIsCut(const F& frame, Padding... padding) {
  std::vector<Frame> pieces;
  for (const auto& piece : Cut(frame, kMax, padding...)) {
    pieces.push_back(std::visit([](const auto& one) -> Frame { return one; },
                                std::variant<std::decay_t<decltype(piece)>>(piece)));
  }
  std::vector<Frame> handed_out;
  const auto keep = [&](const auto& piece) { handed_out.push_back(piece); };
  EXPECT_EQ(CutTo(frame, kMax, padding..., keep), Fault::kNone);
  EXPECT_EQ(handed_out, pieces);
  for (std::size_t refused = 0; refused < pieces.size(); ++refused) {
    std::size_t count = 0;
    const auto refuse = [&](const auto& piece) {
      EXPECT_EQ(Frame(piece), pieces[count]);
      return count++ == refused ? Fault::kNoRoom : Fault::kNone;
    };
    EXPECT_EQ(CutTo(frame, kMax, padding..., refuse), Fault::kNoRoom);
    EXPECT_EQ(count, refused + 1);
  }
}

TEST(CutTo, HandsOutThePiecesOfCutUntilOneIsRefused) {
  for (const std::size_t size : Sizes()) {
    for (const bool end : {false, true}) {
      for (const auto& pad_length : kPadLengths) {
        for (const CutPadding padding :
             {CutPadding::kDrop, CutPadding::kFirst, CutPadding::kEach}) {
          ExpectCutToIsCut(DataFrame{7, end, pad_length, Text(size)}, padding);
        }
        ExpectCutToIsCut(PushPromiseFrame{7, end, pad_length, 8, Text(size)});
        ExpectCutToIsCut(HeadersFrame{7, true, end, pad_length, Priority{}, Text(size)});
      }
      ExpectCutToIsCut(ContinuationFrame{7, end, Text(size)});
    }
  }
}

TEST(CutTo, RefusesWhatNoPeerMaySet) {
  const auto never = [](const auto&) { ADD_FAILURE(); };
  for (const std::uint32_t max : {0u, 16383u, 16777216u, 0xffffffffu}) {
    EXPECT_EQ(CutTo(DataFrame{.stream_id = 1}, max, CutPadding::kDrop, never),
              Fault::kInvalidMaxFrameSize);
    EXPECT_EQ(CutTo(HeadersFrame{.stream_id = 1}, max, never), Fault::kInvalidMaxFrameSize);
  }
}

// A frame of 2^24-1 octets, forwarded to a peer that takes 2^14.
TEST(Cut, CutsTheLargestFrameAgain) {
  const std::string text(kLargestMaxFrameSize, 'x');
  std::size_t octets = 0;
  std::size_t count = 0;
  const DataFrame whole = {.stream_id = 1, .end_stream = true, .data = AsBytes(text)};
  for (const DataFrame& piece : Cut(whole, kMax, CutPadding::kDrop)) {
    octets += piece.data.size();
    ++count;
  }
  EXPECT_EQ(octets, text.size());
  EXPECT_EQ(count, 1024u);
}

}  // namespace
}  // namespace h2wire
