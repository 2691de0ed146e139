// SPDX-License-Identifier: Apache-2.0

#include "pair.h"

#include <algorithm>

#include "h2wire/decode.h"

namespace h2wire::tools {
namespace {

// PINGs that are remembered; of a flood of them the order is told by the last.
constexpr std::size_t kMostPings = 1000;

// The frame that `octets` are, whatever the receiver would have against it.
template <class F>
std::optional<F> FrameIn(Bytes octets) {
  std::optional<F> frame;
  (void)DecodeTo(octets,
                 [&](const auto& decoded) {
                   if constexpr (std::same_as<decltype(decoded), const F&>) frame = decoded;
                 },
                 {.max_frame_size = kLargestMaxFrameSize});
  return frame;
}

}  // namespace

void Causes::ListSettings(Side side, const SettingsFrame& frame) {
  if (frame.ack) {
    ++Of(side).settings_acks;
    return;
  }
  ++Of(side).settings;
  for (const Setting setting : frame.settings) {
    if (setting.id == SettingId::kInitialWindowSize) {
      Of(Other(side)).initial_window = setting.value;
    }
  }
}

void Causes::ListPing(Side side, const PingFrame& frame) {
  std::deque<std::array<std::byte, 8>>& pings = Of(frame.ack ? Other(side) : side).pings;
  if (!frame.ack) {
    if (pings.size() == kMostPings) pings.pop_front();
    pings.push_back(frame.opaque_data);
  } else if (const auto at = std::find(pings.begin(), pings.end(), frame.opaque_data);
             at != pings.end()) {
    pings.erase(at);
  }
}

bool Causes::Allow(Side side, Bytes octets) {
  const bool from_client = side == Side::kClient;
  if (!begun_) return from_client;
  if (octets.size() < kFrameHeaderSize) return true;
  End& own = Of(side);
  End& other = Of(Other(side));
  const FrameHeader header = LoadHeader(octets.data());
  if (const auto settings = FrameIn<SettingsFrame>(octets); settings && settings->ack) {
    return own.settings_acks < other.settings;
  }
  if (const auto ping = FrameIn<PingFrame>(octets); ping && ping->ack) {
    return std::find(other.pings.begin(), other.pings.end(), ping->opaque_data) !=
           other.pings.end();
  }
  if (header.stream_id != 0 && header.type != PriorityFrame::kType) {
    const bool of_client = header.stream_id % 2 == 1;
    if (!from_client && of_client && header.stream_id > client_.opened) return false;
    if (from_client && !of_client && header.stream_id > server_.opened_even) return false;
  }
  if (header.type == DataFrame::kType) {
    const std::int64_t size = header.length;
    return size <= own.window.octets &&
           size <= own.initial_window + own.StreamOf(header.stream_id).window.octets;
  }
  return true;
}

bool Causes::AwaitsRequest(Bytes octets) {
  if (octets.size() < kFrameHeaderSize) return false;
  const FrameHeader header = LoadHeader(octets.data());
  const bool answer = header.type == HeadersFrame::kType || header.type == DataFrame::kType;
  return answer && header.stream_id % 2 == 1 && !client_.StreamOf(header.stream_id).ended;
}

bool Causes::AwaitsAnswer(Bytes octets) {
  if (const auto update = FrameIn<WindowUpdateFrame>(octets)) {
    return update->stream_id == 0 ? server_.window.widened
                                  : server_.StreamOf(update->stream_id).window.widened;
  }
  const auto ping = FrameIn<PingFrame>(octets);
  return ping && !ping->ack && !client_.pings.empty();
}

}  // namespace h2wire::tools
