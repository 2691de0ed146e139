// SPDX-License-Identifier: Apache-2.0

#include "h2wire/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "attacks.h"
#include "captures.h"
#include "h2wire/encode.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"
#include "hex.h"
#include "relay_ends.h"
#include "vectors.h"

namespace h2wire {
namespace {

template <class... Fs>
Octets Wire(const Fs&... frames) {
  Octets octets;
  const auto add = [&](const auto& frame) {
    const std::size_t begin = octets.size();
    octets.resize(begin + EncodedSize(frame));
    EXPECT_EQ(Encode(frame, MutableBytes(octets).subspan(begin)).fault, Fault::kNone);
  };
  (add(frames), ...);
  return octets;
}

Octets operator+(const Octets& a, const Octets& b) {
  Octets sum = a;
  sum.insert(sum.end(), b.begin(), b.end());
  return sum;
}

Octets Preface() {
  const Bytes preface = AsBytes(kConnectionPreface);
  return Octets(preface.begin(), preface.end());
}

HeadersFrame Request(StreamId stream_id) {
  return {.stream_id = stream_id,
          .end_stream = true,
          .end_headers = true,
          .fragment = "82 84 86 41 01 61"_hex};
}

// What came behind the first `skip` octets, as frames in text.
std::vector<std::string> Frames(Bytes octets, std::size_t skip = 0) {
  std::vector<std::string> frames;
  octets = After(octets, skip);
  while (!octets.empty()) {
    const auto next = Decode(octets, {.max_frame_size = kLargestMaxFrameSize});
    if (next.status != DecodeStatus::kOk) {
      frames.push_back("?");
      break;
    }
    frames.push_back(ToString(next.frame, {.max_octets = 100}));
    octets = After(octets, next.size);
  }
  return frames;
}

// A connection on which both have told their SETTINGS.
class Begun : public RelayEnds {
 public:
  explicit Begun(const RelayOptions& options = {}, const GuardLimits& limits = kDefaultGuardLimits)
      : RelayEnds(options, limits) {
    Send(Side::kClient, Preface() + Wire(SettingsFrame{}));
    Send(Side::kServer, Wire(SettingsFrame{}, SettingsFrame{.ack = true}));
    Send(Side::kClient, Wire(SettingsFrame{.ack = true}));
    for (const Side side : {Side::kClient, Side::kServer})
      begun_[side == Side::kServer] = got(side).size();
  }
  // What a side got since then.
  std::vector<std::string> News(Side to) const {
    return Frames(got(to), begun_[to == Side::kServer]);
  }

