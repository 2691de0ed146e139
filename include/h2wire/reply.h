// SPDX-License-Identifier: Apache-2.0

// The frames that a received frame, or an error, calls for.
//
//   Send(ReplyTo(ping));
//   if (error.stream_id == 0) Send(GoawayFor(error, last)); else Send(RstStreamFor(error));

#ifndef H2WIRE_REPLY_H_
#define H2WIRE_REPLY_H_

#include <cstddef>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

// The acknowledgement of `ping`, with its data. RFC 9113, 6.7. `ping` is not one itself.
[[nodiscard]] constexpr PingFrame ReplyTo(const PingFrame& ping) noexcept {
  return {.ack = true, .opaque_data = ping.opaque_data};
}

// The acknowledgement of SETTINGS, to be sent once they are applied. RFC 9113, 6.5.3.
[[nodiscard]] constexpr SettingsFrame ReplyTo(const SettingsFrame&) noexcept {
  return {.ack = true};
}

// The frame that ends a stream because of `error`, whose stream_id is not 0. RFC 9113, 5.4.2.
[[nodiscard]] constexpr RstStreamFrame RstStreamFor(const FrameError& error) noexcept {
  return {.stream_id = error.stream_id, .error_code = error.code};
}

// The frame that ends the connection because of `error`, with the name of its fault as debug data
// and nothing else: gRPC's clients slow down their PINGs only if it is "too_many_pings" to the
// letter. That of an error without a fault is empty. `last_stream_id`: the highest stream that was
// or may still be acted on. RFC 9113, 5.4.1 and 6.8.
[[nodiscard]] inline GoawayFrame GoawayFor(const FrameError& error,
                                           StreamId last_stream_id) noexcept {
  const bool named = error.fault != Fault::kNone;
  return {.last_stream_id = last_stream_id,
          .error_code = error.code,
          .debug_data = named ? AsBytes(RowOf(error.fault).name) : Bytes()};
}

}  // namespace h2wire

#endif  // H2WIRE_REPLY_H_
