// SPDX-License-Identifier: Apache-2.0

// The frames that answer frames and errors.

#include "h2wire/reply.h"

#include <array>
#include <cstddef>

#include "gtest/gtest.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"

namespace h2wire {
namespace {

TEST(ReplyTo, PingReturnsItsData) {
  const std::array<std::byte, 8> data = {std::byte{1}, std::byte{2}, std::byte{255}};
  EXPECT_EQ(ReplyTo(PingFrame{.opaque_data = data}), (PingFrame{.ack = true, .opaque_data = data}));
}

TEST(ReplyTo, SettingsIsEmpty) {
  static constexpr auto kSettings = PackSettings({{SettingId::kMaxFrameSize, 1 << 20}});
  const SettingsFrame reply = ReplyTo(SettingsFrame{.settings = kSettings});
  EXPECT_EQ(reply, SettingsFrame{.ack = true});
  EXPECT_EQ(EncodedSize(reply), 9u);
}

TEST(RstStreamFor, NamesTheStreamAndTheCode) {
  EXPECT_EQ(RstStreamFor(ErrorOf(Fault::kZeroWindowIncrement, 5)),
            (RstStreamFrame{5, ErrorCode::kProtocolError}));
}

TEST(GoawayFor, NamesEveryFault) {
  for (const FaultRow& row : kFaultRows) {
    const GoawayFrame goaway = GoawayFor({row.fault, row.code, 0}, 7);
    EXPECT_EQ(goaway.last_stream_id, 7u);
    EXPECT_EQ(goaway.error_code, row.code);
    EXPECT_EQ(AsText(goaway.debug_data), row.fault == Fault::kNone ? "" : row.name);
  }
  EXPECT_EQ(AsText(GoawayFor(ErrorOf(Fault::kTooManyPings, 0), 5).debug_data), "too_many_pings");
}

}  // namespace
}  // namespace h2wire
