// SPDX-License-Identifier: Apache-2.0

// A client's connection and a server's, joined, without sockets: octets in, octets out. What comes
// from either side is judged frame by frame, and what is in order goes to the other as it came.
//
//   Relay relay;
//   // Octets came from the client:
//   while (!octets.empty()) {
//     const RelayStep step = relay.Receive(Side::kClient, octets, storage, now);
//     Write(server, step.out);  // all of it, before the next call
//     octets = After(octets, step.taken);
//     // What the relay says itself, mostly nothing:
//     Write(server, relay.Speak(Side::kServer, now));
//     Write(client, relay.Speak(Side::kClient, now));
//   }
//
// Each side sees the beginning of a legal connection: the frames of the other side, octet for
// octet, up to the first that breaks a rule or exceeds a limit of the guard. That one is answered
// with a GOAWAY that names its fault, and the other connection ends too. (A stream error ends both
// as well, RFC 9113, 5.4.1: a field block that did not pass would put the HPACK tables of the ends
// out of step.) The relay speaks only between frames, outside field blocks and after SETTINGS.
// Where a frame or a block has begun that cannot be ended, it says nothing.
//
// SETTINGS pass from end to end, and so does what was made for one hop: ALTSVC, ORIGIN, frames of
// unknown type. A relay is a filter on one connection. It knows no streams, windows or fields, and
// keeps nothing but what stands in it and in the storage that it is lent.

#ifndef H2WIRE_RELAY_H_
#define H2WIRE_RELAY_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/stream_decoder.h"

namespace h2wire::inline H2WIRE_ABI {

// Whose connection it is.
enum class Side : std::uint8_t { kClient, kServer };

[[nodiscard]] constexpr Side Other(Side side) noexcept {
  return side == Side::kClient ? Side::kServer : Side::kClient;
}

struct RelayOptions {
  // Faults are told to who looks on, and end nothing: the frame passes. What comes behind a frame
  // that cannot be decoded passes without being judged, and the relay says nothing more there.
  bool report_only = false;
};

struct RelayStep {
  // Octets of `in` that were taken, from its front. If these are not all, come again with the
  // others, once `out` is written and Speak was asked.
  std::size_t taken = 0;
  // What is to be written to the other side, in this order; either may be empty. They borrow from
  // `in`, from the storage and from the relay, and live until the next call of Receive for the same
  // side.
  std::array<Bytes, 2> out{};
};

namespace internal {
struct SeesNothing {
  void operator()(const auto&) const noexcept {}
};
}  // namespace internal

class H2WIRE_API Relay {
 public:
  using Time = ConnectionGuard::Time;

  // Octets of storage for a frame that straddles pieces: of any but DATA, the frames of field
  // blocks and those of unknown type, which pass as they come. A larger one is an error, whatever
  // its receiver accepts.
  static constexpr std::size_t kStorageSize = kFrameHeaderSize + kDefaultMaxFrameSize;

  // `limits` must outlive the relay; one is enough for all. They may change meanwhile, and hold at
  // once.
  explicit Relay(const RelayOptions& options = {},
                 const GuardLimits& limits H2WIRE_LIFETIME_BOUND = kDefaultGuardLimits) noexcept;

  // Takes octets that came from a side, and says what goes to the other. `storage` has kStorageSize
  // octets. It is kept as long as KeepsStorage(from), and must then be the same in every call;
  // otherwise many may share it.
  //
  // `seen` is called with each frame that passes, a `const F&` or a `const Part<F>&`, and with each
  // FrameError that is found, one of the connection always. What is seen was judged, and has not
  // gone anywhere yet.
  //
  // Takes nothing while Speak has something to say to the other side.
  template <class Seen = internal::SeesNothing>
  RelayStep Receive(Side from, Bytes in, MutableBytes storage, Time now,
                    Seen&& seen = Seen()) noexcept;

  // Whether the storage holds a frame that has begun. (It may have been lent to `out` besides.)
  [[nodiscard]] bool KeepsStorage(Side from) const noexcept { return LaneFrom(from).keeps_storage; }

  // What the relay itself has to say to a side now: at most kMostSpoken octets, which live until
  // the next call for the same side. They go behind all that was handed out for it before. Empty if
  // there is nothing, or nothing that can be said yet.
  [[nodiscard]] Bytes Speak(Side to, Time now) noexcept {
    if (!LaneTo(to).MaySpeak()) [[likely]]
      return {};
    return Say(to, now);
  }
  static constexpr std::size_t kMostSpoken = 96;

  // Whether octets from a side are of use. Those that are not are discarded.
  [[nodiscard]] bool WantsFrom(Side from) const noexcept {
    return !LaneFrom(from).ended && !LaneFrom(from).finished;
  }

  // Whether nothing more is to be written to a side, but what was handed out: then its connection
  // is to be closed for writing.
  [[nodiscard]] bool HasFinished(Side to) const noexcept { return LaneTo(to).finished; }

  // A side has closed its connection for writing: so will the relay that of the other side.
  void EndOf(Side from) noexcept;

  // The connection of a side is lost, or never was: nothing comes from it any more, and nothing can
  // be written to it. The other side is told so by a GOAWAY with `code` and `reason`, which
  // outlives the relay and has at most kMostReason octets. `reached`: whether that side may have
  // received anything; if not, no stream was acted on, whatever had been handed out (RFC
  // 9113, 6.8).
  void Lose(Side side, ErrorCode code, std::string_view reason, bool reached = true) noexcept;

  // Ends both connections: the client is told GOAWAY with `code` and `reason`, the server with
  // NO_ERROR and `reason`.
  void Close(ErrorCode code, std::string_view reason) noexcept;
  static constexpr std::size_t kMostReason = 48;

