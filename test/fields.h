// SPDX-License-Identifier: Apache-2.0

// The walk that compares two frames member by member. `operator==` compares what they are on the
// wire, and so would not see a field that is never written.

#ifndef H2WIRE_TEST_FIELDS_H_
#define H2WIRE_TEST_FIELDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "h2wire/frames.h"
#include "h2wire/visit.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire {

// All values of a frame, in order; of octets, their size and then each.
class Fields : public internal::NoRules {
 public:
  void Stream(StreamId id) { Add(id); }
  void StreamOrConnection(StreamId id) { Add(id); }
  void Header(const RawHeader& header) {
    Add(static_cast<std::uint8_t>(header.type));
    Add(header.flags);
    Add(header.reserved);
    Add(header.stream_id);
  }
  void Flag(std::uint8_t, std::string_view, bool on) { Add(on); }
  void PadLength(const std::optional<std::uint8_t>& length) {
    Add(length.has_value());
    Add(length.value_or(0));
  }
  void U8(std::string_view, std::uint8_t value) { Add(value); }
  void U31(std::string_view, std::uint32_t value) { Add(value); }
  void U32(std::string_view, auto value) { Add(static_cast<std::uint32_t>(value)); }
  void BitAndU31(std::string_view, bool bit, std::string_view, std::uint32_t value) {
    Add(bit);
    Add(value);
  }
  template <std::size_t kSize>
  void Octets(std::string_view name, const std::array<std::byte, kSize>& octets) {
    Rest(name, Bytes(octets), 1);
  }
  template <class Struct>
  void Group(std::string_view, const Struct& fields) {
    Struct::Layout(fields, *this);
  }
  template <class Struct>
  void Optional(std::uint8_t, std::string_view, const std::optional<Struct>& fields) {
    Add(fields.has_value());
    if (fields) Struct::Layout(*fields, *this);
  }
  void Sized16(std::string_view name, Bytes bytes, Fault) { Rest(name, bytes, 1); }
  void Rest(std::string_view, Bytes bytes, std::size_t) {
    Add(bytes.size());
    for (const std::byte octet : bytes) Add(std::to_integer<std::uint8_t>(octet));
  }
  void Rest(std::string_view name, const auto& view, std::size_t unit) {
    Rest(name, view.octets(), unit);
  }

  friend bool operator==(const Fields& a, const Fields& b) { return a.values_ == b.values_; }

 private:
  void Add(std::uint64_t value) { values_.push_back(value); }

  std::vector<std::uint64_t> values_;
};

// Whether `a` and `b` are of the same type and have the same values.
inline bool SameFields(const Frame& a, const Frame& b) {
  const auto fields_of = [](const Frame& frame) {
    return Visit(
        []<class F>(const F& alternative) {
          Fields fields;
          F::Layout(alternative, fields);
          return fields;
        },
        frame);
  };
  return a.index() == b.index() && fields_of(a) == fields_of(b);
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_FIELDS_H_
