// SPDX-License-Identifier: Apache-2.0

// The walks that turn a frame into octets: one measures and judges it, one writes it.

#ifndef H2WIRE_WALK_WRITER_H_
#define H2WIRE_WALK_WRITER_H_

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
#include "h2wire/walk/grammar.h"
#include "h2wire/walk/known_settings.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::inline H2WIRE_ABI::internal {

constexpr Bytes OctetsOf(Bytes bytes) noexcept { return bytes; }
constexpr Bytes OctetsOf(const auto& view) noexcept { return view.octets(); }

// Adds up the sizes of the fields, and finds the first rule that a decoder would see broken.
class Measurer : public NoRules {
 public:
  H2WIRE_ALWAYS_INLINE constexpr void Stream(StreamId id) noexcept {
    Require(id != 0, Fault::kStreamRequired);
    Require(id <= kMaxStreamId, Fault::kValueTooLarge);
  }
  H2WIRE_ALWAYS_INLINE constexpr void StreamOrConnection(StreamId id) noexcept {
    Require(id <= kMaxStreamId, Fault::kValueTooLarge);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Header(const RawHeader& header) noexcept {
    Require(header.stream_id <= kMaxStreamId, Fault::kValueTooLarge);
  }
  constexpr void Flag(std::uint8_t, std::string_view, bool) noexcept {}
  H2WIRE_ALWAYS_INLINE constexpr void PadLength(
      const std::optional<std::uint8_t>& length) noexcept {
    if (length) size_ += 1 + std::size_t{*length};
  }
  H2WIRE_ALWAYS_INLINE constexpr void U8(std::string_view, std::uint8_t) noexcept { size_ += 1; }
  H2WIRE_ALWAYS_INLINE constexpr void U31(std::string_view, std::uint32_t value) noexcept {
    Require(value <= 0x7fff'ffff, Fault::kValueTooLarge);
    size_ += 4;
  }
  H2WIRE_ALWAYS_INLINE constexpr void U32(std::string_view, auto) noexcept { size_ += 4; }
  H2WIRE_ALWAYS_INLINE constexpr void BitAndU31(std::string_view, bool, std::string_view name,
                                                std::uint32_t value) noexcept {
    U31(name, value);
  }
  template <std::size_t kSize>
  H2WIRE_ALWAYS_INLINE constexpr void Octets(std::string_view,
                                             const std::array<std::byte, kSize>&) noexcept {
    size_ += kSize;
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE constexpr void Group(std::string_view, const Fields& fields) noexcept {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE constexpr void Optional(std::uint8_t, std::string_view name,
                                               const std::optional<Fields>& fields) noexcept {
    if (fields) Group(name, *fields);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Sized16(std::string_view, Bytes bytes, Fault) noexcept {
    Require(bytes.size() <= 0xffff, Fault::kValueTooLarge);
    size_ += 2 + bytes.size();
  }
  H2WIRE_ALWAYS_INLINE constexpr void Rest(std::string_view, const auto& bytes,
                                           std::size_t unit) noexcept {
    const std::size_t size = OctetsOf(bytes).size();
    Require(size % unit == 0, wrong_unit_);
    size_ += size;
    has_rest_ = size != 0;
  }

  H2WIRE_ALWAYS_INLINE constexpr void Require(bool condition, Fault fault) noexcept {
    if (!condition && fault_ == Fault::kNone) [[unlikely]] {
      fault_ = fault;
    }
  }
  H2WIRE_ALWAYS_INLINE constexpr void WrongLength(Fault fault) noexcept { wrong_unit_ = fault; }
  H2WIRE_ALWAYS_INLINE constexpr void Expect(bool condition, const Rule&) noexcept {
    Require(condition, Fault::kWouldBeIgnored);
  }
  H2WIRE_ALWAYS_INLINE constexpr void RequireEmpty(bool when, Fault fault) noexcept {
    empty_fault_ = when ? fault : Fault::kNone;
  }

  // Octets of payload.
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr std::size_t size() const noexcept { return size_; }
  // Why the frame must not be sent; kNone if it may.
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr Fault fault() const noexcept {
    if (fault_ != Fault::kNone) [[unlikely]] {
      return fault_;
    }
    if (size_ > kLargestMaxFrameSize) [[unlikely]] {
      return Fault::kPayloadTooLarge;
    }
    return has_rest_ ? empty_fault_ : Fault::kNone;
  }

 private:
  std::size_t size_ = 0;
  Fault fault_ = Fault::kNone;
  Fault empty_fault_ = Fault::kNone;
  Fault wrong_unit_ = Fault::kPartialEntry;
  bool has_rest_ = false;
};

// The same with the settings that `Set` knows.
template <AnyFrameSet Set>
class MeasurerOf : public Measurer {
 public:
  H2WIRE_ALWAYS_INLINE constexpr void RequireSettings(SettingsView settings) noexcept {
    const Fault fault = FaultOfSettings<Set>(settings, true);
    Require(fault == Fault::kNone, fault);
  }
};

template <AnyFrameSet Set = Frame, class F>
H2WIRE_ALWAYS_INLINE constexpr MeasurerOf<Set> Measure(const F& frame) noexcept {
  static_assert(Sound<F>::kChecked);
  MeasurerOf<Set> measurer;
  F::Layout(frame, measurer);
  return measurer;
}

// Writes the fields to `to`, and hands each part of the payload that the frame borrows to
// `borrowed`, a function from where it belongs and what it is to where the next field belongs.
template <class Borrowed>
class Writer : public NoRules {
 public:
  H2WIRE_ALWAYS_INLINE constexpr Writer(std::byte* to, Borrowed borrowed) noexcept
      : header_at_(to), at_(to + kFrameHeaderSize), borrowed_(borrowed) {}

  H2WIRE_ALWAYS_INLINE constexpr void Stream(StreamId id) noexcept { header_.stream_id = id; }
  H2WIRE_ALWAYS_INLINE constexpr void StreamOrConnection(StreamId id) noexcept {
    header_.stream_id = id;
  }
  H2WIRE_ALWAYS_INLINE constexpr void Header(const RawHeader& header) noexcept {
    header_ = {0, header.type, header.flags, header.reserved, header.stream_id};
  }
  H2WIRE_ALWAYS_INLINE constexpr void Flag(std::uint8_t bit, std::string_view, bool on) noexcept {
    if (on) header_.flags |= bit;
  }
  H2WIRE_ALWAYS_INLINE constexpr void PadLength(
      const std::optional<std::uint8_t>& length) noexcept {
    if (!length) return;
    header_.flags |= kPaddedFlag;
    padding_ = *length;
    Put(*length);
  }
  H2WIRE_ALWAYS_INLINE constexpr void U8(std::string_view, std::uint8_t value) noexcept {
    Put(value);
  }
  H2WIRE_ALWAYS_INLINE constexpr void U31(std::string_view, std::uint32_t value) noexcept {
    Put(value);
  }
  H2WIRE_ALWAYS_INLINE constexpr void U32(std::string_view, auto value) noexcept {
    Put(static_cast<std::uint32_t>(value));
  }
  H2WIRE_ALWAYS_INLINE constexpr void BitAndU31(std::string_view, bool bit, std::string_view,
                                                std::uint32_t value) noexcept {
    Put(static_cast<std::uint32_t>(bit) << 31 | value);
  }
  template <std::size_t kSize>
  H2WIRE_ALWAYS_INLINE constexpr void Octets(std::string_view,
                                             const std::array<std::byte, kSize>& octets) noexcept {
    CopyOctets(at_, octets);
    at_ += kSize;
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE constexpr void Group(std::string_view, const Fields& fields) noexcept {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE constexpr void Optional(std::uint8_t bit, std::string_view name,
                                               const std::optional<Fields>& fields) noexcept {
    if (!fields) return;
    header_.flags |= bit;
    Group(name, *fields);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Sized16(std::string_view, Bytes bytes, Fault) noexcept {
    Put(static_cast<std::uint16_t>(bytes.size()));
    at_ = borrowed_(at_, bytes);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Rest(std::string_view, const auto& bytes,
                                           std::size_t) noexcept {
    at_ = borrowed_(at_, OctetsOf(bytes));
  }

  // Writes the header of a payload of `length` octets, which the walk has gathered.
  H2WIRE_ALWAYS_INLINE constexpr void Finish(FrameType type, std::size_t length) noexcept {
    header_.type = type;
    Finish(length);
  }
  H2WIRE_ALWAYS_INLINE constexpr void Finish(std::size_t length) noexcept {
    header_.length = static_cast<std::uint32_t>(length);
    StoreHeader(header_at_, header_);
  }

  // Where the octets written so far end; the padding belongs there.
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr std::byte* at() const noexcept { return at_; }
  // Octets of padding, which are not written.
  [[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr std::size_t padding() const noexcept {
    return padding_;
  }

 private:
  template <class T>
  H2WIRE_ALWAYS_INLINE constexpr void Put(T value) noexcept {
    StoreBig(at_, value);
    at_ += sizeof(T);
  }

  FrameHeader header_;
  std::byte* header_at_;
  std::byte* at_;
  Borrowed borrowed_;
  std::size_t padding_ = 0;
};

// Writes the header and the fields of `frame`, whose payload has `length` octets, to `to`.
template <class F, class Borrowed>
H2WIRE_ALWAYS_INLINE constexpr Writer<Borrowed> Write(const F& frame, std::size_t length,
                                                      std::byte* to, Borrowed borrowed) noexcept {
  Writer<Borrowed> writer(to, borrowed);
  F::Layout(frame, writer);
  if constexpr (requires { F::kType; }) {
    writer.Finish(F::kType, length);
  } else {
    writer.Finish(length);
  }
  return writer;
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_WRITER_H_
