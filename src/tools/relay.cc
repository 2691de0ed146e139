// SPDX-License-Identifier: Apache-2.0

#include "relay.h"

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "failure.h"
#include "output.h"
#include "relay_log.h"
#include "relay_worker.h"

namespace h2wire::tools {
namespace {

using boost::system::error_code;
using Endpoint = asio::ip::tcp::endpoint;

// "127.0.0.1:8080", "[::1]:8080" or "localhost:8080", looked up.
Endpoint EndpointOf(const std::string& text, std::string_view option) {
  const auto fail = [&](const std::string& why) -> Failure {
    return Failure(absl::StrCat("--", std::string(option), "=", text, ": ", why));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) throw fail("it is ADDR:PORT");
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  error_code error;
  const auto found = resolver.resolve(host, text.substr(colon + 1),
                                      asio::ip::resolver_base::numeric_service, error);
  if (error || found.empty()) throw fail(error ? error.message() : "there is no such address");
  return found.begin()->endpoint();
}

std::string TextOf(const Endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return absl::StrCat(endpoint.address().is_v6() ? "[" : "", address,
                      endpoint.address().is_v6() ? "]:" : ":", endpoint.port());
}

// All threads, and the signals that they are told of.
class RelayProcess {
 public:
  explicit RelayProcess(const RelayCommand& command)
      : shared_{command, EndpointOf(command.upstream, "upstream")} {
    for (std::uint32_t i = 0; i < command.threads; ++i) {
      workers_.push_back(std::make_unique<RelayWorker>(shared_));
    }
    Endpoint endpoint = EndpointOf(command.listen, "listen");
    try {
      for (const auto& worker : workers_) endpoint = worker->Listen(endpoint);
    } catch (const boost::system::system_error& error) {
      throw Failure(
          absl::StrCat("cannot listen on ", command.listen, ": ", error.code().message()));
    }
    signals_.emplace(workers_[0]->context(), SIGTERM, SIGINT, SIGUSR1);
    absl::FPrintF(stderr, "h2wire: relaying %s to %s\n", TextOf(endpoint),
                  TextOf(shared_.upstream));
  }

  int Run() {
    WaitForSignal();
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
      threads.emplace_back([this, i] { workers_[i]->Run([this] { OneIsDone(); }); });
    }
    workers_[0]->Run([this] { OneIsDone(); });
    for (std::thread& thread : threads) thread.join();
    if (shared_.command.stats) {
      RelayStatistics sum;
      for (const auto& worker : workers_) sum += worker->statistics();
      Print(sum);
    }
    return kAllDecoded;
  }

 private:
  void WaitForSignal() {
    signals_->async_wait([this](const error_code& error, int signal) {
      if (error) return;
      if (signal == SIGUSR1) {
        PrintStatistics();
      } else {
        const bool again = std::exchange(draining_, true);
        for (const auto& worker : workers_) {
          asio::post(worker->context(),
                     [&worker, again] { again ? worker->context().stop() : worker->Drain(); });
        }
      }
      WaitForSignal();
    });
  }

  // When all threads are, no signal is waited for any more.
  void OneIsDone() {
    if (++done_ != workers_.size()) return;
    asio::post(workers_[0]->context(), [this] { signals_->cancel(); });
  }

  // Each thread adds its numbers; the last one prints.
  void PrintStatistics() {
    struct Sum {
      std::mutex mutex;
      std::size_t missing = 0;
      RelayStatistics statistics{};
    };
    const auto sum = std::make_shared<Sum>();
    sum->missing = workers_.size();
    for (const auto& worker : workers_) {
      asio::post(worker->context(), [&worker, sum] {
        const std::lock_guard lock(sum->mutex);
        sum->statistics += worker->statistics();
        if (--sum->missing == 0) Print(sum->statistics);
      });
    }
  }

  // The relay goes on if nobody reads it.
  static void Print(const RelayStatistics& statistics) { WriteWhole(ToString(statistics)); }

  RelayShared shared_;
  std::vector<std::unique_ptr<RelayWorker>> workers_;
  std::optional<asio::signal_set> signals_;  // in the first thread, which is that of main
  std::atomic<std::size_t> done_ = 0;
  bool draining_ = false;
};

}  // namespace

int RunRelay(const RelayCommand& command) { return RelayProcess(command).Run(); }

}  // namespace h2wire::tools
