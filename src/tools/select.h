// SPDX-License-Identifier: Apache-2.0

// Which of the events of a connection are shown.

#ifndef H2WIRE_TOOLS_SELECT_H_
#define H2WIRE_TOOLS_SELECT_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "watch.h"

namespace h2wire::tools {

// What is asked for: frames of one stream (0: of the connection), of some types, in error. Of all
// that is asked for at once, a frame has to be all. What ends decoding is always shown.
struct Selection {
  std::optional<StreamId> stream{};
  std::optional<std::bitset<256>> types{};
  bool errors = false;

  [[nodiscard]] bool All() const { return !stream && !types && !errors; }
  [[nodiscard]] bool Has(const FrameHeader& header) const {
    return (!stream || *stream == header.stream_id) &&
           (!types || types->test(static_cast<std::size_t>(header.type)));
  }
};

// Hands on to `Events` the events that are selected.
template <class Events>
class Selected {
 public:
  Selected(const Selection& selection, Events events)
      : selection_(selection), events_(std::move(events)) {}

  [[nodiscard]] bool TakesAllOctets() const { return selection_.All() && events_.TakesAllOctets(); }

  void Preface() {
    if (selection_.All()) events_.Preface();
  }
  template <class F>
  void Frame(std::uint64_t offset, Bytes octets, const F& frame, const Alarm& alarm) {
    if (Shows(octets, alarm)) events_.Frame(offset, octets, frame, alarm);
  }
  void Error(std::uint64_t offset, Bytes octets, const Alarm& alarm) {
    if (Shows(octets, alarm)) events_.Error(offset, octets, alarm);
  }
  void Incomplete(std::uint64_t offset, Bytes octets, std::size_t have, std::size_t need) {
    events_.Incomplete(offset, octets, have, need);
  }
  void Undecoded(std::uint64_t offset, Bytes octets) {
    if (TakesAllOctets()) events_.Undecoded(offset, octets);
  }
  void BeforeRead(std::uint64_t offset) { events_.BeforeRead(offset); }

 private:
  [[nodiscard]] bool Shows(Bytes octets, const Alarm& alarm) const {
    if (alarm.ends()) return true;
    return selection_.Has(LoadHeader(octets.data())) && (alarm.raised() || !selection_.errors);
  }

  const Selection& selection_;
  Events events_;
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_SELECT_H_
