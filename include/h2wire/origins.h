// SPDX-License-Identifier: Apache-2.0

// The entries of an ORIGIN frame: a Length (16) and an ASCII serialization of an origin each, read
// where they stand. RFC 8336, 2.1.

#ifndef H2WIRE_ORIGINS_H_
#define H2WIRE_ORIGINS_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"

namespace h2wire::inline H2WIRE_ABI {

// Origins as they stand on the wire, found one by one as they are looked at: in order, duplicates
// included, an entry of no octets too. The octets are borrowed. Visiting ends before an entry that
// overruns the octets (no decoded frame has one).
class OriginsView {
 public:
  class iterator {
   public:
    using value_type = Bytes;
    using difference_type = std::ptrdiff_t;

    constexpr iterator() noexcept = default;
    constexpr explicit iterator(Bytes left) noexcept : left_(left) { StopAtOverrun(); }

    constexpr Bytes operator*() const noexcept { return left_.subspan(2, Length()); }
    constexpr iterator& operator++() noexcept {
      left_ = left_.subspan(2 + Length());
      StopAtOverrun();
      return *this;
    }
    constexpr iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.left_.size() == b.left_.size();
    }

   private:
    friend class OriginsView;

    constexpr std::size_t Length() const noexcept { return LoadBig<std::uint16_t>(left_.data()); }
    constexpr void StopAtOverrun() noexcept {
      if (left_.size() >= 2 && left_.size() - 2 >= Length()) return;
      overrun_ = !left_.empty();
      left_ = {};
    }

    Bytes left_;
    bool overrun_ = false;
  };

  constexpr OriginsView() noexcept = default;

  // From anything that is contiguous octets: a `Bytes`, itself a view, or what PackOrigins wrote.
  constexpr OriginsView(Bytes octets) noexcept : octets_(octets) {}
  template <std::convertible_to<Bytes> Octets>
  constexpr OriginsView(const Octets& octets H2WIRE_LIFETIME_BOUND) noexcept : octets_(octets) {}

  [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(octets_); }
  [[nodiscard]] constexpr iterator end() const noexcept { return iterator(); }
  [[nodiscard]] constexpr bool empty() const noexcept { return begin() == end(); }
  [[nodiscard]] constexpr Bytes octets() const noexcept { return octets_; }

  // Whether the octets are whole entries and nothing else.
  [[nodiscard]] constexpr bool Whole() const noexcept {
    iterator at = begin();
    while (at != end()) ++at;
    return !at.overrun_;
  }

 private:
  Bytes octets_;
};

// Writes the entries of `origins` into the first octets of `out`, which the view borrows; nothing,
// and `out` untouched, if it has less room than two octets and its own for each, or an origin is
// longer than the 65535 octets that its Length can say.
[[nodiscard]] constexpr std::optional<OriginsView> PackOrigins(
    std::span<const Bytes> origins, MutableBytes out H2WIRE_LIFETIME_BOUND) noexcept {
  std::size_t left = out.size();
  for (const Bytes origin : origins) {
    if (origin.size() > 0xffff || left < 2 + origin.size()) return std::nullopt;
    left -= 2 + origin.size();
  }
  std::byte* to = out.data();
  for (const Bytes origin : origins) {
    StoreBig(to, static_cast<std::uint16_t>(origin.size()));
    internal::CopyOctets(to + 2, origin);
    to += 2 + origin.size();
  }
  return OriginsView(Bytes(out.first(out.size() - left)));
}

}  // namespace h2wire

#endif  // H2WIRE_ORIGINS_H_
