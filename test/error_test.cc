// SPDX-License-Identifier: Apache-2.0

#include "h2wire/error.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <set>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace h2wire {
namespace {

TEST(NameOf, IsTheRfcsOfEveryErrorCode) {
  // RFC 9113, 7.
  constexpr struct {
    std::uint32_t code;
    std::string_view name;
    ErrorCode enumerator;
  } kCodes[] = {
      {0x00, "NO_ERROR", ErrorCode::kNoError},
      {0x01, "PROTOCOL_ERROR", ErrorCode::kProtocolError},
      {0x02, "INTERNAL_ERROR", ErrorCode::kInternalError},
      {0x03, "FLOW_CONTROL_ERROR", ErrorCode::kFlowControlError},
      {0x04, "SETTINGS_TIMEOUT", ErrorCode::kSettingsTimeout},
      {0x05, "STREAM_CLOSED", ErrorCode::kStreamClosed},
      {0x06, "FRAME_SIZE_ERROR", ErrorCode::kFrameSizeError},
      {0x07, "REFUSED_STREAM", ErrorCode::kRefusedStream},
      {0x08, "CANCEL", ErrorCode::kCancel},
      {0x09, "COMPRESSION_ERROR", ErrorCode::kCompressionError},
      {0x0a, "CONNECT_ERROR", ErrorCode::kConnectError},
      {0x0b, "ENHANCE_YOUR_CALM", ErrorCode::kEnhanceYourCalm},
      {0x0c, "INADEQUATE_SECURITY", ErrorCode::kInadequateSecurity},
      {0x0d, "HTTP_1_1_REQUIRED", ErrorCode::kHttp11Required},
  };
  EXPECT_EQ(std::size(kCodes), std::size(kErrorCodeNames));
  for (const auto& [code, name, enumerator] : kCodes) {
    EXPECT_EQ(NameOf(ErrorCode{code}), name);
    EXPECT_EQ(enumerator, ErrorCode{code});
  }
}

TEST(NameOf, IsEmptyForOtherErrorCodes) {
  EXPECT_EQ(NameOf(ErrorCode{0x0e}), "");
  EXPECT_EQ(NameOf(ErrorCode{0x100}), "");
  EXPECT_EQ(NameOf(ErrorCode{0xffffffff}), "");
}

TEST(FaultRows, HaveNamesOfTheirOwnInSnakeCase) {
  std::set<std::string_view> names;
  for (const FaultRow& row : kFaultRows) {
    EXPECT_FALSE(row.name.empty());
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(std::ranges::all_of(row.name, [](unsigned char c) {
      return std::islower(c) || std::isdigit(c) || c == '_';
    })) << row.name;
  }
}

TEST(FaultRows, SayASentenceWithoutItsEnd) {
  for (const FaultRow& row : kFaultRows) {
    EXPECT_FALSE(row.sentence.empty()) << row.name;
    EXPECT_FALSE(row.sentence.ends_with('.')) << row.name;
    EXPECT_TRUE(row.section.empty() || row.section.starts_with("RFC ") ||
                row.section.starts_with("CVE-"))
        << row.name;
  }
}

TEST(FaultRows, OfDecodingTellThePeer) {
  for (const FaultRow& row : kFaultRows) {
    if (NeedsContext(row.fault)) continue;
    const bool decoding = row.fault != Fault::kNone && row.fault < Fault::kNoRoom;
    EXPECT_EQ(decoding, row.code == ErrorCode::kProtocolError ||
                            row.code == ErrorCode::kFrameSizeError ||
                            row.code == ErrorCode::kFlowControlError)
        << row.name;
    EXPECT_TRUE(!decoding || !row.section.empty()) << row.name;
  }
}

// The vectors tell code and scope of a fault by a frame that shows it. These are the others.
TEST(FaultRows, ThatNoFrameShowsSayWhatTheRfcsSay) {
  struct Group {
    ErrorCode code;
    Scope scope;
    std::vector<Fault> faults;
  };
  const Group kGroups[] = {
      {ErrorCode::kNoError, Scope::kConnection, {Fault::kNone}},
      {ErrorCode::kProtocolError,
       Scope::kConnection,
       {Fault::kBadPreface, Fault::kHttp1Request,  // RFC 9113, 3.4
        Fault::kHttp1Response, Fault::kTls,        // RFC 9113, 3.4
        Fault::kFirstFrameNotSettings,             // RFC 9113, 3.4
        Fault::kFieldBlockInterrupted,             // RFC 9113, 4.3
        Fault::kStrayContinuation,                 // RFC 9113, 6.10
        Fault::kPushPromiseToServer,               // RFC 9113, 8.4
        Fault::kPushPromiseWhileDisabled,          // RFC 9113, 6.6
        Fault::kEnablePushFromServer,              // RFC 9113, 6.5.2
        Fault::kStraySettingsAck,                  // RFC 9113, 6.5.3
        Fault::kConnectProtocolWithdrawn,          // RFC 8441, 3
        Fault::kPriorityUpdateToClient,            // RFC 9218, 7.1
        Fault::kStreamOfServer,                    // RFC 9113, 5.1.1
        Fault::kPromiseOnStreamOfServer,           // RFC 9113, 6.6
        Fault::kIdleStream,                        // RFC 9113, 5.1
        Fault::kPromisedStreamIdNotNew,            // RFC 9113, 5.1.1
        Fault::kLastStreamIdIncreased}},           // RFC 9113, 6.8
      {ErrorCode::kEnhanceYourCalm,                // RFC 9113, 10.5
       Scope::kConnection,
       {Fault::kFieldBlockTooLarge, Fault::kTooManyContinuations, Fault::kTooManyEmptyFrames,
        Fault::kTooManyResets, Fault::kTooManyStreamErrors, Fault::kTooManySettingsFrames,
        Fault::kTooManySettings, Fault::kTooManyPings, Fault::kTooManyPriorities,
        Fault::kTooManyTinyWindowUpdates, Fault::kTooManyIgnoredFrames, Fault::kTooMuchPadding,
        Fault::kTooMuchSmallData, Fault::kTooManyGoaways, Fault::kFrameTooLargeToAssemble}},
      {ErrorCode::kFlowControlError,
       Scope::kStream,
       {Fault::kWindowOverflow, Fault::kWindowExceeded}},  // RFC 9113, 6.9.1
      {ErrorCode::kFlowControlError,
       Scope::kConnection,
       {Fault::kInitialWindowOverflow}},  // RFC 9113, 6.9.2
      {ErrorCode::kInternalError,         // nothing that the peer did
       Scope::kConnection,
       {Fault::kStorageTooSmall, Fault::kNoRoom, Fault::kPayloadTooLarge, Fault::kValueTooLarge,
        Fault::kWouldBeIgnored}},
  };
  std::set<Fault> others;
  for (const Group& group : kGroups) {
    for (const Fault fault : group.faults) {
      EXPECT_EQ(RowOf(fault).code, group.code) << RowOf(fault).name;
      EXPECT_EQ(RowOf(fault).scope, group.scope) << RowOf(fault).name;
      EXPECT_TRUE(others.insert(fault).second) << RowOf(fault).name;
    }
  }
  for (const FaultRow& row : kFaultRows) {
    const bool shown = row.fault > Fault::kNone && row.fault < Fault::kBadPreface;
    EXPECT_NE(others.contains(row.fault), shown) << row.name;
  }
}

TEST(FaultOf, IsThatOfWhatStandsForAPreface) {
  EXPECT_EQ(FaultOf(Greeting::kPreface), Fault::kNone);
  EXPECT_EQ(FaultOf(Greeting::kNeedMore), Fault::kNone);
  EXPECT_EQ(FaultOf(Greeting::kHttp1Request), Fault::kHttp1Request);
  EXPECT_EQ(FaultOf(Greeting::kHttp1Response), Fault::kHttp1Response);
  EXPECT_EQ(FaultOf(Greeting::kTls), Fault::kTls);
  EXPECT_EQ(FaultOf(Greeting::kOther), Fault::kBadPreface);
}

TEST(IsOfOwnTypes, SetsApartWhatNoTypeOfTheLibraryShows) {
  EXPECT_FALSE(IsOfOwnTypes(Fault::kNoPrioritizedStream));
  EXPECT_TRUE(IsOfOwnTypes(Fault::kPartialEntry));
  EXPECT_TRUE(IsOfOwnTypes(Fault::kInvalidSetting));
  EXPECT_FALSE(IsOfOwnTypes(Fault::kBadPreface));
}

TEST(NeedsContext, SetsApartWhatAFrameCannotShow) {
  EXPECT_FALSE(NeedsContext(Fault::kNone));
  EXPECT_FALSE(NeedsContext(Fault::kFrameTooLarge));
  EXPECT_FALSE(NeedsContext(Fault::kNoPrioritizedStream));
  EXPECT_TRUE(NeedsContext(Fault::kBadPreface));
  EXPECT_TRUE(NeedsContext(Fault::kStrayContinuation));
  EXPECT_TRUE(NeedsContext(Fault::kTooManyResets));
  EXPECT_TRUE(NeedsContext(Fault::kWindowExceeded));
  EXPECT_FALSE(NeedsContext(Fault::kNoRoom));
  EXPECT_FALSE(NeedsContext(Fault::kWouldBeIgnored));
}

static_assert(RowOf(Fault::kWouldBeIgnored).fault == Fault::kWouldBeIgnored);
static_assert(&RowOf(Fault::kWouldBeIgnored) == &*std::rbegin(kFaultRows));

TEST(RowOf, IsTheRowOfEveryFault) {
  for (const FaultRow& row : kFaultRows) EXPECT_EQ(&RowOf(row.fault), &row);
}

static_assert(ErrorOf(Fault::kZeroWindowIncrement, 3) ==
              FrameError{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 3});

TEST(ErrorOf, IsOfTheStreamOnlyIfTheFaultIs) {
  EXPECT_EQ(ErrorOf(Fault::kZeroWindowIncrement, 3),
            (FrameError{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 3}));
  EXPECT_EQ(ErrorOf(Fault::kZeroWindowIncrement, 0),
            (FrameError{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 0}));
  EXPECT_EQ(ErrorOf(Fault::kWrongPriorityLength, 0x7fffffff),
            (FrameError{Fault::kWrongPriorityLength, ErrorCode::kFrameSizeError, 0x7fffffff}));
  EXPECT_EQ(ErrorOf(Fault::kInvalidInitialWindowSize, 3),
            (FrameError{Fault::kInvalidInitialWindowSize, ErrorCode::kFlowControlError, 0}));
  EXPECT_EQ(ErrorOf(Fault::kPaddingTooLong, 3),
            (FrameError{Fault::kPaddingTooLong, ErrorCode::kProtocolError, 0}));
}

TEST(FrameError, IsEqualInAllItsMembersOnly) {
  const FrameError error{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 3};
  EXPECT_NE(error, (FrameError{Fault::kTooShort, ErrorCode::kProtocolError, 3}));
  EXPECT_NE(error, (FrameError{Fault::kZeroWindowIncrement, ErrorCode::kCancel, 3}));
  EXPECT_NE(error, (FrameError{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 0}));
  EXPECT_EQ(FrameError(), (FrameError{Fault::kNone, ErrorCode::kNoError, 0}));
}

}  // namespace
}  // namespace h2wire
