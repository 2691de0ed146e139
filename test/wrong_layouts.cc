// SPDX-License-Identifier: Apache-2.0

// Descriptions that are wrong. None of them compiles: `wrong_layouts` asks a compiler, and looks
// for the sentence that stands over each struct, said of that struct and nothing else said of it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "h2wire/h2wire.h"

namespace h2wire {

// What all of them need, so that each shows its one mistake.
struct Type {
  static constexpr FrameType kType{0x50};
  static constexpr std::string_view kName = "WRONG";
};

// two types of the set have the same kType: leave one out, or give it a code of its own
struct SameCodeAsPing {
  static constexpr FrameType kType = PingFrame::kType;
  static constexpr std::string_view kName = "WRONG";
  static constexpr void Layout(auto&, auto&) {}
};
constexpr auto kWithSameCode = std::variant_size_v<FrameSet<PingFrame, SameCodeAsPing>>;

// two types of the set have the same kName: give each a name of its own
struct SameNameAsPing {
  static constexpr FrameType kType{0x50};
  static constexpr std::string_view kName = PingFrame::kName;
  static constexpr void Layout(auto&, auto&) {}
};
constexpr auto kWithSameName = std::variant_size_v<FrameSet<PingFrame, SameNameAsPing>>;

// kName is empty: give it the name of the type in its RFC
struct WithoutAName {
  static constexpr FrameType kType{0x50};
  static constexpr std::string_view kName = "";
  static constexpr void Layout(auto&, auto&) {}
};
constexpr auto kWithoutAName = std::variant_size_v<FrameSet<WithoutAName>>;

// Encoding checks as well what is in no set.
// octets behind the Sized16 would be lost: put a Rest behind it
struct OnlyEncoded : Type {
  Bytes key{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Sized16("key", frame.key, Fault::kOriginOverrun);
  }
};
Encoded EncodeWrong(const OnlyEncoded& frame, MutableBytes out) { return Encode(frame, out); }

// two Rests, of which the first takes all octets: keep one
struct OnlySplit : Type {
  Bytes a{}, b{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Rest("a", frame.a, 1);
    walk.Rest("b", frame.b, 1);
  }
};
Parts SplitWrong(const OnlySplit& frame) { return Split(frame); }

// The others are looked at one by one, as types of a set.
#define CHECK(type) constexpr auto k##type = std::variant_size_v<FrameSet<type>>

// a frame is a plain struct: make it an aggregate
struct NotCopyable : Type {
  std::string text{};
  static constexpr void Layout(auto&, auto&) {}
};
CHECK(NotCopyable);

// a frame is a plain struct: make it an aggregate
struct NotAnAggregate : Type {
  explicit NotAnAggregate(int) {}
  static constexpr void Layout(auto&, auto&) {}
};
CHECK(NotAnAggregate);

// the struct has no Layout for a frame that may be const
struct WithoutALayout : Type {};
CHECK(WithoutALayout);

// the struct has no Layout for a frame that may be const
struct LayoutOfItselfOnly : Type {
  StreamId stream_id = 0;
  static constexpr void Layout(LayoutOfItselfOnly& frame, auto& walk) {
    walk.Stream(frame.stream_id);
  }
};
CHECK(LayoutOfItselfOnly);

// the Layout is no constant expression: declare it constexpr
struct NotConstexpr : Type {
  StreamId stream_id = 0;
  static void Layout(auto& frame, auto& walk) { walk.Stream(frame.stream_id); }
};
CHECK(NotConstexpr);

// and give every member of the struct an initialiser
struct WithoutAnInitialiser : Type {
  std::uint32_t value;
  static constexpr void Layout(auto& frame, auto& walk) { walk.U32("value", frame.value); }
};
CHECK(WithoutAnInitialiser);

// the words of a Layout depend on the values of the frame
struct FieldWithAFlag : Type {
  bool has_value = false;
  std::uint32_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x01, "has_value", frame.has_value);
    if (frame.has_value) walk.U32("value", frame.value);
  }
};
CHECK(FieldWithAFlag);

// the words of a Layout depend on the values of the frame
struct FieldWithAValue : Type {
  std::uint8_t kind = 0;
  std::uint32_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.U8("kind", frame.kind);
    if (frame.kind > 1) walk.U32("value", frame.value);
  }
};
CHECK(FieldWithAValue);

// the words of a Layout depend on the values of the frame
struct FieldWithAFlagAndAValue : Type {
  bool has_value = false;
  std::uint8_t kind = 0;
  std::uint32_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x01, "HAS_VALUE", frame.has_value);
    walk.U8("kind", frame.kind);
    if (frame.has_value && frame.kind > 1) walk.U32("value", frame.value);
  }
};
CHECK(FieldWithAFlagAndAValue);

