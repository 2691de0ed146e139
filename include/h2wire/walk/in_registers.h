// SPDX-License-Identifier: Apache-2.0

// A member by which a variable that is const is as fast as another.

#ifndef H2WIRE_WALK_IN_REGISTERS_H_
#define H2WIRE_WALK_IN_REGISTERS_H_

#include "h2wire/version.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// g++ 12 does not take a variable apart into registers if it is known not to change. As a `mutable`
// member without size this says that it may. Copies do not read it, since no constant expression
// may read what is mutable.
struct InRegisters {
  constexpr InRegisters() noexcept = default;
  constexpr InRegisters(const InRegisters&) noexcept {}
  constexpr InRegisters& operator=(const InRegisters&) noexcept { return *this; }
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_IN_REGISTERS_H_
