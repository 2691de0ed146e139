// SPDX-License-Identifier: Apache-2.0

// The walk that checks a description itself, when it is compiled: which words of a Layout may
// follow which, and what each may be given. A mistake is an error of the compiler that says what to
// change.

#ifndef H2WIRE_WALK_GRAMMAR_H_
#define H2WIRE_WALK_GRAMMAR_H_

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"

namespace h2wire::inline H2WIRE_ABI::internal {

inline constexpr std::uint8_t kPaddedFlag = 0x08;

// What fields of a fixed size may take, in octets, Pad Length included.
inline constexpr std::size_t kMostFixedOctets = 8;

// What can be wrong with a description. SoundLayout has a sentence for each.
enum class Mistake : std::uint8_t {
  kNone,
  kNotPlain,
  kNoTypeName,
  kNoLayout,
  kNotConstant,
  kDependsOnValues,
  kHeaderWord,
  kStreamTwice,
  kWrongMember,
  kMemberTwice,
  kNoName,
  kNameTwice,
  kNotOneBit,
  kFlagTwice,
  kFlagIsPadded,
  kFlagIgnored,
  kMoreThanFieldsInGroup,
  kPadLengthNotFirst,
  kPadLengthWithoutRest,
  kFieldBehindSized16,
  kFieldBehindRest,
  kTwoSized16,
  kTwoRests,
  kSized16WithoutRest,
  kUnitsBehindFields,
  kTooManyOctets,
  kNamesNoField,
  kSaidTwice,
  kNoFault,
  kRuleBeforeField,
  kRequireEmptyBeforeFlag,
  kRequireEmptyOfValues,
  kRequireEmptyWithFields,
  kWrongLengthWithRest,
};

template <class T>
inline constexpr bool kIsByteArray = false;
template <std::size_t kSize>
inline constexpr bool kIsByteArray<std::array<std::byte, kSize>> = kSize != 0;

template <class T>
inline constexpr bool kIsOptionalStruct = false;
template <class T>
inline constexpr bool kIsOptionalStruct<std::optional<T>> = std::is_aggregate_v<T>;

template <class T>
concept Is32Bits = sizeof(T) == 4 && requires(T value, std::uint32_t word) {
  T{word};
  static_cast<std::uint32_t>(value);
};

// Octets by reference: Bytes, or a view of them.
template <class T>
concept IsBorrowed = std::same_as<T, Bytes> || requires(const T view, Bytes octets) {
  T(octets);
  { view.octets() } -> std::same_as<Bytes>;
};

// Walks over a frame with given flags, fills its other fields with zeros or with ones, and finds
// the first mistake. A frame that is const is not filled.
class Grammar {
 public:
  constexpr Grammar(std::uint8_t flags, bool ones) noexcept : flags_(flags), ones_(ones) {}

  template <class T>
  constexpr void Stream(T& id) noexcept {
    Say("Stream");
    SayStream();
    Decode<StreamId>(id, Number<StreamId>());
  }
  template <class T>
  constexpr void StreamOrConnection(T& id) noexcept {
    Say("StreamOrConnection");
    SayStream();
    Decode<StreamId>(id, Number<StreamId>());
  }
  constexpr void ExpectConnection(const Rule&) noexcept {
    Say("ExpectConnection");
    SayStream();
  }
  constexpr void Header(auto&) noexcept { Check(false, Mistake::kHeaderWord); }

  template <class T>
  constexpr void Flag(std::uint8_t bit, std::string_view name, T& on) noexcept {
    Say("Flag", bit, name);
    NotInGroup();
    Bit(bit);
    Name(name);
    Check(!require_empty_, Mistake::kRequireEmptyBeforeFlag);
    Decode<bool>(on, (flags_ & bit) != 0);
  }
  constexpr void ExpectNoFlags(std::uint8_t bits, const Rule&) noexcept {
    Say("ExpectNoFlags", bits);
    NotInGroup();
    Once(ignored_flags_ == 0);
    ignored_flags_ = bits;
  }