 private:
  std::array<std::size_t, 2> begun_{};
};

// The answer to the PING that `octets` end with.
PingFrame PongToLast(Bytes octets) {
  PingFrame pong = {.ack = true};
  std::ranges::copy(octets.last(pong.opaque_data.size()), pong.opaque_data.begin());
  return pong;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RelayTest, WhatIsInOrderPassesAsItCame) {
  Begun ends;
  ends.Send(Side::kClient, Wire(Request(1)));
  const Octets response =
      Wire(HeadersFrame{.stream_id = 1, .end_headers = true, .fragment = "88"_hex},
           DataFrame{.stream_id = 1, .end_stream = true, .data = "hello"_text});
  ends.Send(Side::kServer, response);
  EXPECT_EQ(ends.got(Side::kServer), ends.sent(Side::kClient));
  EXPECT_EQ(ends.got(Side::kClient), ends.sent(Side::kServer));
  EXPECT_EQ(ends.Verdict(), "");
  EXPECT_TRUE(ends.relay.WantsFrom(Side::kClient));
  EXPECT_FALSE(ends.relay.HasFinished(Side::kClient));
}

TEST(RelayTest, WhatPassesIsSeenOnceInItsOrder) {
  const Octets client =
      Wire(HeadersFrame{.stream_id = 1, .fragment = "82 84"_hex},
           ContinuationFrame{.stream_id = 1, .end_headers = true, .fragment = "86"_hex},
           DataFrame{.stream_id = 1, .data = "hello"_text},
           DataFrame{.stream_id = 1, .pad_length = 3, .data = "hello"_text}, PingFrame{},
           PingFrame{.ack = true}, WindowUpdateFrame{0, 5}, WindowUpdateFrame{1, 5},
           PriorityFrame{.stream_id = 1}, PriorityUpdateFrame{1, "u=1"_text},
           RawFrame{.header = {.type = FrameType{0x77}, .stream_id = 1}, .payload = "x"_text},
           RstStreamFrame{1, ErrorCode::kCancel}, SettingsFrame{}, Request(3), GoawayFrame{});
  const Octets server =
      Wire(PushPromiseFrame{.stream_id = 3, .end_headers = true, .promised_stream_id = 2},
           HeadersFrame{.stream_id = 3, .end_headers = true, .fragment = "88"_hex},
           DataFrame{.stream_id = 3, .end_stream = true, .data = "hello"_text},
           AltSvcFrame{.origin = "https://a"_text}, OriginFrame{}, PingFrame{},
           PingFrame{.ack = true}, SettingsFrame{.ack = true}, GoawayFrame{.last_stream_id = 3});
  for (std::size_t size = 1; size <= client.size(); ++size) {
    for (const Side from : {Side::kClient, Side::kServer}) {
      Begun ends;
      if (from == Side::kServer) ends.Send(Side::kClient, client);
      const Octets& octets = from == Side::kClient ? client : server;
      std::vector<FrameType> seen;
      const auto see = [&]<class F>(const F& frame) {
        if constexpr (requires { frame.octets; }) {
          if (frame.first) seen.push_back(TypeOf(frame.frame));
        } else if constexpr (requires { TypeOf(frame); }) {
          seen.push_back(TypeOf(frame));
        }
      };
      std::vector<FrameType> sent;
      for (Bytes left = octets; !left.empty();) {
        sent.push_back(LoadHeader(left.data()).type);
        left = After(left, kFrameHeaderSize + LoadHeader(left.data()).length);
      }
      for (Bytes left = octets; !left.empty(); left = After(left, std::min(size, left.size()))) {
        ends.Send(from, left.first(std::min(size, left.size())), see);
      }
      EXPECT_EQ(seen, sent) << size;
      EXPECT_EQ(ends.Verdict(), "");
    }
  }
}

TEST(RelayTest, APromiseThatHasBegunToPassCounts) {
  Begun ends;
  ends.Send(Side::kClient, Wire(Request(1)));
  const Octets promise =
      Wire(PushPromiseFrame{.stream_id = 1, .promised_stream_id = 6, .fragment = "82 84"_hex});
  ends.Send(Side::kServer, Bytes(promise).first(promise.size() - 1));
  ends.relay.Close(ErrorCode::kNoError, "");
  ends.Hear();
  EXPECT_EQ(ends.News(Side::kServer).back(),
            "GOAWAY last_stream_id=6 error_code=NO_ERROR debug_data=0");
  EXPECT_EQ(ends.Verdict(), "");
}

TEST(RelayTest, TheResultIsTheSameForEveryPiece) {
  const Octets client =
      Preface() +
      Wire(SettingsFrame{}, Request(1),
           HeadersFrame{
               .stream_id = 3, .pad_length = 5, .priority = Priority{}, .fragment = "82"_hex},
           ContinuationFrame{.stream_id = 3, .end_headers = true, .fragment = "84"_hex},
           DataFrame{.stream_id = 3, .pad_length = 3, .data = "some data"_text},
           RawFrame{{.type = FrameType{0xbe}}, "of a type that nobody knows"_text},
           PriorityUpdateFrame{3, "u=1"_text}, GoawayFrame{.debug_data = "bye"_text},
           WindowUpdateFrame{0, 0x7fffffff});
  for (std::size_t piece = 1; piece <= client.size(); ++piece) {
    RelayEnds ends;
    ends.SendInPieces(Side::kClient, client, piece);
    EXPECT_EQ(ends.got(Side::kServer), client) << piece;
    EXPECT_FALSE(ends.relay.KeepsStorage(Side::kClient)) << piece;
    EXPECT_EQ(ends.Verdict(), "") << piece;
  }
}

TEST(RelayTest, NothingOfAFramePassesBeforeItIsJudged) {
  for (std::size_t piece = 1; piece < 30; ++piece) {
    Begun ends;
    ends.SendInPieces(Side::kClient, Wire(Request(1)), piece);
    ends.SendInPieces(Side::kClient, "00 00 04  08  00  00 00 00 00  00 00 00 00"_hex, piece);
    EXPECT_THAT(ends.News(Side::kServer),
                ElementsAre(::testing::StartsWith("HEADERS stream=1"),
                            "GOAWAY last_stream_id=0 error_code=NO_ERROR debug_data=21 "
                            "\"zero_window_increment\""));
    EXPECT_THAT(ends.News(Side::kClient),
                ElementsAre("GOAWAY last_stream_id=1 error_code=PROTOCOL_ERROR debug_data=21 "
                            "\"zero_window_increment\""));
    EXPECT_TRUE(ends.relay.HasFinished(Side::kClient));
    EXPECT_TRUE(ends.relay.HasFinished(Side::kServer));
    EXPECT_FALSE(ends.relay.WantsFrom(Side::kClient));
    EXPECT_EQ(ends.relay.ErrorFrom(Side::kClient).fault, Fault::kZeroWindowIncrement);
    EXPECT_EQ(ends.Verdict(), "");
  }
}

TEST(RelayTest, AStreamErrorEndsTheConnection) {
  Begun ends;
  ends.Send(Side::kClient, Wire(Request(1)));
  ends.Send(Side::kClient, "00 00 04  08  00  00 00 00 01  00 00 00 00"_hex);
  EXPECT_THAT(ends.News(Side::kClient),
              ElementsAre("GOAWAY last_stream_id=1 error_code=PROTOCOL_ERROR debug_data=21 "
                          "\"zero_window_increment\""));
  EXPECT_EQ(ends.relay.ErrorFrom(Side::kClient).stream_id, 0u);
}

TEST(RelayTest, WhatAServerDoesWrongIsAnInternalErrorToTheClient) {
  Begun ends;
  ends.Send(Side::kClient, Wire(Request(1), Request(3)));
  ends.Send(Side::kServer, "00 00 07  06  00  00 00 00 00  00 00 00 00 00 00 00"_hex);
  EXPECT_THAT(ends.News(Side::kClient),
              ElementsAre("GOAWAY last_stream_id=3 error_code=INTERNAL_ERROR debug_data=12 "
                          "\"wrong_length\""));
  EXPECT_EQ(ends.News(Side::kServer).back(),
            "GOAWAY last_stream_id=0 error_code=FRAME_SIZE_ERROR debug_data=12 \"wrong_length\"");
  EXPECT_EQ(ends.Verdict(), "");
}

TEST(RelayTest, AnEarlyFaultIsToldBehindSettings) {
  for (const std::string_view begin : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.1\r\n"}) {
    RelayEnds ends;
    ends.Send(Side::kClient, AsBytes(begin));
    EXPECT_THAT(Frames(ends.got(Side::kClient)),
                ElementsAre("SETTINGS", ::testing::StartsWith("GOAWAY last_stream_id=0 "
                                                              "error_code=PROTOCOL_ERROR")));
    EXPECT_THAT(ends.got(Side::kServer), IsEmpty());
    EXPECT_TRUE(ends.relay.HasFinished(Side::kServer));
  }
}

// Beginnings that are no preface, some to the last octet but one; and one that is.
std::vector<Octets> Beginnings() {
  Octets last_wrong = Preface();
  last_wrong.back() = std::byte{'!'};
  std::vector<Octets> beginnings = {last_wrong, Preface() + Wire(SettingsFrame{})};
  for (const std::string_view begin :
       {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PROPFIND / HTTP/1.1\r\n", "PRI * HTTP/2.1\r\n",
        "HTTP/1.1 400 Bad Request\r\n", "\x16\x03\x01\x02", "\x16\x16\x16",
        "A-METHOD-OF-21-LETTERS /"}) {
    const Bytes octets = AsBytes(begin);
    beginnings.emplace_back(octets.begin(), octets.end());
  }
  return beginnings;
}

TEST(RelayTest, ABeginningInPiecesIsWhatCame) {
  for (const Octets& beginning : Beginnings()) {
    const bool good = MatchPreface(beginning) == PrefaceMatch::kWhole;
    for (const bool report_only : {false, true}) {
      for (std::size_t first = 1; first < beginning.size(); ++first) {
        for (std::size_t second = first; second < beginning.size(); ++second) {
          RelayEnds ends({.report_only = report_only});
          const Bytes octets = beginning;
          ends.Send(Side::kClient, octets.first(first));
          ends.Send(Side::kClient, octets.subspan(first, second - first));
          ends.Send(Side::kClient, octets.subspan(second));
          const Octets passed = report_only || good ? beginning : Octets();
          ASSERT_EQ(ends.got(Side::kServer), passed) << first << ' ' << second;
          const FrameError& error = ends.relay.ErrorFrom(Side::kClient);
          EXPECT_EQ(error.fault == Fault::kNone, report_only || good);
          EXPECT_EQ(ends.relay.HasFinished(Side::kServer), !report_only && !good);
          EXPECT_FALSE(ends.relay.KeepsStorage(Side::kClient));
        }
      }
    }
  }
}

TEST(RelayTest, APrefaceInPiecesLivesOnWhileTheServerIsToldOfAFault) {
  const Bytes by_0 = "000004 08 00 00000000 00000000"_hex;
  for (std::size_t cut = 1; cut < kConnectionPreface.size(); ++cut) {
    RelayEnds ends;
    const Octets octets = Preface() + Wire(SettingsFrame()) + Octets(by_0.begin(), by_0.end());
    ends.Send(Side::kClient, Bytes(octets).first(cut));
    ends.Send(Side::kClient, Bytes(octets).subspan(cut));
    EXPECT_EQ(ends.Verdict(), "") << cut;
    EXPECT_THAT(Frames(ends.got(Side::kServer), kConnectionPreface.size()),
                ElementsAre(testing::HasSubstr("SETTINGS"), testing::HasSubstr("GOAWAY")))
        << cut;
  }
}

TEST(RelayTest, AServerThatSpeaksHttp1IsNamed) {
  for (const std::size_t piece : {1u, 4u, 9u, 100u}) {
    RelayEnds ends;
    ends.Send(Side::kClient, Preface() + Wire(SettingsFrame{}, Request(1)));
    ends.SendInPieces(Side::kServer, "HTTP/1.1 400 Bad Request"_text, piece);
    EXPECT_EQ(ends.relay.ErrorFrom(Side::kServer).fault, Fault::kHttp1Response) << piece;
    EXPECT_THAT(Frames(ends.got(Side::kClient)).back(), ::testing::HasSubstr("http1_response"));
  }
}

TEST(RelayTest, AFrameThatHasBegunIsNotInterrupted) {
  Begun ends;
  const Octets data = Wire(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(1000)});
  ends.Send(Side::kClient, Wire(Request(1)));
  ends.Send(Side::kServer, Wire(HeadersFrame{.stream_id = 1, .end_headers = true}) + data);
  ends.Send(Side::kServer, Bytes(data).first(500));
  ends.Send(Side::kClient, "00 00 04  08  00  00 00 00 00  00 00 00 00"_hex);
  EXPECT_FALSE(ends.relay.HasFinished(Side::kClient));
  EXPECT_TRUE(ends.relay.WantsFrom(Side::kServer));
  EXPECT_EQ(ends.News(Side::kClient).back(), "?");
  ends.Send(Side::kServer, Octets(data.begin() + 500, data.end()) + data);
  EXPECT_EQ(ends.News(Side::kClient).size(), 4u);  // HEADERS, DATA, DATA, GOAWAY
  EXPECT_TRUE(ends.relay.HasFinished(Side::kClient));
  EXPECT_FALSE(ends.relay.WantsFrom(Side::kServer));
  EXPECT_EQ(ends.Verdict(), "");
}

TEST(RelayTest, WhereAFrameCannotEndNothingIsSaid) {
  Begun ends;
  ends.Send(Side::kClient, Wire(Request(1)));
  const Octets data = Wire(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(1000)});
  ends.Send(Side::kServer, Bytes(data).first(500));
  ends.EndOf(Side::kServer);
  EXPECT_TRUE(ends.relay.HasFinished(Side::kClient));
  EXPECT_EQ(ends.got(Side::kClient), ends.sent(Side::kServer));
  // It may also be that there is something to say before that is known.
  Begun closed;
  closed.Send(Side::kClient, Wire(Request(1)));
  closed.Send(Side::kServer, Bytes(data).first(500));
  closed.relay.Close(ErrorCode::kNoError, "");
  EXPECT_FALSE(closed.relay.HasFinished(Side::kClient));
  closed.EndOf(Side::kServer);
  EXPECT_TRUE(closed.relay.HasFinished(Side::kClient));
  EXPECT_EQ(closed.got(Side::kClient), closed.sent(Side::kServer));
  // The same of a field block.
  Begun block;
  block.Send(Side::kClient, Wire(HeadersFrame{.stream_id = 1, .fragment = "82"_hex}, PingFrame{}));
  EXPECT_TRUE(block.relay.HasFinished(Side::kServer));
  EXPECT_THAT(block.News(Side::kServer), ElementsAre(::testing::StartsWith("HEADERS")));
  EXPECT_THAT(block.News(Side::kClient),
              ElementsAre("GOAWAY last_stream_id=1 error_code=PROTOCOL_ERROR debug_data=23 "
                          "\"field_block_interrupted\""));
  EXPECT_EQ(block.Verdict(), "");
}

