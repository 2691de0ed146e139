// SPDX-License-Identifier: Apache-2.0

// The walk that fills a frame from its octets.

#ifndef H2WIRE_WALK_READER_H_
#define H2WIRE_WALK_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/known_settings.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::inline H2WIRE_ABI::internal {

constexpr bool AllZero(Bytes octets) noexcept {
  for (const std::byte octet : octets) {
    if (octet != std::byte{0}) return false;
  }
  return true;
}

// Reads a frame whose payload is there, and whose header and Pad Length broke no rule: so fields
// are read without looking whether there is room.
//
// Every word is inline, and faults are the unlikely case: what is left of a walk is loads, and one
// comparison a rule. After a fault the walk goes on, within the payload; the first fault counts.
class Reader : public NoRules {
 public:
  // `payload` points at `length` readable octets. `zeros_only`: whether other padding than zeros is
  // a fault.
  H2WIRE_ALWAYS_INLINE constexpr Reader(const FrameHeader& header, const std::byte* payload,
                                        std::size_t length, bool zeros_only) noexcept
      : header_(header), at_(payload), left_(length), zeros_only_(zeros_only) {}

  H2WIRE_ALWAYS_INLINE constexpr void Stream(StreamId& id) noexcept { id = header_.stream_id; }
  H2WIRE_ALWAYS_INLINE constexpr void Header(RawHeader& header) noexcept { header = header_; }
  H2WIRE_ALWAYS_INLINE constexpr void StreamOrConnection(StreamId& id) noexcept {
    id = header_.stream_id;
  }

  H2WIRE_ALWAYS_INLINE constexpr void Flag(std::uint8_t bit, std::string_view, bool& on) noexcept {
    on = (header_.flags & bit) != 0;
  }
  H2WIRE_ALWAYS_INLINE constexpr void PadLength(std::optional<std::uint8_t>& length) noexcept {
    if ((header_.flags & kPaddedFlag) == 0) [[likely]] {
      return;
    }
    const std::uint8_t padding = LoadBig<std::uint8_t>(Take(1));
    length = padding;
    left_ -= padding;
    if (zeros_only_ && !AllZero(Bytes(at_ + left_, padding))) Fail(Fault::kNonzeroPadding);
  }
  H2WIRE_ALWAYS_INLINE constexpr void U8(std::string_view, std::uint8_t& value) noexcept {
    value = LoadBig<std::uint8_t>(Take(1));
  }
  H2WIRE_ALWAYS_INLINE constexpr void U31(std::string_view, std::uint32_t& value) noexcept {
    value = LoadBig<std::uint32_t>(Take(4)) & 0x7fff'ffff;
  }
  template <class T>
  H2WIRE_ALWAYS_INLINE constexpr void U32(std::string_view, T& value) noexcept {
    value = T{LoadBig<std::uint32_t>(Take(4))};
  }
  H2WIRE_ALWAYS_INLINE constexpr void BitAndU31(std::string_view, bool& bit, std::string_view,
                                                std::uint32_t& value) noexcept {
    const std::uint32_t word = LoadBig<std::uint32_t>(Take(4));
    bit = (word >> 31) != 0;
    value = word & 0x7fff'ffff;
  }
  template <std::size_t kSize>
  H2WIRE_ALWAYS_INLINE constexpr void Octets(std::string_view,
                                             std::array<std::byte, kSize>& octets) noexcept {
    CopyOctets(octets.data(), Bytes(Take(kSize), kSize));
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE constexpr void Group(std::string_view, Fields& fields) noexcept {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE constexpr void Optional(std::uint8_t bit, std::string_view,
                                               std::optional<Fields>& fields) noexcept {
    if ((header_.flags & bit) == 0) return;
    Fields::Layout(fields.emplace(), *this);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Sized16(std::string_view, Bytes& bytes,
                                              Fault overrun) noexcept {
    const std::size_t size = LoadBig<std::uint16_t>(Take(2));
    if (size > left_) [[unlikely]] {
      Fail(overrun);
      return;
    }
    bytes = Bytes(Take(size), size);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Rest(std::string_view, auto& bytes, std::size_t) noexcept {
    bytes = Bytes(at_, left_);
  }

  H2WIRE_ALWAYS_INLINE constexpr void Require(bool condition, Fault fault) noexcept {
    if (!condition) [[unlikely]] {
      Fail(fault);
    }
  }
  H2WIRE_ALWAYS_INLINE constexpr void Expect(bool condition, const Rule&) noexcept {
    if (!condition) [[unlikely]] {
      ignored_ = true;
    }
  }

  // The first rule that was broken; kNone if none was.
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr Fault fault() const noexcept { return fault_; }
  // Whether an expectation was not met.
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr bool ignored() const noexcept { return ignored_; }

 protected:
  H2WIRE_ALWAYS_INLINE constexpr const std::byte* Take(std::size_t size) noexcept {
    const std::byte* const taken = at_;
    at_ += size;
    left_ -= size;
    return taken;
  }
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr const std::byte* at() const noexcept { return at_; }
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr std::size_t left() const noexcept { return left_; }

 private:
  H2WIRE_ALWAYS_INLINE constexpr void Fail(Fault fault) noexcept {
    if (fault_ == Fault::kNone) fault_ = fault;
  }

  FrameHeader header_;
  const std::byte* at_;
  std::size_t left_;  // octets of the payload before the padding
  bool zeros_only_;
  Fault fault_ = Fault::kNone;
  bool ignored_ = false;
};

// The same with the settings that `Set` knows; without the library's extensions, fewer.
template <AnyFrameSet Set>
class ReaderOf : public Reader {
 public:
  H2WIRE_ALWAYS_INLINE constexpr ReaderOf(const FrameHeader& header, const std::byte* payload,
                                          std::size_t length, bool zeros_only,
                                          bool extensions) noexcept
      : Reader(header, payload, length, zeros_only), extensions_(extensions) {}

  H2WIRE_ALWAYS_INLINE constexpr void RequireSettings(SettingsView settings) noexcept {
    const Fault fault = FaultOfSettings<Set>(settings, extensions_);
    Require(fault == Fault::kNone, fault);
  }

 private:
  bool extensions_;
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_READER_H_