  template <class T>
  constexpr void PadLength(T& length) noexcept {
    Say("PadLength");
    NotInGroup();
    Once(!has_pad_length_);
    Check((known_flags_ & kPaddedFlag) == 0, Mistake::kFlagIsPadded);
    Check(!HasFields() && !has_rest_, Mistake::kPadLengthNotFirst);
    has_pad_length_ = true;
    octets_ += 1;
    using Length = std::optional<std::uint8_t>;
    Decode<Length>(length, (flags_ & kPaddedFlag) != 0 ? Length(Number<std::uint8_t>()) : Length());
  }
  template <class T>
  constexpr void U8(std::string_view name, T& value) noexcept {
    Say("U8", 0, name);
    Field(1, name);
    Decode<std::uint8_t>(value, Number<std::uint8_t>());
  }
  template <class T>
  constexpr void U31(std::string_view name, T& value) noexcept {
    Say("U31", 0, name);
    Field(4, name);
    Decode<std::uint32_t>(value, Number<std::uint32_t>() >> 1);
    names_stream_if_said_ = &value;
  }
  template <class T>
  constexpr void U32(std::string_view name, T& value) noexcept {
    Say("U32", 0, name);
    Field(4, name);
    if constexpr (Is32Bits<std::remove_const_t<T>>) {
      Decode<std::remove_const_t<T>>(value, std::remove_const_t<T>{Number<std::uint32_t>()});
    } else {
      Check(false, Mistake::kWrongMember);
    }
  }
  template <class T, class U>
  constexpr void BitAndU31(std::string_view bit_name, T& bit, std::string_view name,
                           U& value) noexcept {
    Say("BitAndU31", 0, bit_name);
    Name(bit_name);
    Decode<bool>(bit, ones_);
    U31(name, value);
  }
  template <class T>
  constexpr void Octets(std::string_view name, T& octets) noexcept {
    Say("Octets", sizeof(T), name);
    Field(sizeof(T), name);
    std::remove_const_t<T> filled{};
    if constexpr (kIsByteArray<std::remove_const_t<T>>) {
      filled.fill(std::byte{Number<std::uint8_t>()});
    } else {
      Check(false, Mistake::kWrongMember);
    }
    Decode<std::remove_const_t<T>>(octets, filled);
  }
  constexpr void NamesStream(const auto& id) noexcept {
    Check(names_stream_if_said_ == &id, Mistake::kNamesNoField);
    Say("NamesStream");
  }

  template <class Fields>
  constexpr void Group(std::string_view name, Fields& fields) noexcept {
    Say("Group", 0, name);
    Name(name);
    if (group_ == 0) Member(&fields);
    Inside(fields);
  }
  template <class T>
  constexpr void Optional(std::uint8_t bit, std::string_view name, T& fields) noexcept {
    Say("Optional", bit, name);
    NotInGroup();
    Bit(bit);
    Name(name);
    if constexpr (kIsOptionalStruct<std::remove_const_t<T>>) {
      // The words are said without the flag as well: what they are does not hang on it.
      typename T::value_type inside{};
      Inside(inside);
      using Fields = std::remove_const_t<T>;
      Decode<Fields>(fields, (flags_ & bit) != 0 ? Fields(inside) : Fields());
    } else {
      Check(false, Mistake::kWrongMember);
    }
  }

  template <class T>
  constexpr void Sized16(std::string_view name, T& bytes, Fault overrun) noexcept {
    Say("Sized16", static_cast<std::size_t>(overrun), name);
    NotInGroup();
    Name(name);
    Check(!has_sized16_, Mistake::kTwoSized16);
    Check(!has_rest_, Mistake::kFieldBehindRest);
    Check(overrun != Fault::kNone, Mistake::kNoFault);
    has_sized16_ = true;
    Fill<Bytes>(bytes, ones_ ? Bytes(kZeros256).first(1) : Bytes());
  }
  template <class T>
  constexpr void Rest(std::string_view name, T& bytes, std::size_t unit) noexcept {
    Say("Rest", unit, name);
    NotInGroup();
    Name(name);
    Check(!has_rest_, Mistake::kTwoRests);
    Check(unit == 1 || (unit != 0 && !HasFields()), Mistake::kUnitsBehindFields);
    Check(unit != 1 || !has_wrong_length_, Mistake::kWrongLengthWithRest);
    has_rest_ = true;
    using View = std::remove_const_t<T>;
    if constexpr (IsBorrowed<View>) {
      const std::size_t size = unit < kZeros256.size() ? unit : kZeros256.size();
      Fill<View>(bytes, ones_ ? View(Bytes(kZeros256).first(size)) : View());
    } else {
      Check(false, Mistake::kWrongMember);
    }
  }