TEST(RelayTest, TheLastStreamIsTheHighestThatPassed) {
  Begun ends;
  ends.Send(Side::kClient, Wire(Request(1), Request(7), PriorityFrame{99}));
  ends.relay.Close(ErrorCode::kNoError, "idle_timeout");
  ends.Hear();
  EXPECT_THAT(ends.News(Side::kClient),
              ElementsAre("GOAWAY last_stream_id=7 error_code=NO_ERROR debug_data=12 "
                          "\"idle_timeout\""));
  EXPECT_EQ(ends.Verdict(), "");

  // Never more than a GOAWAY that passed before.
  Begun told;
  told.Send(Side::kClient, Wire(Request(1), Request(7)));
  told.Send(Side::kServer, Wire(GoawayFrame{.last_stream_id = 3}));
  told.relay.Close(ErrorCode::kNoError, "idle_timeout");
  told.Hear();
  EXPECT_EQ(told.News(Side::kClient).back(),
            "GOAWAY last_stream_id=3 error_code=NO_ERROR debug_data=12 \"idle_timeout\"");
  // Towards the server the highest that was promised.
  Begun pushed;
  pushed.Send(Side::kClient, Wire(Request(1)));
  pushed.Send(Side::kServer,
              Wire(PushPromiseFrame{.stream_id = 1, .end_headers = true, .promised_stream_id = 4}));
  pushed.relay.Close(ErrorCode::kNoError, "idle_timeout");
  pushed.Hear();
  EXPECT_EQ(pushed.News(Side::kServer).back(),
            "GOAWAY last_stream_id=4 error_code=NO_ERROR debug_data=12 \"idle_timeout\"");
}

