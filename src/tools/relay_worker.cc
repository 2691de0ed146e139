// SPDX-License-Identifier: Apache-2.0

#include "relay_worker.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "failure.h"
#include "relay_pair.h"

namespace h2wire::tools {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds kSweep(250);
constexpr std::chrono::milliseconds kAcceptLater(50);
constexpr std::size_t kMostFreeBlocks = 64;
// Refused connections that may take their time to close. Each holds a descriptor.
constexpr std::uint32_t kMostRefused = 100;

}  // namespace

RelayWorker::RelayWorker(RelayShared& shared)
    : shared_(shared),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      acceptor_(context_),
      sweeper_(context_),
      retry_(context_),
      log_(shared.command.octets) {
  KeepSpareDescriptor();
}

RelayWorker::~RelayWorker() {
  for (RelayPair* const pair : pairs_) delete pair;
  if (spare_descriptor_ >= 0) close(spare_descriptor_);
}

asio::ip::tcp::endpoint RelayWorker::Listen(const asio::ip::tcp::endpoint& endpoint) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  const int on = 1;
  if (shared_.command.threads > 1) {
    setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  }
  acceptor_.non_blocking(true);
  acceptor_.bind(endpoint);
  acceptor_.listen(asio::socket_base::max_listen_connections);
  return acceptor_.local_endpoint();
}

void RelayWorker::Run(std::function<void()> done) {
  done_ = std::move(done);
  Accept();
  Sweep();
  context_.run();
  log_.Flush();
}

Relay::Time RelayWorker::Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

bool IsOutOfDescriptors(const error_code& error) {
  return error == asio::error::no_descriptors ||
         error == boost::system::errc::too_many_files_open_in_system;
}

void RelayWorker::Accept() {
  KeepSpareDescriptor();
  acceptor_.async_accept([this](const error_code& error, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (!error) {
      Begin(std::move(socket));
    } else if (!IsOutOfDescriptors(error) || !AcceptWithSpareDescriptor()) {
      return AcceptLater();
    }
    Accept();
  });
}

void RelayWorker::AcceptLater() {
  retry_.expires_after(kAcceptLater);
  retry_.async_wait([this](const error_code&) {
    if (acceptor_.is_open()) Accept();
  });
}

void RelayWorker::Begin(Socket socket) {
  std::string_view refusal;
  if (++shared_.open > shared_.command.max_connections) {
    --shared_.open;
    refusal = "too_many_connections";
    if (++shared_.refused > kMostRefused) {
      --shared_.refused;
      return TurnAway(socket.native_handle(), refusal);
    }
  }
  ++statistics_.connections;
  ++statistics_.open;
  const auto pair = new RelayPair(*this, std::move(socket), ++shared_.accepted, refusal);
  pairs_.insert(pair);
  pair->Start();
  log_.Flush();
}

void RelayWorker::KeepSpareDescriptor() {
  if (spare_descriptor_ < 0) spare_descriptor_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool RelayWorker::AcceptWithSpareDescriptor() {
  if (spare_descriptor_ >= 0) close(spare_descriptor_);
  spare_descriptor_ = -1;
  error_code error;
  Socket socket = acceptor_.accept(error);
  KeepSpareDescriptor();
  if (error) return false;
  if (spare_descriptor_ >= 0) {  // there are some by now
    Begin(std::move(socket));
  } else {
    TurnAway(socket.native_handle(), "no_descriptors");
  }
  return true;
}

void RelayWorker::TurnAway(int socket, std::string_view reason) {
  if (!shared_.command.blind) {
    Relay relay;
    relay.Close(ErrorCode::kInternalError, reason);
    const Bytes words = relay.Speak(Side::kClient, Now());
    (void)send(socket, words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  shutdown(socket, SHUT_WR);
  std::array<std::byte, 4096> read_away;  // octets that are not read make the words be lost
  (void)recv(socket, read_away.data(), read_away.size(), MSG_DONTWAIT);
  ++statistics_.connections;
  ++statistics_.endings[absl::StrCat("relay: ", std::string(reason))];
}

void RelayWorker::Drain() {
  if (std::exchange(draining_, true)) return;
  drain_deadline_ = Now() + Relay::Time(shared_.command.drain_timeout);
  acceptor_.close();
  retry_.cancel();
  for (RelayPair* const pair : std::vector(pairs_.begin(), pairs_.end())) pair->Drain();
  SeeWhetherDone();
}

void RelayWorker::Sweep() {
  const Relay::Time now = Now();
  const bool over = draining_ && now >= drain_deadline_;
  for (RelayPair* const pair : std::vector(pairs_.begin(), pairs_.end())) {
    if (over) pair->Close(ErrorCode::kNoError, "drain_timeout");
    pair->Sweep(now);
  }
  log_.Flush();
  if (draining_ && pairs_.empty()) return;
  sweeper_.expires_after(kSweep);
  sweeper_.async_wait([this](const error_code&) { Sweep(); });
}

void RelayWorker::SeeWhetherDone() {
  if (!draining_ || !pairs_.empty()) return;
  sweeper_.cancel();
  done_();
}

RelayBlock* RelayWorker::TakeBlock() {
  if (free_blocks_.empty())
    return new RelayBlock;  // not filled: what is not touched is not resident
  RelayBlock* const block = free_blocks_.back().release();
  free_blocks_.pop_back();
  return block;
}

void RelayWorker::ReturnBlock(RelayBlock* block) {
  std::unique_ptr<RelayBlock> owner(block);
  if (free_blocks_.size() < kMostFreeBlocks) free_blocks_.push_back(std::move(owner));
}

void RelayWorker::Forget(RelayPair* pair) {
  pairs_.erase(pair);
  --statistics_.open;
  --(pair->IsRefused() ? shared_.refused : shared_.open);
  delete pair;
  SeeWhetherDone();
}

}  // namespace h2wire::tools
