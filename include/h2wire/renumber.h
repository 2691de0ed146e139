// SPDX-License-Identifier: Apache-2.0

// Frames that go on to another connection, where their streams have other identifiers.
//
//   const auto there = [&](StreamId here) { return streams.at(here); };
//   const Fault fault = RewriteStreamIds(frame, there);
//
// A frame names streams in these octets: the Stream Identifier of its header, the Stream Dependency
// of HEADERS and PRIORITY, the Promised Stream ID of PUSH_PROMISE and the Prioritized Stream ID of
// PRIORITY_UPDATE. All of them are rewritten, since any that is left out names a stream of the
// other connection, or makes a stream depend on itself.
//
// The Last-Stream-ID of GOAWAY is none of them: it is a bound, and identifiers that are in order on
// one connection need not be so on the other. A GOAWAY is made anew for each connection.

#ifndef H2WIRE_RENUMBER_H_
#define H2WIRE_RENUMBER_H_

#include <concepts>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

// Rewrites the stream identifiers in the frame whose octets begin at `frame`, by `to`: a function
// from a StreamId to a StreamId, called once for each that is not 0. No other octet or bit changes.
// There have to be as many octets as the frame has before its `data`, `fragment` ...: nine, and
// more only of the types above.
//
// Returns a fault, and changes nothing, if there are fewer (kNoRoom), if what `to` gives is no
// stream identifier (kValueTooLarge), if it moves a frame from a stream to the connection
// (kStreamRequired), or if a receiver would refuse what a frame of these types says then:
// kInvalidPromisedStreamId, say. Throws what `to` throws, and nothing else.
template <AnyFrameSet Set = Frame, std::invocable<StreamId> Mapping>
[[nodiscard]] constexpr Fault RewriteStreamIds(MutableBytes frame, Mapping&& to) noexcept(
    std::is_nothrow_invocable_v<Mapping&, StreamId>);

}  // namespace h2wire

#include "h2wire/walk/renumber.h"  // how it does it

#endif  // H2WIRE_RENUMBER_H_