TEST(RelayTest, AServerThatWasNotReachedActedOnNoStream) {
  RelayEnds ends;
  ends.Send(Side::kClient, Preface() + Wire(SettingsFrame{}, Request(1)));
  ends.relay.Lose(Side::kServer, ErrorCode::kInternalError, "server_unreachable", false);
  ends.Hear();
  EXPECT_THAT(Frames(ends.got(Side::kClient)),
              ElementsAre("SETTINGS",
                          "GOAWAY last_stream_id=0 error_code=INTERNAL_ERROR "
                          "debug_data=18 \"server_unreachable\""));
  EXPECT_TRUE(ends.relay.HasFinished(Side::kClient));
  EXPECT_FALSE(ends.relay.WantsFrom(Side::kClient));
}

TEST(RelayTest, AServerThatClosesWithoutAWordIsTold) {
  RelayEnds ends;
  ends.Send(Side::kClient, Preface() + Wire(SettingsFrame{}, Request(1)));
  ends.EndOf(Side::kServer);
  EXPECT_THAT(Frames(ends.got(Side::kClient)),
              ElementsAre("SETTINGS",
                          "GOAWAY last_stream_id=1 error_code=INTERNAL_ERROR "
                          "debug_data=16 \"closed_by_server\""));
}

TEST(RelayTest, AnEndPasses) {
  Begun ends;
  ends.EndOf(Side::kClient);
  EXPECT_TRUE(ends.relay.HasFinished(Side::kServer));
  EXPECT_FALSE(ends.relay.HasFinished(Side::kClient));
  EXPECT_FALSE(ends.relay.WantsFrom(Side::kClient));
  EXPECT_TRUE(ends.relay.WantsFrom(Side::kServer));
  ends.Send(Side::kServer, Wire(PingFrame{}));
  EXPECT_THAT(ends.News(Side::kClient), ElementsAre("PING opaque_data=0000000000000000"));
  ends.EndOf(Side::kServer);
  EXPECT_TRUE(ends.relay.HasFinished(Side::kClient));
}

