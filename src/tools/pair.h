// SPDX-License-Identifier: Apache-2.0

// The two directions of a connection, of which nobody knows when what was sent, in an order in
// which no effect stands before its cause.

#ifndef H2WIRE_TOOLS_PAIR_H_
#define H2WIRE_TOOLS_PAIR_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

#include "connection.h"
#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"
#include "input.h"

namespace h2wire::tools {

// What was listed, as far as other frames hang on it.
class Causes {
 public:
  // The preface of the client.
  void Begin() { begun_ = true; }

  // Takes note of the next frame of `side` that is listed.
  template <class F>
  void List(Side side, const F& frame) {
    begun_ = true;
    End& end = Of(side);
    if constexpr (std::same_as<F, SettingsFrame>) {
      ListSettings(side, frame);
    } else if constexpr (std::same_as<F, PingFrame>) {
      ListPing(side, frame);
    } else if constexpr (std::same_as<F, HeadersFrame>) {
      end.opened = std::max(end.opened, frame.stream_id);
      if (frame.end_stream) end.Ends(frame.stream_id);
    } else if constexpr (std::same_as<F, PushPromiseFrame>) {
      end.opened_even = std::max(end.opened_even, frame.promised_stream_id);
    } else if constexpr (std::same_as<F, DataFrame>) {
      const auto size = static_cast<std::int64_t>(FlowControlledLength(frame));
      end.window.Use(size);
      end.StreamOf(frame.stream_id).window.Use(size);
      if (frame.end_stream) end.Ends(frame.stream_id);
    } else if constexpr (std::same_as<F, RstStreamFrame>) {
      end.Ends(frame.stream_id);
    } else if constexpr (std::same_as<F, WindowUpdateFrame>) {
      End& other = Of(Other(side));
      (frame.stream_id == 0 ? other.window : other.StreamOf(frame.stream_id).window)
          .Widen(frame.window_size_increment);
    }
  }

  // Whether all that the next frame of `side` hangs on is listed.
  [[nodiscard]] bool Allow(Side side, Bytes octets);

  // Whether the frame, of the server, most likely comes behind what the client still sends on its
  // stream: an answer behind its request.
  [[nodiscard]] bool AwaitsRequest(Bytes octets);

  // Whether the frame, of the client, most likely comes behind what the server still sends: credit
  // for DATA that is not listed, a PING while another has no acknowledgement.
  [[nodiscard]] bool AwaitsAnswer(Bytes octets);

 private:
  // A window for what one end sends.
  struct Window {
    std::int64_t octets = 0;
    bool widened = false;  // and nothing has used it since

    void Use(std::int64_t size) {
      octets -= size;
      widened = widened && size == 0;
    }
    void Widen(std::int64_t size) {
      octets += size;
      widened = true;
    }
  };
  // Of what one end sends.
  struct Stream {
    Window window{};  // beyond the initial one
    bool ended = false;
  };
  struct End {
    std::uint64_t settings = 0;
    std::uint64_t settings_acks = 0;
    std::deque<std::array<std::byte, 8>> pings{};  // not acknowledged
    StreamId opened = 0;
    StreamId opened_even = 0;
    Window window{.octets = 65535};
    std::int64_t initial_window = 65535;
    std::unordered_map<StreamId, Stream> streams{};

    Stream& StreamOf(StreamId id) { return streams[id]; }
    void Ends(StreamId id) { streams[id].ended = true; }
  };

  End& Of(Side side) { return side == Side::kClient ? client_ : server_; }
  static Side Other(Side side) { return side == Side::kClient ? Side::kServer : Side::kClient; }

  void ListSettings(Side side, const SettingsFrame& frame);
  void ListPing(Side side, const PingFrame& frame);

  bool begun_ = false;
  End client_;
  End server_;
};

// Hands on to `Events`, and tells the causes and the guard of the other direction.
template <class Events>
class Listed {
 public:
  Listed(Side side, Causes& causes, Direction& other, Events events)
      : side_(side), causes_(causes), other_(other), events_(std::move(events)) {}

  [[nodiscard]] bool TakesAllOctets() const { return events_.TakesAllOctets(); }

  void Preface() {
    causes_.Begin();
    events_.Preface();
  }
  template <class F>
  void Frame(std::uint64_t offset, Bytes octets, const F& frame, const Alarm& alarm) {
    causes_.List(side_, frame);
    other_.Sent(frame);
    events_.Frame(offset, octets, frame, alarm);
  }
  void Error(std::uint64_t offset, Bytes octets, const Alarm& alarm) {
    events_.Error(offset, octets, alarm);
  }
  void Incomplete(std::uint64_t offset, Bytes octets, std::size_t have, std::size_t need) {
    events_.Incomplete(offset, octets, have, need);
  }
  void Undecoded(std::uint64_t offset, Bytes octets) { events_.Undecoded(offset, octets); }
  void BeforeRead(std::uint64_t offset) { events_.BeforeRead(offset); }

 private:
  Side side_;
  Causes& causes_;
  Direction& other_;
  Events events_;
};

// Decodes both to their ends. Each of the events is given those of one side. Returns whether all
// octets were decoded, and nothing was wrong. `at_end` is called with each guard and whose frames
// it judged, if there are guards.
template <class Events, class AtEnd>
bool DecodePair(Input& from_client, Input& from_server, const ConnectionOptions& options,
                Events client_events, Events server_events, AtEnd at_end) {
  Causes causes;
  Direction client(from_client, options, Side::kClient);
  Direction server(from_server, options, Side::kServer);
  Listed to_server(Side::kClient, causes, server, std::move(client_events));
  Listed to_client(Side::kServer, causes, client, std::move(server_events));
  for (bool client_goes_on = true, server_goes_on = true; client_goes_on || server_goes_on;) {
    bool server_next = !client_goes_on;
    if (client_goes_on && server_goes_on) {
      const Bytes request = client.Peek(to_server);
      const bool client_may = causes.Allow(Side::kClient, request);
      const Bytes answer = server.Peek(to_client);
      const bool server_may = causes.Allow(Side::kServer, answer);
      const bool in_order = causes.AwaitsRequest(answer) && !causes.AwaitsAnswer(request);
      server_next = server_may && !(client_may && in_order);
    }
    if (server_next) {
      server_goes_on = server.Step(to_client);
    } else {
      client_goes_on = client.Step(to_server);
    }
  }
  if (client.watch() != nullptr) at_end(*client.watch(), Side::kClient);
  if (server.watch() != nullptr) at_end(*server.watch(), Side::kServer);
  return client.all_good() && server.all_good();
}

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_PAIR_H_
