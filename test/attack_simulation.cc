// SPDX-License-Identifier: Apache-2.0

// Plays a million frames each of ordinary traffic to guards with the default limits, and every
// attack until it is stopped. Prints how many false alarms there were, and what each attack got
// through; fails if there was any of the one, or if an attack was not stopped.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attacks.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"

namespace h2wire {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::uint64_t kFrames = 1'000'000;
constexpr nanoseconds kOctetAtGigabit(8);

// The same numbers everywhere: the distributions of the standard library differ.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // From `least` to `most`.
  std::uint32_t Between(std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(engine_() % (most - least + 1ULL));
  }
  bool OneIn(std::uint32_t count) { return Between(1, count) == 1; }

 private:
  std::mt19937_64 engine_;
};

// Sends to a guard on one connection after the other, and counts the alarms.
class Crowd {
 public:
  explicit Crowd(Receiver receiver) : receiver_(receiver), peer_(ConnectionGuard(receiver)) {}

  void Connect() {
    frames_ += peer_.frames();
    octets_ += peer_.octets();
    time_ += peer_.now();
    ++connections_;
    peer_ = Peer(ConnectionGuard(receiver_), kOctetAtGigabit);
    Send(SettingsFrame{});
  }

  template <FrameAlternative F>
  void Send(const F& frame) {
    const FrameError error = peer_.Send(frame);
    if (error.fault == Fault::kNone) return;
    if (alarms_++ == 0) first_alarm_ = ToString(error);
    Connect();
  }

  template <FrameAlternative F>
  void Receive(const F& frame, CutBy cut = CutBy::kWindow) {
    peer_.Receive(frame, cut);
  }

  void Wait(nanoseconds time) { peer_.Wait(time); }

  std::uint64_t frames() const { return frames_ + peer_.frames(); }
  std::uint64_t octets() const { return octets_ + peer_.octets(); }
  std::uint64_t connections() const { return connections_; }
  seconds time() const { return std::chrono::duration_cast<seconds>(time_ + peer_.now()); }
  std::uint64_t alarms() const { return alarms_; }
  const std::string& first_alarm() const { return first_alarm_; }

 private:
  Receiver receiver_;
  Peer peer_;
  std::uint64_t frames_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t connections_ = 0;
  nanoseconds time_{};
  std::uint64_t alarms_ = 0;
  std::string first_alarm_;
};

Bytes Some(std::size_t octets) { return Bytes(kFiller).first(octets); }

