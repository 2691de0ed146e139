// SPDX-License-Identifier: Apache-2.0

// The search for the beginning of a frame.

#include "h2wire/boundary.h"

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/envelope.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

// A chain is not followed further: by then there is evidence enough.
constexpr std::size_t kMostFrames = 32;

// What the header of a known type shows by itself.
struct TypeEvidence {
  bool known = false;
  std::uint8_t flags = 0;  // those that the type defines
  bool fixed_length = false;
  bool on_connection = false;  // never on a stream
};

TypeEvidence EvidenceOf(FrameType type) noexcept {
  return VisitType<Frame>(type, []<class F>(std::type_identity<F>) -> TypeEvidence {
    if constexpr (std::same_as<F, RawFrame>) {
      return {};
    } else {
      using Streams = internal::Envelope::Streams;
      constexpr Streams kStreams = internal::kEnvelope<F>.streams;
      return {
          .known = true,
          .flags = internal::kEnvelope<F>.known_flags,
          .fixed_length = internal::kFixedLength<F>.has_value(),
          .on_connection = kStreams == Streams::kNever || kStreams == Streams::kNeverElseIgnored};
    }
  });
}

// Follows frames, and gathers what speaks for them.
class Chain {
 public:
  // One that begins at `at`.
  Chain(Bytes in, std::size_t at, const BoundaryOptions& options) noexcept
      : in_(in), options_(options), next_(at), boundary_{.offset = at} {}

  // Adds the next frame; returns whether there may be one, as far as it is there.
  bool Add() noexcept {
    const Bytes left = in_.subspan(next_);
    const FrameHeader header = LoadHeader(left.data());
    if (header.length > options_.max_frame_size || header.reserved) return false;
    const TypeEvidence type = EvidenceOf(header.type);
    const bool strange =
        (header.flags & ~type.flags) != 0 || (type.on_connection && header.stream_id != 0);
    if (!type.known || strange) return false;
    if (!IsInItsPlace(header)) return false;
    const Outcome outcome =
        DecodeTo(left, [](const auto&) {}, {.max_frame_size = options_.max_frame_size});
    if (outcome.status == DecodeStatus::kError) return false;

    const auto bits = [](std::uint64_t values) {
      return static_cast<int>(std::bit_width(values - 1));
    };
    constexpr int kTypes = 13;
    int evidence = 8 - bits(kTypes) + 8 - std::popcount(type.flags) + 1;
    evidence += type.fixed_length ? 24 : 24 - bits(std::uint64_t{options_.max_frame_size} + 1);
    if (header.stream_id == 0) {
      // Zeros are the most frequent octets there are.
      evidence += 8;
    } else {
      evidence += std::clamp(31 - bits(std::uint64_t{header.stream_id} + 1), 0, 8);
      if (header.stream_id == stream_id_) evidence += 16;
      stream_id_ = header.stream_id;
    }
    boundary_.evidence += static_cast<std::uint32_t>(std::clamp(evidence, 0, 40));
    ++boundary_.frames;
    longest_ = std::max(longest_, header.length);
    before_ = header;
    next_ += kFrameHeaderSize + header.length;
    return true;
  }

  // Whether the next header is there.
  [[nodiscard]] bool goes_on() const noexcept {
    return next_ <= in_.size() && in_.size() - next_ >= kFrameHeaderSize;
  }
  // Long frames are few in as many octets, and their Length says more.
  [[nodiscard]] bool is_enough() const noexcept {
    const std::size_t span = next_ - boundary_.offset;
    if (longest_ > kDefaultMaxFrameSize) {
      return boundary_.frames >= std::min<std::size_t>(2, options_.least_frames) &&
             boundary_.evidence >= std::min(36U, options_.least_evidence);
    }
    const std::size_t few = span >= kDefaultMaxFrameSize ? 3 : 5;
    return boundary_.frames >= std::min(few, options_.least_frames) &&
           boundary_.evidence >= options_.least_evidence;
  }
  // Whether it may be right where `other` is wrong.
  [[nodiscard]] bool rivals(const Chain& other) const noexcept {
    return boundary_.frames >= 2 && boundary_.evidence >= other.boundary_.evidence / 2;
  }
  [[nodiscard]] const Boundary& boundary() const noexcept { return boundary_; }

 private:
  // Nothing but CONTINUATION within a field block, and CONTINUATION nowhere else.
  [[nodiscard]] bool IsInItsPlace(const FrameHeader& header) const noexcept {
    if (boundary_.frames == 0) return true;
    const bool block = before_.type == HeadersFrame::kType ||
                       before_.type == PushPromiseFrame::kType ||
                       before_.type == ContinuationFrame::kType;
    const bool open = block && (before_.flags & 0x04) == 0;
    const bool continues = header.type == ContinuationFrame::kType;
    return open == continues && (!open || header.stream_id == before_.stream_id);
  }

  Bytes in_;
  const BoundaryOptions& options_;
  FrameHeader before_;
  StreamId stream_id_ = 0;
  std::uint32_t longest_ = 0;
  std::size_t next_;
  Boundary boundary_;
};

// The chain from `at` on; nothing if it breaks where there are octets.
std::optional<Chain> FollowFrom(Bytes in, std::size_t at, const BoundaryOptions& options) noexcept {
  Chain chain(in, at, options);
  do {
    if (!chain.Add()) return std::nullopt;
  } while (chain.goes_on() && chain.boundary().frames < kMostFrames);
  return chain;
}

// Where the frame at `at` ends.
std::size_t EndOf(Bytes in, std::size_t at) noexcept {
  return at + kFrameHeaderSize + LoadHeader(in.data() + at).length;
}

// Where the chains from `a` and from `b` on come together; nothing if that is not there.
std::optional<std::size_t> MeetingOf(Bytes in, std::size_t a, std::size_t b) noexcept {
  while (a != b) {
    std::size_t& behind = a < b ? a : b;
    if (behind + kFrameHeaderSize > in.size()) return std::nullopt;
    behind = EndOf(in, behind);
  }
  return a;
}

}  // namespace

std::optional<Boundary> FindBoundary(Bytes in, const BoundaryOptions& options) noexcept {
  for (std::size_t at = 0; at + kFrameHeaderSize <= in.size(); ++at) {
    const std::optional<Chain> first = FollowFrom(in, at, options);
    if (!first || !first->is_enough()) continue;
    // The octets before a frame may look like a header whose Length leads to it: nothing vouches
    // for the first of a chain, but the first does for the second. And it may lead from within a
    // frame to a later one: what begins between the first and the second has to come together with
    // them.
    const std::size_t second = EndOf(in, at);
    std::size_t agreed = second;
    for (std::size_t within = at + 1; within < second; ++within) {
      if (within + kFrameHeaderSize > in.size()) return std::nullopt;
      const std::optional<Chain> other = FollowFrom(in, within, options);
      if (!other || !other->rivals(*first)) continue;
      const std::optional<std::size_t> meeting = MeetingOf(in, agreed, within);
      if (!meeting) return std::nullopt;
      agreed = *meeting;
    }
    Boundary boundary = first->boundary();
    boundary.offset = agreed;
    return boundary;
  }
  return std::nullopt;
}

}  // namespace h2wire
