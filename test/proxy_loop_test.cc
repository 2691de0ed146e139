// SPDX-License-Identifier: Apache-2.0

// The loop of a proxy, as the README shows it, at work between two sockets.

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/h2wire.h"

namespace h2wire {
namespace {

// Forwards what a client sends, frame by frame, to a server that accepts smaller frames than we do.
// Returns why the client's connection is lost; kNone if it was closed.
FrameError Forward(int client, int server, std::uint32_t max_frame_size) {
  std::array<std::byte, 65536> piece, storage, copies;
  std::array<iovec, 256> iovecs;
  StreamDecoder decoder(storage, {.decode = {.max_frame_size = 1 << 20}, .preface = true});
  OutputQueue out(copies, iovecs);
  const auto flush = [&] {
    while (!out.batch().empty()) {
      const std::span<const iovec> batch = out.batch();
      const ssize_t sent = writev(server, batch.data(), static_cast<int>(batch.size()));
      if (sent <= 0) return false;
      out.Written(static_cast<std::size_t>(sent));
    }
    return true;
  };
  const auto send = [&](const auto& frame) {  // when all is flushed there is room for any frame
    if (out.Add(frame) == Fault::kNoRoom && flush()) (void)out.Add(frame);
  };
  const auto send_data = [&](const DataFrame& frame) {
    for (const DataFrame& part : Cut(frame, max_frame_size, CutPadding::kDrop)) send(part);
  };
  const Overloaded forward = {
      send_data,
      [&](const FrameChunk<DataFrame>& part) {
        send_data({part.stream_id, false, {}, part.octets});
      },
      [&](const FrameEnd<DataFrame>& end) {
        send_data({end.frame.stream_id, end.frame.end_stream});
      },
      [&]<class F>(const F& frame) {
        if constexpr (requires { frame.fragment; }) {
          for (const Frame& part : Cut(frame, max_frame_size)) send(part);
        } else if constexpr (FrameAlternative<F>) {
          send(frame);
        }  // A FrameBegin is not sent, nor are frames of unknown type that come in pieces.
      }};
  (void)out.AddOctets(AsBytes(kConnectionPreface));
  for (;;) {
    const ssize_t got = read(client, piece.data(), piece.size());
    if (got <= 0) return {};
    for (Bytes in = Bytes(piece).first(static_cast<std::size_t>(got)); !in.empty();) {
      const bool straddles = !decoder.AtBoundary();
      const Outcome next = decoder.DecodeTo(in, forward);
      if (next.status == DecodeStatus::kError) {
        if (next.error.stream_id == 0) return next.error;
        send(RstStreamFrame{next.error.stream_id, next.error.code});
      }
      if (straddles && !flush()) return {};  // what was borrowed from `storage`
      in = After(in, next.size);
    }
    if (!flush()) return {};  // what was borrowed from `piece`, before it is read into again
  }
}

std::string Wire(const Frame& frame) {
  std::string octets(EncodedSize(frame), '\xa5');
  EXPECT_EQ(Encode(frame, std::as_writable_bytes(std::span(octets))).fault, Fault::kNone);
  return octets;
}

// What the server has to make of what the client sent: field blocks and payloads in one, and
// everything else as it is.
class Content {
 public:
  void operator()(const DataFrame& frame) {
    open_ += AsText(frame.data);
    if (frame.end_stream) Close("END_STREAM");
  }
  void operator()(const HeadersFrame& frame) {
    Close(frame.end_stream ? "HEADERS END_STREAM " : "HEADERS ");
    open_ += AsText(frame.fragment);
    if (frame.end_headers) Close("END_HEADERS");
  }
  void operator()(const ContinuationFrame& frame) {
    open_ += AsText(frame.fragment);
    if (frame.end_headers) Close("END_HEADERS");
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
    return text_;
  }

 private:
  std::string text_;
  std::string open_;
};

// What comes out of Forward when `sent` goes in, in pieces of up to `most` octets: a socket of
// packets keeps them apart.
std::string Forwarded(const std::string& sent, std::size_t most, FrameError& error) {
  int client[2];
  int server[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, client), 0);
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, server), 0);
  std::thread writer([&] {
    std::mt19937 random(1);
    for (std::size_t at = 0; at < sent.size();) {
      const std::size_t size = std::min(sent.size() - at, 1 + random() % most);
      const ssize_t written = send(client[0], sent.data() + at, size, MSG_NOSIGNAL);
      if (written <= 0) break;
      at += static_cast<std::size_t>(written);
    }
    close(client[0]);
  });
  std::thread proxy([&] {
    error = Forward(client[1], server[0], kDefaultMaxFrameSize);
    close(client[1]);
    close(server[0]);
  });
  std::string received;
  std::string buffer(4096, '\0');
  for (ssize_t got; (got = read(server[1], buffer.data(), buffer.size())) > 0;) {
    received.append(buffer, 0, static_cast<std::size_t>(got));
  }
  writer.join();
  proxy.join();
  close(server[1]);
  return received;
}

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
    FrameError error;
    const std::string received = Forwarded(sent, most, error);
    EXPECT_EQ(error, FrameError());
    EXPECT_TRUE(Content().Of(received, kDefaultMaxFrameSize) == expected) << most;
  }
}

TEST(ProxyLoop, SaysWhyAClientIsLost) {
  FrameError error;
  EXPECT_EQ(Forwarded("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", 100, error), "");
  EXPECT_EQ(error, ErrorOf(Fault::kHttp1Request, 0));
}

}  // namespace
}  // namespace h2wire