// A browser: visits of pages of 5 to 150 requests, with all that browsers send besides.
void Browse(Crowd& crowd, Random& random) {
  crowd.Connect();
  crowd.Send(WindowUpdateFrame{0, 15'663'105});
  const bool tree = random.OneIn(3);     // of priorities, as in RFC 7540
  const bool greases = random.OneIn(4);  // sends frames of unknown types
  const std::uint32_t cookies = random.OneIn(20) ? random.Between(20'000, 100'000) : 0;
  if (tree) {
    for (const StreamId idle : {3u, 5u, 7u, 9u, 11u, 13u}) crowd.Send(PriorityFrame{idle, {}});
  }
  std::uint32_t stream = 7;
  for (std::uint32_t visit = random.Between(1, 30); visit > 0; --visit) {
    const std::uint32_t requests = random.Between(5, 150);
    const bool leaves = random.OneIn(5);  // before the page is there
    const std::uint32_t first = stream;
    for (std::uint32_t i = 0; i < requests; ++i, ++stream) {
      const StreamId id = ClientStream(stream);
      const bool uploads = random.OneIn(20);
      const std::uint32_t block = random.Between(30, 600) + (i == 0 ? cookies : 0);
      for (std::uint32_t sent = 0; sent < block;) {
        const std::uint32_t part = std::min<std::uint32_t>(block - sent, 16384);
        const bool last = sent + part == block;
        if (sent == 0) {
          crowd.Send(HeadersFrame{.stream_id = id,
                                  .end_stream = !uploads,
                                  .end_headers = last,
                                  .priority = tree ? std::optional(Priority()) : std::nullopt,
                                  .fragment = Some(part)});
        } else {
          crowd.Send(
              ContinuationFrame{.stream_id = id, .end_headers = last, .fragment = Some(part)});
        }
        sent += part;
      }
      if (greases) crowd.Send(RawFrame{{.type = FrameType{0x0b}, .stream_id = id}, Some(10)});
      if (uploads) {
        for (std::uint32_t part = random.Between(0, 10); part > 0; --part) {
          crowd.Send(DataFrame{.stream_id = id, .data = Some(random.Between(1, 16384))});
        }
        crowd.Send(DataFrame{.stream_id = id, .end_stream = true});
      }
      // Images that come into view, or leave it.
      for (std::uint32_t times = random.Between(0, 2); times > 0; --times) {
        if (tree) {
          crowd.Send(PriorityFrame{id, {.depends_on = 3}});
        } else {
          crowd.Send(PriorityUpdateFrame{id, AsBytes("u=2, i")});
        }
      }
      crowd.Wait(microseconds(random.Between(0, 20'000)));
      if (random.OneIn(2)) crowd.Send(WindowUpdateFrame{id, random.Between(2'000, 200'000)});
      if (random.OneIn(4)) crowd.Send(WindowUpdateFrame{0, random.Between(30'000, 6'000'000)});
    }
    if (leaves) {
      const std::uint32_t in_flight = std::min(stream - first, 100u);
      for (std::uint32_t i = stream - in_flight; i < stream; ++i) {
        crowd.Send(RstStreamFrame{ClientStream(i), ErrorCode::kCancel});
      }
    } else {
      crowd.Wait(milliseconds(random.Between(1'000, 60'000)));
      crowd.Send(PingFrame{});
    }
  }
  crowd.Send(GoawayFrame{});
}

// A gRPC client with calls that stream both ways for minutes: messages of a few octets, a
// WINDOW_UPDATE for each that comes back, PING for each round trip with data, and at times a
// hundred deadlines that pass at once.
void StreamAsClient(Crowd& crowd, Random& random) {
  crowd.Connect();
  crowd.Send(WindowUpdateFrame{0, 4'128'769});
  std::uint32_t stream = 0;
  std::uint32_t settings_left = 20;  // until it knows the bandwidth
  for (std::uint32_t call = random.Between(1, 20); call > 0; --call) {
    crowd.Send(Request(stream));
    for (std::uint32_t trip = random.Between(10, 2'000); trip > 0; --trip) {
      const StreamId id = ClientStream(stream);
      for (std::uint32_t message = random.Between(1, 3); message > 0; --message) {
        crowd.Send(DataFrame{.stream_id = id, .data = Some(random.Between(5, 300))});
        crowd.Receive(DataFrame{.stream_id = id});
        crowd.Send(WindowUpdateFrame{id, random.Between(5, 300)});
      }
      crowd.Send(PingFrame{});
      if (settings_left != 0 && random.OneIn(50)) {
        crowd.Send(SettingsFrame{});
        --settings_left;
      }
      crowd.Wait(microseconds(random.Between(200, 2'000)));
    }
    crowd.Send(DataFrame{.stream_id = ClientStream(stream), .end_stream = true});
    ++stream;
    if (random.OneIn(5)) {
      for (int i = 0; i < 100; ++i) crowd.Send(Request(stream++));
      crowd.Wait(seconds(1));
      for (std::uint32_t i = 100; i > 0; --i) {
        crowd.Send(RstStreamFrame{ClientStream(stream - i), ErrorCode::kCancel});
      }
    }
  }
}

// A gRPC server with two thousand short calls a second: headers, a message, trailers, RST_STREAM of
// a request that was not at its end, and replies to the PINGs of the client.
void AnswerAsServer(Crowd& crowd, Random& random) {
  crowd.Connect();
  for (std::uint32_t call = 0; call < 20'000; ++call) {
    const StreamId id = ClientStream(call);
    crowd.Send(HeadersFrame{.stream_id = id, .end_headers = true, .fragment = Some(14)});
    crowd.Send(DataFrame{.stream_id = id, .data = Some(random.Between(5, 2'000))});
    crowd.Send(HeadersFrame{
        .stream_id = id, .end_stream = true, .end_headers = true, .fragment = Some(20)});
    if (random.OneIn(2)) crowd.Send(RstStreamFrame{id, ErrorCode::kNoError});
    crowd.Send(WindowUpdateFrame{0, random.Between(5, 1'000)});
    crowd.Receive(PingFrame{});
    crowd.Send(PingFrame{.ack = true});
    crowd.Wait(microseconds(500));
  }
}

// A proxy that gathers what its clients upload: small bodies, credited one by one, many resets
// because its own clients leave, and padding to the next 256 octets.
void Forward(Crowd& crowd, Random& random) {
  crowd.Connect();
  crowd.Send(WindowUpdateFrame{0, kMaxStreamId - 65535});
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const StreamId id = ClientStream(i);
    const std::uint32_t block = random.Between(20, 100);
    const std::uint32_t body = random.Between(100, 4'000);
    crowd.Send(HeadersFrame{.stream_id = id,
                            .end_headers = true,
                            .pad_length = static_cast<std::uint8_t>(255 - block),
                            .fragment = Some(block)});
    crowd.Send(DataFrame{.stream_id = id,
                         .end_stream = true,
                         .pad_length = static_cast<std::uint8_t>(255 - body % 256),
                         .data = Some(body)});
    crowd.Send(WindowUpdateFrame{id, random.Between(2, 4'000)});
    if (random.OneIn(20)) crowd.Send(RstStreamFrame{id, ErrorCode::kCancel});
    if (random.OneIn(200)) crowd.Send(DataFrame{.stream_id = id});  // a flush
    crowd.Wait(milliseconds(1));
  }
}

// Browsers that leave pages of up to a thousand pending images, as Firefox 153 does: a request and
// its WINDOW_UPDATE a millisecond each, then all resets at the same pace.
void LeavePages(Crowd& crowd, Random& random) {
  crowd.Connect();
  crowd.Send(WindowUpdateFrame{0, 12'517'377});
  std::uint32_t stream = 1;
  for (std::uint32_t page = random.Between(1, 4); page > 0; --page) {
    const std::uint32_t images = random.Between(50, 1'000);
    for (std::uint32_t i = 0; i < images; ++i) {
      crowd.Send(Request(stream + i));
      crowd.Wait(milliseconds(1));
      crowd.Send(WindowUpdateFrame{ClientStream(stream + i), 12'451'840});
      crowd.Wait(milliseconds(1));
    }
    for (std::uint32_t i = 0; i < images; ++i) {
      crowd.Send(RstStreamFrame{ClientStream(stream + i), ErrorCode::kCancel});
      crowd.Wait(milliseconds(1));
    }
    stream += images;
    crowd.Wait(milliseconds(random.Between(100, 5'000)));
  }
}

// gRPC's C core: 2,000 calls whose deadline passes at once, after as many that are answered.
void PassDeadlines(Crowd& crowd, Random& random) {
  crowd.Connect();
  std::uint32_t stream = 0;
  for (int storm = 0; storm < 3; ++storm) {
    for (std::uint32_t i = 0; i < 2'000; ++i) {
      crowd.Send(HeadersFrame{
          .stream_id = ClientStream(stream + i), .end_headers = true, .fragment = Some(9)});
      crowd.Send(WindowUpdateFrame{ClientStream(stream + i), 5});
      crowd.Send(
          DataFrame{.stream_id = ClientStream(stream + i), .end_stream = true, .data = Some(7)});
      if (storm == 1) {
        crowd.Receive(HeadersFrame{.stream_id = ClientStream(stream + i), .end_stream = true});
      }
    }
    if (storm != 1) {
      for (std::uint32_t i = 0; i < 2'000; ++i) {
        crowd.Send(RstStreamFrame{ClientStream(stream + i), ErrorCode::kCancel});
      }
    }
    stream += 2'000;
    crowd.Wait(seconds(random.Between(10, 60)));
  }
  crowd.Send(GoawayFrame{});
}

// got and http2-wrapper: each request is answered and then reset, a thousand a second.
void ResetAfterAnswers(Crowd& crowd, Random& random) {
  crowd.Connect();
  const std::uint32_t at_once = random.Between(1, 100);
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    crowd.Send(Request(i));
    crowd.Wait(milliseconds(1));
    if (i < at_once) continue;
    const StreamId done = ClientStream(i - at_once);
    crowd.Receive(HeadersFrame{.stream_id = done, .end_headers = true});
    crowd.Receive(DataFrame{.stream_id = done, .end_stream = true, .data = Some(100)});
    crowd.Send(RstStreamFrame{done, ErrorCode::kNoError});
  }
}

// Servers of Node 26, Bun 1.4 and Deno 2.9: empty writes, 3,000 writes of one octet in 0.1 to 0.2
// s, padded to the maximum or not, and fields of 160,012 octets.
void WriteAsScript(Crowd& crowd, Random& random) {
  crowd.Connect();
  for (std::uint32_t i = 0; i < 20; ++i) {
    const StreamId id = ClientStream(i);
    if (random.OneIn(4)) {
      crowd.Send(HeadersFrame{.stream_id = id, .fragment = Some(16'384)});
      for (int more = 0; more < 8; ++more) {
        crowd.Send(ContinuationFrame{.stream_id = id, .fragment = Some(16'384)});
      }
      crowd.Send(ContinuationFrame{.stream_id = id, .end_headers = true, .fragment = Some(12'556)});
    } else {
      crowd.Send(HeadersFrame{.stream_id = id, .end_headers = true, .fragment = Some(25)});
    }
    for (std::uint32_t empty = random.Between(0, 50); empty > 0; --empty) {
      crowd.Send(DataFrame{.stream_id = id});
    }
    const bool pads = random.OneIn(3);
    const std::uint32_t writes = random.OneIn(2) ? 3'000 : 10;
    for (std::uint32_t write = 0; write < writes; ++write) {
      crowd.Send(DataFrame{.stream_id = id,
                           .pad_length = pads ? std::optional<std::uint8_t>(255) : std::nullopt,
                           .data = Some(1)});
      crowd.Wait(microseconds(50));
    }
    crowd.Send(DataFrame{.stream_id = id, .end_stream = true});
    crowd.Wait(seconds(random.Between(15, 30)));
  }
  crowd.Send(GoawayFrame{});
  crowd.Send(GoawayFrame{});
}

// Servers of Go 1.19 and haproxy 2.6, which return each octet of an upload that is typed, twice.
void ReturnOctets(Crowd& crowd, Random& random) {
  crowd.Connect();
  crowd.Send(WindowUpdateFrame{0, 983'041});
  for (std::uint32_t i = random.Between(1'000, 10'000); i > 0; --i) {
    crowd.Receive(DataFrame{.stream_id = 1, .data = Some(1)}, CutBy::kWriter);
    crowd.Send(WindowUpdateFrame{0, 1});
    crowd.Send(WindowUpdateFrame{1, 1});
    crowd.Wait(nanoseconds(seconds(1)) / 1'200);
  }
}

bool PlayOrdinary() {
  struct Traffic {
    std::string_view name;
    Receiver receiver;
    void (*play)(Crowd&, Random&);
  };
  constexpr Traffic kTraffic[] = {
      {"browsers", Receiver::kServer, Browse},
      {"gRPC clients, streaming", Receiver::kServer, StreamAsClient},
      {"gRPC servers, short calls", Receiver::kClient, AnswerAsServer},
      {"a proxy, small padded uploads", Receiver::kServer, Forward},
      {"Firefox, leaving large pages", Receiver::kServer, LeavePages},
      {"gRPC's C core, deadlines", Receiver::kServer, PassDeadlines},
      {"got, resets after answers", Receiver::kServer, ResetAfterAnswers},
      {"Node, Bun, Deno, small writes", Receiver::kClient, WriteAsScript},
      {"Go, returning single octets", Receiver::kClient, ReturnOctets},
  };
  std::printf("%-34s %12s %14s %12s %10s %7s\n", "ordinary traffic", "frames", "octets",
              "connections", "seconds", "alarms");
  bool good = true;
  for (const Traffic& traffic : kTraffic) {
    Crowd crowd(traffic.receiver);
    Random random(1);
    while (crowd.frames() < kFrames) traffic.play(crowd, random);
    std::printf("%-34.*s %12llu %14llu %12llu %10lld %7llu %s\n",
                static_cast<int>(traffic.name.size()), traffic.name.data(),
                static_cast<unsigned long long>(crowd.frames()),
                static_cast<unsigned long long>(crowd.octets()),
                static_cast<unsigned long long>(crowd.connections()),
                static_cast<long long>(crowd.time().count()),
                static_cast<unsigned long long>(crowd.alarms()), crowd.first_alarm().c_str());
    good = good && crowd.alarms() == 0;
  }
  return good;
}

// Attacks over a gigabit a second.
bool PlayAttacks() {
  std::printf("\n%-34s %-15s %12s %14s %12s  %s\n", "attack", "", "frames", "octets", "ms",
              "stopped as");
  bool good = true;
  for (const Attack& attack : Attacks()) {
    Peer peer(ConnectionGuard(Receiver::kServer), kOctetAtGigabit);
    FrameError error = peer.Send(SettingsFrame{});
    attack.begin(peer);
    for (std::uint32_t step = 0;
         peer.frames() < kFrames && error.code != ErrorCode::kEnhanceYourCalm; ++step) {
      error = attack.step(peer, step);
    }
    const bool stopped = error.fault == attack.fault && error.stream_id == 0;
    std::printf("%-34.*s %-15.*s %12llu %14llu %12.1f  %s\n", static_cast<int>(attack.name.size()),
                attack.name.data(), static_cast<int>(attack.cve.size()), attack.cve.data(),
                static_cast<unsigned long long>(peer.frames()),
                static_cast<unsigned long long>(peer.octets()),
                std::chrono::duration<double, std::milli>(peer.now()).count(),
                stopped ? ToString(error.fault).data() : "NOT STOPPED");
    good = good && stopped;
  }
  return good;
}

}  // namespace
}  // namespace h2wire

int main() {
  const bool no_alarms = h2wire::PlayOrdinary();
  const bool all_stopped = h2wire::PlayAttacks();
  return no_alarms && all_stopped ? 0 : 1;
}