TEST(RelayTest, AGracefulEndWaitsForWhatHadCrossed) {
  Begun ends;
  ends.Send(Side::kClient, Wire(Request(1)));
  ends.relay.Drain();
  ends.Hear();
  ASSERT_EQ(ends.News(Side::kClient).size(), 2u);
  EXPECT_EQ(ends.News(Side::kClient)[0],
            "GOAWAY last_stream_id=2147483647 error_code=NO_ERROR debug_data=0");
  EXPECT_THAT(ends.News(Side::kClient)[1], ::testing::StartsWith("PING opaque_data="));
  const PingFrame pong = PongToLast(ends.got(Side::kClient));
  // A request had crossed the GOAWAY. The acknowledgement does not pass.
  ends.Send(Side::kClient, Wire(Request(3), pong, WindowUpdateFrame{0, 5}));
  EXPECT_EQ(ends.News(Side::kClient).back(),
            "GOAWAY last_stream_id=3 error_code=NO_ERROR debug_data=0");
  EXPECT_THAT(ends.News(Side::kServer),
              ElementsAre(::testing::StartsWith("HEADERS stream=1"),
                          ::testing::StartsWith("HEADERS stream=3"),
                          "WINDOW_UPDATE stream=0 window_size_increment=5"));
  EXPECT_EQ(ends.Verdict(), "");
  // Streams go on; a server's GOAWAY for more streams does not pass as it is.
  ends.Send(Side::kServer, Wire(GoawayFrame{kMaxStreamId, ErrorCode::kEnhanceYourCalm, {}},
                                HeadersFrame{.stream_id = 1, .end_headers = true}));
  EXPECT_THAT(ends.News(Side::kClient),
              ::testing::Contains("GOAWAY last_stream_id=3 error_code=ENHANCE_YOUR_CALM "
                                  "debug_data=0"));
  EXPECT_THAT(ends.News(Side::kClient).back(), ::testing::StartsWith("HEADERS stream=1"));
  EXPECT_EQ(ends.Verdict(), "");
  // A new request ends it: its field block can neither pass nor be left out.
  ends.Send(Side::kClient, Wire(Request(5)));
  EXPECT_EQ(ends.News(Side::kClient).back(),
            "GOAWAY last_stream_id=3 error_code=NO_ERROR debug_data=25 "
            "\"request_above_last_stream\"");
  EXPECT_TRUE(ends.relay.HasFinished(Side::kServer));
  EXPECT_EQ(ends.Verdict(), "");
}

// Trailers are not a new request, also on a stream that the server has said it does not act on.
TEST(RelayTest, AGracefulEndLetsTheLastRequestEnd) {
  Begun ends;
  ends.Send(Side::kClient,
            Wire(HeadersFrame{.stream_id = 7, .end_headers = true, .fragment = "82"_hex}));
  ends.Send(Side::kServer, Wire(GoawayFrame{.last_stream_id = 3}));
  ends.relay.Drain();
  ends.Hear();
  const PingFrame pong = PongToLast(ends.got(Side::kClient));
  ends.Send(Side::kClient, Wire(pong));
  EXPECT_EQ(ends.News(Side::kClient).back(),
            "GOAWAY last_stream_id=3 error_code=NO_ERROR debug_data=0");
  ends.Send(Side::kClient,
            Wire(HeadersFrame{.stream_id = 7, .end_stream = true, .end_headers = true}));
  EXPECT_THAT(ends.News(Side::kServer).back(),
              ::testing::StartsWith("HEADERS stream=7 END_STREAM"));
  EXPECT_EQ(ends.Verdict(), "");
}

