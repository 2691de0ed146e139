// SPDX-License-Identifier: Apache-2.0

// Every frame type, as a plain struct, in the order of the type codes.
//
// A frame type is described once: by the members of its struct and by its Layout, which names them
// in the order in which the RFC draws them. Decoding, encoding, printing, comparing and all else
// are walks over that description: classes with one small member function for each of these words.
//
//   Stream(id)                   Stream Identifier (31), never 0
//   StreamOrConnection(id)       Stream Identifier (31), 0 for the connection
//                                (with neither of the two it is always 0)
//   Flag(bit, name, on)          a flag of the header
//   PadLength(length)            [Pad Length (8)] if the flag PADDED (0x08) is set, and as much
//                                Padding (..2040) at the end
//   U8(name, value)              name (8)
//   U31(name, value)             Reserved (1), name (31)
//   U32(name, value)             name (32)
//   BitAndU31(bit_name, bit, name, value)
//                                bit_name (1), name (31)
//   Octets(name, array)          name (8 * size of the array), copied
//   Group(name, fields)          the fields of another struct
//   Optional(bit, name, fields)  the same, there only if a flag is set
//   Sized16(name, bytes, fault)  Length (16), name (..), by reference; the fault of overrunning
//   Rest(name, bytes, unit)      name (..), by reference, a whole number of units of octets
//   Header(header)               all of the nine octets, whatever they say
//   NamesStream(id)              right behind a U31 or BitAndU31: what it holds identifies a stream
//
// and of the rules that are not about the size of a field. One that stands before a borrowed part
// is judged before that is there, when a frame arrives in pieces:
//
//   Require(condition, fault)    a rule about the values, and the fault of breaking it
//   RequireEmpty(when, fault)    a rule about flags: with them there is no payload
//   WrongLength(fault)           the fault of another length, where it is not kWrongLength or, of a
//                                Rest of units, kPartialEntry; stands before that Rest
//   RequireSettings(view)        a rule about settings: each has a value that it may have, as far
//                                as the set of frame types knows it
//   Expect(condition, rule)      a rule whose breach means "ignore this frame": it is then decoded
//   ExpectConnection(rule)       as a RawFrame, and never encoded. ExpectConnection and
//   ExpectNoFlags(bits, rule)    ExpectNoFlags are about the header
//
// The compiler checks each Layout, and refuses one that is not supported with a sentence that says
// what to change: the fields of a fixed size come first, 8 octets of them at most, a PadLength
// before them and rules behind; then, by reference, a Sized16, or none, and a Rest; and so on
// (walk/grammar.h). It cannot see
//
//   - a word behind a condition on a rare value, `if (frame.kind == 7) walk.U32(...)`: the words
//     must be the same for all values;
//   - a member that the Layout forgets, and a rule that is not the RFC's;
//   - a Require about borrowed octets that stands before them: they are empty there.
//
// Presence is stored once: a `pad_length` that has a value is the flag PADDED. Members of type
// Bytes (and the views) are borrowed: they live as long as the buffer that the frame was decoded
// from.
//
// To add a frame type, write its struct here and add it to `Frame`; the README lists what its tests
// need.

#ifndef H2WIRE_FRAMES_H_
#define H2WIRE_FRAMES_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/walk/grammar.h"
#include "h2wire/walk/type_list.h"

namespace h2wire::inline H2WIRE_ABI {

// RFC 9113, 6.1. Carries the content of a request or response.
struct DataFrame {
  StreamId stream_id = 0;
  bool end_stream = false;
  std::optional<std::uint8_t> pad_length{};  // octets of padding; 0 is not the same as none
  Bytes data{};

  static constexpr FrameType kType{0x00};
  static constexpr std::string_view kName = "DATA";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Flag(0x01, "end_stream", frame.end_stream);
    walk.PadLength(frame.pad_length);
    walk.Rest("data", frame.data, 1);
  }
};

// The octets by which `frame` shrinks the windows of its stream and its connection: the whole
// payload, padding and Pad Length included. RFC 9113, 6.9.1.
[[nodiscard]] constexpr std::size_t FlowControlledLength(const DataFrame& frame) noexcept {
  return frame.data.size() + (frame.pad_length ? 1 + std::size_t{*frame.pad_length} : 0);
}

