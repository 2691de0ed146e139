// SPDX-License-Identifier: Apache-2.0

// A client that fetches one page: frames by h2wire, field blocks by nghttp2's HPACK.
//
// The two fit together at `fragment`: the deflater's octets are what HEADERS carries, and what a
// FieldBlock has put together is what the inflater takes. Every block has to go through the one
// inflater of the connection, in order, also one that nobody wants.
//
//   fetch HOST PORT PATH

#include <array>
#include <iostream>
#include <string>

#include "h2wire/h2wire.h"
#include "hpack.h"
#include "socket.h"

int main(int argc, char** argv) {
  using namespace h2wire;
  if (argc != 4) {
    std::cerr << "usage: fetch HOST PORT PATH\n";
    return 2;
  }
  asio::io_context context;
  asio::ip::tcp::socket socket = examples::Connect(context, argv[1], argv[2]);
  const auto send = [&](const auto& frame) { examples::Send(socket, frame); };

  asio::write(socket, asio::buffer(kConnectionPreface));
  static constexpr auto kOurs = PackSettings({{SettingId::kEnablePush, 0}});
  send(SettingsFrame{.settings = kOurs});
  examples::Deflater deflater;
  send(HeadersFrame{
      .stream_id = 1,
      .end_stream = true,
      .end_headers = true,
      .fragment = deflater.Deflate(
          {{":method", "GET"}, {":scheme", "http"}, {":authority", argv[1]}, {":path", argv[3]}})});

  examples::Inflater inflater;
  std::array<std::byte, 65536> fields;
  FieldBlock block(fields);
  bool ended = false;
  bool good = true;
  const Overloaded handler = {
      [&](const SettingsFrame& settings) {
        if (!settings.ack) send(ReplyTo(settings));
      },
      [&](const PingFrame& ping) {
        if (!ping.ack) send(ReplyTo(ping));
      },
      [&](const DataFrame& data) {
        std::cout << AsText(data.data);
        const auto octets = static_cast<std::uint32_t>(FlowControlledLength(data));
        if (octets != 0) {  // all of it is consumed, padding too
          send(WindowUpdateFrame{.stream_id = 0, .window_size_increment = octets});
          if (!data.end_stream) send(WindowUpdateFrame{data.stream_id, octets});
        }
        ended = data.end_stream;
      },
      [&](const HeadersFrame& headers) { ended = headers.end_stream; },
      [&](const RstStreamFrame& reset) {
        std::cerr << reset << "\n";
        ended = true;
        good = false;
      },
      [&](const GoawayFrame& goaway) { std::cerr << goaway << "\n"; },
      [](const auto&) {},
  };
  const auto each = [&](const auto& frame) -> FrameError {
    if (const Fault fault = block.Add(frame); fault != Fault::kNone) return ErrorOf(fault, 0);
    if (block.whole()) {
      for (const auto& [name, value] : inflater.Inflate(block.octets())) {
        std::cerr << name << ": " << value << "\n";
      }
    }
    handler(frame);
    return {};
  };

  std::array<std::byte, kFrameHeaderSize + kDefaultMaxFrameSize> storage;
  FrameBuffer buffer(storage);
  while (!ended || block.open()) {
    const auto next = DecodeTo(buffer.pending(), each);
    if (next.status == DecodeStatus::kNeedMore) {
      const MutableBytes room = buffer.Room(next.size);
      buffer.Add(socket.read_some(asio::buffer(room.data(), room.size())));
      continue;
    }
    if (next.status == DecodeStatus::kError) {
      std::cerr << next.error << "\n";
      return 1;
    }
    buffer.Take(next.size);
  }
  return good ? 0 : 1;
}