TEST(RelayTest, AGracefulEndWaitsForSettingsAndForTheEndOfAFrame) {
  RelayEnds ends;
  ends.Send(Side::kClient, Preface() + Wire(SettingsFrame{}, Request(1)));
  ends.relay.Drain();
  ends.Hear();
  EXPECT_THAT(ends.got(Side::kClient), IsEmpty());
  const Octets data = Wire(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(100)});
  ends.Send(Side::kServer, Wire(SettingsFrame{}) + data);
  EXPECT_THAT(Frames(ends.got(Side::kClient)).at(1), ::testing::StartsWith("GOAWAY"));
  EXPECT_EQ(Frames(ends.got(Side::kClient)).size(), 4u);
  EXPECT_EQ(ends.Verdict(), "");
}

TEST(RelayTest, FramesAreAsLargeAsTheReceiverAccepts) {
  Begun ends;
  const Octets large = Wire(DataFrame{.stream_id = 1, .data = Octets(20000)});
  ends.Send(Side::kClient, Wire(Request(1)));
  ends.Send(Side::kServer, Wire(SettingsFrame{.settings = SettingsView("00 05  00 00 80 00"_hex)}));
  ends.Send(Side::kClient, Wire(SettingsFrame{.ack = true}) + large);
  EXPECT_EQ(ends.relay.ErrorFrom(Side::kClient).fault, Fault::kNone);
  EXPECT_EQ(ends.got(Side::kServer), ends.sent(Side::kClient));
  ends.Send(Side::kServer, large);  // the client has not said so
  EXPECT_EQ(ends.relay.ErrorFrom(Side::kServer).fault, Fault::kFrameTooLarge);
  EXPECT_EQ(ends.Verdict(), "");
}

TEST(RelayTest, ReportOnlyEndsNothing) {
  for (const std::size_t piece : {1u, 5u, 1000u}) {
    Begun ends({.report_only = true});
    std::vector<Fault> faults;
    const Octets octets = Wire(Request(1)) + Octets(Wire(WindowUpdateFrame{0, 1})) +
                          Octets(13, std::byte{8}) + Wire(PingFrame{});
    Bytes in = octets;
    while (!in.empty()) {
      ends.Send(Side::kClient, in.first(std::min(piece, in.size())),
                Overloaded{[&](const FrameError& error) { faults.push_back(error.fault); },
                           [](const auto&) {}});
      in = After(in, piece);
    }
    EXPECT_EQ(ends.got(Side::kServer), ends.sent(Side::kClient));
    EXPECT_THAT(faults, ElementsAre(Fault::kFrameTooLarge));
    EXPECT_FALSE(ends.relay.HasFinished(Side::kServer));
  }
}

TEST(RelayTest, ReportOnlyTellsWhatExceedsALimit) {
  GuardLimits limits;
  limits.pings = {2, limits.pings.refill};
  Begun ends({.report_only = true}, limits);
  std::vector<Fault> faults;
  const auto seen = Overloaded{[&](const FrameError& error) { faults.push_back(error.fault); },
                               [](const auto&) {}};
  for (int i = 0; i < 4; ++i) ends.Send(Side::kClient, Wire(PingFrame{}), seen);
  EXPECT_THAT(faults, ElementsAre(Fault::kTooManyPings, Fault::kTooManyPings));
  EXPECT_EQ(ends.News(Side::kServer).size(), 4u);
}

// What comes behind a frame that cannot be decoded passes, and the relay says nothing more there.
TEST(RelayTest, ReportOnlySaysNothingBehindWhatItCannotDecode) {
  const Octets bad = Octets(13, std::byte{8});
  const RelayOptions report_only = {.report_only = true};
  {
    Begun ends(report_only);
    ends.Send(Side::kClient, bad);
    ends.Send(Side::kClient, Wire(PingFrame{}));
    EXPECT_EQ(ends.got(Side::kServer), ends.sent(Side::kClient));
    EXPECT_EQ(ends.relay.ErrorFrom(Side::kClient).fault, Fault::kNone);
    ends.relay.Close(ErrorCode::kNoError, "idle_timeout");
    ends.Hear();
    EXPECT_EQ(ends.got(Side::kServer), ends.sent(Side::kClient));
    EXPECT_TRUE(ends.relay.HasFinished(Side::kServer));
    EXPECT_THAT(ends.News(Side::kClient), ElementsAre(::testing::StartsWith("GOAWAY")));
  }
  {
    Begun ends(report_only);
    ends.Send(Side::kServer, bad);
    ends.relay.Drain();
    ends.Hear();
    EXPECT_EQ(ends.got(Side::kClient), ends.sent(Side::kServer));
    EXPECT_FALSE(ends.relay.HasFinished(Side::kClient));
  }
  {  // Nor what it could not say before.
    Begun ends(report_only);
    ends.Send(Side::kClient, Wire(HeadersFrame{.stream_id = 1, .fragment = "82"_hex}));
    ends.relay.Close(ErrorCode::kNoError, "idle_timeout");
    EXPECT_FALSE(ends.relay.HasFinished(Side::kServer));
    ends.Send(Side::kClient, bad);
    EXPECT_EQ(ends.got(Side::kServer), ends.sent(Side::kClient));
    EXPECT_TRUE(ends.relay.HasFinished(Side::kServer));
  }
}

