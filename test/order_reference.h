// SPDX-License-Identifier: Apache-2.0

// The order of frames once more, to hold ConnectionGuard against: what the text of RFC 9113, 8441
// and 9218 forbids to send after what was sent before, and to whom. It takes the frames that the
// reference decoder has read, and shares nothing with the library. It is written to be compared
// with the RFCs by eye: it remembers as much as it likes.

#ifndef H2WIRE_TEST_ORDER_REFERENCE_H_
#define H2WIRE_TEST_ORDER_REFERENCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "reference.h"

namespace reference {

// One for each sentence of the RFCs that forbids something.
enum class OrderRule {
  kNone,
  kFirstIsSettings,
  kNothingWithinAFieldBlock,
  kContinuesNothing,
  kClientsDoNotPromise,
  kPushIsDisabled,
  kServersDoNotEnablePush,
  kConnectProtocolStays,
  kAcknowledgesNothing,
  kServersDoNotUpdatePriorities,
  kClientsUseTheirStreams,
  kPromisesAreOnStreamsOfClients,
  kIdleStreamsGetNothing,
  kPromisedStreamsGoUp,
  kLastStreamsDoNotGoUp,
};

enum class Side { kServer, kClient, kUnknown };

struct OrderOptions {
  Side receiver = Side::kServer;
  bool observer = false;   // does not know when which SETTINGS of the receiver took effect
  bool joined = false;     // has not seen what was sent before
  bool upgraded = false;   // stream 1 is open from the beginning
  bool extensions = true;  // the receiver knows those that it reads
};

// One direction of a connection, and the SETTINGS of the other.
class Order {
 public:
  explicit Order(const OrderOptions& options) : options_(options) {
    if (options.upgraded) of_client_ = 1;
  }

  // What `frame`, the next one that is received, breaks. It has been read: it is in order by
  // itself, to be ignored, or an error of its stream.
  OrderRule Received(const Result& frame) {
    const OrderRule rule = InItsPlace(frame);
    const bool only_leaves = !before_ && !options_.joined && frame.type == 0x07;
    if (!only_leaves) before_ = frame;
    if (rule != OrderRule::kNone || frame.verdict != Verdict::kFrame) return rule;
    const bool even = frame.stream % 2 == 0;
    switch (frame.type) {
      case 0x00:  // DATA
        // RFC 9113, 5.1.1: "Streams initiated by a client MUST use odd-numbered stream
        // identifiers"; on one that the server has promised, a client may send only PRIORITY,
        // RST_STREAM and WINDOW_UPDATE (5.1, "reserved (remote)").
        if (even && options_.receiver == Side::kServer) return OrderRule::kClientsUseTheirStreams;
        return OnAStream(frame.stream);
      case 0x01:  // HEADERS
        if (even && options_.receiver == Side::kServer) return OrderRule::kClientsUseTheirStreams;
        // 5.1: "Sending a HEADERS frame as a client, or receiving a HEADERS frame as a server"
        // opens an idle stream. "If this stream is initiated by the server [...] then receiving a
        // HEADERS frame MUST also be treated as a connection error", and 5.1.1: "An endpoint that
        // receives an unexpected stream identifier MUST respond with a connection error".
        if (!even && options_.receiver == Side::kServer) Raise(of_client_, frame.stream);
        return OnAStream(frame.stream);
      case 0x03:  // RST_STREAM
        return OnAStream(frame.stream);
      case 0x08:  // WINDOW_UPDATE
        return frame.stream == 0 ? OrderRule::kNone : OnAStream(frame.stream);
      case 0x07:  // GOAWAY, 6.8: "Endpoints MUST NOT increase the value they send in the last
                  // stream identifier".
        if (last_stream_ && frame.last_stream > *last_stream_ && !options_.joined) {
          return OrderRule::kLastStreamsDoNotGoUp;
        }
        last_stream_ = frame.last_stream;
        return OrderRule::kNone;
      case 0x04:  // SETTINGS
        return frame.ack ? Acknowledged() : Set(frame);
      case 0x05:  // PUSH_PROMISE
        // RFC 9113, 8.4: "A client cannot push."
        if (options_.receiver == Side::kServer) return OrderRule::kClientsDoNotPromise;
        // 6.6: "PUSH_PROMISE frames MUST only be sent on a peer-initiated stream".
        if (even) return OrderRule::kPromisesAreOnStreamsOfClients;
        // 6.6: an error once the acknowledgement of SETTINGS_ENABLE_PUSH = 0 was received.
        if (!acknowledged_.enable_push) return OrderRule::kPushIsDisabled;
        if (IsIdle(frame.stream)) return OrderRule::kIdleStreamsGetNothing;
        // 5.1.1: "The identifier of a newly established stream MUST be numerically greater than all
        // streams that the initiating endpoint has opened or reserved."
        if (of_server_ && frame.promised_stream <= *of_server_ && !options_.joined) {
          return OrderRule::kPromisedStreamsGoUp;
        }
        of_server_ = frame.promised_stream;
        return OrderRule::kNone;
      case 0x10:  // PRIORITY_UPDATE, RFC 9218, 7.1: "Servers MUST NOT send PRIORITY_UPDATE frames."
        if (options_.receiver == Side::kClient) return OrderRule::kServersDoNotUpdatePriorities;
        return OrderRule::kNone;
      default:
        return OrderRule::kNone;
    }
  }

