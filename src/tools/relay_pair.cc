// SPDX-License-Identifier: Apache-2.0

#include "relay_pair.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "h2wire/iovec.h"

namespace h2wire::tools {
namespace {

using boost::system::error_code;

// How long ends may take to close when all is said.
constexpr std::chrono::seconds kGrace(2);

// How long, when a side has closed or done wrong, the other may be silent or read nothing.
constexpr std::chrono::seconds kHalfClosed(10);

// Pieces that are read from one end before others have their turn.
constexpr int kMostReads = 8;

constexpr std::string_view kDirections[] = {"client > server", "server > client"};
constexpr std::string_view kOwnDirections[] = {"relay > client", "relay > server"};
constexpr std::string_view kNames[] = {"client", "server"};

constexpr std::size_t Index(Side side) { return static_cast<std::size_t>(side); }

// What the operator wants to see of what passes.
class Watcher {
 public:
  Watcher(RelayWorker& worker, std::uint64_t id, Side from)
      : log_(worker.shared().command.log ? &worker.log() : nullptr),
        counters_(worker.statistics().counters[Index(from)]),
        id_(id),
        direction_(kDirections[Index(from)]) {}

  template <FrameAlternative F>
  void operator()(const F& frame) const {
    counters_.Count(frame);
    if (log_ != nullptr) log_->Frame(id_, direction_, frame);
  }
  template <FrameAlternative F>
  void operator()(const Part<F>& part) const {
    counters_.Count(part);
    if (log_ != nullptr) log_->Frame(id_, direction_, part);
  }
  void operator()(const FrameError& error) const {
    counters_.Count(error);
    if (log_ != nullptr) log_->Fault(id_, direction_, error);
  }

 private:
  RelayLog* log_;
  Counters& counters_;
  std::uint64_t id_;
  std::string_view direction_;
};

}  // namespace

RelayPair::RelayPair(RelayWorker& worker, Socket client, std::uint64_t id, std::string_view refusal)
    : worker_(worker),
      id_(id),
      refusal_(refusal),
      client_(Side::kClient, std::move(client)),
      server_(Side::kServer, Socket(worker.context())) {
  const RelayCommand& command = worker.shared().command;
  if (!command.blind) {
    relay_ =
        std::make_unique<Relay>(RelayOptions{.report_only = command.report_only}, command.limits);
  }
}

RelayPair::~RelayPair() {
  for (End* const end : {&client_, &server_}) {
    if (end->block != nullptr) worker_.ReturnBlock(end->block);
  }
}

void RelayPair::Start() {
  last_active_ = RelayWorker::Now();
  if (worker_.shared().command.log) {
    error_code error;
    const asio::ip::tcp::endpoint peer = client_.socket.remote_endpoint(error);
    worker_.log().Begin(id_, absl::StrCat(peer.address().to_string(), " port ", peer.port()));
  }
  Open(client_);
  if (IsRefused()) return Close(ErrorCode::kInternalError, refusal_);
  GoOn();
}

void RelayPair::Drain() {
  if (relay_ == nullptr || done_) return;
  relay_->Drain();
  GoOn();
}

void RelayPair::Close(ErrorCode code, std::string_view reason) {
  if (done_ || closing_) return;
  Because("relay", reason);
  if (relay_ == nullptr) return Finish();
  relay_->Close(code, reason);
  BeginClosing(RelayWorker::Now());
  GoOn();
}

void RelayPair::Sweep(Relay::Time now) {
  if (done_) return;
  const RelayCommand& command = worker_.shared().command;
  const auto over = [&](Relay::Time since, std::chrono::nanoseconds most) {
    return now >= since + Relay::Time(most);
  };
  if (closing_) {
    if (over(closing_since_, kGrace)) Finish();
  } else if (server_.state == State::kConnecting &&
             over(connecting_since_, command.connect_timeout)) {
    Lose(server_, "connect_timeout", false);
    GoOn();
  } else if (IsHalfClosed() && over(last_active_, kHalfClosed)) {
    Finish();
  } else if (command.idle_timeout.count() != 0 && over(last_active_, command.idle_timeout)) {
    Close(ErrorCode::kNoError, "idle_timeout");
  }
}

void RelayPair::GoOn() {
  if (done_) return;
  now_ = RelayWorker::Now();
  for (bool moved = true; moved;) {
    moved = Pump(client_, server_);
    moved = Pump(server_, client_) || moved;
  }
  Settle();
}

bool RelayPair::Pump(End& from, End& to) {
  bool moved = false;
  for (int reads = 0;;) {
    if (!Write(to)) return moved;
    const Bytes words = relay_ != nullptr ? relay_->Speak(to.side, now_) : Bytes();
    if (!words.empty()) {
      to.out[0] = words;
      if (worker_.shared().command.log) {
        for (Bytes in = words; !in.empty();) {
          const auto log = [&](const auto& frame) {
            worker_.log().Frame(id_, kOwnDirections[Index(to.side)], frame);
          };
          in = After(in, DecodeTo(in, log).size);
        }
      }
    } else if (!from.rest.empty()) {
      Take(from, to);
    } else {
      ReturnBlock(from, to);
      if (!Wants(from) || !from.readable) return moved;
      if (reads++ == kMostReads) {
        from.readable = false;  // there is more, and it will be told again
        return moved;
      }
      if (!Read(from)) return moved;
    }
    moved = true;
  }
}

bool RelayPair::Write(End& to) {
  while (!IsEmpty(to.out)) {
    if (to.broken) {
      to.out = {};
      return true;
    }
    if (to.state != State::kOpen) {
      if (to.state == State::kNone) Connect();
      if (!to.broken) return false;
      continue;
    }
    std::array<iovec, 2> pieces = {ToIovec(to.out[0]), ToIovec(to.out[1])};
    const std::size_t first = to.out[0].empty() ? 1 : 0;
    msghdr message{};
    message.msg_iov = &pieces[first];
    message.msg_iovlen = to.out[1].empty() ? 1 : 2 - first;
    const ssize_t sent = sendmsg(to.socket.native_handle(), &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        Wait(to, Socket::wait_write, &End::waits_to_write);
        return false;
      }
      // What it had sent before may still be read, and says more than this error.
      to.broken = true;
      to.readable = true;
      continue;
    }
    last_active_ = now_;
    auto left = static_cast<std::size_t>(sent);
    for (Bytes& octets : to.out) {
      const std::size_t written = std::min(left, octets.size());
      octets = octets.subspan(written);
      left -= written;
    }
  }
  return true;
}

