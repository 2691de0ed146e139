// SPDX-License-Identifier: Apache-2.0

// The exact count of every limit, whoever receives the frames, at an end of the connection or
// beside it, and however the octets are cut.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "attacks.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/part.h"
#include "h2wire/print.h"
#include "h2wire/stream_decoder.h"

namespace h2wire {
namespace {

// A guard behind a decoder that is given pieces of `most` octets, and streams what can be streamed.
class Receiving {
 public:
  Receiving(const GuardOptions& options, std::size_t most) : guard_(options), most_(most) {}

  // The worst of what was found in a frame: an error of the connection before one of a stream.
  FrameError Receive(const Frame& frame) {
    std::vector<std::byte> wire(EncodedSize(frame));
    EXPECT_EQ(Encode(frame, wire).fault, Fault::kNone);
    worst_ = {};
    for (Bytes in = wire; !in.empty(); in = After(in, most_)) {
      Take(in.first(std::min(most_, in.size())));
    }
    return worst_;
  }
  void Send(const Frame& frame, CutBy cut) { (void)guard_.Sent(frame, {}, cut); }

 private:
  using Decoder =
      StreamDecoderOf<Frame,
                      InParts<DataFrame, HeadersFrame, GoawayFrame, ContinuationFrame, RawFrame>>;

  void Take(Bytes piece) {
    const auto check = [&](const auto& what) { Note(guard_.Check(what, {})); };
    for (;;) {
      const Outcome next = decoder_.DecodeTo(piece, check, check);
      if (next.status == DecodeStatus::kNeedMore) return;
      if (next.status == DecodeStatus::kError) {
        Note(guard_.Check(next.error, {}));
        ASSERT_NE(next.error.stream_id, 0u) << next.error;
      }
      piece = After(piece, next.size);
    }
  }
  void Note(const FrameError& error) {
    if (error.fault != Fault::kNone && (worst_.fault == Fault::kNone || error.stream_id == 0)) {
      worst_ = error;
    }
  }

  ConnectionGuard guard_;
  std::size_t most_;
  std::array<std::byte, Decoder::StorageSize()> storage_;
  Decoder decoder_{storage_};
  FrameError worst_;
};

// What stops the attack, after how many steps. Nothing does where it is none.
struct Stop {
  Fault fault;
  std::uint64_t allowed;
};
std::optional<Stop> StopOf(const Attack& attack, const GuardOptions& options) {
  const bool to_client = options.receiver == Receiver::kClient;
  // What the client has asked for is known, and the server resets more than that.
  if (to_client && !options.observer && attack.name == "rapid reset between answers") {
    return Stop{Fault::kIdleStream, 0};
  }
  // A server resets requests that it has answered early as often as it likes.
  if (to_client && attack.fault == Fault::kTooManyResets) return std::nullopt;
  if (to_client && attack.name == "resource loop, PRIORITY_UPDATE") {
    return Stop{Fault::kPriorityUpdateToClient, 0};
  }
  // Who observes does not see for sure which PING was sent before which acknowledgement.
  if (options.observer && attack.name == "PING replies to nothing") return std::nullopt;
  return Stop{attack.fault, attack.allowed};
}

using Case = std::tuple<Attack, Receiver, bool>;

class Counts : public testing::TestWithParam<Case> {};

TEST_P(Counts, AreExactHoweverTheOctetsAreCut) {
  const auto& [attack, receiver, observer] = GetParam();
  const GuardOptions options = {.receiver = receiver, .observer = observer};
  const std::optional<Stop> stop = StopOf(attack, options);
  for (const std::size_t most :
       {std::size_t{1}, std::size_t{2}, std::size_t{10}, std::size_t{1000}, std::size_t{100'000}}) {
    Receiving receiving(options, most);
    FrameError worst;
    Peer peer{ConnectionGuard({.report_only = true})};
    peer.Listen([&](const Frame& frame) {
      const FrameError error = receiving.Receive(frame);
      if (worst.fault == Fault::kNone || error.stream_id == 0) worst = error;
    });
    peer.ListenToAnswers([&](const Frame& frame, CutBy cut) { receiving.Send(frame, cut); });
    (void)peer.Send(SettingsFrame());
    attack.begin(peer);
    const std::uint64_t allowed = stop ? stop->allowed : 2 * attack.allowed;
    std::uint32_t step = 0;
    for (; step < allowed; ++step) {
      worst = {};
      (void)attack.step(peer, step);
      ASSERT_TRUE(worst.fault == Fault::kNone || worst.stream_id != 0)
          << "pieces of " << most << ", step " << step << ": " << worst;
    }
    if (!stop) continue;
    worst = {};
    (void)attack.step(peer, step);
    EXPECT_EQ(worst, ErrorOf(stop->fault, 0)) << "pieces of " << most;
  }
}

std::string NameOf(const testing::TestParamInfo<Case>& test) {
  const auto& [attack, receiver, observer] = test.param;
  std::string name(attack.name);
  name += receiver == Receiver::kServer   ? "ToServer"
          : receiver == Receiver::kClient ? "ToClient"
                                          : "ToUnknown";
  if (observer) name += "Observed";
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Attack, Counts,
                         testing::Combine(testing::ValuesIn(Attacks()),
                                          testing::Values(Receiver::kServer, Receiver::kClient,
                                                          Receiver::kUnknown),
                                          testing::Bool()),
                         NameOf);

}  // namespace
}  // namespace h2wire
