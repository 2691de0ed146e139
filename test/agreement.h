// SPDX-License-Identifier: Apache-2.0

// Holds the library against the reference decoder, field by field.

#ifndef H2WIRE_TEST_AGREEMENT_H_
#define H2WIRE_TEST_AGREEMENT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/guard.h"
#include "order_reference.h"
#include "reference.h"

namespace h2wire {

inline const std::uint8_t* Octets(Bytes bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

inline reference::Result ReferenceDecode(Bytes in, const DecodeOptions& options) {
  return reference::Decode(Octets(in), in.size(),
                           {.max_frame_size = options.max_frame_size,
                            .extensions = options.extensions,
                            .reject_nonzero_padding = options.reject_nonzero_padding});
}

inline reference::Order ReferenceOrder(const GuardOptions& options) {
  return reference::Order({.receiver = static_cast<reference::Side>(options.receiver),
                           .observer = options.observer,
                           .joined = options.joined,
                           .upgraded = options.upgraded,
                           .extensions = options.extensions});
}

namespace agreement {

// The fault that stands for each rule of the reference.
constexpr Fault FaultOf(reference::Rule rule) {
  using reference::Rule;
  switch (rule) {
    case Rule::kNone:
      return Fault::kNone;
    case Rule::kMaxFrameSize:
      return Fault::kFrameTooLarge;
    case Rule::kOnStreamZero:
      return Fault::kStreamRequired;
    case Rule::kOnAStream:
      return Fault::kStreamForbidden;
    case Rule::kNoRoomForFields:
      return Fault::kTooShort;
    case Rule::kNotTheOneLength:
      return Fault::kWrongLength;
    case Rule::kPriorityNotFiveOctets:
      return Fault::kWrongPriorityLength;
    case Rule::kSettingsAckNotEmpty:
      return Fault::kSettingsAckWithPayload;
    case Rule::kSettingsNotSixes:
      return Fault::kPartialSetting;
    case Rule::kPaddingOverPayload:
      return Fault::kPaddingTooLong;
    case Rule::kPaddingNotZero:
      return Fault::kNonzeroPadding;
    case Rule::kEnablePush:
      return Fault::kInvalidEnablePush;
    case Rule::kInitialWindowSize:
      return Fault::kInvalidInitialWindowSize;
    case Rule::kMaxFrameSizeSetting:
      return Fault::kInvalidMaxFrameSize;
    case Rule::kEnableConnectProtocol:
      return Fault::kInvalidEnableConnectProtocol;
    case Rule::kNoRfc7540Priorities:
      return Fault::kInvalidNoRfc7540Priorities;
    case Rule::kPromisedStream:
      return Fault::kInvalidPromisedStreamId;
    case Rule::kIncrementZero:
      return Fault::kZeroWindowIncrement;
    case Rule::kOriginOverPayload:
      return Fault::kOriginOverrun;
    case Rule::kOriginEntryOverPayload:
      return Fault::kOriginEntryOverrun;
    case Rule::kPrioritizedStreamZero:
      return Fault::kNoPrioritizedStream;
  }
  return Fault::kNone;
}

constexpr Fault FaultOf(reference::OrderRule rule) {
  using reference::OrderRule;
  switch (rule) {
    case OrderRule::kNone:
      return Fault::kNone;
    case OrderRule::kFirstIsSettings:
      return Fault::kFirstFrameNotSettings;
    case OrderRule::kNothingWithinAFieldBlock:
      return Fault::kFieldBlockInterrupted;
    case OrderRule::kContinuesNothing:
      return Fault::kStrayContinuation;
    case OrderRule::kClientsDoNotPromise:
      return Fault::kPushPromiseToServer;
    case OrderRule::kPushIsDisabled:
      return Fault::kPushPromiseWhileDisabled;
    case OrderRule::kServersDoNotEnablePush:
      return Fault::kEnablePushFromServer;
    case OrderRule::kConnectProtocolStays:
      return Fault::kConnectProtocolWithdrawn;
    case OrderRule::kAcknowledgesNothing:
      return Fault::kStraySettingsAck;
    case OrderRule::kServersDoNotUpdatePriorities:
      return Fault::kPriorityUpdateToClient;
    case OrderRule::kClientsUseTheirStreams:
      return Fault::kStreamOfServer;
    case OrderRule::kPromisesAreOnStreamsOfClients:
      return Fault::kPromiseOnStreamOfServer;
    case OrderRule::kIdleStreamsGetNothing:
      return Fault::kIdleStream;
    case OrderRule::kPromisedStreamsGoUp:
      return Fault::kPromisedStreamIdNotNew;
    case OrderRule::kLastStreamsDoNotGoUp:
      return Fault::kLastStreamIdIncreased;
  }
  return Fault::kNone;
}

// Gathers the first thing that differs. Borrowed octets are compared by place, not by content: they
// are those of the input, and were not copied.
struct Comparison {
  const reference::Result& expected;
  std::string_view difference{};

  void Same(std::string_view name, bool same) {
    if (!same && difference.empty()) difference = name;
  }
  void SameOctets(std::string_view name, Bytes bytes, const std::uint8_t* at, std::size_t size) {
    Same(name, bytes.size() == size && (size == 0 || Octets(bytes) == at));
  }
  void Stream(StreamId id) { Same("stream_id", id == expected.stream); }
  void Padding(const std::optional<std::uint8_t>& length) {
    Same("presence of pad_length", length.has_value() == expected.padded);
    Same("pad_length", length.value_or(0) == expected.pad_length);
  }
  void PriorityFields(const Priority& priority) {
    Same("exclusive", priority.exclusive == expected.exclusive);
    Same("depends_on", priority.depends_on == expected.stream_dependency);
    Same("weight", priority.weight == expected.weight);
  }
  void Rest(std::string_view name, Bytes bytes) {
    SameOctets(name, bytes, expected.rest, expected.rest_size);
  }

  template <class F>
  void operator()(const F& frame) {
    Compare(frame);
    if constexpr (requires { F::kType; }) {
      Same("the type",
           expected.verdict == reference::Verdict::kFrame && FrameType{expected.type} == F::kType);
    }
  }

  void Compare(const DataFrame& frame) {
    Stream(frame.stream_id);
    Same("end_stream", frame.end_stream == expected.end_stream);
    Padding(frame.pad_length);
    Rest("data", frame.data);
  }
  void Compare(const HeadersFrame& frame) {
    Stream(frame.stream_id);
    Same("end_stream", frame.end_stream == expected.end_stream);
    Same("end_headers", frame.end_headers == expected.end_headers);
    Padding(frame.pad_length);
    Same("presence of priority", frame.priority.has_value() == expected.has_priority);
    if (frame.priority) PriorityFields(*frame.priority);
    Rest("fragment", frame.fragment);
  }
  void Compare(const PriorityFrame& frame) {
    Stream(frame.stream_id);
    PriorityFields(frame.priority);
  }
  void Compare(const RstStreamFrame& frame) {
    Stream(frame.stream_id);
    Same("error_code", frame.error_code == ErrorCode{expected.code});
  }
  void Compare(const SettingsFrame& frame) {
    Same("ack", frame.ack == expected.ack);
    Rest("settings", frame.settings.octets());
    const std::uint8_t* entry = expected.rest;
    for (const Setting setting : frame.settings) {
      const unsigned id = entry[0] * 256u + entry[1];
      const std::uint32_t value =
          (entry[2] * 256u + entry[3]) * 65536u + entry[4] * 256u + entry[5];
      Same("a setting", static_cast<unsigned>(setting.id) == id && setting.value == value);
      entry += 6;
    }
    Same("the number of settings", entry == expected.rest + expected.rest_size);
  }
  void Compare(const PushPromiseFrame& frame) {
    Stream(frame.stream_id);
    Same("end_headers", frame.end_headers == expected.end_headers);
    Padding(frame.pad_length);
    Same("promised_stream_id", frame.promised_stream_id == expected.promised_stream);
    Rest("fragment", frame.fragment);
  }
  void Compare(const PingFrame& frame) {
    Same("ack", frame.ack == expected.ack);
    Same("opaque_data", std::memcmp(frame.opaque_data.data(), expected.opaque, 8) == 0);
  }
  void Compare(const GoawayFrame& frame) {
    Same("last_stream_id", frame.last_stream_id == expected.last_stream);
    Same("error_code", frame.error_code == ErrorCode{expected.code});
    Rest("debug_data", frame.debug_data);
  }
  void Compare(const WindowUpdateFrame& frame) {
    Stream(frame.stream_id);
    Same("window_size_increment", frame.window_size_increment == expected.increment);
  }
  void Compare(const ContinuationFrame& frame) {
    Stream(frame.stream_id);
    Same("end_headers", frame.end_headers == expected.end_headers);
    Rest("fragment", frame.fragment);
  }
  void Compare(const AltSvcFrame& frame) {
    Stream(frame.stream_id);
    SameOctets("origin", frame.origin, expected.origin, expected.origin_size);
    Rest("alt_svc_field_value", frame.alt_svc_field_value);
  }
  void Compare(const OriginFrame& frame) {
    Rest("origins", frame.origins.octets());
    const std::uint8_t* at = expected.rest;
    for (const Bytes origin : frame.origins) {
      const std::size_t size = at[0] * 256u + at[1];
      SameOctets("an origin", origin, at + 2, size);
      at += 2 + size;
    }
    Same("the number of origins", at == expected.rest + expected.rest_size);
  }
  void Compare(const PriorityUpdateFrame& frame) {
    Same("prioritized_stream_id", frame.prioritized_stream_id == expected.prioritized_stream);
    Rest("priority_field_value", frame.priority_field_value);
  }
  void Compare(const auto&) {
    Same("a type of frame that reference.cc and agreement.h have no case for", false);
  }
  void Compare(const RawFrame& frame) {
    Same("whether it is raw", expected.verdict == reference::Verdict::kRaw);
    Same("header.type", frame.header.type == FrameType{expected.type});
    Same("header.flags", frame.header.flags == expected.flags);
    Same("header.reserved", frame.header.reserved == expected.reserved);
    Same("header.stream_id", frame.header.stream_id == expected.stream);
    Rest("payload", frame.payload);
  }

  void SameError(const FrameError& error) {
    Same("the verdict", expected.verdict == reference::Verdict::kError);
    Same("the fault", error.fault == FaultOf(expected.rule));
    Same("the error code", error.code == ErrorCode{expected.error_code});
    Same("the scope of the error", error.stream_id == expected.error_stream);
  }
  void SameOutcome(const Outcome& outcome) {
    Same("the size", outcome.size == expected.size);
    if (outcome.status == DecodeStatus::kError) {
      SameError(outcome.error);
    } else {
      const bool more = expected.verdict == reference::Verdict::kNeedMore;
      Same("the verdict", more == (outcome.status == DecodeStatus::kNeedMore) &&
                              expected.verdict != reference::Verdict::kError);
      Same("the error of a frame without one", outcome.error == FrameError());
    }
  }
};

}  // namespace agreement

// The first thing in which decoding the first frame of `in` differs from what the reference made of
// it; empty if nothing does.
inline std::string_view DifferenceFrom(const reference::Result& expected, Bytes in,
                                       const DecodeOptions& options) {
  agreement::Comparison comparison{expected};
  bool called = false;
  const Outcome outcome = DecodeTo(
      in,
      [&](const auto& frame) {
        called = true;
        comparison(frame);
      },
      options);
  comparison.SameOutcome(outcome);
  comparison.Same("whether the sink is called", called == (outcome.status == DecodeStatus::kOk));
  return comparison.difference;
}

// The same of a frame that was decoded into a variant.
inline std::string_view DifferenceFrom(const reference::Result& expected,
                                       const Decoded<Frame>& decoded) {
  agreement::Comparison comparison{expected};
  if (decoded.status == DecodeStatus::kOk) Visit(comparison, decoded.frame);
  comparison.SameOutcome(decoded);
  return comparison.difference;
}

// The same of judging the first nine octets alone, which the reference was given alone as well.
inline std::string_view HeaderDifferenceFrom(const reference::Result& expected, Bytes nine_octets,
                                             const DecodeOptions& options) {
  const Decoded<FrameHeader> header = DecodeHeader(nine_octets, options);
  agreement::Comparison comparison{expected};
  comparison.Same("the size", header.size == expected.size);
  if (header.status == DecodeStatus::kError) {
    comparison.SameError(header.error);
  } else {
    comparison.Same("the verdict", header.status == DecodeStatus::kOk &&
                                       expected.verdict != reference::Verdict::kError);
  }
  comparison.Same("the header", header.frame.length == expected.length &&
                                    header.frame.type == FrameType{expected.type} &&
                                    header.frame.flags == expected.flags &&
                                    header.frame.reserved == expected.reserved &&
                                    header.frame.stream_id == expected.stream);
  return comparison.difference;
}

// Whether a receiver with `options` accepts what others refuse for `fault`: the value of a setting
// that it does not know.
inline bool IsOfUnknownSetting(Fault fault, const DecodeOptions& options) {
  return !options.extensions && (fault == Fault::kInvalidEnableConnectProtocol ||
                                 fault == Fault::kInvalidNoRfc7540Priorities);
}

// Whether encoding what the first frame of `in` decodes to gives its canonical octets, or is
// refused since others would refuse it. `in` begins with a frame that decodes; `canonical` and
// `encoded` have room for it.
inline bool EncodesToCanonical(const reference::Result& expected, Bytes in,
                               const DecodeOptions& options, MutableBytes canonical,
                               MutableBytes encoded) {
  std::memcpy(canonical.data(), in.data(), expected.size);
  reference::Canonicalize(reinterpret_cast<std::uint8_t*>(canonical.data()), expected);
  Encoded result;
  static_cast<void>(DecodeTo(
      in, [&](const auto& frame) { result = Encode(frame, encoded.first(expected.size)); },
      options));
  if (IsOfUnknownSetting(result.fault, options)) return true;
  return result.fault == Fault::kNone && result.size == expected.size &&
         std::memcmp(canonical.data(), encoded.data(), expected.size) == 0;
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_AGREEMENT_H_