  // A frame that the receiver sends, in order by itself.
  void Sent(const Result& frame) {
    if (frame.type == 0x01 && frame.stream % 2 == 1 && options_.receiver == Side::kClient) {
      Raise(of_client_, frame.stream);
    }
    if (frame.type == 0x05 && options_.receiver == Side::kServer) {
      Raise(of_server_, frame.promised_stream);
    }
    if (frame.type != 0x04 || frame.ack) return;
    OurSettings ours = unacknowledged_.empty() ? acknowledged_ : unacknowledged_.back();
    for (std::size_t at = 0; at < frame.rest_size; at += 6) {
      const std::uint32_t value = ValueAt(frame, at);
      if (IdAt(frame, at) == 0x02) ours.enable_push = value == 1;
      if (IdAt(frame, at) == 0x05) ours.max_frame_size = value;
    }
    unacknowledged_.push_back(ours);
  }

  // Whether nobody has opened `stream`, as far as one may say so: an end of the connection knows
  // what both have opened, one who observes only what the one has whom it watches, and one who
  // joined nothing. Of streams that were never opened nothing is said before the first.
  bool IsIdle(std::uint32_t stream) const {
    if (options_.joined || stream == 0) return false;
    if (stream % 2 == 1) {
      const bool known = options_.receiver == Side::kServer ||
                         (options_.receiver == Side::kClient && !options_.observer);
      return known && of_client_ && stream > *of_client_;
    }
    const bool known = options_.receiver != Side::kServer || !options_.observer;
    return known && of_server_ && stream > *of_server_;
  }

  // Of the receiver's SETTINGS: how many are not acknowledged, and the greatest frame size by those
  // that are.
  std::size_t unacknowledged() const { return unacknowledged_.size(); }
  std::uint32_t max_frame_size() const {
    return options_.observer || options_.joined ? 0xffffff : acknowledged_.max_frame_size;
  }

 private:
  struct OurSettings {
    bool enable_push = true;
    std::uint32_t max_frame_size = 16384;
  };

  static std::uint32_t IdAt(const Result& frame, std::size_t at) {
    return frame.rest[at] * 0x100u + frame.rest[at + 1];
  }
  static std::uint32_t ValueAt(const Result& frame, std::size_t at) {
    const std::uint8_t* const p = frame.rest + at + 2;
    return ((p[0] * 0x100u + p[1]) * 0x100u + p[2]) * 0x100u + p[3];
  }

