// SPDX-License-Identifier: Apache-2.0

// Two ends that talk through a Relay, and a judge of what each of them gets.

#ifndef H2WIRE_TEST_RELAY_ENDS_H_
#define H2WIRE_TEST_RELAY_ENDS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "h2wire/bytes.h"
#include "h2wire/header.h"
#include "h2wire/relay.h"
#include "order_reference.h"
#include "reference.h"

namespace h2wire {

using Octets = std::vector<std::byte>;

inline reference::Result ReadAt(Bytes octets, std::size_t at) {
  const Bytes rest = octets.subspan(at);
  return reference::Decode(reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size(),
                           {.max_frame_size = kLargestMaxFrameSize});
}

class RelayEnds {
 public:
  explicit RelayEnds(const RelayOptions& options = {},
                     const GuardLimits& limits = kDefaultGuardLimits)
      : relay(options, limits) {}

  // Octets from a side, as one piece. The storage and the piece are gone as soon as they may be.
  template <class... Seen>
  void Send(Side from, Bytes octets, Seen&&... seen) {
    Octets piece(octets.begin(), octets.end());
    sent_[Index(from)].insert(sent_[Index(from)].end(), piece.begin(), piece.end());
    Hear();
    for (Bytes in = piece; !in.empty();) {
      Octets& storage = storage_[Index(from)];
      if (!relay.KeepsStorage(from)) storage.assign(Relay::kStorageSize, std::byte{0xee});
      const RelayStep step = relay.Receive(from, in, storage, now, seen...);
      const std::size_t before = got(Other(from)).size();
      for (const Bytes out : step.out) Get(Other(from), out, false);
      const Octets handed(got(Other(from)).begin() + static_cast<std::ptrdiff_t>(before),
                          got(Other(from)).end());
      const bool heard = Hear();
      // It lives until the next call for this side, whatever is said meanwhile.
      const auto rest = handed.begin() + static_cast<std::ptrdiff_t>(step.out[0].size());
      changed = changed || !std::equal(handed.begin(), rest, step.out[0].begin()) ||
                !std::equal(rest, handed.end(), step.out[1].begin());
      if (step.taken == 0 && handed.empty() && !heard) {
        stuck = true;
        return;
      }
      in = in.subspan(step.taken);
      if (!relay.KeepsStorage(from)) storage.assign(Relay::kStorageSize, std::byte{0xdd});
    }
  }
  // The same in pieces of `size` octets.
  void SendInPieces(Side from, Bytes octets, std::size_t size) {
    for (; !octets.empty(); octets = octets.subspan(std::min(size, octets.size()))) {
      Send(from, octets.first(std::min(size, octets.size())));
    }
  }
  void EndOf(Side from) {
    relay.EndOf(from);
    Hear();
  }

  // Each side gets what the relay has to say. Returns whether that is anything.
  bool Hear() {
    bool heard = false;
    for (const Side side : {Side::kClient, Side::kServer}) {
      const Bytes words = relay.Speak(side, now);
      heard |= !words.empty();
      Get(side, words, true);
    }
    return heard;
  }

  const Octets& sent(Side from) const { return sent_[Index(from)]; }
  const Octets& got(Side to) const { return got_[Index(to)]; }

  // What a side got of the other: all but what the relay said.
  Octets PassedTo(Side to) const {
    Octets passed;
    std::size_t at = 0;
    const auto add = [&](std::size_t end) {
      passed.insert(passed.end(), got(to).data() + at, got(to).data() + end);
    };
    for (const Stretch& words : words_[Index(to)]) {
      add(words.begin);
      at = words.end;
    }
    add(got(to).size());
    return passed;
  }

  // What is wrong with what each side got, in the light of what the other sent; empty if nothing.
  std::string Verdict() const {
    if (stuck) return "the relay takes nothing and says nothing";
    if (changed) return "what was handed out is something else before the next call";
    for (const Side to : {Side::kClient, Side::kServer}) {
      const std::string verdict = VerdictOf(to);
      if (!verdict.empty()) return (to == Side::kClient ? "client: " : "server: ") + verdict;
    }
    return "";
  }

  Relay relay;
  Relay::Time now{};
  bool stuck = false;
  bool changed = false;

 private:
  struct Stretch {
    std::size_t begin = 0;  // in what a side got
    std::size_t end = 0;
    std::uint32_t opened = 0;  // the highest stream that had passed from that side until then
  };

  static std::size_t Index(Side side) { return static_cast<std::size_t>(side); }

  void Get(Side to, Bytes octets, bool words) {
    if (octets.empty()) return;
    Octets& got = got_[Index(to)];
    const std::size_t begin = got.size();
    got.insert(got.end(), octets.begin(), octets.end());
    if (words) words_[Index(to)].push_back({begin, got.size(), HighestIn(Other(to), to)});
  }

