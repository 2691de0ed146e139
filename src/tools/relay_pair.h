// SPDX-License-Identifier: Apache-2.0

// A client's socket and a server's, and the Relay between them.

#ifndef H2WIRE_TOOLS_RELAY_PAIR_H_
#define H2WIRE_TOOLS_RELAY_PAIR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "h2wire/relay.h"
#include "relay_worker.h"

namespace h2wire::tools {

class RelayPair {
 public:
  // With a `refusal`, which must outlive this, the client is told that, and nothing else happens.
  RelayPair(RelayWorker& worker, Socket client, std::uint64_t id, std::string_view refusal);
  ~RelayPair();

  void Start();
  bool IsRefused() const { return !refusal_.empty(); }
  // Ends gracefully.
  void Drain();
  // Ends because of `reason`.
  void Close(ErrorCode code, std::string_view reason);
  // Sees whether it is time to give up.
  void Sweep(Relay::Time now);

 private:
  enum class State : std::uint8_t { kNone, kConnecting, kOpen, kLost };

  using Octets = std::array<Bytes, 2>;

  // One of the two connections.
  struct End {
    End(Side side_of, Socket socket_of) : side(side_of), socket(std::move(socket_of)) {}

    Side side;
    Socket socket;
    State state = State::kNone;
    bool readable = false;  // octets may have come
    bool waits_to_read = false;
    bool waits_to_write = false;
    bool ended = false;           // nothing more comes
    bool broken = false;          // nothing can be written any more
    bool shut = false;            // closed for writing
    RelayBlock* block = nullptr;  // with what was read from here, if any of it is still needed
    Bytes rest{};                 // of that: not taken yet
    Octets out{};                 // to be written here
    std::uint64_t octets = 0;     // that were read from here
  };

  // Does all that can be done now.
  void GoOn();
  // Moves octets from one end to the other as far as they go. Returns whether any moved.
  bool Pump(End& from, End& to);
  // Each returns whether to go on: nothing is left to be written; something was read.
  bool Write(End& to);
  bool Read(End& from);
  void Take(End& from, End& to);
  void Connect();
  void Open(End& end);
  void Lose(End& end, std::string_view reason, bool reached);

  void Wait(End& end, Socket::wait_type what, bool End::*waits);
  void Released();
  void ReturnBlock(End& from, const End& to);

  bool Wants(const End& from) const;
  bool HasFinished(const End& to) const;
  // Whether a side has closed or done wrong, and the other is left.
  bool IsHalfClosed() const;
  void Settle();
  void BeginClosing(Relay::Time now);
  void Because(std::string_view by, std::string_view reason);
  void Finish();

  static bool IsEmpty(const Octets& out) { return out[0].empty() && out[1].empty(); }
  End& Other(const End& end) { return &end == &client_ ? server_ : client_; }

  RelayWorker& worker_;
  const std::uint64_t id_;
  const std::string_view refusal_;
  std::unique_ptr<Relay> relay_;  // none in blind mode
  End client_;
  End server_;
  Relay::Time now_{};
  Relay::Time last_active_{};
  Relay::Time connecting_since_{};
  Relay::Time closing_since_{};
  std::string_view by_{};          // who ended it
  std::string_view reason_{};      // and why
  std::uint32_t outstanding_ = 0;  // handlers that are to be called
  bool closing_ = false;           // it will not take long any more
  bool done_ = false;
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_RELAY_PAIR_H_