  constexpr void Require(bool condition, Fault fault) noexcept {
    NotInGroup();
    Check(condition || fault != Fault::kNone, Mistake::kNoFault);
    has_rule_ = true;
  }
  constexpr void RequireSettings(SettingsView) noexcept {
    NotInGroup();
    has_rule_ = true;
  }
  constexpr void Expect(bool, const Rule&) noexcept {
    NotInGroup();
    has_rule_ = true;
  }
  constexpr void RequireEmpty(bool when, Fault fault) noexcept {
    Say("RequireEmpty", static_cast<std::size_t>(fault));
    NotInGroup();
    Once(!require_empty_);
    Check(fault != Fault::kNone, Mistake::kNoFault);
    require_empty_ = when;
  }
  constexpr void WrongLength(Fault fault) noexcept {
    Say("WrongLength", static_cast<std::size_t>(fault));
    NotInGroup();
    Once(!has_wrong_length_);
    Check(!has_rest_, Mistake::kWrongLengthWithRest);
    Check(fault != Fault::kNone, Mistake::kNoFault);
    has_wrong_length_ = true;
  }

  // The first mistake so far.
  constexpr Mistake mistake() const noexcept { return mistake_; }
  // The same, now that all words are said.
  constexpr Mistake Finish() noexcept {
    Check(octets_ <= kMostFixedOctets, Mistake::kTooManyOctets);
    Check((known_flags_ & ignored_flags_) == 0, Mistake::kFlagIgnored);
    Check(!has_pad_length_ || has_rest_, Mistake::kPadLengthWithoutRest);
    Check(!has_sized16_ || has_rest_, Mistake::kSized16WithoutRest);
    Check(!require_empty_ || (has_rest_ && !HasFields()), Mistake::kRequireEmptyWithFields);
    return mistake_;
  }

  // Whether another walk heard the same words, whatever the values were.
  constexpr bool HeardTheSame(const Grammar& other) const noexcept {
    if (count_ != other.count_) return false;
    for (std::size_t i = 0; i < count_; ++i) {
      const Word& a = words_[i];
      const Word& b = other.words_[i];
      if (a.word != b.word || a.number != b.number || a.name != b.name) return false;
    }
    return true;
  }
  // What RequireEmpty was told last; nothing if it was not said.
  constexpr std::optional<bool> require_empty() const noexcept { return require_empty_; }

 private:
  struct Word {
    std::string_view word{};
    std::size_t number = 0;  // what else it was given: a bit, a unit, a fault
    std::string_view name{};
    std::size_t group = 0;
  };

  static constexpr std::array<std::byte, 256> kZeros256{};

  constexpr void Check(bool holds, Mistake mistake) noexcept {
    if (!holds && mistake_ == Mistake::kNone) mistake_ = mistake;
  }
  constexpr void Once(bool first) noexcept { Check(first, Mistake::kSaidTwice); }
  constexpr void NotInGroup() noexcept { Check(group_ == 0, Mistake::kMoreThanFieldsInGroup); }
  constexpr bool HasFields() const noexcept { return has_sized16_ || octets_ != 0; }