  // The Promised Stream ID of a PUSH_PROMISE of which not all has to be there; 0 if that is not.
  static std::uint32_t PromisedBy(Bytes frame) {
    const auto octet = [&](std::size_t at) { return std::to_integer<std::uint32_t>(frame[at]); };
    const std::size_t at = (octet(4) & 0x08) != 0 ? 10 : 9;
    if (frame.size() < at + 4) return 0;
    return (octet(at) & 0x7f) << 24 | octet(at + 1) << 16 | octet(at + 2) << 8 | octet(at + 3);
  }

  // The highest stream that `from` opened in what it sent and `to` got.
  std::uint32_t HighestIn(Side to, Side from) const {
    std::uint32_t highest = 0;
    const Octets& got = got_[Index(to)];
    std::size_t at = from == Side::kClient ? std::min(got.size(), kConnectionPreface.size()) : 0;
    while (at < got.size()) {
      const reference::Result frame = ReadAt(got, at);
      if (got.size() - at < 9) break;
      const bool opens = from == Side::kClient && frame.type == 0x01;
      if (opens) highest = std::max(highest, frame.stream);
      if (from == Side::kServer && frame.type == 0x05) {
        highest = std::max(highest, PromisedBy(Bytes(got).subspan(at)));
      }
      if (frame.verdict == reference::Verdict::kNeedMore) break;
      at += frame.size;
    }
    return highest;
  }

  std::string VerdictOf(Side to) const {
    const Bytes got = got_[Index(to)];
    const Bytes sent = sent_[Index(Other(to))];
    reference::Order order(
        {.receiver = to == Side::kServer ? reference::Side::kServer : reference::Side::kClient});
    std::size_t at = 0;  // in what was got
    std::size_t at_sent = 0;
    std::size_t next_word = 0;  // of the relay
    const std::vector<Stretch>& words = words_[Index(to)];
    if (to == Side::kServer) {
      const Bytes preface = AsBytes(kConnectionPreface);
      const std::size_t size = std::min(got.size(), preface.size());
      if (!std::ranges::equal(got.first(size), preface.first(size))) return "no preface";
      at = at_sent = size;
    }
    std::optional<std::uint32_t> last_told;
    bool block = false;
    while (at < got.size()) {
      const bool word = next_word < words.size() && words[next_word].begin <= at;
      const reference::Result frame = ReadAt(got, at);
      if (word) {
        if (frame.verdict != reference::Verdict::kFrame) return "the relay speaks within a frame";
        if (block) return "the relay speaks within a field block";
        if (frame.type == 0x07) {
          const std::uint32_t opened = words[next_word].opened;
          const bool first_of_drain =
              frame.last_stream == 0x7fffffff && last_told.value_or(0x7fffffff) == 0x7fffffff;
          const std::uint32_t most = std::min(opened, last_told.value_or(0x7fffffff));
          if (!first_of_drain && frame.last_stream != most && !unreached) {
            return "the relay's last stream is " + std::to_string(frame.last_stream) + ", not " +
                   std::to_string(most);
          }
        }
      } else {
        // Octets of the other side, in order, but for frames that did not pass.
        for (;;) {
          const std::size_t size = frame.verdict == reference::Verdict::kNeedMore
                                       ? got.size() - at
                                       : std::min(frame.size, got.size() - at);
          if (sent.size() - at_sent >= size &&
              std::ranges::equal(sent.subspan(at_sent, size), got.subspan(at, size))) {
            at_sent += size;
            break;
          }
          const reference::Result other = ReadAt(sent, at_sent);
          const bool may_drop = other.verdict == reference::Verdict::kFrame &&
                                (other.type == 0x07 || (other.type == 0x06 && other.ack));
          if (!may_drop) return "the other side did not send this";
          at_sent += other.size;
        }
      }
      if (frame.verdict == reference::Verdict::kError) return "a frame that breaks a rule";
      if (frame.verdict == reference::Verdict::kNeedMore) {
        // Streamed: its header is there.
        if (got.size() - at < 9) return "less than a header passed";
        break;
      }
      const reference::OrderRule rule = order.Received(frame);
      if (rule == reference::OrderRule::kAcknowledgesNothing) {
        // Of what the other side had sent, this test does not keep the order.
      } else if (rule != reference::OrderRule::kNone &&
                 rule != reference::OrderRule::kPushIsDisabled &&
                 rule != reference::OrderRule::kIdleStreamsGetNothing) {
        return "a frame out of its order";
      }
      if (at == (to == Side::kServer ? kConnectionPreface.size() : 0) &&
          (frame.type != 0x04 || frame.ack)) {
        return "the first frame is not SETTINGS";
      }
      if (frame.type == 0x07) {
        if (last_told && frame.last_stream > *last_told) return "the last stream goes up";
        last_told = frame.last_stream;
      }
      const bool fragment = frame.type == 0x01 || frame.type == 0x05 || frame.type == 0x09;
      if (fragment) block = !frame.end_headers;
      at += frame.size;
      if (word && at == words[next_word].end) ++next_word;
    }
    return "";
  }

  std::array<Octets, 2> sent_, got_, storage_;
  std::array<std::vector<Stretch>, 2> words_;

 public:
  bool unreached = false;  // the server was told lost before it was reached
};

}  // namespace h2wire

#endif  // H2WIRE_TEST_RELAY_ENDS_H_
