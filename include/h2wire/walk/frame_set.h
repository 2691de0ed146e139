// SPDX-License-Identifier: Apache-2.0

// How it is found what a set knows of its types: what frame_set.h declares.

#ifndef H2WIRE_WALK_FRAME_SET_H_
#define H2WIRE_WALK_FRAME_SET_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/known_settings.h"
#include "h2wire/walk/no_fields.h"
#include "h2wire/walk/reader.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

// The walk that gathers the flags of a type.
struct FlagGatherer : NoFields {
  constexpr void Flag(std::uint8_t bit, std::string_view name, bool) noexcept { Add({bit, name}); }
  constexpr void PadLength(const auto&) noexcept { Add({kPaddedFlag, "padded"}); }
  constexpr void Optional(std::uint8_t bit, std::string_view name, const auto&) noexcept {
    Add({bit, name});
  }
  constexpr void Add(const FlagRow& flag) noexcept { flags[count++] = flag; }

  std::array<FlagRow, 8> flags{};
  std::size_t count = 0;
};

template <FrameAlternative F>
inline constexpr FlagGatherer kFlags = [] {
  const F frame;
  FlagGatherer gatherer;
  F::Layout(frame, gatherer);
  return gatherer;
}();

// The walks that find the rule by which a frame must be ignored: one judges its header, the other a
// frame that breaks no rule by its header or Pad Length.
class HeaderExpectations : public NoFields {
 public:
  constexpr explicit HeaderExpectations(const FrameHeader& header) noexcept : header_(header) {}

  constexpr void ExpectConnection(const Rule& rule) noexcept {
    if (header_.stream_id != 0) broken = rule;
  }
  constexpr void ExpectNoFlags(std::uint8_t bits, const Rule& rule) noexcept {
    if ((header_.flags & bits) != 0) broken = rule;
  }

  Rule broken{};

 private:
  FrameHeader header_;
};

class Expectations : public Reader {
 public:
  using Reader::Reader;

  constexpr void Expect(bool condition, const Rule& rule) noexcept {
    if (condition) return;
    is_broken = true;
    broken = rule;
  }

  bool is_broken = false;
  Rule broken{};
};

template <FrameAlternative F>
constexpr RawReason ReasonToIgnore(const RawFrame& raw) noexcept {
  const FrameHeader header = HeaderOf(raw);
  F frame;
  if (IgnoredByHeader<F>(header.flags, header.stream_id)) {
    HeaderExpectations walk(header);
    F::Layout(frame, walk);
    return {RawReason::Kind::kIgnored, walk.broken};
  }
  if (FaultOfBeginning<F>(header, raw.payload) != Fault::kNone) return {};
  Expectations walk(header, raw.payload.data(), raw.payload.size(), false);
  F::Layout(frame, walk);
  return {walk.is_broken ? RawReason::Kind::kIgnored : RawReason::Kind::kNone, walk.broken};
}

}  // namespace internal

template <AnyFrameSet Set>
constexpr bool Knows(FrameType type, bool extensions) noexcept {
  return VisitType<Set>(type, [extensions]<class F>(std::type_identity<F>) {
    return !std::same_as<F, RawFrame> && (extensions || !kIsExtension<F>);
  });
}

template <AnyFrameSet Set>
constexpr std::string_view NameOf(FrameType type) noexcept {
  return VisitType<Set>(type, []<class F>(std::type_identity<F>) {
    return std::same_as<F, RawFrame> ? std::string_view() : std::string_view(F::kName);
  });
}

template <AnyFrameSet Set>
constexpr std::span<const FlagRow> FlagsOf(FrameType type) noexcept {
  return VisitType<Set>(type, []<class F>(std::type_identity<F>) -> std::span<const FlagRow> {
    return std::span(internal::kFlags<F>.flags).first(internal::kFlags<F>.count);
  });
}

template <AnyFrameSet Set>
constexpr std::string_view NameOf(SettingId id, bool extensions) noexcept {
  return internal::KnownRow<Set>(id, extensions).name;
}

template <AnyFrameSet Set>
constexpr Fault FaultOf(SettingsView settings, bool extensions) noexcept {
  return internal::FaultOfSettings<Set>(settings, extensions);
}

template <AnyFrameSet Set>
constexpr RawReason ReasonOf(const RawFrame& frame, bool extensions) noexcept {
  using Kind = RawReason::Kind;
  return VisitType<Set>(frame.header.type, [&]<class F>(std::type_identity<F>) -> RawReason {
    if (std::same_as<F, RawFrame> || (kIsExtension<F> && !extensions)) {
      return {Knows(frame.header.type) ? Kind::kUnknownToSet : Kind::kUnknownType};
    }
    return internal::ReasonToIgnore<F>(frame);
  });
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_FRAME_SET_H_