bool RelayPair::Read(End& from) {
  if (from.block == nullptr) from.block = worker_.TakeBlock();
  const MutableBytes room = from.block->read;
  ssize_t size = 0;
  do {
    size = recv(from.socket.native_handle(), room.data(), room.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size > 0) {
    last_active_ = now_;
    from.rest = Bytes(room).first(static_cast<std::size_t>(size));
    from.octets += from.rest.size();
    from.readable = from.rest.size() == room.size();
    return true;
  }
  ReturnBlock(from, Other(from));
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    from.readable = false;
    return false;
  }
  if (size < 0 || from.broken) {
    Lose(from, from.side == Side::kServer ? "server_lost" : "client_lost", true);
  } else {
    from.ended = true;
    Because(kNames[Index(from.side)], "closed");
    if (relay_ != nullptr) relay_->EndOf(from.side);
  }
  return true;
}

void RelayPair::Take(End& from, End& to) {
  if (relay_ == nullptr) {
    to.out[0] = std::exchange(from.rest, {});
    return;
  }
  const MutableBytes storage = from.block->storage;
  const RelayCommand& command = worker_.shared().command;
  const RelayStep step =
      command.log || command.stats
          ? relay_->Receive(from.side, from.rest, storage, now_, Watcher(worker_, id_, from.side))
          : relay_->Receive(from.side, from.rest, storage, now_);
  from.rest = After(from.rest, step.taken);
  to.out = step.out;
}

void RelayPair::Connect() {
  server_.state = State::kConnecting;
  connecting_since_ = now_;
  ++outstanding_;
  server_.socket.async_connect(worker_.shared().upstream, [this](const error_code& error) {
    --outstanding_;
    if (!done_ && server_.state == State::kConnecting) {
      if (error) {
        Lose(server_, IsOutOfDescriptors(error) ? "no_descriptors" : "server_unreachable", false);
      } else {
        Open(server_);
      }
      GoOn();
    }
    Released();
  });
}

void RelayPair::Open(End& end) {
  error_code ignored;
  end.socket.non_blocking(true, ignored);
  end.socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  end.state = State::kOpen;
}

