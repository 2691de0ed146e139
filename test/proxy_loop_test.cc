// SPDX-License-Identifier: Apache-2.0

// The loop of a proxy, as the README shows it, at work between two sockets.

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/h2wire.h"

namespace h2wire {
namespace {

// What one side of a proxy is sent.
struct Output {
  explicit Output(int to) : socket(to) {}
  bool Flush() {
    std::array<iovec, 256> pieces;
    for (auto batch = queue.Batch(pieces); !batch.empty(); batch = queue.Batch(pieces)) {
      const ssize_t sent = writev(socket, batch.data(), static_cast<int>(batch.size()));
      if (sent <= 0) return false;
      queue.Written(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void Send(const auto& frame) {  // when all is flushed there is room for any frame
    if (queue.Add(frame) == Fault::kNoRoom && Flush()) (void)queue.Add(frame);
  }

  int socket;
  std::array<std::byte, 65536> copies;
  std::array<OutputQueue::Body, 128> bodies;
  std::array<std::byte, 1024> urgent;
  OutputQueue queue{copies, bodies, urgent};
};

// Forwards what a client sends, frame by frame, to a server that accepts smaller frames than we do.
// Returns why the connections are lost, which both sides are told; kNone if the client closed.
FrameError Forward(int client, Output& to_client, Output& to_server, std::uint32_t max_frame_size) {
  using Decoder = StreamDecoderOf<Frame, InParts<DataFrame, RawFrame>>;
  constexpr StreamDecoderOptions kOptions = {
      .decode = {.max_frame_size = 1 << 20}, .preface = true, .max_whole_frame_size = 1 << 16};
  std::array<std::byte, Decoder::StorageSize(kOptions)> storage;
  std::array<std::byte, 65536> piece;
  Decoder decoder(storage, kOptions);
  StreamId opened = 0;  // the highest stream that the server knows

  const auto end = [&](const FrameError& error) {
    to_client.Send(GoawayFor(error, opened));
    to_server.Send(GoawayFrame{});
    return (void)to_client.Flush(), (void)to_server.Flush(), error;
  };
  const auto send_data = [&](const DataFrame& frame, std::size_t padding) {
    if (!frame.data.empty() || frame.end_stream) {
      for (const DataFrame& cut : Cut(frame, max_frame_size, CutPadding::kDrop)) {
        to_server.Send(cut);
      }
    }
    if (padding == 0) return;  // else the server never sees what its sender has paid for it
    to_client.Send(WindowUpdateFrame{0, static_cast<std::uint32_t>(padding)});
    to_client.Send(WindowUpdateFrame{frame.stream_id, static_cast<std::uint32_t>(padding)});
  };
  const Overloaded frames = {
      [&](const DataFrame& frame) {
        send_data(frame, FlowControlledLength(frame) - frame.data.size());
      },
      [&](GoawayFrame frame) {
        const std::size_t room = max_frame_size - 8;
        frame.debug_data = frame.debug_data.first(std::min(frame.debug_data.size(), room));
        to_server.Send(frame);
      },
      [](const RawFrame&) {},  // of unknown type: not for the server (RFC 9113, 5.5)
      [&]<class F>(const F& frame) -> FrameError {
        if constexpr (std::same_as<F, HeadersFrame>) opened = std::max(opened, frame.stream_id);
        if constexpr (requires { Cut(frame, max_frame_size); }) {
          for (const auto& cut : Cut(frame, max_frame_size)) to_server.Send(cut);
        } else if (EncodedSize(frame) > kFrameHeaderSize + max_frame_size) {
          return {Fault::kNone, ErrorCode::kEnhanceYourCalm, 0};
        } else {
          to_server.Send(frame);
        }
        return {};
      }};
  const Overloaded parts = {[&](const Part<DataFrame>& part) {
                              const bool end_stream = part.last && part.frame.end_stream;
                              send_data({part.frame.stream_id, end_stream, {}, part.octets},
                                        part.first ? FlowControlledLength(part) - part.size : 0);
                            },
                            [](const Part<RawFrame>&) {}};

  (void)to_server.queue.AddPreface();
  for (;;) {
    const ssize_t got = read(client, piece.data(), piece.size());
    if (got <= 0) return end({});
    for (Bytes in = Bytes(piece).first(static_cast<std::size_t>(got)); !in.empty();) {
      const bool straddles = !decoder.AtBoundary();
      const Outcome next = decoder.DecodeTo(in, frames, parts);
      if (next.status == DecodeStatus::kError) {
        if (next.error.stream_id == 0 || next.error.stream_id > opened) return end(next.error);
        to_client.Send(RstStreamFor(next.error));
        to_server.Send(RstStreamFor(next.error));
      }
      if (straddles && !to_server.Flush()) break;  // what was borrowed from `storage`
      in = After(in, next.size);
    }
    // What was borrowed from `piece`, before it is read into again.
    if (!to_server.Flush() || !to_client.Flush()) {
      return end({Fault::kNone, ErrorCode::kInternalError, 0});
    }
  }
}

std::string Wire(const Frame& frame) {
  std::string octets(EncodedSize(frame), '\xa5');
  EXPECT_EQ(Encode(frame, std::as_writable_bytes(std::span(octets))).fault, Fault::kNone);
  return octets;
}

// What the server has to make of what the client sent: field blocks and payloads in one,
// WINDOW_UPDATE, which may pass others, on its own, and everything else as it is.
class Content {
 public:
  void operator()(const DataFrame& frame) {
    open_ += AsText(frame.data);
    if (frame.end_stream) Close("END_STREAM");
  }
  void operator()(const HeadersFrame& frame) {
    opened_.insert(frame.stream_id);
    in_block_ = !frame.end_headers;
    Close(frame.end_stream ? "HEADERS END_STREAM " : "HEADERS ");
    open_ += AsText(frame.fragment);
    if (frame.end_headers) Close("END_HEADERS");
  }
  void operator()(const ContinuationFrame& frame) {
    in_block_ = !frame.end_headers;
    open_ += AsText(frame.fragment);
    if (frame.end_headers) Close("END_HEADERS");
  }
  void operator()(const WindowUpdateFrame& frame) {
    EXPECT_FALSE(in_block_);
    EXPECT_TRUE(frame.stream_id == 0 || opened_.contains(frame.stream_id)) << frame;
    updates_.insert(ToString(frame));
  }
  void operator()(const auto& frame) {
    Close("");
    text_ += Wire(frame);
  }
  void Close(std::string_view why) {
    text_.append(open_).append(why).append("\n");
    open_.clear();
  }

  std::string Of(std::string_view wire, std::uint32_t max_frame_size) {
    EXPECT_TRUE(wire.starts_with(kConnectionPreface));
    Bytes in = After(AsBytes(wire), kConnectionPreface.size());
    while (!in.empty()) {
      const Outcome next = DecodeTo(in, *this, {.max_frame_size = max_frame_size});
      EXPECT_EQ(next.status, DecodeStatus::kOk) << next.error;
      if (next.status != DecodeStatus::kOk) break;
      in = After(in, next.size);
    }
    for (const std::string& update : updates_) text_ += update + "\n";
    return text_;
  }

 private:
  std::string text_;
  std::string open_;
  bool in_block_ = false;
  std::set<StreamId> opened_;
  std::multiset<std::string> updates_;
};

// What comes out of Forward when `sent` goes in, in pieces of up to `most` octets: a socket of
// packets keeps them apart.
struct Forwarded {
  FrameError error{};
  std::string to_server{};
  std::string to_client{};
};
std::string ReadAll(int socket) {
  std::string received;
  std::string buffer(1 << 17, '\0');
  for (ssize_t got; (got = read(socket, buffer.data(), buffer.size())) > 0;) {
    received.append(buffer, 0, static_cast<std::size_t>(got));
  }
  return received;
}
Forwarded Play(const std::string& sent, std::size_t most) {
  int client[2];
  int server[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, client), 0);
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, server), 0);
  Forwarded forwarded;
  std::thread writer([&] {
    std::mt19937 random(1);
    for (std::size_t at = 0; at < sent.size();) {
      const std::size_t size = std::min(sent.size() - at, 1 + random() % most);
      const ssize_t written = send(client[0], sent.data() + at, size, MSG_NOSIGNAL);
      if (written <= 0) break;
      at += static_cast<std::size_t>(written);
    }
    shutdown(client[0], SHUT_WR);
    forwarded.to_client = ReadAll(client[0]);
  });
  std::thread proxy([&] {
    Output to_client(client[1]);
    Output to_server(server[0]);
    forwarded.error = Forward(client[1], to_client, to_server, kDefaultMaxFrameSize);
    // What the client still sends is read: a socket that is closed before takes with it what the
    // client has not read yet.
    shutdown(client[1], SHUT_WR);
    (void)ReadAll(client[1]);
    close(client[1]);
    close(server[0]);
  });
  forwarded.to_server = ReadAll(server[1]);
  writer.join();
  proxy.join();
  close(client[0]);
  close(server[1]);
  return forwarded;
}

// The frames in `wire`, one a line, as a peer with the default frame size takes them.
std::string Lines(std::string_view wire) {
  std::string lines;
  Bytes in = AsBytes(wire);
  const auto print = [&](const auto& frame) { lines += ToString(frame, {.max_octets = 8}) + "\n"; };
  while (!in.empty()) {
    const Outcome next = DecodeTo(in, print);
    EXPECT_EQ(next.status, DecodeStatus::kOk) << next.error;
    if (next.status != DecodeStatus::kOk) break;
    in = After(in, next.size);
  }
  return lines;
}
std::string ServerLines(const Forwarded& forwarded) {
  EXPECT_TRUE(forwarded.to_server.starts_with(kConnectionPreface));
  return Lines(std::string_view(forwarded.to_server).substr(kConnectionPreface.size()));
}

constexpr std::size_t kPieces[] = {50, 1000, 60000};
const std::string kServerEnd = Lines(Wire(GoawayFrame{}));
const std::string kClientEnd = Lines(Wire(GoawayFrame{.last_stream_id = 1}));
const std::string kRequest = Wire(HeadersFrame{.stream_id = 1, .end_headers = true});

TEST(ProxyLoop, ForwardsAllThatAClientSends) {
  std::string text(300000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i % 251);
  const Bytes octets = AsBytes(text);
  std::string sent(kConnectionPreface);
  sent += Wire(SettingsFrame());
  for (StreamId id = 1; id < 40; id += 2) {  // every frame with octets of its own
    sent += Wire(HeadersFrame{id, false, true, 5, Priority{}, octets.subspan(3 * id, id * 1000)});
    sent += Wire(HeadersFrame{id + 200, false, true, {}, {}, octets.subspan(5 * id, 2000)});
    sent += Wire(DataFrame{id, false, 200, octets.subspan(3 * id + 1, id * 5000)});
    sent += Wire(WindowUpdateFrame{id, id});
    sent += Wire(DataFrame{.stream_id = id, .data = octets.subspan(3 * id + 2, id)});
    sent += Wire(DataFrame{.stream_id = id, .end_stream = true});
    sent += Wire(PingFrame{});
  }
  const std::string expected = Content().Of(sent, 1 << 20);
  for (const std::size_t most : {50u, 1000u, 5000u, 60000u}) {
    const Forwarded forwarded = Play(sent, most);
    EXPECT_EQ(forwarded.error, FrameError());
    const std::string end = Wire(GoawayFrame{});
    ASSERT_TRUE(forwarded.to_server.ends_with(end));
    const std::string received =
        forwarded.to_server.substr(0, forwarded.to_server.size() - end.size());
    EXPECT_TRUE(Content().Of(received, kDefaultMaxFrameSize) == expected) << most;
  }
}

TEST(ProxyLoop, CutsDebugDataToTheServersFrameSize) {
  const std::string reason(30000, 'x');
  const std::string sent = std::string(kConnectionPreface) +
                           Wire(GoawayFrame{0, ErrorCode::kInternalError, AsBytes(reason)});
  for (const std::size_t most : kPieces) {
    const Forwarded forwarded = Play(sent, most);
    const std::string cut =
        Wire(GoawayFrame{0, ErrorCode::kInternalError, AsBytes(reason).first(16384 - 8)});
    EXPECT_TRUE(forwarded.to_server.starts_with(std::string(kConnectionPreface) + cut)) << most;
    EXPECT_EQ(forwarded.error, FrameError());
  }
}

TEST(ProxyLoop, ForwardsNoFrameOfUnknownType) {
  const std::string payload(300000, 'x');
  std::string sent(kConnectionPreface);
  for (const std::size_t size : {std::size_t{0}, std::size_t{3000}, payload.size()}) {
    sent += Wire(
        RawFrame{.header = {.type = FrameType{0x77}}, .payload = AsBytes(payload).first(size)});
  }
  sent += Wire(PingFrame{});
  for (const std::size_t most : kPieces) {
    const Forwarded forwarded = Play(sent, most);
    EXPECT_EQ(ServerLines(forwarded), Lines(Wire(PingFrame{})) + kServerEnd) << most;
    EXPECT_EQ(forwarded.error, FrameError());
  }
}

// A server gives back what it got; the rest of what the client paid, the proxy does.
TEST(ProxyLoop, CreditsThePaddingThatItDrops) {
  const std::string body(1000, 'x');
  const std::string sent =
      std::string(kConnectionPreface) + kRequest + Wire(DataFrame{1, false, 200, AsBytes(body)}) +
      Wire(DataFrame{1, false, 0, {}}) + Wire(DataFrame{1, true, {}, AsBytes(body)});
  for (const std::size_t most : kPieces) {
    const Forwarded forwarded = Play(sent, most);
    std::string credits;
    for (const std::uint32_t padding : {201u, 1u}) {
      credits += Lines(Wire(WindowUpdateFrame{0, padding}) + Wire(WindowUpdateFrame{1, padding}));
    }
    EXPECT_EQ(Lines(forwarded.to_client), credits + kClientEnd) << most;
    std::size_t octets = 0;
    const Overloaded count = {[&](const DataFrame& frame) {
                                octets += FlowControlledLength(frame);
                                EXPECT_FALSE(frame.data.empty() && !frame.end_stream);
                              },
                              [](const auto&) {}};
    for (Bytes in = AsBytes(forwarded.to_server).subspan(kConnectionPreface.size()); !in.empty();) {
      in = After(in, DecodeTo(in, count).size);
    }
    EXPECT_EQ(octets, 2 * body.size()) << most;
  }
}

TEST(ProxyLoop, TellsBothSidesOfAnErrorOfAStream) {
  const std::string bad = Wire(RawFrame{.header = {.type = PriorityFrame::kType, .stream_id = 1},
                                        .payload = AsBytes("four")});
  for (const std::size_t most : kPieces) {
    const Forwarded forwarded =
        Play(std::string(kConnectionPreface) + kRequest + bad + Wire(PingFrame{}), most);
    const std::string reset = Wire(RstStreamFrame{1, ErrorCode::kFrameSizeError});
    EXPECT_EQ(ServerLines(forwarded), Lines(kRequest + reset + Wire(PingFrame{})) + kServerEnd);
    EXPECT_EQ(Lines(forwarded.to_client), Lines(reset) + kClientEnd);
  }
}

TEST(ProxyLoop, TellsBothSidesOfAnErrorOfTheConnection) {
  const FrameError error = ErrorOf(Fault::kStreamForbidden, 0);
  const std::string bad = Wire(RawFrame{.header = {.type = PingFrame::kType, .stream_id = 1},
                                        .payload = AsBytes("12345678")});
  for (const std::size_t most : kPieces) {
    const Forwarded forwarded =
        Play(std::string(kConnectionPreface) + kRequest + bad + Wire(PingFrame{}), most);
    EXPECT_EQ(forwarded.error, error);
    EXPECT_EQ(ServerLines(forwarded), Lines(kRequest) + kServerEnd);
    EXPECT_EQ(Lines(forwarded.to_client), Lines(Wire(GoawayFor(error, 1))));
  }
}

// A stream that the server does not know must not be reset (RFC 9113, 6.4).
TEST(ProxyLoop, ResetsNoIdleStream) {
  const std::string bad = Wire(RawFrame{.header = {.type = PriorityFrame::kType, .stream_id = 3},
                                        .payload = AsBytes("four")});
  const Forwarded forwarded = Play(std::string(kConnectionPreface) + kRequest + bad, 100);
  EXPECT_EQ(forwarded.error, ErrorOf(Fault::kWrongPriorityLength, 3));
  EXPECT_EQ(ServerLines(forwarded), Lines(kRequest) + kServerEnd);
}

TEST(ProxyLoop, EndsWithAFrameThatTheServerCannotTake) {
  const std::string value(20000, 'x');
  const std::string sent =
      std::string(kConnectionPreface) + Wire(PriorityUpdateFrame{1, AsBytes(value)});
  for (const std::size_t most : kPieces) {
    const Forwarded forwarded = Play(sent, most);
    EXPECT_EQ(forwarded.error, (FrameError{Fault::kNone, ErrorCode::kEnhanceYourCalm, 0}));
    EXPECT_EQ(ServerLines(forwarded), kServerEnd);
    EXPECT_EQ(Lines(forwarded.to_client),
              Lines(Wire(GoawayFrame{.error_code = ErrorCode::kEnhanceYourCalm})));
  }
}

TEST(ProxyLoop, SaysWhyAClientIsLost) {
  const Forwarded forwarded = Play("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", 100);
  EXPECT_EQ(forwarded.error, ErrorOf(Fault::kHttp1Request, 0));
  EXPECT_EQ(ServerLines(forwarded), kServerEnd);
}

}  // namespace
}  // namespace h2wire