  // HEADERS, PUSH_PROMISE or CONTINUATION without END_HEADERS.
  static bool LeavesBlockOpen(const Result& frame) {
    const bool has_fragment = frame.type == 0x01 || frame.type == 0x05 || frame.type == 0x09;
    return has_fragment && !frame.end_headers;
  }

  static void Raise(std::optional<std::uint32_t>& highest, std::uint32_t stream) {
    if (!highest || stream > *highest) highest = stream;
  }

  OrderRule OnAStream(std::uint32_t stream) const {
    // 5.1: "Receiving any frame other than HEADERS or PRIORITY on a stream in this state MUST be
    // treated as a connection error of type PROTOCOL_ERROR."
    return IsIdle(stream) ? OrderRule::kIdleStreamsGetNothing : OrderRule::kNone;
  }

  OrderRule InItsPlace(const Result& frame) const {
    const bool continues = frame.type == 0x09;
    if (!before_) {
      if (options_.joined) return OrderRule::kNone;
      // RFC 9113, 3.4: "This sequence MUST be followed by a SETTINGS frame"; "a SETTINGS frame that
      // MUST be the first frame the server sends".
      // A GOAWAY before them says why there will be none.
      const bool begins = (frame.type == 0x04 && !frame.ack) || frame.type == 0x07;
      return begins ? OrderRule::kNone : OrderRule::kFirstIsSettings;
    }
    if (LeavesBlockOpen(*before_)) {
      // 4.3: "Each field block MUST be transmitted as a contiguous sequence of frames, with no
      // interleaved frames of any other type or from any other stream."
      const bool goes_on = continues && frame.stream == before_->stream;
      return goes_on ? OrderRule::kNone : OrderRule::kNothingWithinAFieldBlock;
    }
    // 6.10: "A CONTINUATION frame MUST be preceded by a HEADERS, PUSH_PROMISE or CONTINUATION frame
    // without the END_HEADERS flag set."
    return continues ? OrderRule::kContinuesNothing : OrderRule::kNone;
  }

  OrderRule Set(const Result& frame) {
    for (std::size_t at = 0; at < frame.rest_size; at += 6) {
      const std::uint32_t id = IdAt(frame, at);
      const std::uint32_t value = ValueAt(frame, at);
      // RFC 9113, 6.5.2: "A server MUST NOT explicitly set this value to 1."
      if (id == 0x02 && value == 1 && options_.receiver == Side::kClient) {
        return OrderRule::kServersDoNotEnablePush;
      }
      // RFC 8441, 3: "A sender MUST NOT send a SETTINGS_ENABLE_CONNECT_PROTOCOL parameter with the
      // value of 0 after previously sending a value of 1."
      // "Receipt of this parameter by a server does not have any impact." To who does not know the
      // extension it is an unknown setting, to be ignored: RFC 9113, 6.5.2.
      if (!options_.extensions) continue;
      if (id == 0x08 && value == 0 && connect_protocol_ && options_.receiver == Side::kClient) {
        return OrderRule::kConnectProtocolStays;
      }
      if (id == 0x08 && value == 1) connect_protocol_ = true;
    }
    return OrderRule::kNone;
  }

  // RFC 9113, 6.5.3: SETTINGS are acknowledged one by one, in their order.
  OrderRule Acknowledged() {
    if (options_.observer || options_.joined) return OrderRule::kNone;
    if (unacknowledged_.empty()) return OrderRule::kAcknowledgesNothing;
    acknowledged_ = unacknowledged_.front();
    unacknowledged_.erase(unacknowledged_.begin());
    return OrderRule::kNone;
  }

  OrderOptions options_;
  std::optional<Result> before_;
  bool connect_protocol_ = false;
  std::optional<std::uint32_t> of_client_;  // the highest stream of each that is open or was
  std::optional<std::uint32_t> of_server_;
  std::optional<std::uint32_t> last_stream_;  // of the last GOAWAY
  OurSettings acknowledged_;
  std::vector<OurSettings> unacknowledged_;
};

}  // namespace reference

#endif  // H2WIRE_TEST_ORDER_REFERENCE_H_
