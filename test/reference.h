// SPDX-License-Identifier: Apache-2.0

// A second decoder, to hold the library against: a plain switch over the type, written from the
// text of RFC 9113, 7838, 8336, 8441 and 9218. It shares nothing with the library, neither its
// descriptions of the frames nor its loads and names. It is written to be compared with the RFCs by
// eye, not to be fast.

#ifndef H2WIRE_TEST_REFERENCE_H_
#define H2WIRE_TEST_REFERENCE_H_

#include <cstddef>
#include <cstdint>

namespace reference {

struct Options {
  std::uint32_t max_frame_size = 16384;
  bool extensions = true;  // ALTSVC, ORIGIN, PRIORITY_UPDATE, settings 8 and 9 are known
  bool reject_nonzero_padding = false;
};

enum class Verdict {
  kFrame,     // of a known type, and in order
  kRaw,       // of an unknown type, or to be ignored
  kNeedMore,  // `size` octets are needed
  kError,
};

// The rules a frame can break, one for each sentence of the RFCs that says so.
enum class Rule {
  kNone,
  kMaxFrameSize,
  kOnStreamZero,
  kOnAStream,
  kNoRoomForFields,
  kNotTheOneLength,
  kPriorityNotFiveOctets,
  kSettingsAckNotEmpty,
  kSettingsNotSixes,
  kPaddingOverPayload,
  kPaddingNotZero,
  kEnablePush,
  kInitialWindowSize,
  kMaxFrameSizeSetting,
  kEnableConnectProtocol,
  kNoRfc7540Priorities,
  kPromisedStream,
  kIncrementZero,
  kOriginOverPayload,
  kOriginEntryOverPayload,
  kPrioritizedStreamZero,
};

// Everything there is to say about a frame of any type. What the frame has no field for is zero.
struct Result {
  Verdict verdict = Verdict::kNeedMore;
  std::size_t size = 0;  // of the frame in octets; of kNeedMore: the octets to have first

  // If an error: what is broken, and what to do about it.
  Rule rule = Rule::kNone;
  std::uint32_t error_code = 0;    // Section 7
  std::uint32_t error_stream = 0;  // the stream to reset, or 0: the connection is lost

  // The header, if nine octets are there.
  std::uint32_t length = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  bool reserved = false;
  std::uint32_t stream = 0;

  // The flags that the type defines.
  bool ack = false;
  bool end_stream = false;
  bool end_headers = false;
  bool padded = false;
  bool has_priority = false;

  // The fields.
  std::uint8_t pad_length = 0;
  bool exclusive = false;
  std::uint32_t stream_dependency = 0;
  std::uint8_t weight = 0;
  std::uint32_t code = 0;  // Error Code of RST_STREAM and GOAWAY
  std::uint32_t promised_stream = 0;
  std::uint8_t opaque[8] = {};
  std::uint32_t last_stream = 0;
  std::uint32_t increment = 0;
  std::uint32_t prioritized_stream = 0;
  const std::uint8_t* origin = nullptr;  // of ALTSVC
  std::size_t origin_size = 0;
  // The part of no fixed length: Data, Field Block Fragment, settings, Additional Debug Data,
  // Alt-Svc-Field-Value, Origin-Entries, Priority Field Value. Of kRaw: the whole payload.
  const std::uint8_t* rest = nullptr;
  std::size_t rest_size = 0;
};

// What to make of the frame that begins at `octets`, of which `available` octets are there.
Result Decode(const std::uint8_t* octets, std::size_t available, const Options& options);

// Makes the frame at `octets`, of which `result` came, what a sender should have sent: reserved
// bits, undefined flags and padding are zero. A raw frame stays as it is.
void Canonicalize(std::uint8_t* octets, const Result& result);

}  // namespace reference

#endif  // H2WIRE_TEST_REFERENCE_H_