// RFC 9113, 6.3. The fields that HEADERS and PRIORITY share. Deprecated, and still sent.
struct Priority {
  bool exclusive = false;
  StreamId depends_on = 0;   // the Stream Dependency; one that is the stream itself is accepted
  std::uint8_t weight = 15;  // as on the wire: one less than the weight

  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& fields, auto& walk) {
    walk.BitAndU31("exclusive", fields.exclusive, "depends_on", fields.depends_on);
    walk.NamesStream(fields.depends_on);
    walk.U8("weight", fields.weight);
  }

  friend constexpr bool operator==(const Priority&, const Priority&) = default;
};

// RFC 9113, 6.2. Opens a stream, or ends its content with trailers.
struct HeadersFrame {
  StreamId stream_id = 0;
  bool end_stream = false;
  bool end_headers = false;                  // without it, CONTINUATION frames follow
  std::optional<std::uint8_t> pad_length{};  // octets of padding; 0 is not the same as none
  std::optional<Priority> priority{};
  Bytes fragment{};  // of a field block, compressed by HPACK

  static constexpr FrameType kType{0x01};
  static constexpr std::string_view kName = "HEADERS";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Flag(0x01, "end_stream", frame.end_stream);
    walk.Flag(0x04, "end_headers", frame.end_headers);
    walk.PadLength(frame.pad_length);
    walk.Optional(0x20, "priority", frame.priority);
    walk.Rest("fragment", frame.fragment, 1);
  }
};

// RFC 9113, 6.3. Says how important a stream is, in the deprecated way of RFC 7540.
struct PriorityFrame {
  StreamId stream_id = 0;
  Priority priority{};

  static constexpr FrameType kType{0x02};
  static constexpr std::string_view kName = "PRIORITY";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Group("priority", frame.priority);
    walk.WrongLength(Fault::kWrongPriorityLength);
  }
};

// RFC 9113, 6.4. Ends a stream at once.
struct RstStreamFrame {
  StreamId stream_id = 0;
  ErrorCode error_code{};

  static constexpr FrameType kType{0x03};
  static constexpr std::string_view kName = "RST_STREAM";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.U32("error_code", frame.error_code);
  }
};

// RFC 9113, 6.5. Tells the peer how the sender wants to be talked to, or that its wish is granted.
struct SettingsFrame {
  bool ack = false;
  SettingsView settings{};

  static constexpr FrameType kType{0x04};
  static constexpr std::string_view kName = "SETTINGS";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x01, "ack", frame.ack);
    walk.RequireEmpty(frame.ack, Fault::kSettingsAckWithPayload);
    walk.WrongLength(Fault::kPartialSetting);
    walk.Rest("settings", frame.settings, kSettingSize);
    walk.RequireSettings(frame.settings);
  }
};

// RFC 9113, 6.6. Announces a stream that the server is going to open for a response nobody asked
// for.
struct PushPromiseFrame {
  StreamId stream_id = 0;                    // of the request that it goes with
  bool end_headers = false;                  // without it, CONTINUATION frames follow
  std::optional<std::uint8_t> pad_length{};  // octets of padding; 0 is not the same as none
  StreamId promised_stream_id = 0;           // even
  Bytes fragment{};                          // of a field block, compressed by HPACK

  static constexpr FrameType kType{0x05};
  static constexpr std::string_view kName = "PUSH_PROMISE";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Flag(0x04, "end_headers", frame.end_headers);
    walk.PadLength(frame.pad_length);
    walk.U31("promised_stream_id", frame.promised_stream_id);
    walk.NamesStream(frame.promised_stream_id);
    walk.Require(frame.promised_stream_id != 0 && frame.promised_stream_id % 2 == 0,
                 Fault::kInvalidPromisedStreamId);
    walk.Rest("fragment", frame.fragment, 1);
  }
};

// RFC 9113, 6.7. Asks the peer for a sign of life, or is that sign.
struct PingFrame {
  bool ack = false;
  alignas(8) std::array<std::byte, 8> opaque_data{};  // moved as one word

  static constexpr FrameType kType{0x06};
  static constexpr std::string_view kName = "PING";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x01, "ack", frame.ack);
    walk.Octets("opaque_data", frame.opaque_data);
  }
};

