// SPDX-License-Identifier: Apache-2.0

// The walk that fills a frame from its fields, before the rest of its payload is there.

#ifndef H2WIRE_WALK_BEGINNING_H_
#define H2WIRE_WALK_BEGINNING_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/attributes.h"
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

// Reads what a Reader reads, as far as it is there: rules behind a borrowed part that is not are
// not judged, and neither are those behind the rest.
class BeginningReader : public Reader {
 public:
  // `available`: octets of the payload that are there, all fields of fixed size among them.
  constexpr BeginningReader(const FrameHeader& header, const std::byte* payload,
                            std::size_t available) noexcept
      : Reader(header, payload, header.length, false), payload_(payload), available_(available) {}

  H2WIRE_ALWAYS_INLINE constexpr void Sized16(std::string_view name, Bytes& bytes,
                                              Fault overrun) noexcept {
    const std::size_t size = 2 + std::size_t{LoadBig<std::uint16_t>(at())};
    if (size <= available_ - fields() || size > left())
      return Reader::Sized16(name, bytes, overrun);
    missing_ = size;
    judges_ = false;
  }
  H2WIRE_ALWAYS_INLINE constexpr void Rest(std::string_view, auto&, std::size_t) noexcept {
    judges_ = false;
  }

  H2WIRE_ALWAYS_INLINE constexpr void Require(bool condition, Fault fault) noexcept {
    if (judges_) Reader::Require(condition, fault);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Expect(bool condition, const Rule& rule) noexcept {
    if (judges_) Reader::Expect(condition, rule);
  }

  // Octets of the payload before the rest; and of the rest, padding apart.
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr std::size_t fields() const noexcept {
    return static_cast<std::size_t>(at() - payload_) + missing_;
  }
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr std::size_t rest() const noexcept {
    return left() - missing_;
  }

 private:
  const std::byte* payload_;
  std::size_t available_;
  std::size_t missing_ = 0;  // octets of a borrowed part
  bool judges_ = true;
};

// A frame without its rest.
template <class F>
struct Beginning {
  F frame{};
  std::size_t fields = 0;    // octets before the rest, the header included
  std::size_t rest = 0;      // octets of the rest
  std::uint8_t padding = 0;  // octets behind that
  Fault fault = Fault::kNone;
  bool ignored = false;
};

// Reads the fields of the frame at `head`, of which `have` octets are there, SizeOfFields at least,
// and whose header and Pad Length broke no rule.
template <class F>
H2WIRE_ALWAYS_INLINE constexpr Beginning<F> ReadBeginning(const std::byte* head,
                                                          std::size_t have) noexcept {
  const FrameHeader header = LoadHeader(head);
  const std::byte* const payload = head + kFrameHeaderSize;
  Beginning<F> beginning;
  BeginningReader reader(header, payload, have - kFrameHeaderSize);
  F::Layout(beginning.frame, reader);
  beginning.fields = kFrameHeaderSize + reader.fields();
  beginning.rest = reader.rest();
  if (IsPadded<F>(header.flags)) beginning.padding = LoadBig<std::uint8_t>(payload);
  beginning.fault = reader.fault();
  beginning.ignored = reader.ignored();
  return beginning;
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_BEGINNING_H_
