// SPDX-License-Identifier: Apache-2.0

// The walk that fills a frame from its fields, before the rest of its payload is there.

#ifndef H2WIRE_WALK_BEGINNING_H_
#define H2WIRE_WALK_BEGINNING_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/header.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/reader.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// Octets from the header on to where the fields of a frame end that are not borrowed.
template <class F>
constexpr std::size_t SizeOfFields(std::uint8_t flags) noexcept {
  return kFrameHeaderSize + EnvelopeOf<F>(flags).least_length;
}

// Reads what a Reader reads, but for borrowed parts: those stay empty, and rules that are about
// them hold. Only the size of a Sized16 is judged.
class BeginningReader : public Reader {
 public:
  // `room`: octets of payload that no field takes.
  constexpr BeginningReader(const FrameHeader& header, const std::byte* payload,
                            std::size_t room) noexcept
      : Reader(header, payload, header.length, false), room_(room) {}

  constexpr void Sized16(std::string_view name, Bytes&, Fault overrun) noexcept {
    std::uint8_t high = 0;
    std::uint8_t low = 0;
    U8(name, high);
    U8(name, low);
    Require((std::size_t{high} << 8 | low) <= room_, overrun);
  }
  constexpr void Rest(std::string_view, auto&, std::size_t) noexcept {}

 private:
  std::size_t room_;
};

// A frame without its rest.
template <class F>
struct Beginning {
  F frame{};
  std::size_t rest = 0;  // octets that are left to the rest
  Fault fault = Fault::kNone;
};

// Reads the fields of the frame at `head`, of which SizeOfFields octets are there, and whose header
// and Pad Length broke no rule.
template <class F>
constexpr Beginning<F> ReadBeginning(const std::byte* head) noexcept {
  const FrameHeader header = LoadHeader(head);
  const std::byte* const payload = head + kFrameHeaderSize;
  Beginning<F> beginning;
  beginning.rest = kFrameHeaderSize + header.length - SizeOfFields<F>(header.flags);
  BeginningReader reader(header, payload, beginning.rest);
  F::Layout(beginning.frame, reader);
  beginning.fault = reader.fault();
  if (IsPadded<F>(header.flags)) beginning.rest -= LoadBig<std::uint8_t>(payload);
  return beginning;
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_BEGINNING_H_