// Header is the word of RawFrame: say Stream and Flag in its place
struct OfAnyHeader : Type {
  FrameHeader header{};
  static constexpr void Layout(auto& frame, auto& walk) { walk.Header(frame.header); }
};
CHECK(OfAnyHeader);

// the Layout says twice to what stream a frame belongs
struct TwoStreams : Type {
  StreamId stream_id = 0;
  StreamId other_id = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.StreamOrConnection(frame.other_id);
  }
};
CHECK(TwoStreams);

// the Layout says twice to what stream a frame belongs
struct StreamOfTheConnection : Type {
  StreamId stream_id = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.ExpectConnection({});
  }
};
CHECK(StreamOfTheConnection);

// a member is not of the type that its word takes
struct OctetIn32Bits : Type {
  std::uint32_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) { walk.U8("value", frame.value); }
};
// a member is not of the type that its word takes
struct WordIn64Bits : Type {
  std::uint64_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) { walk.U32("value", frame.value); }
};
// a member is not of the type that its word takes
struct RestInAString : Type {
  std::string_view value{};
  static constexpr void Layout(auto& frame, auto& walk) { walk.Rest("value", frame.value, 1); }
};
CHECK(OctetIn32Bits);
CHECK(WordIn64Bits);
CHECK(RestInAString);

// two words have the same member: give each field a member of its own
struct MemberForTwo : Type {
  std::uint32_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.U32("value", frame.value);
    walk.U32("other_value", frame.value);
  }
};
CHECK(MemberForTwo);

// a field has no name: give it the one that it has in its RFC
struct FieldWithoutAName : Type {
  std::uint32_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) { walk.U32("", frame.value); }
};
CHECK(FieldWithoutAName);

// two fields have the same name: give each one of its own
struct NameForTwo : Type {
  bool value = false;
  std::uint8_t other_value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x01, "value", frame.value);
    walk.U8("value", frame.other_value);
  }
};
CHECK(NameForTwo);

// a flag is not one bit: give it 0x01, 0x02, 0x04 ... or 0x80
struct FlagOfTwoBits : Type {
  bool on = false;
  static constexpr void Layout(auto& frame, auto& walk) { walk.Flag(0x03, "on", frame.on); }
};
CHECK(FlagOfTwoBits);

// two flags are the same bit: give each one of its own
struct BitForTwo : Type {
  bool on = false;
  std::optional<Priority> priority{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x20, "on", frame.on);
    walk.Optional(0x20, "priority", frame.priority);
  }
};
CHECK(BitForTwo);

// 0x08 is the flag PADDED where there is a PadLength
struct FlagOfPadded : Type {
  bool on = false;
  std::optional<std::uint8_t> pad_length{};
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x08, "on", frame.on);
    walk.PadLength(frame.pad_length);
    walk.Rest("data", frame.data, 1);
  }
};
// 0x08 is the flag PADDED where there is a PadLength
struct OptionalOfPadded : Type {
  std::optional<std::uint8_t> pad_length{};
  std::optional<Priority> priority{};
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.PadLength(frame.pad_length);
    walk.Optional(0x08, "priority", frame.priority);
    walk.Rest("data", frame.data, 1);
  }
};
CHECK(FlagOfPadded);
CHECK(OptionalOfPadded);

// frames with this flag are ignored: take the bit out of ExpectNoFlags
struct FlagThatIsIgnored : Type {
  bool on = false;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x01, "on", frame.on);
    walk.ExpectNoFlags(0x0f, {});
  }
};
CHECK(FlagThatIsIgnored);

struct BorrowedPart {
  Bytes octets{};
  static constexpr void Layout(auto& fields, auto& walk) { walk.Rest("octets", fields.octets, 1); }
};
// a Group or an Optional holds fields of fixed size and Groups of them
struct RestInAGroup : Type {
  BorrowedPart part{};
  static constexpr void Layout(auto& frame, auto& walk) { walk.Group("part", frame.part); }
};
// a Group or an Optional holds fields of fixed size and Groups of them
struct RestInAnOptional : Type {
  std::optional<BorrowedPart> part{};
  static constexpr void Layout(auto& frame, auto& walk) { walk.Optional(0x01, "part", frame.part); }
};
CHECK(RestInAGroup);
CHECK(RestInAnOptional);

// a field stands before the PadLength: move the PadLength before it
struct PadLengthSecond : Type {
  std::uint8_t kind = 0;
  std::optional<std::uint8_t> pad_length{};
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.U8("kind", frame.kind);
    walk.PadLength(frame.pad_length);
    walk.Rest("data", frame.data, 1);
  }
};
CHECK(PadLengthSecond);

// a PadLength without a Rest is not supported: end the Layout with a Rest
struct PaddingOnly : Type {
  std::optional<std::uint8_t> pad_length{};
  static constexpr void Layout(auto& frame, auto& walk) { walk.PadLength(frame.pad_length); }
};
CHECK(PaddingOnly);

