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
};

enum class Side { kServer, kClient, kUnknown };

struct OrderOptions {
  Side receiver = Side::kServer;
  bool observer = false;  // does not know when which SETTINGS of the receiver took effect
  bool joined = false;    // has not seen what was sent before
};

// One direction of a connection, and the SETTINGS of the other.
class Order {
 public:
  explicit Order(const OrderOptions& options) : options_(options) {}

  // What `frame`, the next one that is received, breaks. It has been read: it is in order by
  // itself, to be ignored, or an error of its stream.
  OrderRule Received(const Result& frame) {
    const OrderRule rule = InItsPlace(frame);
    before_ = frame;
    if (rule != OrderRule::kNone || frame.verdict != Verdict::kFrame) return rule;
    switch (frame.type) {
      case 0x04:  // SETTINGS
        return frame.ack ? Acknowledged() : Set(frame);
      case 0x05:  // PUSH_PROMISE
        // RFC 9113, 8.4: "A client cannot push."
        if (options_.receiver == Side::kServer) return OrderRule::kClientsDoNotPromise;
        // 6.6: an error once the acknowledgement of SETTINGS_ENABLE_PUSH = 0 was received.
        return acknowledged_.enable_push ? OrderRule::kNone : OrderRule::kPushIsDisabled;
      case 0x10:  // PRIORITY_UPDATE, RFC 9218, 7.1: "Servers MUST NOT send PRIORITY_UPDATE frames."
        if (options_.receiver == Side::kClient) return OrderRule::kServersDoNotUpdatePriorities;
        return OrderRule::kNone;
      default:
        return OrderRule::kNone;
    }
  }

  // A frame that the receiver sends, in order by itself.
  void Sent(const Result& frame) {
    if (frame.type != 0x04 || frame.ack) return;
    OurSettings ours = unacknowledged_.empty() ? acknowledged_ : unacknowledged_.back();
    for (std::size_t at = 0; at < frame.rest_size; at += 6) {
      const std::uint32_t value = ValueAt(frame, at);
      if (IdAt(frame, at) == 0x02) ours.enable_push = value == 1;
      if (IdAt(frame, at) == 0x05) ours.max_frame_size = value;
    }
    unacknowledged_.push_back(ours);
  }

  // Of the receiver's SETTINGS: how many are not acknowledged, and the greatest frame size by those
  // that are.
  std::size_t unacknowledged() const { return unacknowledged_.size(); }
  std::uint32_t max_frame_size() const {
    return options_.observer ? 0xffffff : acknowledged_.max_frame_size;
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

  OrderRule InItsPlace(const Result& frame) const {
    const bool continues = frame.type == 0x09;
    if (!before_) {
      if (options_.joined) return OrderRule::kNone;
      // RFC 9113, 3.4: "This sequence MUST be followed by a SETTINGS frame"; "a SETTINGS frame that
      // MUST be the first frame the server sends".
      const bool begins = frame.type == 0x04 && !frame.ack;
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
      if (id == 0x08 && value == 0 && connect_protocol_) return OrderRule::kConnectProtocolStays;
      if (id == 0x08 && value == 1) connect_protocol_ = true;
    }
    return OrderRule::kNone;
  }

  // RFC 9113, 6.5.3: SETTINGS are acknowledged one by one, in their order.
  OrderRule Acknowledged() {
    if (options_.observer) return OrderRule::kNone;
    if (unacknowledged_.empty()) return OrderRule::kAcknowledgesNothing;
    acknowledged_ = unacknowledged_.front();
    unacknowledged_.erase(unacknowledged_.begin());
    return OrderRule::kNone;
  }

  OrderOptions options_;
  std::optional<Result> before_;
  bool connect_protocol_ = false;
  OurSettings acknowledged_;
  std::vector<OurSettings> unacknowledged_;
};

}  // namespace reference

#endif  // H2WIRE_TEST_ORDER_REFERENCE_H_