  constexpr void Say(std::string_view word, std::size_t number = 0,
                     std::string_view name = {}) noexcept {
    if (count_ < words_.size()) words_[count_++] = {word, number, name, group_};
    names_stream_if_said_ = nullptr;
  }
  constexpr void SayStream() noexcept {
    NotInGroup();
    Check(!has_stream_, Mistake::kStreamTwice);
    has_stream_ = true;
  }
  constexpr void Bit(std::uint8_t bit) noexcept {
    Check(std::has_single_bit(bit), Mistake::kNotOneBit);
    Check((known_flags_ & bit) == 0, Mistake::kFlagTwice);
    Check(!has_pad_length_ || bit != kPaddedFlag, Mistake::kFlagIsPadded);
    known_flags_ |= bit;
  }
  // The name of the word that was just said.
  constexpr void Name(std::string_view name) noexcept {
    Check(!name.empty(), Mistake::kNoName);
    for (std::size_t i = 0; i + 1 < count_; ++i) {
      Check(words_[i].group != group_ || words_[i].name != name, Mistake::kNameTwice);
    }
  }
  constexpr void Field(std::size_t size, std::string_view name) noexcept {
    Name(name);
    Check(!has_rest_, Mistake::kFieldBehindRest);
    Check(!has_sized16_, Mistake::kFieldBehindSized16);
    octets_ += size;
  }
  constexpr void Member(const void* member) noexcept {
    for (std::size_t i = 0; i < members_seen_; ++i) {
      Check(members_[i] != member, Mistake::kMemberTwice);
    }
    if (members_seen_ < members_.size()) members_[members_seen_++] = member;
  }
  template <class Fields>
  constexpr void Inside(Fields& fields) noexcept {
    const std::size_t outside = group_;
    group_ = ++groups_;
    Fields::Layout(fields, *this);
    group_ = outside;
  }

  template <class T>
  constexpr T Number() const noexcept {
    return ones_ ? static_cast<T>(-1) : T{0};
  }
  // Stands for the reading of a value that rules may be about.
  template <class Wanted, class T>
  constexpr void Decode(T& member, const Wanted& value) noexcept {
    Check(!has_rule_, Mistake::kRuleBeforeField);
    Fill<Wanted>(member, value);
  }
  template <class Wanted, class T>
  constexpr void Fill(T& member, const Wanted& value) noexcept {
    if (group_ == 0) Member(&member);
    if constexpr (std::same_as<T, Wanted>) {
      // To read a member that has no initialiser is no constant expression.
      const T before = member;
      member = before;
      member = value;
    } else {
      Check(std::same_as<T, const Wanted>, Mistake::kWrongMember);
    }
  }

  std::uint8_t flags_;
  bool ones_;
  Mistake mistake_ = Mistake::kNone;

  std::array<Word, 32> words_{};
  std::size_t count_ = 0;
  std::size_t group_ = 0;   // in which the next word is; 0 for none
  std::size_t groups_ = 0;  // so far

  std::array<const void*, 32> members_{};  // of the frame itself
  std::size_t members_seen_ = 0;

  std::uint8_t known_flags_ = 0;
  std::uint8_t ignored_flags_ = 0;
  std::size_t octets_ = 0;  // of fields of a fixed size
  bool has_stream_ = false;
  bool has_pad_length_ = false;
  bool has_sized16_ = false;
  bool has_rest_ = false;
  bool has_rule_ = false;
  bool has_wrong_length_ = false;
  std::optional<bool> require_empty_{};
  const void* names_stream_if_said_ = nullptr;
};

template <class F>
concept HasLayout = requires(F& frame, const F& same, Grammar& walk) {
  F::Layout(frame, walk);
  F::Layout(same, walk);
};

// Walks over a frame that was just made; not at all if the Layout is no constant expression.
template <class F>
constexpr Grammar Walk(std::uint8_t flags, bool ones) noexcept {
  Grammar grammar(flags, ones);
  F frame;
  F::Layout(frame, grammar);
  return grammar;
}

template <class F>
concept IsConstant = requires {
  typename std::bool_constant<(Walk<F>(0xff, true), true)>;
};

template <class F>
consteval Mistake MistakeOf() {
  if constexpr (!requires { F::kType; }) {
    return Mistake::kNone;  // RawFrame, which has words of its own
  } else if constexpr (!std::is_aggregate_v<F> || !std::is_trivially_copyable_v<F>) {
    return Mistake::kNotPlain;
  } else if constexpr (std::string_view(F::kName).empty()) {
    return Mistake::kNoTypeName;
  } else if constexpr (!HasLayout<F>) {
    return Mistake::kNoLayout;
  } else if constexpr (!IsConstant<F>) {
    return Mistake::kNotConstant;
  } else {
    // Without flags and with all of them, with zeros and with ones: that is all that can be seen of
    // a condition, and each further walk would be paid for by whoever includes this.
    const Grammar zeros = Walk<F>(0x00, false);
    const Grammar ones = Walk<F>(0x00, true);
    const Grammar flags_and_zeros = Walk<F>(0xff, false);
    Grammar flags_and_ones = Walk<F>(0xff, true);
    for (const Grammar* const other : {&zeros, &ones, &flags_and_zeros}) {
      if (!other->HeardTheSame(flags_and_ones)) return Mistake::kDependsOnValues;
      if (other->mistake() != Mistake::kNone) return other->mistake();
    }
    if (zeros.require_empty() != ones.require_empty() ||
        flags_and_zeros.require_empty() != flags_and_ones.require_empty()) {
      return Mistake::kRequireEmptyOfValues;
    }
    return flags_and_ones.Finish();
  }
}

template <class F>
struct SoundLayout {
  static constexpr Mistake kMistake = MistakeOf<F>();

