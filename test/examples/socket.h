// SPDX-License-Identifier: Apache-2.0

// Boost.Asio, as the examples use it.

#ifndef H2WIRE_TEST_EXAMPLES_SOCKET_H_
#define H2WIRE_TEST_EXAMPLES_SOCKET_H_

// clang-format off
#include <utility>  // which Boost 1.74 uses and forgets to include
#include <boost/asio.hpp>
// clang-format on

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>

#include "h2wire/encode.h"
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
