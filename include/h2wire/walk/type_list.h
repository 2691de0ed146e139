// SPDX-License-Identifier: Apache-2.0

// Lists of types, and the alternatives of a variant as one.

#ifndef H2WIRE_WALK_TYPE_LIST_H_
#define H2WIRE_WALK_TYPE_LIST_H_

#include <concepts>
#include <type_traits>
#include <variant>

#include "h2wire/version.h"

namespace h2wire::inline H2WIRE_ABI::internal {

template <class... Ts>
struct TypeList {
  template <class T>
  static constexpr bool kHas = (std::same_as<T, Ts> || ...);
};

template <class... Ts, class... Us>
TypeList<Ts..., Us...> operator+(TypeList<Ts...>, TypeList<Us...>);
template <class List, class Other>
using Joined = decltype(List() + Other());

template <class Variant>
struct AlternativesOf;
template <class... Ts>
struct AlternativesOf<std::variant<Ts...>> {
  using List = TypeList<Ts...>;
};
template <class Variant>
using Alternatives = typename AlternativesOf<Variant>::List;

// Those of a list that the list `Dropped` does not have.
template <class List, class Dropped>
struct DroppingFrom;
template <class... Ts, class Dropped>
struct DroppingFrom<TypeList<Ts...>, Dropped> {
  using List =
      decltype((TypeList<>() + ... +
                std::conditional_t<Dropped::template kHas<Ts>, TypeList<>, TypeList<Ts>>()));
};
template <class List, class Dropped>
using Dropping = typename DroppingFrom<List, Dropped>::List;

// Whether a type is a variant whose last alternative is T.
template <class Variant, class T>
inline constexpr bool kEndsWith = false;
template <class... Ts, class T>
inline constexpr bool kEndsWith<std::variant<Ts...>, T> =
    std::same_as<std::variant_alternative_t<sizeof...(Ts) - 1, std::variant<Ts...>>, T>;

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_TYPE_LIST_H_