  static_assert(
      kMistake != Mistake::kNotPlain,
      "h2wire: a frame is a plain struct: make it an aggregate that is trivially copyable, "
      "without constructors and without members that own memory");
  static_assert(kMistake != Mistake::kNoTypeName,
                "h2wire: kName is empty: give it the name of the type in its RFC");
  static_assert(kMistake != Mistake::kNoLayout,
                "h2wire: the struct has no Layout for a frame that may be const: write `static "
                "constexpr void Layout(auto& frame, auto& walk)`");
  static_assert(
      kMistake != Mistake::kNotConstant,
      "h2wire: the Layout is no constant expression: declare it constexpr, and give every "
      "member of the struct an initialiser");
  static_assert(kMistake != Mistake::kDependsOnValues,
                "h2wire: the words of a Layout depend on the values of the frame: say each without "
                "a condition, and make fields that are there with a flag alone an Optional");
  static_assert(kMistake != Mistake::kHeaderWord,
                "h2wire: Header is the word of RawFrame: say Stream and Flag in its place");
  static_assert(kMistake != Mistake::kStreamTwice,
                "h2wire: the Layout says twice to what stream a frame belongs: keep one of Stream, "
                "StreamOrConnection and ExpectConnection");
  static_assert(kMistake != Mistake::kWrongMember,
                "h2wire: a member is not of the type that its word takes: a StreamId for Stream, "
                "bool for Flag, std::optional<std::uint8_t> for PadLength, std::uint8_t for U8, "
                "std::uint32_t for U31, what 32 bits are made of for U32, bool and std::uint32_t "
                "for BitAndU31, std::array<std::byte, n> for Octets, std::optional of a struct for "
                "Optional, Bytes for Sized16, Bytes or a view of them for Rest");
  static_assert(kMistake != Mistake::kMemberTwice,
                "h2wire: two words have the same member: give each field a member of its own");
  static_assert(kMistake != Mistake::kNoName,
                "h2wire: a field has no name: give it the one that it has in its RFC");
  static_assert(kMistake != Mistake::kNameTwice,
                "h2wire: two fields have the same name: give each one of its own");
  static_assert(kMistake != Mistake::kNotOneBit,
                "h2wire: a flag is not one bit: give it 0x01, 0x02, 0x04 ... or 0x80");
  static_assert(kMistake != Mistake::kFlagTwice,
                "h2wire: two flags are the same bit: give each one of its own");
  static_assert(kMistake != Mistake::kFlagIsPadded,
                "h2wire: 0x08 is the flag PADDED where there is a PadLength: give the other flag "
                "another bit, or take the PadLength out");
  static_assert(kMistake != Mistake::kFlagIgnored,
                "h2wire: frames with this flag are ignored: take the bit out of ExpectNoFlags");
  static_assert(
      kMistake != Mistake::kMoreThanFieldsInGroup,
      "h2wire: a Group or an Optional holds fields of fixed size and Groups of them: move "
      "all other words to the Layout of the frame");
  static_assert(kMistake != Mistake::kPadLengthNotFirst,
                "h2wire: a field stands before the PadLength: move the PadLength before it");
  static_assert(kMistake != Mistake::kPadLengthWithoutRest,
                "h2wire: a PadLength without a Rest is not supported: end the Layout with a Rest");
  static_assert(kMistake != Mistake::kFieldBehindSized16,
                "h2wire: a field of fixed size stands behind the Sized16: move it before that");
  static_assert(kMistake != Mistake::kFieldBehindRest,
                "h2wire: a field stands behind the Rest, which takes all octets: move the Rest "
                "behind it");
  static_assert(kMistake != Mistake::kTwoSized16,
                "h2wire: two Sized16 are not supported: let a Rest hold the second, as a view");
  static_assert(kMistake != Mistake::kTwoRests,
                "h2wire: two Rests, of which the first takes all octets: keep one");
  static_assert(
      kMistake != Mistake::kSized16WithoutRest,
      "h2wire: octets behind the Sized16 would be lost: put a Rest behind it; where there "
      "must be none, let a Require say so");
  static_assert(
      kMistake != Mistake::kUnitsBehindFields,
      "h2wire: a Rest of units behind other fields is not supported: make its unit 1, and "
      "let a Require judge the size");
  static_assert(
      kMistake != Mistake::kTooManyOctets,
      "h2wire: fields of fixed size take more than 8 octets: make the last of them a part "
      "of the Rest, as a view");
  static_assert(kMistake != Mistake::kNamesNoField,
                "h2wire: NamesStream is not about the word before it: put it right behind the U31 "
                "or BitAndU31 whose member it takes");
  static_assert(kMistake != Mistake::kSaidTwice,
                "h2wire: PadLength, ExpectNoFlags, RequireEmpty or WrongLength stands twice: keep "
                "one of each");
  static_assert(kMistake != Mistake::kNoFault,
                "h2wire: a rule has the fault kNone, so that breaking it is none: name another");
  static_assert(kMistake != Mistake::kRuleBeforeField,
                "h2wire: a Require or Expect stands before a field, and is judged before that is "
                "read: move it behind the flags and all fields of fixed size");
  static_assert(kMistake != Mistake::kRequireEmptyBeforeFlag,
                "h2wire: RequireEmpty stands before a Flag: move it behind the flags");
  static_assert(kMistake != Mistake::kRequireEmptyOfValues,
                "h2wire: RequireEmpty is about flags, and depends on another value here: say it of "
                "a flag, or say Require");
  static_assert(kMistake != Mistake::kRequireEmptyWithFields,
                "h2wire: RequireEmpty is for types whose payload is a Rest alone: take it out, or "
                "the other fields");
  static_assert(
      kMistake != Mistake::kWrongLengthWithRest,
      "h2wire: WrongLength is for types of one length, and before a Rest of units: take it "
      "out, or move it there");