TEST(RelayTest, NothingIsTakenWhileThereIsSomethingToSay) {
  Relay relay;
  Octets storage(Relay::kStorageSize);
  const Octets hello = Preface() + Wire(SettingsFrame{});
  const Octets settings = Wire(SettingsFrame{});
  EXPECT_EQ(relay.Receive(Side::kClient, hello, storage, {}).taken, hello.size());
  EXPECT_EQ(relay.Receive(Side::kServer, settings, storage, {}).taken, settings.size());
  EXPECT_EQ(relay.Receive(Side::kServer, {}, storage, {}).taken, 0u);
  relay.Drain();
  const Octets ping = Wire(PingFrame{});
  EXPECT_EQ(relay.Receive(Side::kServer, {}, storage, {}).taken, 0u);
  EXPECT_EQ(relay.Receive(Side::kServer, ping, storage, {}).taken, 0u);
  EXPECT_THAT(Frames(relay.Speak(Side::kClient, {})),
              ElementsAre(::testing::StartsWith("GOAWAY"), ::testing::StartsWith("PING")));
  const RelayStep step = relay.Receive(Side::kServer, ping, storage, {});
  EXPECT_EQ(step.taken, ping.size());
  EXPECT_EQ(step.out[1].data(), ping.data());
}

TEST(RelayTest, AServerThatSaysGoawayFirstIsToldAsAFault) {
  for (const bool report_only : {false, true}) {
    RelayEnds ends({.report_only = report_only});
    ends.Send(Side::kClient, Preface() + Wire(SettingsFrame{}, Request(1)));
    ends.Send(Side::kServer, Wire(GoawayFrame{.error_code = ErrorCode::kEnhanceYourCalm}));
    if (report_only) {
      EXPECT_EQ(ends.got(Side::kClient), ends.sent(Side::kServer));
      continue;
    }
    EXPECT_EQ(ends.relay.ErrorFrom(Side::kServer).fault, Fault::kFirstFrameNotSettings);
    EXPECT_THAT(Frames(ends.got(Side::kClient)),
                ElementsAre("SETTINGS", ::testing::HasSubstr("first_frame_not_settings")));
    EXPECT_EQ(ends.Verdict(), "");
  }
}

TEST(RelayTest, AServerThatSpeaksNoHttpIsNamed) {
  for (const std::size_t piece : {1u, 9u, 100u}) {
    RelayEnds ends;
    ends.Send(Side::kClient, Preface() + Wire(SettingsFrame{}));
    ends.SendInPieces(Side::kServer, "SSH-2.0-OpenSSH_9.2"_text, piece);
    EXPECT_EQ(ends.relay.ErrorFrom(Side::kServer).fault, Fault::kFrameTooLarge) << piece;
    EXPECT_EQ(ends.Verdict(), "");
  }
}

TEST(RelayTest, LimitsThatAreLoweredHoldAtOnce) {
  GuardLimits limits;
  Begun ends({}, limits);
  for (StreamId stream = 1; stream < 200; stream += 2) {
    ends.Send(Side::kClient, Wire(Request(stream)));
    ends.Send(Side::kServer,
              Wire(HeadersFrame{.stream_id = stream, .end_stream = true, .end_headers = true}));
  }
  // Streams that were answered may be reset, but no more than may be open at once.
  limits.resets = {10, limits.resets.refill};
  limits.resets_per_stream = 2;
  int passed = 0;
  for (; ends.relay.WantsFrom(Side::kClient) && passed < 100; ++passed) {
    ends.Send(Side::kClient, Wire(RstStreamFrame{.stream_id = 1}));
  }
  EXPECT_EQ(passed - 1, 5 + 10);
  EXPECT_EQ(ends.relay.ErrorFrom(Side::kClient).fault, Fault::kTooManyResets);
  EXPECT_EQ(ends.Verdict(), "");

  Begun other({}, limits);
  limits.pings = {0, {}};
  other.Send(Side::kServer, Wire(PingFrame{}));
  EXPECT_EQ(other.relay.ErrorFrom(Side::kServer).fault, Fault::kTooManyPings);
}

// Whatever breaks a rule by itself, whoever sends it, does not pass, and its code is told.
TEST(RelayTest, NoRefusedVectorPasses) {
  int tried = 0;
  ForEachVector([&](const Vector& vector) {
    if (vector.kind != Vector::Kind::kRefused || vector.options.max_frame_size < 16384 ||
        vector.options.reject_nonzero_padding || !vector.options.extensions) {
      return;
    }
    ++tried;
    for (const Side from : {Side::kClient, Side::kServer}) {
      for (const std::size_t piece : {1u, 7u, 100000u}) {
        Begun ends;
        ends.Send(Side::kClient, Wire(Request(1), Request(3), Request(5), Request(7)));
        const std::size_t before = ends.got(Other(from)).size();
        const std::size_t told_before = ends.got(from).size();
        ends.SendInPieces(from, vector.octets, piece);
        EXPECT_NE(ends.relay.ErrorFrom(from).fault, Fault::kNone) << vector.name;
        EXPECT_EQ(Frames(ends.got(Other(from)), before).size(), 1u) << vector.name;
        const std::string told = Frames(ends.got(from), told_before).back();
        if (ends.relay.ErrorFrom(from).fault == vector.fault) {
          EXPECT_THAT(told, ::testing::HasSubstr("error_code=" + ToString(vector.code)))
              << vector.name;
        }
        EXPECT_EQ(ends.Verdict(), "") << vector.name;
      }
    }
  });
  EXPECT_GT(tried, 50);
}

