// SPDX-License-Identifier: Apache-2.0

// What every compiler has to make of the library: all headers, the vectors in constant expressions,
// and the same at run time. It needs no test library, so that it runs with any standard library.

#include <array>
#include <cstddef>
#include <cstdio>

#include "h2wire/h2wire.h"
#include "vectors.h"

namespace h2wire {
namespace {

constexpr bool Holds(const Vector& vector) {
  const auto next = Decode(vector.octets, vector.options);
  switch (vector.kind) {
    case Vector::Kind::kCanonical:
    case Vector::Kind::kTolerated: {
      std::array<std::byte, 1024> out{};
      const Encoded encoded = Encode(vector.frame, out);
      return next.status == DecodeStatus::kOk && next.frame == vector.frame &&
             encoded.fault == Fault::kNone &&
             (vector.kind == Vector::Kind::kTolerated ||
              internal::SameOctets(Bytes(out).first(encoded.size), vector.octets));
    }
    case Vector::Kind::kRefused:
      return next.status == DecodeStatus::kError && next.error.fault == vector.fault &&
             next.error.code == vector.code;
    case Vector::Kind::kNeedMore:
      return next.status == DecodeStatus::kNeedMore && next.size == vector.need;
  }
  return false;
}

constexpr bool AllHold() {
  bool hold = true;
  ForEachVector([&](const Vector& vector) { hold = hold && Holds(vector); });
  return hold;
}
static_assert(AllHold());

}  // namespace
}  // namespace h2wire

int main() {
  std::size_t count = 0;
  bool hold = true;
  h2wire::ForEachVector([&](const h2wire::Vector& vector) {
    ++count;
    if (h2wire::Holds(vector)) return;
    hold = false;
    std::printf("does not hold: %.*s\n", static_cast<int>(vector.name.size()), vector.name.data());
  });
  std::printf("%zu vectors\n", count);
  return hold && count > 0 ? 0 : 1;
}