  static constexpr bool kChecked = true;
};

// Asked of every type of a set, and of every struct that is decoded or encoded.
template <class F>
struct Sound : SoundLayout<F> {};

// Of two types of a set that have the same code or the same name.
template <class A, class B>
struct TwoTypesAlike {
  static_assert(
      A::kType != B::kType,
      "h2wire: two types of the set have the same kType: leave one out, or give it a code "
      "of its own");
  static_assert(A::kType == B::kType,
                "h2wire: two types of the set have the same kName: give each a name of its own");
  static constexpr bool kChecked = true;
};

struct NoTypesAlike {
  static constexpr bool kChecked = true;
};

// The positions of the first two types that are alike; of none, the same twice.
template <class... Fs>
consteval std::pair<std::size_t, std::size_t> AlikeOf() {
  constexpr std::array<FrameType, sizeof...(Fs)> kTypes{Fs::kType...};
  constexpr std::array<std::string_view, sizeof...(Fs)> kNames{Fs::kName...};
  for (std::size_t b = 0; b < sizeof...(Fs); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      if (kTypes[a] == kTypes[b] || kNames[a] == kNames[b]) return {a, b};
    }
  }
  return {0, 0};
}

// The types of a set besides RawFrame.
template <class... Fs>
struct SoundTypes {
  static constexpr std::pair kAlike = AlikeOf<Fs...>();
  using Types = std::tuple<Fs..., void>;
  using Alike = std::conditional_t<kAlike.first == kAlike.second, NoTypesAlike,
                                   TwoTypesAlike<std::tuple_element_t<kAlike.first, Types>,
                                                 std::tuple_element_t<kAlike.second, Types>>>;

  static_assert(Alike::kChecked);
  static_assert((Sound<Fs>::kChecked && ...));
  static constexpr bool kChecked = true;
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_GRAMMAR_H_