// a field of fixed size stands behind the Sized16: move it before that
struct FieldBehindSized16 : Type {
  StreamId stream_id = 0;
  bool on = false;
  Bytes key{};
  std::uint32_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Flag(0x01, "on", frame.on);
    walk.Sized16("key", frame.key, Fault::kOriginOverrun);
    walk.U32("value", frame.value);
  }
};
CHECK(FieldBehindSized16);

// a field stands behind the Rest, which takes all octets
struct FieldBehindRest : Type {
  Bytes data{};
  std::uint8_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Rest("data", frame.data, 1);
    walk.U8("value", frame.value);
  }
};
// a field stands behind the Rest, which takes all octets
struct Sized16BehindRest : Type {
  Bytes data{};
  Bytes key{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Rest("data", frame.data, 1);
    walk.Sized16("key", frame.key, Fault::kOriginOverrun);
  }
};
CHECK(FieldBehindRest);
CHECK(Sized16BehindRest);

// two Sized16 are not supported: let a Rest hold the second, as a view
struct TwoSized16 : Type {
  Bytes key{};
  Bytes value{};
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Sized16("key", frame.key, Fault::kOriginOverrun);
    walk.Sized16("value", frame.value, Fault::kOriginOverrun);
    walk.Rest("data", frame.data, 1);
  }
};
CHECK(TwoSized16);

// a Rest of units behind other fields is not supported: make its unit 1
struct UnitsBehindAField : Type {
  std::uint32_t value = 0;
  Bytes entries{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.U32("value", frame.value);
    walk.Rest("entries", frame.entries, 4);
  }
};
CHECK(UnitsBehindAField);

// fields of fixed size take more than 8 octets
struct NineOctets : Type {
  std::array<std::byte, 8> octets{};
  std::uint8_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Octets("octets", frame.octets);
    walk.U8("value", frame.value);
  }
};
CHECK(NineOctets);

// NamesStream is not about the word before it
struct NamesAnotherMember : Type {
  std::uint32_t id = 0;
  std::uint8_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.U31("id", frame.id);
    walk.U8("value", frame.value);
    walk.NamesStream(frame.id);
  }
};
CHECK(NamesAnotherMember);

// PadLength, ExpectNoFlags, RequireEmpty or WrongLength stands twice
struct TwoWrongLengths : Type {
  std::uint8_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.U8("value", frame.value);
    walk.WrongLength(Fault::kWrongLength);
    walk.WrongLength(Fault::kWrongPriorityLength);
  }
};
CHECK(TwoWrongLengths);

// a rule has the fault kNone, so that breaking it is none: name another
struct OverrunIsNoFault : Type {
  Bytes key{};
  Bytes value{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Sized16("key", frame.key, Fault::kNone);
    walk.Rest("value", frame.value, 1);
  }
};
// a rule has the fault kNone, so that breaking it is none: name another
struct RequireWithoutAFault : Type {
  std::uint8_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.U8("value", frame.value);
    walk.Require(frame.value != 0, Fault::kNone);
  }
};
CHECK(OverrunIsNoFault);
CHECK(RequireWithoutAFault);

// a Require or Expect stands before a field, and is judged before that is read
struct RequireBeforeItsField : Type {
  std::uint8_t value = 0;
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Require(frame.value != 0, Fault::kZeroWindowIncrement);
    walk.U8("value", frame.value);
  }
};
CHECK(RequireBeforeItsField);

// RequireEmpty stands before a Flag: move it behind the flags
struct RequireEmptyBeforeItsFlag : Type {
  bool on = false;
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.RequireEmpty(frame.on, Fault::kSettingsAckWithPayload);
    walk.Flag(0x01, "on", frame.on);
    walk.Rest("data", frame.data, 1);
  }
};
CHECK(RequireEmptyBeforeItsFlag);

// RequireEmpty is about flags, and depends on another value here
struct RequireEmptyOfAStream : Type {
  StreamId stream_id = 0;
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.StreamOrConnection(frame.stream_id);
    walk.RequireEmpty(frame.stream_id != 0, Fault::kSettingsAckWithPayload);
    walk.Rest("data", frame.data, 1);
  }
};
CHECK(RequireEmptyOfAStream);

// RequireEmpty is for types whose payload is a Rest alone
struct RequireEmptyWithAField : Type {
  bool on = false;
  std::uint8_t value = 0;
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x01, "on", frame.on);
    walk.RequireEmpty(frame.on, Fault::kSettingsAckWithPayload);
    walk.U8("value", frame.value);
    walk.Rest("data", frame.data, 1);
  }
};
CHECK(RequireEmptyWithAField);

// WrongLength is for types of one length, and before a Rest of units
struct WrongLengthWithARest : Type {
  Bytes data{};
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Rest("data", frame.data, 1);
    walk.WrongLength(Fault::kWrongPriorityLength);
  }
};
CHECK(WrongLengthWithARest);

}  // namespace h2wire
