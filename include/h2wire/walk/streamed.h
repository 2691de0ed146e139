// SPDX-License-Identifier: Apache-2.0

// What follows from the frame types that a StreamDecoder knows and streams: whether they can be
// streamed, and how much storage it needs.

#ifndef H2WIRE_WALK_STREAMED_H_
#define H2WIRE_WALK_STREAMED_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/no_fields.h"
#include "h2wire/walk/sink.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// Walks over a Layout to see what its borrowed parts are, and whether a rule stands behind the
// rest.
class RestFinder : public NoFields {
 public:
  constexpr void Sized16(std::string_view, const Bytes&, Fault) noexcept { has_sized = true; }
  template <class T>
  constexpr void Rest(std::string_view, const T&, std::size_t unit) noexcept {
    ends_with_octets = std::same_as<T, Bytes> && unit == 1;
  }
  constexpr void Require(bool, Fault) noexcept { NoteRule(); }
  constexpr void Expect(bool, const Rule&) noexcept { NoteRule(); }

  bool has_sized = false;
  bool ends_with_octets = false;
  bool has_rule_of_rest = false;

 private:
  constexpr void NoteRule() noexcept { has_rule_of_rest |= ends_with_octets; }
};

template <class F>
inline constexpr RestFinder kRest = [] {
  RestFinder finder;
  F frame;
  F::Layout(frame, finder);
  return finder;
}();

// Octets of the fields of F, all optional ones included.
template <class F>
inline constexpr std::size_t kMostFields = EnvelopeOf<F>(0xff).least_length;

// The largest of what `function` returns for the types in Set.
template <class Set, class Function>
constexpr std::size_t Largest(Function function) noexcept {
  return [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
    return std::max({function(std::type_identity<std::variant_alternative_t<kIndexes, Set>>())...});
  }
  (std::make_index_sequence<std::variant_size_v<Set>>());
}

template <class Set>
inline constexpr std::size_t kMostFieldsOfAny = Largest<Set>([]<class F>(std::type_identity<F>) {
  return kMostFields<F>;
});

template <class Set>
inline constexpr std::size_t kLargestFixedLength = Largest<Set>(
    []<class F>(std::type_identity<F>) -> std::size_t { return kFixedLength<F>.value_or(0); });

// Whether F can be streamed; the type stands in the line beside the sentence.
template <class F, class Set>
struct Streamable {
  static_assert(std::is_constructible_v<Set, std::in_place_type_t<F>>,
                "h2wire: a type that is streamed must be in the set");
  static_assert(kRest<F>.ends_with_octets,
                "h2wire: a type that is streamed must end with a Rest of octets, a Bytes member");
  static_assert(!kRest<F>.has_rule_of_rest,
                "h2wire: a type that is streamed has no rule behind its Rest: put what is about "
                "other fields before it; a rule about the Rest cannot be judged in parts");
  static constexpr bool kChecked = true;
};

// The types to be streamed, as a list with an order.
template <class Set, class Streamed>
struct StreamedTypes;
template <class Set, class... Fs>
struct StreamedTypes<Set, InParts<Fs...>> {
  static_assert((Streamable<Fs, Set>::kChecked && ...));

  static constexpr std::size_t kSize = sizeof...(Fs);

  // The place of F in the list; kSize if it is not there.
  template <class F>
  static constexpr std::uint8_t kIndex = [] {
    const bool same[] = {std::same_as<F, Fs>..., true};
    std::uint8_t index = 0;
    while (!same[index]) ++index;
    return index;
  }();
  template <class F>
  static constexpr bool kHas = kIndex<F> != kSize;

  template <class Parts>
  static constexpr bool TakesParts = (std::is_invocable_v<Parts&, const Part<Fs>&> && ...);
  template <class Parts>
  static constexpr bool TakesPartsWithoutThrowing =
      (std::is_nothrow_invocable_v<Parts&, const Part<Fs>&> && ...);

  // Calls `function` with std::type_identity of the type that has this code, and returns what it
  // returns; false if none has it.
  template <class Function>
  H2WIRE_ALWAYS_INLINE static constexpr bool VisitType([[maybe_unused]] FrameType type,
                                                       [[maybe_unused]] Function function) {
    return (VisitIf<Fs>(type, function) || ...);
  }

  // Whether a type in the list has this code.
  H2WIRE_ALWAYS_INLINE static constexpr bool HasCode([[maybe_unused]] std::byte code) noexcept {
    return VisitType(FrameType{std::to_integer<std::uint8_t>(code)},
                     [](const auto&) H2WIRE_ALWAYS_INLINE { return true; });
  }

  // Calls `function` with std::type_identity of the type at `index`, and returns what it returns.
  template <class Function>
  H2WIRE_ALWAYS_INLINE static constexpr auto Visit(std::size_t index, Function function) {
    return VisitFrom<0>(index, function);
  }

 private:
  template <class F, class Function>
  H2WIRE_ALWAYS_INLINE static constexpr bool VisitIf(FrameType type, Function& function) {
    if constexpr (std::same_as<F, RawFrame>) {
      return false;
    } else {
      return type == F::kType && function(std::type_identity<F>());
    }
  }
  template <std::size_t kAt, class Function>
  H2WIRE_ALWAYS_INLINE static constexpr auto VisitFrom(std::size_t index, Function& function) {
    using F = std::variant_alternative_t<kAt, std::variant<Fs...>>;
    if constexpr (kAt + 1 == kSize) {
      return function(std::type_identity<F>());
    } else {
      return index == kAt ? function(std::type_identity<F>()) : VisitFrom<kAt + 1>(index, function);
    }
  }
};

// Who takes parts where there are none.
struct NoParts {};

// Whether the handlers of a decoder let nothing escape.
template <class Set, class Streamed, class Frames, class Parts>
inline constexpr bool kHandlersNeverThrow = kNeverThrows<Frames, Set>&&
    StreamedTypes<Set, Streamed>::template TakesPartsWithoutThrowing<Parts>;

// Octets that a frame and its header have at most, as far as a decoder keeps them.
template <class Set, class Streamed>
constexpr std::size_t StorageSize(std::size_t max_frame_size,
                                  std::size_t max_whole_frame_size) noexcept {
  return kFrameHeaderSize + Largest<Set>([&]<class F>(std::type_identity<F>) {
           std::size_t most = kMostFields<F>;
           if constexpr (StreamedTypes<Set, Streamed>::template kHas<F>) {
             if (kRest<F>.has_sized) most = std::max(most, std::min(max_frame_size, most + 0xffff));
           } else if constexpr (kEnvelope<F>.has_rest) {
             most = std::max(most, std::min(max_frame_size, max_whole_frame_size));
           }
           return most;
         });
}

// What follows from the octets of a frame that are there. One of these: a fault; octets to come,
// whose padding is judged before the fault; parts; or more octets to have.
struct Judgement {
  Fault fault = Fault::kNone;
  bool condemned = false;
  bool begins = false;        // the fields are there, and what is behind them comes in parts
  std::uint8_t streamed = 0;  // as which type
  std::uint8_t padding = 0;   // octets at the end
  std::size_t left = 0;       // octets to come before those
  std::size_t need = 0;       // octets to have before anything more can be decided
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_STREAMED_H_
