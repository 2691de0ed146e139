// SPDX-License-Identifier: Apache-2.0

// Attacks, each as a script that goes on until somebody stops it.

#ifndef H2WIRE_TEST_ATTACKS_H_
#define H2WIRE_TEST_ATTACKS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/settings.h"

namespace h2wire {

// One that sends frames to a guard, and counts them.
class Peer {
 public:
  // `octet`: how long an octet takes on its way.
  explicit Peer(const ConnectionGuard& guard, std::chrono::nanoseconds octet = {})
      : guard_(guard), octet_(octet) {}

  template <FrameAlternative F>
  FrameError Send(const F& frame) {
    if (listener_) listener_(frame);
    Count(EncodedSize(frame));
    return guard_.Check(frame, now_);
  }

  // A frame as octets, as Decode and then the guard judge it.
  FrameError SendWire(Bytes wire) {
    if (listener_) listener_(RawFrame{LoadHeader(wire.data()), After(wire, kFrameHeaderSize)});
    Count(wire.size());
    FrameError error;
    const Outcome outcome =
        DecodeTo(wire, [&](const auto& frame) { error = guard_.Check(frame, now_); });
    if (outcome.status == DecodeStatus::kError) error = guard_.Check(outcome.error, now_);
    return error;
  }

  template <FrameAlternative F>
  void Receive(const F& frame, CutBy cut = CutBy::kWindow) {
    if (answers_) answers_(frame, cut);
    (void)guard_.Sent(frame, now_, cut);
  }

  const ConnectionGuard& guard() const { return guard_; }

  void Wait(std::chrono::nanoseconds time) { now_ += time; }

  // Is called with each frame that is sent; one that is sent as octets is raw.
  void Listen(std::function<void(const Frame&)> listener) { listener_ = std::move(listener); }
  // And with each that it receives.
  void ListenToAnswers(std::function<void(const Frame&, CutBy)> listener) {
    answers_ = std::move(listener);
  }

  std::uint64_t frames() const { return frames_; }
  std::uint64_t octets() const { return octets_; }
  std::chrono::nanoseconds now() const { return now_; }

 private:
  void Count(std::size_t octets) {
    ++frames_;
    octets_ += octets;
    now_ += octets * octet_;
  }

  ConnectionGuard guard_;
  std::chrono::nanoseconds octet_;
  std::chrono::nanoseconds now_{};
  std::uint64_t frames_ = 0;
  std::uint64_t octets_ = 0;
  std::function<void(const Frame&)> listener_;
  std::function<void(const Frame&, CutBy)> answers_;
};

struct Attack {
  std::string_view name;
  std::string_view cve;
  Fault fault;            // that stops it
  std::uint64_t allowed;  // steps that the default limits let through at once
  std::function<void(Peer&)> begin;
  std::function<FrameError(Peer&, std::uint32_t step)> step;

  friend void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }
};

inline constexpr std::array<std::byte, 16384> kFiller{};

inline StreamId ClientStream(std::uint32_t number) { return 2 * (number % (1U << 30)) + 1; }

// A request's HEADERS, which end its field block.
inline HeadersFrame Request(std::uint32_t number) {
  return {.stream_id = ClientStream(number),
          .end_stream = true,
          .end_headers = true,
          .fragment = Bytes(kFiller).first(40)};
}