  // Begins to end the connections gracefully (RFC 9113, 6.8): the client is told GOAWAY with stream
  // 2^31-1, and a PING; when that is acknowledged, GOAWAY with the last stream that passed. The
  // ends then finish their streams and close. A request above the last stream ends the connections.
  void Drain() noexcept;

  // What was wrong with what a side sent, by which the relay ended the connections; kNone if
  // nothing was, or if it is to report only.
  [[nodiscard]] const FrameError& ErrorFrom(Side from) const noexcept {
    return LaneFrom(from).error;
  }

 private:
  using Decoder = StreamDecoderOf<
      Frame, InParts<DataFrame, HeadersFrame, PushPromiseFrame, ContinuationFrame, RawFrame>>;

  // What the relay has to say to a side, as bits.
  static constexpr std::uint8_t kOwesDrain = 1;  // the first GOAWAY of a graceful end, and the PING
  static constexpr std::uint8_t kOwesGoaway = 2;  // the second, or one in place of the other side's
  static constexpr std::uint8_t kOwesEnd = 4;     // GOAWAY, and nothing more

  // What goes from one side to the other.
  struct Lane {
    Lane(Side from, const RelayOptions& options, const GuardLimits& limits) noexcept;

    // Whether what passed ends with a frame, and not within a field block.
    bool IsBetween() const noexcept { return !in_frame && !in_block && !unjudged; }
    // Whether nothing is to be heeded but the frames: then the next octet is the first of one, or
    // of DATA that passes.
    bool IsPlain() const noexcept { return !attention && !ended && !finished && !unjudged; }
    // Whether what is owed can be said now. Only GOAWAY at the end can come before SETTINGS.
    bool MaySpeak() const noexcept {
      return owed != 0 && IsBetween() && !finished && (settings_passed || owed == kOwesEnd);
    }

    Decoder decoder;
    ConnectionGuard guard;
    std::uint32_t held = 0;    // octets of the preface or a frame that were taken and did not pass
    StreamId last_opened = 0;  // the highest stream that passed: of HEADERS or PUSH_PROMISE
    StreamId last_told = kMaxStreamId;    // the lowest last stream of the GOAWAYs that passed,
    StreamId last_spoken = kMaxStreamId;  // and of those that the relay said
    DataFrame passing{};                  // DATA that passes by its header, and without its data:
    std::uint32_t passing_size = 0;       // how much data there is,
    std::uint32_t passing_left = 0;       // and how much of it is still to come
    bool in_preface;                      // it is not complete
    bool in_frame = false;                // the beginning of a frame passed, and not its end
    bool in_block = false;                // the same of a field block
    bool settings_passed = false;
    bool unjudged = false;  // what comes passes as it is
    bool ended = false;     // nothing more comes
    bool finished = false;  // nothing more is handed out
    bool keeps_storage = false;
    bool awaits_pong = false;  // the acknowledgement of the PING of a graceful end is to come
    // What is to be done behind a frame:
    bool attention;         // whether there is anything
    bool drop = false;      // it does not pass
    bool refuses = false;   // nor does anything behind it: `error` says why
    bool resize = false;    // the greatest frame size has changed
    std::uint8_t owed = 0;  // to the side that the lane leads to
    ErrorCode code{};       // of the GOAWAY that is owed
    std::string_view reason{};
    FrameError error{};  // in what came
    // What the relay said last. It says nothing until the preface is whole: of that, what came is
    // kept here.
    std::array<std::byte, kMostSpoken> spoken;
  };

  // One call of Receive.
  struct Course {
    Bytes in{};
    MutableBytes storage{};
    Bytes held{};           // of what came before, and did not pass yet
    std::size_t begin = 0;  // what passes of `in` begins here,
    std::size_t end = 0;    // and as far as here it is decoded
    RelayStep step{};
  };

  template <class Seen>
  struct Judge;

  Lane& LaneFrom(Side from) noexcept { return lanes_[static_cast<std::size_t>(from)]; }
  const Lane& LaneFrom(Side from) const noexcept { return lanes_[static_cast<std::size_t>(from)]; }
  Lane& LaneTo(Side to) noexcept { return LaneFrom(Other(to)); }
  const Lane& LaneTo(Side to) const noexcept { return LaneFrom(Other(to)); }

  // What Speak returns if there is something to say.
  Bytes Say(Side to, Time now) noexcept;

  // The same as Receive behind the octets before `end`, which pass.
  template <class Seen>
  H2WIRE_NOINLINE RelayStep ReceiveBehind(std::size_t end, Side from, Bytes in,
                                          MutableBytes storage, Judge<Seen>& judge) noexcept;

  // Returns whether there is something to be decoded.
  bool Begin(Lane& lane, Course& course, MutableBytes storage) noexcept;
  // Does what is to be done behind a frame of `size` octets. Returns whether the step ends with it.
  bool Attend(Lane& lane, Course& course, std::size_t size) noexcept;
  // More octets are needed: `taken` of those behind the last frame are taken. Returns whether the
  // step ends with that.
  bool Wait(Lane& lane, Course& course, std::size_t taken) noexcept;
  // What a side sent is wrong. Returns how, and of the connection.
  FrameError Fail(Side from, Course& course, FrameError error) noexcept;
  // The side that `lane` leads to is to be told GOAWAY and nothing more.
  void Owe(Lane& lane, ErrorCode code, std::string_view reason) noexcept;
  // Nothing more is handed out where what is owed cannot be said any more.
  void FinishIfSilent(Lane& lane) noexcept;

  bool report_only_;
  std::array<Lane, 2> lanes_;  // from the client, from the server
};

}  // namespace h2wire

#include "h2wire/walk/relay.h"  // IWYU pragma: export

#endif  // H2WIRE_RELAY_H_
