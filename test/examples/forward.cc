// SPDX-License-Identifier: Apache-2.0

// A forwarder of one connection. A guard judges each frame; what passes waits in a queue, in which
// PING acknowledgements and WINDOW_UPDATE pass DATA; padding is dropped, and a receive window gives
// it back to its sender. Field blocks pass as they are, so no HPACK is needed. (Writes block here:
// `h2wire relay` shows how not to.)
//
//   forward PORT HOST PORT      the first: to listen at; 0 lets the system pick, and is printed

#include <poll.h>

#include <array>
#include <chrono>
#include <iostream>

#include "h2wire/h2wire.h"
#include "socket.h"

using namespace h2wire;

// One of the two connections: what comes from it is judged, what goes to it is queued.
struct Peer {
  Peer(asio::ip::tcp::socket connection, Receiver receiver)
      : socket(std::move(connection)),
        guard({.receiver = receiver}),
        decoder(storage, {.preface = receiver == Receiver::kServer}) {}
  static Nanoseconds Now() { return std::chrono::steady_clock::now().time_since_epoch(); }
  void Flush() { examples::Flush(socket, queue); }
  void Send(const auto& frame) {
    (void)guard.Sent(frame, Now());
    if (queue.Add(frame) == Fault::kNoRoom) Flush(), (void)queue.Add(frame);
  }

  asio::ip::tcp::socket socket;
  ConnectionGuard guard;
  std::array<std::byte, StreamDecoder::StorageSize()> storage{};
  StreamDecoder decoder;
  StreamId opened = 0;      // the highest stream that it began
  ReceiveWindow padding{};  // of the connection; padding is consumed as it is received
  std::array<std::byte, 65536> piece{}, copies{};
  std::array<OutputQueue::Body, 128> bodies{};
  std::array<std::byte, 1024> urgent{};
  OutputQueue queue{copies, bodies, urgent};
};

// Passes on what `from` has sent. Returns whether the connections go on.
bool Forward(Peer& from, Peer& to) {
  const Overloaded pass = {
      [&](DataFrame data) {
        const auto lost = static_cast<std::uint32_t>(FlowControlledLength(data) - data.data.size());
        if (lost != 0) {
          (void)from.padding.Receive(DataFrame{.pad_length = data.pad_length});
          from.Send(WindowUpdateFrame{data.stream_id, lost});
          if (const auto credit = from.padding.TakeCredit())
            from.Send(WindowUpdateFrame{0, credit});
        }
        data.pad_length.reset();
        to.Send(data);
      },
      [](const RawFrame&) {},  // of unknown type: ends at the next hop (RFC 9113, 5.5)
      [&](const auto& frame) { to.Send(frame); },
  };
  const auto each = [&]<class F>(const F& frame) -> FrameError {
    if constexpr (std::same_as<F, HeadersFrame>)
      from.opened = std::max(from.opened, frame.stream_id);
    const FrameError error = from.guard.Check(frame, Peer::Now());
    if (error.fault == Fault::kNone) pass(frame);
    return error;
  };
  const std::size_t got = from.socket.read_some(asio::buffer(from.piece));
  for (Bytes in = Bytes(from.piece).first(got);;) {
    const Outcome next = from.decoder.DecodeTo(in, each);
    to.Flush();  // what was borrowed from `piece` or `storage`
    from.Flush();
    if (next.status == DecodeStatus::kNeedMore) return true;
    if (next.status == DecodeStatus::kError) {
      std::cerr << next.error << "\n";
      from.Send(GoawayFor(next.error, from.opened));
      return from.Flush(), false;
    }
    in = After(in, next.size);
  }
}

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: forward PORT HOST PORT\n", 2;
  asio::io_context context;
  Peer client(examples::Accept(context, argv[1]), Receiver::kServer);
  Peer server(examples::Connect(context, argv[2], argv[3]), Receiver::kClient);
  (void)server.queue.AddPreface();
  for (bool open = true; open;) {
    pollfd ready[] = {{client.socket.native_handle(), POLLIN, 0},
                      {server.socket.native_handle(), POLLIN, 0}};
    if (poll(ready, 2, -1) < 0) return 1;
    if (ready[0].revents != 0) open = Forward(client, server);
    if (open && ready[1].revents != 0) open = Forward(server, client);
  }
} catch (const std::exception& error) {  // an end has closed, mostly
  std::cerr << error.what() << "\n";
}