// RFC 9113, 6.8. Ends a connection: no stream above `last_stream_id` was or will be acted on.
struct GoawayFrame {
  StreamId last_stream_id = 0;
  ErrorCode error_code{};
  Bytes debug_data{};  // for people; what it says has no meaning in the protocol

  static constexpr FrameType kType{0x07};
  static constexpr std::string_view kName = "GOAWAY";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.U31("last_stream_id", frame.last_stream_id);
    walk.U32("error_code", frame.error_code);
    walk.Rest("debug_data", frame.debug_data, 1);
  }
};

// RFC 9113, 6.9. Lets the peer send more.
struct WindowUpdateFrame {
  StreamId stream_id = 0;                   // 0: the window of the connection
  std::uint32_t window_size_increment = 0;  // octets, 1 to 2^31-1

  static constexpr FrameType kType{0x08};
  static constexpr std::string_view kName = "WINDOW_UPDATE";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.StreamOrConnection(frame.stream_id);
    walk.U31("window_size_increment", frame.window_size_increment);
    walk.Require(frame.window_size_increment != 0, Fault::kZeroWindowIncrement);
  }
};

// RFC 9113, 6.10. Goes on with the field block of the HEADERS or PUSH_PROMISE before it.
struct ContinuationFrame {
  StreamId stream_id = 0;
  bool end_headers = false;  // without it, further CONTINUATION frames follow
  Bytes fragment{};          // of a field block, compressed by HPACK

  static constexpr FrameType kType{0x09};
  static constexpr std::string_view kName = "CONTINUATION";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Flag(0x04, "end_headers", frame.end_headers);
    walk.Rest("fragment", frame.fragment, 1);
  }
};

// RFC 7838, 4. Names other places where the same origin is served: `origin` on stream 0, the origin
// of the request on its stream.
struct AltSvcFrame {
  StreamId stream_id = 0;
  Bytes origin{};               // ASCII; empty on a stream, and only there
  Bytes alt_svc_field_value{};  // as in the Alt-Svc field, ASCII

  static constexpr FrameType kType{0x0a};
  static constexpr std::string_view kName = "ALTSVC";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.StreamOrConnection(frame.stream_id);
    walk.Sized16("origin", frame.origin, Fault::kOriginOverrun);
    walk.Expect((frame.stream_id == 0) != frame.origin.empty(),
                {"RFC 7838, 4", "ALTSVC names an origin on stream 0, and only there"});
    walk.Rest("alt_svc_field_value", frame.alt_svc_field_value, 1);
  }
};

// RFC 8336, 2. Lists the origins that the server is ready to answer for on this connection.
struct OriginFrame {
  OriginsView origins{};

  static constexpr FrameType kType{0x0c};
  static constexpr std::string_view kName = "ORIGIN";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.ExpectConnection({"RFC 8336, 2.1", "ORIGIN belongs to the connection"});
    walk.ExpectNoFlags(0x0f, {"RFC 8336, 2.1", "ORIGIN has none of the flags 0x1, 0x2, 0x4, 0x8"});
    walk.Rest("origins", frame.origins, 1);
    walk.Require(frame.origins.Whole(), Fault::kOriginEntryOverrun);
  }
};

// RFC 9218, 7.1. Says how important a response is, also before its request is there.
struct PriorityUpdateFrame {
  StreamId prioritized_stream_id = 0;
  Bytes priority_field_value{};  // as in the Priority field, ASCII

  static constexpr FrameType kType{0x10};
  static constexpr std::string_view kName = "PRIORITY_UPDATE";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.U31("prioritized_stream_id", frame.prioritized_stream_id);
    walk.NamesStream(frame.prioritized_stream_id);
    walk.Require(frame.prioritized_stream_id != 0, Fault::kNoPrioritizedStream);
    walk.Rest("priority_field_value", frame.priority_field_value, 1);
  }
};

// RFC 9113, 5.5. A frame of a type not in this file, one that must be ignored, or any frame that
// somebody wants to send as it is: nothing is judged but its size, which is the size of `payload`.
struct RawFrame {
  RawHeader header{};
  Bytes payload{};