TEST(RelayTest, RealConnectionsPass) {
  int tried = 0;
  for (const std::string& name : CaptureNames()) {
    for (const Side from : {Side::kClient, Side::kServer}) {
      const std::string file = name + (from == Side::kClient ? ".client.h2" : ".server.h2");
      std::ifstream in(std::filesystem::path(H2WIRE_CAPTURES) / file, std::ios::binary);
      std::string text(std::istreambuf_iterator<char>(in), {});
      const Bytes preface = AsBytes(kConnectionPreface);
      const bool begins =
          std::ranges::equal(AsBytes(text).first(std::min<std::size_t>(24, text.size())), preface);
      if (from == Side::kClient && !begins) text.insert(0, kConnectionPreface);
      for (const std::size_t piece : {1u, 100u, 1460u, 65536u}) {
        RelayEnds ends({.report_only = true});  // the two directions are not in their true order
        bool judged = true;
        for (Bytes left = AsBytes(text); !left.empty(); left = After(left, piece)) {
          ends.Send(from, left.first(std::min(piece, left.size())),
                    Overloaded{[&](const FrameError& error) {
                                 if (error.fault < Fault::kFirstFrameNotSettings) judged = false;
                               },
                               [](const auto&) {}});
        }
        EXPECT_TRUE(judged) << file;
        EXPECT_EQ(ends.got(Other(from)), ends.sent(from)) << file;
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 50);
}

TEST(RelayTest, ItsSizeIsFixed) {
  static_assert(sizeof(Relay) <= 1024);
  static_assert(Relay::kStorageSize == 9 + 16384);
}

// Frames of all sorts in all pieces, ends, losses and graceful ends at any moment.
TEST(RelayTest, EachSideSeesTheBeginningOfALegalConnection) {
  std::mt19937 random(17);
  const auto below = [&](std::size_t n) { return random() % n; };
  std::vector<Octets> frames;
  ForEachVector([&](const Vector& vector) {
    if (vector.good() || below(8) == 0)
      frames.emplace_back(vector.octets.begin(), vector.octets.end());
  });
  const Octets good[] = {Wire(Request(1)),
                         Wire(Request(3)),
                         Wire(Request(5)),
                         Wire(SettingsFrame{}),
                         Wire(SettingsFrame{.ack = true}),
                         Wire(PingFrame{}),
                         Wire(GoawayFrame{.last_stream_id = 3}),
                         Wire(GoawayFrame{.last_stream_id = kMaxStreamId}),
                         Wire(PingFrame{.ack = true, .opaque_data = internal::kDrainData}),
                         Wire(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(300)}),
                         Wire(HeadersFrame{.stream_id = 7, .fragment = "82"_hex},
                              ContinuationFrame{.stream_id = 7, .end_headers = true})};
  int whole = 0;
  for (int run = 0; run < 20000; ++run) {
    RelayEnds ends;
    std::array<Octets, 2> streams = {Preface() + Wire(SettingsFrame{}), Wire(SettingsFrame{})};
    for (int i = 0; i < 12; ++i) {
      const Octets& frame =
          below(6) == 0 ? frames[below(frames.size())] : good[below(std::size(good))];
      Octets& stream = streams[below(2)];
      stream.insert(stream.end(), frame.begin(), frame.end());
    }
    std::array<Bytes, 2> left = {streams[0], streams[1]};
    while (!left[0].empty() || !left[1].empty()) {
      const std::size_t side = below(2);
      const std::size_t size = std::min(left[side].size(), below(2) == 0 ? below(20) : below(1000));
      ends.Send(Side{static_cast<std::uint8_t>(side)}, left[side].first(size));
      left[side] = left[side].subspan(size);
      if (below(40) == 0) ends.relay.Drain();
      if (below(200) == 0) ends.relay.Close(ErrorCode::kNoError, "idle_timeout");
      if (below(200) == 0) ends.EndOf(Side{static_cast<std::uint8_t>(below(2))});
      if (below(200) == 0)
        ends.relay.Lose(Side{static_cast<std::uint8_t>(below(2))}, ErrorCode::kInternalError,
                        "lost");
      ends.Hear();
    }
    whole += ends.got(Side::kServer).size() == streams[0].size() ? 1 : 0;
    ASSERT_EQ(ends.Verdict(), "") << "run " << run;
  }
  EXPECT_GT(whole, 100);
}

}  // namespace
}  // namespace h2wire
