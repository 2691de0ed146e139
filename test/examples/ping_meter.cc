// SPDX-License-Identifier: Apache-2.0

// Measures how long a PING is on its way there and back.
//
//   ping_meter HOST PORT [COUNT]

#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "h2wire/h2wire.h"
#include "socket.h"

using Clock = std::chrono::steady_clock;

int main(int argc, char** argv) {
  using namespace h2wire;
  if (argc < 3) {
    std::cerr << "usage: ping_meter HOST PORT [COUNT]\n";
    return 2;
  }
  const int count = argc > 3 ? std::atoi(argv[3]) : 5;

  asio::io_context context;
  asio::ip::tcp::socket socket = examples::Connect(context, argv[1], argv[2]);
  const auto send = [&](const auto& frame) { examples::Send(socket, frame); };

  int answered = 0;
  bool lost = false;
  Clock::time_point sent;
  const auto ping = [&] {
    PingFrame frame;
    frame.opaque_data.back() = static_cast<std::byte>(answered);
    sent = Clock::now();
    send(frame);
  };
  const Overloaded handler = {
      [&](const SettingsFrame& settings) {
        if (!settings.ack) send(ReplyTo(settings));
      },
      [&](const PingFrame& frame) {
        if (!frame.ack) return send(ReplyTo(frame));
        const std::chrono::duration<double, std::micro> time = Clock::now() - sent;
        std::cout << "PING " << ++answered << ": " << time.count() << " us\n";
        if (answered < count) ping();
      },
      [&](const GoawayFrame& goaway) {
        std::cout << goaway << "\n";
        lost = true;
      },
      [](const auto&) {},
  };

  asio::write(socket, asio::buffer(kConnectionPreface));
  send(SettingsFrame{});
  ping();

  // A frame of the greatest size that we accept has room.
  std::array<std::byte, kFrameHeaderSize + kDefaultMaxFrameSize> storage;
  FrameBuffer buffer(storage);
  while (answered < count && !lost) {
    const auto next = DecodeTo(buffer.pending(), handler);
    if (next.status == DecodeStatus::kNeedMore) {
      const MutableBytes room = buffer.Room(next.size);
      buffer.Add(socket.read_some(asio::buffer(room.data(), room.size())));
      continue;
    }
    if (next.status == DecodeStatus::kError) {
      std::cerr << next.error << "\n";
      lost = next.error.stream_id == 0;
    }
    buffer.Take(next.size);
  }
  send(GoawayFrame{});
  return answered == count ? 0 : 1;
}