  static constexpr std::string_view kName = "UNKNOWN";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Header(frame.header);
    walk.Rest("payload", frame.payload, 1);
  }
};

// The header of `frame` with its length. A payload of more than 2^24-1 octets has none.
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr FrameHeader HeaderOf(const RawFrame& frame) noexcept {
  return {.length = static_cast<std::uint32_t>(frame.payload.size()),
          .type = frame.header.type,
          .flags = frame.header.flags,
          .reserved = frame.header.reserved,
          .stream_id = frame.header.stream_id};
}

// A struct that describes a frame type: one of those above, or a user's.
template <class F>
concept FrameAlternative = std::same_as<F, RawFrame> || requires {
  { F::kType } -> std::convertible_to<FrameType>;
  { F::kName } -> std::convertible_to<std::string_view>;
};

// The frames that carry a field block, or a fragment of one. RFC 9113, 4.3.
template <class F>
concept FieldBlockFrame = std::same_as<F, HeadersFrame> || std::same_as<F, PushPromiseFrame> ||
    std::same_as<F, ContinuationFrame>;

namespace internal {

template <class... Fs>
struct CheckedSet {
  static_assert(!(std::same_as<Fs, RawFrame> || ...),
                "h2wire: RawFrame is in every set: leave it out of the list");
  static_assert(SoundTypes<Fs...>::kChecked);
  using Type = std::variant<Fs..., RawFrame>;
};

}  // namespace internal

// The frame types that a program knows, as the variant of their structs. All others are RawFrames.
template <FrameAlternative... Fs>
using FrameSet = typename internal::CheckedSet<Fs...>::Type;

// The types that the library knows. It is what FrameSet would make of them, written out, so that
// their descriptions are checked once, in src/stream_decoder.cc.
using Frame =
    std::variant<DataFrame, HeadersFrame, PriorityFrame, RstStreamFrame, SettingsFrame,
                 PushPromiseFrame, PingFrame, GoawayFrame, WindowUpdateFrame, ContinuationFrame,
                 AltSvcFrame, OriginFrame, PriorityUpdateFrame, RawFrame>;

// A FrameSet, whichever it is.
template <class Set>
concept AnyFrameSet = internal::kEndsWith<Set, RawFrame>;

// Whether `Set` has the struct F.
template <AnyFrameSet Set, FrameAlternative F>
inline constexpr bool kHas = internal::Alternatives<Set>::template kHas<F>;

namespace internal {

template <class F>
requires kHas<Frame, F>
struct Sound<F> {
  static constexpr bool kChecked = true;
};

template <class List>
struct SetOf;
template <class... Fs>
struct SetOf<TypeList<Fs...>> {
  using Type = FrameSet<Fs...>;
};

}  // namespace internal

// `Set` without the types Fs, and with them added:
//
//   using MyFrame = With<Without<Frame, OriginFrame>, MetadataFrame>;
template <AnyFrameSet Set, FrameAlternative... Fs>
using Without = typename internal::SetOf<
    internal::Dropping<internal::Alternatives<Set>, internal::TypeList<Fs..., RawFrame>>>::Type;
template <AnyFrameSet Set, FrameAlternative... Fs>
using With = typename internal::SetOf<
    internal::Joined<internal::Dropping<internal::Alternatives<Set>, internal::TypeList<RawFrame>>,
                     internal::TypeList<Fs...>>>::Type;

// Settings of a program's own, named beside a set that is not `Frame` itself. Whatever takes the
// set judges and prints them like those of the library.
//
//   template <>
//   inline constexpr auto h2wire::kOwnSettings<MyFrame> =
//       std::to_array<h2wire::SettingRow>({{SettingId{0x4d44}, "ENABLE_METADATA", 0, 1}});
template <AnyFrameSet Set>
inline constexpr std::array<SettingRow, 0> kOwnSettings{};

// Whether F is one of the library's three extensions of RFC 9113, which DecodeOptions::extensions
// is about.
template <FrameAlternative F>
inline constexpr bool kIsExtension = std::same_as<F, AltSvcFrame> || std::same_as<F, OriginFrame> ||
                                     std::same_as<F, PriorityUpdateFrame>;

}  // namespace h2wire

#endif  // H2WIRE_FRAMES_H_
