// SPDX-License-Identifier: Apache-2.0

// Doing something with whichever frame it is.
//
//   Visit(Overloaded{[&](const DataFrame& data) { ... },
//                    [&](const PingFrame& ping) { ... },
//                    [](const auto&) {}},
//         frame);

#ifndef H2WIRE_VISIT_H_
#define H2WIRE_VISIT_H_

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/dispatch.h"
#include "h2wire/walk/no_fields.h"
#include "h2wire/walk/sink.h"

namespace h2wire::inline H2WIRE_ABI {

// Several functions, most often lambdas, as the overloads of one.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

// Calls `visitor` with the struct in `frame` and returns what it returns, which must be of one type
// for all structs. What std::visit does, but by a switch, which compilers see through: std::visit
// is an indirect call for a variant of this many alternatives. `frame` is not valueless: no frame
// ever is, since no alternative throws when it is copied.
template <class Visitor, AnyFrameSet Set>
H2WIRE_ALWAYS_INLINE constexpr decltype(auto) Visit(Visitor&& visitor, const Set& frame) {
  if constexpr (!internal::kTakesAll<Visitor, Set>) {
    return internal::ReportNotTaken<Visitor>(internal::NotTaken<Visitor, Set>());
  } else {
    using Result = decltype(visitor(std::declval<const std::variant_alternative_t<0, Set>&>()));
    return internal::Switch<internal::FrameIndexes<Set>>(
        frame.index(), [&]<class Case>(Case) H2WIRE_ALWAYS_INLINE -> Result {
          if constexpr (std::same_as<Case, internal::NoCase>) {
            __builtin_unreachable();
          } else {
            return visitor(*std::get_if<Case::value>(&frame));
          }
        });
  }
}

// Calls `function` with std::type_identity<F> and returns what it returns, which must be of one
// type for all: F is the struct that `Set` has for frames of type `type`, RawFrame if it has none.
//
//   const auto name = [](auto type) { return decltype(type)::type::kName; };
//   VisitType(PingFrame::kType, name)           // "PING"
//   VisitType<MyFrame>(FrameType{0x4d}, name)   // "METADATA"
template <AnyFrameSet Set = Frame, class Function>
H2WIRE_ALWAYS_INLINE constexpr decltype(auto) VisitType(FrameType type, Function&& function) {
  using Result = decltype(function(std::type_identity<RawFrame>()));
  return internal::Switch<internal::FrameTypeCodes<Set>>(
      static_cast<std::size_t>(type), [&]<class Case>(Case) H2WIRE_ALWAYS_INLINE -> Result {
        if constexpr (std::same_as<Case, internal::NoCase>) {
          return function(std::type_identity<RawFrame>());
        } else {
          constexpr std::size_t kIndex = internal::kIndexOfCode<Set>[Case::value];
          return function(std::type_identity<std::variant_alternative_t<kIndex, Set>>());
        }
      });
}

namespace internal {

struct StreamIdFinder : NoFields {
  constexpr void Stream(StreamId id) noexcept { found = id; }
  constexpr void StreamOrConnection(StreamId id) noexcept { found = id; }
  constexpr void Header(const RawHeader& header) noexcept { found = header.stream_id; }

  StreamId found = 0;
};

}  // namespace internal

// The stream that `frame` belongs to; 0 for the connection.
template <FrameAlternative F>
[[nodiscard]] constexpr StreamId StreamIdOf(const F& frame) noexcept {
  internal::StreamIdFinder finder;
  F::Layout(frame, finder);
  return finder.found;
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr StreamId StreamIdOf(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return StreamIdOf(alternative); }, frame);
}

// The type code of `frame`.
template <FrameAlternative F>
[[nodiscard]] constexpr FrameType TypeOf(const F& frame) noexcept {
  if constexpr (std::same_as<F, RawFrame>) {
    return frame.header.type;
  } else {
    return F::kType;
  }
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr FrameType TypeOf(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return TypeOf(alternative); }, frame);
}

}  // namespace h2wire

#endif  // H2WIRE_VISIT_H_
