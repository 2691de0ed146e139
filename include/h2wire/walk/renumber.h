// SPDX-License-Identifier: Apache-2.0

// How the streams of a frame are renumbered: what renumber.h declares.

#ifndef H2WIRE_WALK_RENUMBER_H_
#define H2WIRE_WALK_RENUMBER_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/renumber.h"
#include "h2wire/visit.h"
#include "h2wire/walk/beginning.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/grammar.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

// Rewrites the 31 bits of a stream identifier, unless they are 0.
constexpr Fault RewriteStreamIdAt(std::byte* at, auto& to) {
  const auto word = LoadBig<std::uint32_t>(at);
  if ((word & kMaxStreamId) == 0) return Fault::kNone;
  const StreamId id = to(word & kMaxStreamId);
  if (id > kMaxStreamId) return Fault::kValueTooLarge;
  StoreBig(at, (word & ~kMaxStreamId) | id);
  return Fault::kNone;
}

template <class F>
constexpr Fault RewriteStreamIdsAs(MutableBytes frame, auto& to) {
  constexpr bool kNamesStreams = EnvelopeOf<F>(0xff).streams_named != 0;
  const FrameHeader header = LoadHeader(frame.data());
  if (kNamesStreams && IgnoredByHeader<F>(header.flags, header.stream_id)) {
    return RewriteStreamIdsAs<RawFrame>(frame, to);
  }
  const Envelope envelope = EnvelopeOf<F>(header.flags);
  std::size_t size = kFrameHeaderSize;
  if constexpr (kNamesStreams) {
    const Fault fault = FaultOfBeginning<F>(header, frame.subspan(kFrameHeaderSize));
    if (fault != Fault::kNone) return fault;
    size = SizeOfFields<F>(header.flags);
    if (frame.size() < size) return Fault::kNoRoom;
  }
  // In a copy, until it is known to be in order.
  std::array<std::byte, kFrameHeaderSize + kMostFixedOctets> head{};
  CopyOctets(head.data(), frame.first(size));
  if (const Fault fault = RewriteStreamIdAt(head.data() + 5, to); fault != Fault::kNone) {
    return fault;
  }
  if (header.stream_id != 0 && LoadHeader(head.data()).stream_id == 0) {
    return Fault::kStreamRequired;
  }
  if constexpr (kNamesStreams) {
    for (std::size_t i = 0; i < envelope.streams_named; ++i) {
      std::byte* const at = head.data() + kFrameHeaderSize + envelope.streams_named_at[i];
      if (const Fault fault = RewriteStreamIdAt(at, to); fault != Fault::kNone) return fault;
    }
    if (const Fault fault = ReadBeginning<F>(head.data(), size).fault; fault != Fault::kNone) {
      return fault;
    }
  }
  CopyOctets(frame.data(), Bytes(head).first(size));
  return Fault::kNone;
}

}  // namespace internal

template <AnyFrameSet Set, std::invocable<StreamId> Mapping>
constexpr Fault RewriteStreamIds(MutableBytes frame, Mapping&& to) noexcept(
    std::is_nothrow_invocable_v<Mapping&, StreamId>) {
  if (frame.size() < kFrameHeaderSize) return Fault::kNoRoom;
  return VisitType<Set>(LoadHeader(frame.data()).type, [&]<class F>(std::type_identity<F>) {
    return internal::RewriteStreamIdsAs<F>(frame, to);
  });
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_RENUMBER_H_
