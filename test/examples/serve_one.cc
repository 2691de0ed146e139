// SPDX-License-Identifier: Apache-2.0

// A server that answers one request, and then ends the connection.
//
//   serve_one PORT        0: a port that the system picks; it is printed

#include <array>
#include <iostream>
#include <string>

#include "h2wire/h2wire.h"
#include "hpack.h"
#include "socket.h"

int main(int argc, char** argv) {
  using namespace h2wire;
  if (argc != 2) {
    std::cerr << "usage: serve_one PORT\n";
    return 2;
  }
  asio::io_context context;
  asio::ip::tcp::socket socket = examples::Accept(context, argv[1]);
  const auto send = [&](const auto& frame) { examples::Send(socket, frame); };

  examples::Inflater inflater;
  examples::Deflater deflater;
  std::array<std::byte, 65536> fields;
  FieldBlock block(fields);
  StreamId wanted = 0;  // the stream of the request, once its fields are there
  bool answered = false;
  const auto answer = [&] {
    const std::string body = "hello from stream " + std::to_string(wanted) + "\n";
    send(HeadersFrame{
        .stream_id = wanted,
        .end_headers = true,
        .fragment = deflater.Deflate({{":status", "200"}, {"content-type", "text/plain"}})});
    send(DataFrame{.stream_id = wanted, .end_stream = true, .data = AsBytes(body)});
    send(GoawayFrame{.last_stream_id = wanted});
    answered = true;
  };
  bool request_ended = false;
  const Overloaded handler = {
      [&](const SettingsFrame& settings) {
        if (!settings.ack) send(ReplyTo(settings));
      },
      [&](const PingFrame& ping) {
        if (!ping.ack) send(ReplyTo(ping));
      },
      [&](const HeadersFrame& headers) { request_ended = headers.end_stream; },
      [&](const DataFrame& data) { request_ended = data.end_stream; },
      [](const auto&) {},
  };
  const auto each = [&](const auto& frame) -> FrameError {
    if (const Fault fault = block.Add(frame); fault != Fault::kNone) return ErrorOf(fault, 0);
    if (block.whole()) {
      wanted = block.stream_id();
      for (const auto& [name, value] : inflater.Inflate(block.octets())) {
        std::cout << name << ": " << value << "\n";
      }
    }
    handler(frame);
    if (request_ended && wanted != 0 && !block.open()) answer();
    return {};
  };

  send(SettingsFrame{});
  std::array<std::byte, StreamDecoder::StorageSize()> storage;
  StreamDecoder decoder(storage, {.preface = true});
  std::array<std::byte, 4096> piece;
  while (!answered) {
    const std::size_t got = socket.read_some(asio::buffer(piece.data(), piece.size()));
    for (Bytes in = Bytes(piece).first(got); !answered;) {
      const auto next = decoder.DecodeTo(in, each);
      if (next.status == DecodeStatus::kNeedMore) break;
      if (next.status == DecodeStatus::kError && next.error.stream_id == 0) {
        send(GoawayFor(next.error, 0));
        return 1;
      }
      in = After(in, next.size);
    }
  }
  // The client closes; what it still sends is read, so that nothing of ours is lost.
  boost::system::error_code closed;
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, closed);
  while (!closed) socket.read_some(asio::buffer(piece.data(), piece.size()), closed);
  return 0;
}
