// SPDX-License-Identifier: Apache-2.0

// Doing something with whichever frame it is.
//
//   Visit(Overloaded{[&](const DataFrame& data) { ... },
//                    [&](const PingFrame& ping) { ... },
//                    [](const auto&) {}},
//         frame);

#ifndef H2WIRE_VISIT_H_
#define H2WIRE_VISIT_H_

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/dispatch.h"

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
// is an indirect call for a variant of this many alternatives. `frame` is not valueless: no Frame
// ever is, since none of its alternatives throws when it is copied.
template <class Visitor>
H2WIRE_ALWAYS_INLINE constexpr decltype(auto) Visit(Visitor&& visitor, const Frame& frame) {
  using Result = decltype(visitor(std::declval<const DataFrame&>()));
  return internal::Switch<internal::FrameIndexes>(
      frame.index(), [&]<class Case>(Case) H2WIRE_ALWAYS_INLINE -> Result {
        if constexpr (std::is_same_v<Case, internal::NoCase>) {
          __builtin_unreachable();
        } else {
          return visitor(*std::get_if<Case::value>(&frame));
        }
      });
}

// The stream that `frame` belongs to; 0 for the connection.
[[nodiscard]] constexpr StreamId StreamIdOf(const Frame& frame) noexcept {
  return Visit(
      []<class F>(const F& alternative) -> StreamId {
        if constexpr (requires { alternative.stream_id; }) {
          return alternative.stream_id;
        } else if constexpr (requires { alternative.header; }) {
          return alternative.header.stream_id;
        } else {
          return 0;
        }
      },
      frame);
}

// The type code of `frame`.
[[nodiscard]] constexpr FrameType TypeOf(const Frame& frame) noexcept {
  return Visit(
      []<class F>(const F& alternative) -> FrameType {
        if constexpr (requires { alternative.header; }) {
          return alternative.header.type;
        } else {
          return F::kType;
        }
      },
      frame);
}

}  // namespace h2wire

#endif  // H2WIRE_VISIT_H_
