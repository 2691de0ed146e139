// SPDX-License-Identifier: Apache-2.0

// Two ends that send what they like through a relay, in any pieces: each sees the beginning of a
// legal connection, and nothing but what the other sent and what the relay says.
//
// The first octet chooses the options. Then come steps: an octet says whose, what and how much; of
// octets to be sent, as many follow as there are.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "check.h"
#include "h2wire/relay.h"
#include "relay_ends.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace h2wire;
  if (size < 1) return 0;
  const bool report_only = (data[0] & 1) != 0;
  RelayEnds ends({.report_only = report_only});
  bool drained = false;  // frames are left out only then
  Bytes in = std::as_bytes(std::span(data, size)).subspan(1);
  if ((data[0] & 2) == 0) {  // most of what is interesting comes behind it
    ends.Send(Side::kClient, AsBytes(kConnectionPreface));
  }
  // Octets that a side had got when it was done with.
  std::array<std::optional<std::size_t>, 2> most = {};
  const auto check_ends = [&] {
    for (const Side to : {Side::kClient, Side::kServer}) {
      std::optional<std::size_t>& finished = most[static_cast<std::size_t>(to)];
      if (!finished && ends.relay.HasFinished(to)) finished = ends.got(to).size();
      Check(!finished || *finished == ends.got(to).size(), "nothing comes behind the end");
    }
  };
  while (!in.empty()) {
    const auto step = std::to_integer<std::uint8_t>(in[0]);
    in = in.subspan(1);
    const Side side = (step & 1) == 0 ? Side::kClient : Side::kServer;
    const std::size_t amount = step >> 1;
    ends.now = ends.now + Relay::Time(std::chrono::milliseconds(1));
    if (amount >= 120) {
      switch (amount) {
        case 120:
          ends.relay.Drain();
          drained = true;
          break;
        case 121:
          ends.relay.Close(ErrorCode::kNoError, "a reason");
          break;
        case 122:
          ends.relay.EndOf(side);
          break;
        case 123:
          ends.relay.Lose(side, ErrorCode::kInternalError, "a reason");
          break;
        case 124:
          ends.unreached = true;
          ends.relay.Lose(side, ErrorCode::kInternalError, "a reason", false);
          break;
        default:
          ends.now = ends.now + Relay::Time(std::chrono::seconds(10));
      }
      ends.Hear();
      check_ends();
      continue;
    }
    const std::size_t piece = std::min<std::size_t>(in.size(), amount < 60 ? amount : amount * 100);
    ends.Send(side, in.first(piece));
    in = in.subspan(piece);
    check_ends();
  }
  Check(!ends.stuck, "octets are taken, or something is said");
  for (const Side to : {Side::kClient, Side::kServer}) {
    const Octets passed = ends.PassedTo(to);
    const Octets& sent = ends.sent(Other(to));
    const bool as_sent = std::ranges::mismatch(passed, sent).in1 == passed.end();
    Check(as_sent || drained, "what passes is what was sent");
  }
  if (report_only) return 0;
  CheckSame(ends.Verdict(), "a relay");
  for (const Side from : {Side::kClient, Side::kServer}) {
    const bool failed = ends.relay.ErrorFrom(from).code != ErrorCode::kNoError;
    Check(!ends.relay.WantsFrom(from) || !failed, "nothing is wanted behind a fault");
  }
  return 0;
}
