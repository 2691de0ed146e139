// SPDX-License-Identifier: Apache-2.0

// Boost.Asio, as the examples use it.

#ifndef H2WIRE_TEST_EXAMPLES_SOCKET_H_
#define H2WIRE_TEST_EXAMPLES_SOCKET_H_

// clang-format off
#include <utility>  // which Boost 1.74 uses and forgets to include
#include <boost/asio.hpp>
// clang-format on

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include "h2wire/encode.h"
#include "h2wire/output_queue.h"
#include "h2wire/print.h"

namespace asio = boost::asio;

namespace examples {

inline asio::ip::tcp::socket Connect(asio::io_context& context, const char* host,
                                     const char* port) {
  asio::ip::tcp::socket socket(context);
  asio::connect(socket, asio::ip::tcp::resolver(context).resolve(host, port));
  socket.set_option(asio::ip::tcp::no_delay(true));
  return socket;
}

// Waits for one connection to `port`, which is printed; with "0", one that the system picks.
inline asio::ip::tcp::socket Accept(asio::io_context& context, const char* port) {
  const auto number = static_cast<std::uint16_t>(std::atoi(port));
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), number});
  std::cout << acceptor.local_endpoint().port() << std::endl;
  asio::ip::tcp::socket socket = acceptor.accept();
  socket.set_option(asio::ip::tcp::no_delay(true));
  return socket;
}

// Writes what an OutputQueue has waiting.
inline void Flush(asio::ip::tcp::socket& socket, h2wire::OutputQueue& queue) {
  std::array<iovec, 64> pieces;
  for (auto batch = queue.Batch(pieces); !batch.empty(); batch = queue.Batch(pieces)) {
    const auto sent = writev(socket.native_handle(), batch.data(), static_cast<int>(batch.size()));
    if (sent <= 0) throw std::runtime_error("the connection is lost");
    queue.Written(static_cast<std::size_t>(sent));
  }
}

// Sends a small frame at once.
inline void Send(asio::ip::tcp::socket& socket, const auto& frame) {
  std::array<std::byte, 1024> octets;
  const h2wire::Encoded encoded = h2wire::Encode(frame, octets);
  if (encoded.fault != h2wire::Fault::kNone) {
    throw std::runtime_error(std::string(h2wire::ToString(encoded.fault)));
  }
  asio::write(socket, asio::buffer(octets.data(), encoded.size));
}

}  // namespace examples

#endif  // H2WIRE_TEST_EXAMPLES_SOCKET_H_
