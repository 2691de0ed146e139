// SPDX-License-Identifier: Apache-2.0

// One thread of a relay: it accepts connections, and what becomes of them stays with it.

#ifndef H2WIRE_TOOLS_RELAY_WORKER_H_
#define H2WIRE_TOOLS_RELAY_WORKER_H_

#include <sys/types.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "h2wire/relay.h"
#include "relay.h"
#include "relay_log.h"

namespace h2wire::tools {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

class RelayPair;

// Whether `error` says that this process, or the system, has no more descriptors.
bool IsOutOfDescriptors(const boost::system::error_code& error);

// Where what was read from one end lies, until all of it is written to the other. Nothing else that
// a connection needs depends on what its ends send: two of these at most, and one RelayPair.
struct RelayBlock {
  std::array<std::byte, 64 << 10> read;
  std::array<std::byte, Relay::kStorageSize> storage;
};

// What all threads share.
struct RelayShared {
  const RelayCommand& command;
  asio::ip::tcp::endpoint upstream;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint32_t> open = 0;     // connections, but for those that are refused
  std::atomic<std::uint32_t> refused = 0;  // those of them that are not closed yet
};

class RelayWorker {
 public:
  explicit RelayWorker(RelayShared& shared);
  ~RelayWorker();

  // Listens at `endpoint`, together with other threads, and returns where that is.
  asio::ip::tcp::endpoint Listen(const asio::ip::tcp::endpoint& endpoint);
  // Calls `done` when Drain was called and no connection is left, and returns when nothing is to be
  // done in the context any more.
  void Run(std::function<void()> done);
  // Accepts no more, and ends the connections.
  void Drain();

  asio::io_context& context() { return context_; }
  const RelayStatistics& statistics() const { return statistics_; }

  // For the pairs.
  RelayShared& shared() { return shared_; }
  RelayLog& log() { return log_; }
  RelayStatistics& statistics() { return statistics_; }
  RelayBlock* TakeBlock();
  void ReturnBlock(RelayBlock* block);
  // The pair has ended and waits for nothing: it is deleted.
  void Forget(RelayPair* pair);
  // In steps of a few milliseconds, which is what a guard needs.
  static Relay::Time Now();

 private:
  void Accept();
  // Accepts again after a while: at once it would only fail again.
  void AcceptLater();
  void Begin(Socket socket);
  // One descriptor is kept to be given up when there are no others: with it a connection is
  // accepted, and told why it is not served. Returns whether one was.
  bool AcceptWithSpareDescriptor();
  // Tells a client that has just come why it is not served, as far as that goes without waiting.
  void TurnAway(int socket, std::string_view reason);
  // Takes one if it was given up and could not be had again. Asked before each wait, not when a
  // connection comes: none may come before they are exhausted anew.
  void KeepSpareDescriptor();
  void Sweep();
  void SeeWhetherDone();

  RelayShared& shared_;
  asio::io_context context_;
  Acceptor acceptor_;
  asio::steady_timer sweeper_;
  asio::steady_timer retry_;
  RelayLog log_;
  RelayStatistics statistics_;
  std::vector<std::unique_ptr<RelayBlock>> free_blocks_;
  std::unordered_set<RelayPair*> pairs_;
  int spare_descriptor_ = -1;  // if there is one
  std::function<void()> done_;
  bool draining_ = false;
  Relay::Time drain_deadline_{};
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_RELAY_WORKER_H_
