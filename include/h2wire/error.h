// SPDX-License-Identifier: Apache-2.0

// What can be wrong with a frame, and what RFC 9113 says to do about it.
//
// A `Fault` says which rule was broken; one table says what follows from it: the error code for the
// peer, whether the stream or the whole connection is lost, the section of the RFC, a sentence for
// people. A `FrameError` is a fault in a place.

#ifndef H2WIRE_ERROR_H_
#define H2WIRE_ERROR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

// An error code of RST_STREAM and GOAWAY. An open enumeration: unknown codes are kept, and must not
// trigger special behaviour. RFC 9113, 7.
enum class ErrorCode : std::uint32_t {
  kNoError = 0x00,
  kProtocolError = 0x01,
  kInternalError = 0x02,
  kFlowControlError = 0x03,
  kSettingsTimeout = 0x04,
  kStreamClosed = 0x05,
  kFrameSizeError = 0x06,
  kRefusedStream = 0x07,
  kCancel = 0x08,
  kCompressionError = 0x09,
  kConnectError = 0x0a,
  kEnhanceYourCalm = 0x0b,
  kInadequateSecurity = 0x0c,
  kHttp11Required = 0x0d,
};

inline constexpr std::string_view kErrorCodeNames[] = {
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
};

// The RFC's name of `code`; empty for a code nobody named.
[[nodiscard]] constexpr std::string_view NameOf(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(kErrorCodeNames) ? kErrorCodeNames[index] : std::string_view();
}

// The rules, each with its row in kFaultRows below, in the same order.
enum class Fault : std::uint8_t {
  kNone,

  // Decided by the nine octets of the header.
  kFrameTooLarge,
  kStreamRequired,
  kStreamForbidden,
  kTooShort,
  kWrongLength,
  kWrongPriorityLength,
  kSettingsAckWithPayload,
  kPartialSetting,

  // Decided by the payload.
  kPaddingTooLong,
  kNonzeroPadding,
  kInvalidEnablePush,
  kInvalidInitialWindowSize,
  kInvalidMaxFrameSize,
  kInvalidEnableConnectProtocol,
  kInvalidNoRfc7540Priorities,
  kInvalidPromisedStreamId,
  kZeroWindowIncrement,
  kOriginOverrun,
  kOriginEntryOverrun,
  kNoPrioritizedStream,

  // Of frame types and settings that are not the library's, which have no rows of their own.
  kPartialEntry,
  kFieldOverrun,
  kInvalidValue,
  kInvalidSetting,

  // Decided by what stands where a client's preface or the first frame belongs, and by the storage
  // of a decoder of frames that arrive in pieces.
  kBadPreface,
  kHttp1Request,
  kHttp1Response,
  kTls,
  kStorageTooSmall,
  kFrameTooLargeToAssemble,

  // Decided by what came before, and by who receives it.
  kFirstFrameNotSettings,
  kFieldBlockInterrupted,
  kStrayContinuation,
  kPushPromiseToServer,
  kPushPromiseWhileDisabled,
  kEnablePushFromServer,
  kConnectProtocolWithdrawn,
  kStraySettingsAck,
  kPriorityUpdateToClient,
  kStreamOfServer,
  kPromiseOnStreamOfServer,
  kIdleStream,
  kPromisedStreamIdNotNew,
  kLastStreamIdIncreased,

  // Limits of what a receiver puts up with.
  kFieldBlockTooLarge,
  kTooManyContinuations,
  kTooManyEmptyFrames,
  kTooMuchSmallData,
  kTooManyResets,
  kTooManyStreamErrors,
  kTooManySettingsFrames,
  kTooManySettings,
  kTooManyPings,
  kTooManyPriorities,
  kTooManyTinyWindowUpdates,
  kTooManyIgnoredFrames,
  kTooMuchPadding,
  kTooManyGoaways,

  // Windows of flow control.
  kWindowOverflow,
  kInitialWindowOverflow,
  kWindowExceeded,

  // Reasons not to encode.
  kNoRoom,
  kPayloadTooLarge,
  kValueTooLarge,
  kWouldBeIgnored,
};

enum class Scope : std::uint8_t { kConnection, kStream };

struct FaultRow {
  Fault fault;
  std::string_view name;     // stable, for counters and logs
  ErrorCode code;            // what to tell the peer
  Scope scope;               // RFC 9113, 5.4; a stream error without a stream is the connection's
  std::string_view section;  // of an RFC; or the best known attack that the rule stops
  std::string_view sentence;
};