inline std::vector<Attack> Attacks() {
  constexpr const GuardLimits& kLimits = kDefaultGuardLimits;
  const auto nothing = [](Peer&) {};
  const auto open_block = [](std::size_t octets) {
    return [octets](Peer& peer) {
      (void)peer.Send(HeadersFrame{.stream_id = 1, .fragment = Bytes(kFiller).first(octets)});
    };
  };
  const auto with_request = [](auto second) {
    return [second](Peer& peer, std::uint32_t step) {
      const FrameError error = peer.Send(Request(step));
      return error.fault != Fault::kNone ? error : second(peer, step);
    };
  };
  return {
      {"CONTINUATION flood", "CVE-2024-27316", Fault::kTooManyContinuations, kLimits.continuations,
       open_block(100),
       [](Peer& peer, std::uint32_t) {
         return peer.Send(ContinuationFrame{.stream_id = 1, .fragment = Bytes(kFiller).first(100)});
       }},
      {"CONTINUATION flood, full frames", "CVE-2024-27316", Fault::kFieldBlockTooLarge,
       kLimits.field_block_octets / 16384 - 1, open_block(16384),
       [](Peer& peer, std::uint32_t) {
         return peer.Send(ContinuationFrame{.stream_id = 1, .fragment = kFiller});
       }},
      {"rapid reset", "CVE-2023-44487", Fault::kTooManyResets, kLimits.resets.burst, nothing,
       with_request([](Peer& peer, std::uint32_t step) {
         return peer.Send(RstStreamFrame{ClientStream(step), ErrorCode::kCancel});
       })},
      // Every other request is answered at little cost, and pays for the reset of the next.
      {"rapid reset between answers", "CVE-2023-44487", Fault::kTooManyResets,
       kLimits.resets.burst / kLimits.resets_per_stream + kLimits.resets.burst, nothing,
       [](Peer& peer, std::uint32_t step) {
         (void)peer.Send(Request(2 * step));
         peer.Receive(HeadersFrame{
             .stream_id = ClientStream(2 * step), .end_stream = true, .end_headers = true});
         (void)peer.Send(Request(2 * step + 1));
         return peer.Send(RstStreamFrame{ClientStream(2 * step + 1), ErrorCode::kCancel});
       }},
      {"MadeYouReset, WINDOW_UPDATE of 0", "CVE-2025-8671", Fault::kTooManyStreamErrors,
       kLimits.stream_errors.burst, nothing, with_request([](Peer& peer, std::uint32_t step) {
         std::array<std::byte, 13> wire{};
         StoreHeader(
             wire.data(),
             {.length = 4, .type = WindowUpdateFrame::kType, .stream_id = ClientStream(step)});
         return peer.SendWire(wire);
       })},
      {"reset flood, PRIORITY of 4 octets", "CVE-2019-9514", Fault::kTooManyStreamErrors,
       kLimits.stream_errors.burst, nothing,
       [](Peer& peer, std::uint32_t step) {
         std::array<std::byte, 13> wire{};
         StoreHeader(wire.data(),
                     {.length = 4, .type = PriorityFrame::kType, .stream_id = ClientStream(step)});
         return peer.SendWire(wire);
       }},
      {"SETTINGS flood", "CVE-2019-9515", Fault::kTooManySettingsFrames,
       kLimits.settings_frames.burst - 1, nothing,  // the connection began with one
       [](Peer& peer, std::uint32_t) { return peer.Send(SettingsFrame{}); }},
      {"large SETTINGS", "CVE-2020-11080", Fault::kTooManySettings, kLimits.settings, nothing,
       [](Peer& peer, std::uint32_t step) {
         return peer.Send(SettingsFrame{
             .settings = SettingsView(Bytes(kFiller).first((step + 1) * kSettingSize))});
       }},
      {"ping flood", "CVE-2019-9512", Fault::kTooManyPings, kLimits.pings.burst, nothing,
       [](Peer& peer, std::uint32_t) { return peer.Send(PingFrame{}); }},
      {"resource loop, PRIORITY", "CVE-2019-9513", Fault::kTooManyPriorities,
       kLimits.priorities.burst, nothing,
       [](Peer& peer, std::uint32_t step) {
         return peer.Send(PriorityFrame{ClientStream(step % 100), {.depends_on = step % 7}});
       }},
      {"resource loop, PRIORITY_UPDATE", "CVE-2019-9513", Fault::kTooManyPriorities,
       kLimits.priorities.burst, nothing,
       [](Peer& peer, std::uint32_t step) {
         return peer.Send(PriorityUpdateFrame{ClientStream(step), AsBytes("u=0")});
       }},
      {"empty frames, DATA", "CVE-2019-9518", Fault::kTooManyEmptyFrames, kLimits.empty_frames,
       nothing, [](Peer& peer, std::uint32_t) { return peer.Send(DataFrame{.stream_id = 1}); }},
      {"empty frames, DATA of padding", "CVE-2019-9518", Fault::kTooManyEmptyFrames,
       kLimits.empty_frames, nothing,
       [](Peer& peer, std::uint32_t) {
         return peer.Send(DataFrame{.stream_id = 1, .pad_length = 255});
       }},
      {"data dribble, tiny windows", "CVE-2019-9511", Fault::kTooManyTinyWindowUpdates,
       kLimits.tiny_window_updates.burst, nothing,
       [](Peer& peer, std::uint32_t step) {
         return peer.Send(WindowUpdateFrame{ClientStream(step % 10), 1});
       }},
      // The window of a stream is 1 octet: each credit is answered by another octet.
      {"data dribble, a window of 1", "CVE-2019-9511", Fault::kTooManyTinyWindowUpdates,
       kLimits.tiny_window_updates.burst, nothing,
       [](Peer& peer, std::uint32_t) {
         const FrameError error = peer.Send(WindowUpdateFrame{1, 1});
         peer.Receive(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(1)});
         return error;
       }},
      {"small DATA", "", Fault::kTooMuchSmallData, kLimits.small_data.burst, nothing,
       [](Peer& peer, std::uint32_t) {
         return peer.Send(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(1)});
       }},
      {"small DATA and empty DATA", "", Fault::kTooMuchSmallData, kLimits.small_data.burst, nothing,
       [](Peer& peer, std::uint32_t step) {
         const std::size_t size = step % 11 == 10 ? 1 : 0;
         return peer.Send(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(size)});
       }},
      {"padding flood", "", Fault::kTooMuchPadding, kLimits.padding.burst / 255, nothing,
       [](Peer& peer, std::uint32_t) {
         return peer.Send(
             DataFrame{.stream_id = 1, .pad_length = 255, .data = Bytes(kFiller).first(1)});
       }},
      {"unknown frames", "", Fault::kTooManyIgnoredFrames, kLimits.ignored_frames.burst, nothing,
       [](Peer& peer, std::uint32_t) {
         return peer.Send(RawFrame{{.type = FrameType{0x1f}}, Bytes(kFiller).first(100)});
       }},
      {"PING replies to nothing", "", Fault::kTooManyIgnoredFrames, kLimits.ignored_frames.burst,
       nothing, [](Peer& peer, std::uint32_t) { return peer.Send(PingFrame{.ack = true}); }},
      {"GOAWAY flood", "", Fault::kTooManyGoaways, 2 + kLimits.goaways.burst, nothing,
       [](Peer& peer, std::uint32_t) { return peer.Send(GoawayFrame{}); }},
      {"GOAWAY with debug data", "", Fault::kTooManyGoaways, 2 + kLimits.goaways.burst, nothing,
       [](Peer& peer, std::uint32_t) {
         return peer.Send(GoawayFrame{.debug_data = Bytes(kFiller).first(1000)});
       }},
  };
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_ATTACKS_H_