void RelayPair::Lose(End& end, std::string_view reason, bool reached) {
  error_code ignored;
  end.socket.close(ignored);
  end.state = State::kLost;
  end.ended = end.broken = end.shut = true;
  Because(kNames[Index(end.side)], reason);
  if (relay_ == nullptr) return Finish();
  const bool server = end.side == Side::kServer;
  relay_->Lose(end.side, server ? ErrorCode::kInternalError : ErrorCode::kNoError, reason, reached);
}

void RelayPair::Wait(End& end, Socket::wait_type what, bool End::*waits) {
  if (std::exchange(end.*waits, true)) return;
  ++outstanding_;
  end.socket.async_wait(what, [this, &end, waits](const error_code& error) {
    --outstanding_;
    end.*waits = false;
    if (!error && !done_) {
      if (waits == &End::waits_to_read) end.readable = true;
      GoOn();
    }
    Released();
  });
}

// Called by every handler at its end.
void RelayPair::Released() {
  worker_.log().Flush();
  if (done_ && outstanding_ == 0) worker_.Forget(this);
}

// The octets that were read from `from` are needed as long as any of them is to be taken or
// written.
void RelayPair::ReturnBlock(End& from, const End& to) {
  const bool kept = relay_ != nullptr && relay_->KeepsStorage(from.side);
  if (from.block == nullptr || kept || !from.rest.empty() || !IsEmpty(to.out)) return;
  worker_.ReturnBlock(std::exchange(from.block, nullptr));
}

bool RelayPair::Wants(const End& from) const {
  if (from.state != State::kOpen || from.ended) return false;
  // At the end octets are read to be thrown away: if they were left, the other side would lose the
  // last words for a reset of TCP.
  if (relay_ == nullptr || (client_.shut && server_.shut)) return true;
  return relay_->WantsFrom(from.side);
}

bool RelayPair::HasFinished(const End& to) const {
  if (relay_ != nullptr) return relay_->HasFinished(to.side);
  return to.side == Side::kClient ? server_.ended : client_.ended;
}

bool RelayPair::IsHalfClosed() const {
  const auto over = [&](const End& end) {
    return end.ended || (relay_ != nullptr && !relay_->WantsFrom(end.side));
  };
  return over(client_) || over(server_);
}

// Sees what has come to its end, and waits for the rest.
void RelayPair::Settle() {
  if (done_) return;
  if (relay_ != nullptr && by_.empty()) {
    for (const End* const end : {&client_, &server_}) {
      const FrameError& error = relay_->ErrorFrom(end->side);
      if (error.fault != Fault::kNone) Because(kNames[Index(end->side)], RowOf(error.fault).name);
    }
  }
  for (End* const end : {&client_, &server_}) {
    if (end->shut || !IsEmpty(end->out) || !HasFinished(*end)) continue;
    end->shut = true;
    if (end->state == State::kOpen) shutdown(end->socket.native_handle(), SHUT_WR);
  }
  if (!closing_ && client_.shut && server_.shut) BeginClosing(now_);
  for (End* const end : {&client_, &server_}) {
    const bool reads = Wants(*end) && !end->readable && IsEmpty(Other(*end).out);
    if (reads) Wait(*end, Socket::wait_read, &End::waits_to_read);
  }
  const auto over = [](const End& end) { return end.ended || end.state == State::kNone; };
  if (client_.shut && server_.shut && over(client_) && over(server_)) Finish();
}

void RelayPair::BeginClosing(Relay::Time now) {
  closing_ = true;
  closing_since_ = now;
}

void RelayPair::Because(std::string_view by, std::string_view reason) {
  if (!by_.empty()) return;
  by_ = by;
  reason_ = reason;
}

void RelayPair::Finish() {
  done_ = true;
  error_code ignored;
  for (End* const end : {&client_, &server_}) {
    end->socket.close(ignored);
    end->state = State::kLost;
  }
  RelayStatistics& statistics = worker_.statistics();
  const FrameError fault =
      relay_ == nullptr ? FrameError{}
                        : relay_->ErrorFrom(by_ == kNames[1] ? Side::kServer : Side::kClient);
  const RelayEnding ending = {by_, reason_, fault, {client_.octets, server_.octets}};
  for (std::size_t i = 0; i < 2; ++i) statistics.octets[i] += ending.octets[i];
  ++statistics.endings[absl::StrCat(std::string(by_), ": ", std::string(reason_))];
  if (worker_.shared().command.log || fault.fault != Fault::kNone) worker_.log().End(id_, ending);
  // Who called may still look at it.
  ++outstanding_;
  asio::post(worker_.context(), [this] {
    --outstanding_;
    Released();
  });
}

}  // namespace h2wire::tools