inline constexpr FaultRow kFaultRows[] = {
    {Fault::kNone, "none", ErrorCode::kNoError, Scope::kConnection, "", "nothing is wrong"},

    {Fault::kFrameTooLarge, "frame_too_large", ErrorCode::kFrameSizeError, Scope::kConnection,
     "RFC 9113, 4.2", "the payload is longer than the receiver's SETTINGS_MAX_FRAME_SIZE"},
    {Fault::kStreamRequired, "stream_required", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 6", "a frame of this type belongs to a stream, and this one is on stream 0"},
    {Fault::kStreamForbidden, "stream_forbidden", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 6", "a frame of this type belongs to the connection, and this one is on a stream"},
    {Fault::kTooShort, "too_short", ErrorCode::kFrameSizeError, Scope::kConnection, "RFC 9113, 4.2",
     "the payload is shorter than the fields that its type and flags call for"},
    {Fault::kWrongLength, "wrong_length", ErrorCode::kFrameSizeError, Scope::kConnection,
     "RFC 9113, 4.2", "the payload is not exactly as long as the fields of its type"},
    {Fault::kWrongPriorityLength, "wrong_priority_length", ErrorCode::kFrameSizeError,
     Scope::kStream, "RFC 9113, 6.3", "the payload of a PRIORITY frame is not 5 octets long"},
    {Fault::kSettingsAckWithPayload, "settings_ack_with_payload", ErrorCode::kFrameSizeError,
     Scope::kConnection, "RFC 9113, 6.5", "a SETTINGS acknowledgement has a payload"},
    {Fault::kPartialSetting, "partial_setting", ErrorCode::kFrameSizeError, Scope::kConnection,
     "RFC 9113, 6.5", "the payload of a SETTINGS frame is not a multiple of 6 octets"},

    {Fault::kPaddingTooLong, "padding_too_long", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 6.1", "the padding is longer than what the payload has left for it"},
    {Fault::kNonzeroPadding, "nonzero_padding", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 6.1", "an octet of the padding is not zero"},
    {Fault::kInvalidEnablePush, "invalid_enable_push", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 6.5.2", "SETTINGS_ENABLE_PUSH is neither 0 nor 1"},
    {Fault::kInvalidInitialWindowSize, "invalid_initial_window_size", ErrorCode::kFlowControlError,
     Scope::kConnection, "RFC 9113, 6.5.2", "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1"},
    {Fault::kInvalidMaxFrameSize, "invalid_max_frame_size", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 6.5.2",
     "SETTINGS_MAX_FRAME_SIZE is below 16384 or above 16777215"},
    {Fault::kInvalidEnableConnectProtocol, "invalid_enable_connect_protocol",
     ErrorCode::kProtocolError, Scope::kConnection, "RFC 8441, 3",
     "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1"},
    {Fault::kInvalidNoRfc7540Priorities, "invalid_no_rfc7540_priorities", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9218, 2.1", "SETTINGS_NO_RFC7540_PRIORITIES is neither 0 nor 1"},
    {Fault::kInvalidPromisedStreamId, "invalid_promised_stream_id", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 6.6",
     "the promised stream is not one that a server can open: its identifier is 0 or odd"},
    {Fault::kZeroWindowIncrement, "zero_window_increment", ErrorCode::kProtocolError,
     Scope::kStream, "RFC 9113, 6.9", "the window size increment is 0"},
    {Fault::kOriginOverrun, "origin_overrun", ErrorCode::kFrameSizeError, Scope::kConnection,
     "RFC 7838, 4", "the origin of an ALTSVC frame is longer than the payload"},
    {Fault::kOriginEntryOverrun, "origin_entry_overrun", ErrorCode::kFrameSizeError,
     Scope::kConnection, "RFC 8336, 2.1", "an entry of an ORIGIN frame is longer than the payload"},
    {Fault::kNoPrioritizedStream, "no_prioritized_stream", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9218, 7.1", "the prioritized stream of a PRIORITY_UPDATE is 0"},

    {Fault::kPartialEntry, "partial_entry", ErrorCode::kFrameSizeError, Scope::kConnection,
     "RFC 9113, 4.2", "the payload ends within an entry of the list that it carries"},
    {Fault::kFieldOverrun, "field_overrun", ErrorCode::kFrameSizeError, Scope::kConnection,
     "RFC 9113, 4.2", "a field is longer than what the payload has left for it"},
    {Fault::kInvalidValue, "invalid_value", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 5.4.1", "a field has a value that it may not have"},
    {Fault::kInvalidSetting, "invalid_setting", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 6.5.2", "a setting has a value that it may not have"},

    {Fault::kBadPreface, "bad_preface", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 3.4", "the client does not begin with the connection preface"},
    {Fault::kHttp1Request, "http1_request", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 3.4", "the client begins with an HTTP/1 request, not with the connection preface"},
    {Fault::kHttp1Response, "http1_response", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 3.4", "the octets begin with an HTTP/1 response, not with a frame"},
    {Fault::kTls, "tls", ErrorCode::kProtocolError, Scope::kConnection, "RFC 8446, 5.1",
     "these are TLS records, which nobody has decrypted"},
    {Fault::kStorageTooSmall, "storage_too_small", ErrorCode::kInternalError, Scope::kConnection,
     "", "the storage of the decoder is too small for the frames that it may have to assemble"},
    {Fault::kFrameTooLargeToAssemble, "frame_too_large_to_assemble", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "RFC 9113, 10.5",
     "the frame has to be put together, and is longer than the receiver puts up with"},

    {Fault::kFirstFrameNotSettings, "first_frame_not_settings", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 3.4",
     "the first frame is not SETTINGS, or is an acknowledgement of none"},
    {Fault::kFieldBlockInterrupted, "field_block_interrupted", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 4.3",
     "a field block is open, and the frame is not a CONTINUATION on its stream"},
    {Fault::kStrayContinuation, "stray_continuation", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 6.10", "a CONTINUATION frame continues no field block"},
    {Fault::kPushPromiseToServer, "push_promise_to_server", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 8.4", "a client sent PUSH_PROMISE"},
    {Fault::kPushPromiseWhileDisabled, "push_promise_while_disabled", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 6.6",
     "a PUSH_PROMISE frame came after SETTINGS_ENABLE_PUSH = 0 was acknowledged"},
    {Fault::kEnablePushFromServer, "enable_push_from_server", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 6.5.2", "a server set SETTINGS_ENABLE_PUSH to 1"},
    {Fault::kConnectProtocolWithdrawn, "connect_protocol_withdrawn", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 8441, 3", "SETTINGS_ENABLE_CONNECT_PROTOCOL went back from 1 to 0"},
    {Fault::kStraySettingsAck, "stray_settings_ack", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 6.5.3", "a SETTINGS acknowledgement acknowledges nothing"},
    {Fault::kPriorityUpdateToClient, "priority_update_to_client", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9218, 7.1", "a server sent PRIORITY_UPDATE"},
    {Fault::kStreamOfServer, "stream_of_server", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 5.1.1", "a client sent HEADERS or DATA on a stream that only a server can open"},
    {Fault::kPromiseOnStreamOfServer, "promise_on_stream_of_server", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 6.6",
     "a PUSH_PROMISE frame is on a stream that only a server can open"},
    {Fault::kIdleStream, "idle_stream", ErrorCode::kProtocolError, Scope::kConnection,
     "RFC 9113, 5.1", "the frame is on a stream that nobody has opened"},
    {Fault::kPromisedStreamIdNotNew, "promised_stream_id_not_new", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 5.1.1",
     "the promised stream is not above all that the server has promised before"},
    {Fault::kLastStreamIdIncreased, "last_stream_id_increased", ErrorCode::kProtocolError,
     Scope::kConnection, "RFC 9113, 6.8",
     "a GOAWAY frame has a greater last stream than one before it"},

    {Fault::kFieldBlockTooLarge, "field_block_too_large", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "RFC 9113, 10.5.1", "a field block has too many octets"},
    {Fault::kTooManyContinuations, "too_many_continuations", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "CVE-2024-27316", "a field block is in too many CONTINUATION frames"},
    {Fault::kTooManyEmptyFrames, "too_many_empty_frames", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "CVE-2019-9518", "too many frames in a row carry nothing and end nothing"},
    {Fault::kTooMuchSmallData, "too_much_small_data", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "RFC 9113, 10.5", "DATA frames of a few octets come too fast"},
    {Fault::kTooManyResets, "too_many_resets", ErrorCode::kEnhanceYourCalm, Scope::kConnection,
     "CVE-2023-44487", "RST_STREAM frames come too fast"},
    {Fault::kTooManyStreamErrors, "too_many_stream_errors", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "CVE-2025-8671", "stream errors come too fast"},
    {Fault::kTooManySettingsFrames, "too_many_settings_frames", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "CVE-2019-9515", "SETTINGS frames come too fast"},
    {Fault::kTooManySettings, "too_many_settings", ErrorCode::kEnhanceYourCalm, Scope::kConnection,
     "CVE-2020-11080", "a SETTINGS frame has too many settings"},
    {Fault::kTooManyPings, "too_many_pings", ErrorCode::kEnhanceYourCalm, Scope::kConnection,
     "CVE-2019-9512", "PING frames come too fast"},
    {Fault::kTooManyPriorities, "too_many_priorities", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "CVE-2019-9513", "PRIORITY and PRIORITY_UPDATE frames come too fast"},
    {Fault::kTooManyTinyWindowUpdates, "too_many_tiny_window_updates", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "CVE-2019-9511", "WINDOW_UPDATE frames of a few octets come too fast"},
    {Fault::kTooManyIgnoredFrames, "too_many_ignored_frames", ErrorCode::kEnhanceYourCalm,
     Scope::kConnection, "RFC 9113, 10.5", "frames that have no effect come too fast"},
    {Fault::kTooMuchPadding, "too_much_padding", ErrorCode::kEnhanceYourCalm, Scope::kConnection,
     "RFC 9113, 10.5", "padding comes too fast for the payload that it goes with"},
    {Fault::kTooManyGoaways, "too_many_goaways", ErrorCode::kEnhanceYourCalm, Scope::kConnection,
     "RFC 9113, 10.5", "GOAWAY frames come too fast"},

    {Fault::kWindowOverflow, "window_overflow", ErrorCode::kFlowControlError, Scope::kStream,
     "RFC 9113, 6.9.1", "a WINDOW_UPDATE makes the window larger than 2^31-1 octets"},
    {Fault::kInitialWindowOverflow, "initial_window_overflow", ErrorCode::kFlowControlError,
     Scope::kConnection, "RFC 9113, 6.9.2",
     "a change of SETTINGS_INITIAL_WINDOW_SIZE makes a window larger than 2^31-1 octets"},
    {Fault::kWindowExceeded, "window_exceeded", ErrorCode::kFlowControlError, Scope::kStream,
     "RFC 9113, 6.9.1", "more was sent than the window allows"},

    {Fault::kNoRoom, "no_room", ErrorCode::kInternalError, Scope::kConnection, "",
     "the buffer is too small for the frame"},
    {Fault::kPayloadTooLarge, "payload_too_large", ErrorCode::kInternalError, Scope::kConnection,
     "RFC 9113, 4.1", "the payload is longer than the 16777215 octets that Length can say"},
    {Fault::kValueTooLarge, "value_too_large", ErrorCode::kInternalError, Scope::kConnection,
     "RFC 9113, 4.1", "a value does not fit into the bits of its field"},
    {Fault::kWouldBeIgnored, "would_be_ignored", ErrorCode::kInternalError, Scope::kConnection, "",
     "a receiver would have to ignore the frame"},
};

static_assert(
    [] {
      for (std::size_t i = 0; i < std::size(kFaultRows); ++i) {
        if (static_cast<std::size_t>(kFaultRows[i].fault) != i) return false;
      }
      return true;
    }(),
    "the rows stand in the order of the enumeration");

// What follows from `fault`.
[[nodiscard]] constexpr const FaultRow& RowOf(Fault fault) noexcept {
  return kFaultRows[static_cast<std::size_t>(fault)];
}

// What is wrong with octets that stand in place of a connection preface; kNone if it is one, or may
// yet become one.
[[nodiscard]] constexpr Fault FaultOf(Greeting greeting) noexcept {
  switch (greeting) {
    case Greeting::kPreface:
    case Greeting::kNeedMore:
      return Fault::kNone;
    case Greeting::kHttp1Request:
      return Fault::kHttp1Request;
    case Greeting::kHttp1Response:
      return Fault::kHttp1Response;
    case Greeting::kTls:
      return Fault::kTls;
    case Greeting::kOther:
      break;
  }
  return Fault::kBadPreface;
}

// Whether no frame shows `fault` by itself, so that Decode and Encode never find it: it takes what
// is known of the connection, or of the storage of a decoder.
[[nodiscard]] constexpr bool NeedsContext(Fault fault) noexcept {
  return fault >= Fault::kBadPreface && fault <= Fault::kWindowExceeded;
}

// Whether only frame types and settings of a program's own show `fault`, and none of the library's.
[[nodiscard]] constexpr bool IsOfOwnTypes(Fault fault) noexcept {
  return fault >= Fault::kPartialEntry && fault <= Fault::kInvalidSetting;
}

// A rule by which a frame has to be ignored: no fault, nothing is lost but the frame.
struct Rule {
  std::string_view section;   // of an RFC
  std::string_view sentence;  // what holds of every frame that is not ignored
};

// A broken rule, and what is lost by it: the stream `stream_id` (answer with RST_STREAM), or with
// stream_id 0 the connection (answer with GOAWAY). RFC 9113, 5.4.
struct FrameError {
  Fault fault = Fault::kNone;
  ErrorCode code = ErrorCode::kNoError;
  StreamId stream_id = 0;

  friend constexpr bool operator==(const FrameError&, const FrameError&) = default;
};

// The error of breaking the rule `fault` with a frame on `stream_id`.
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr FrameError ErrorOf(Fault fault,
                                                                StreamId stream_id) noexcept {
  const FaultRow& row = RowOf(fault);
  return {fault, row.code, row.scope == Scope::kStream ? stream_id : 0};
}

}  // namespace h2wire

#endif  // H2WIRE_ERROR_H_
