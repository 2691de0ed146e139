// SPDX-License-Identifier: Apache-2.0

// Which settings a set of frame types knows, and what values they may have.

#ifndef H2WIRE_WALK_KNOWN_SETTINGS_H_
#define H2WIRE_WALK_KNOWN_SETTINGS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/settings.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// Whether a set knows a setting of the library's, with `extensions` as in DecodeOptions. Of those
// that are not RFC 9113's own, 9 goes with PRIORITY_UPDATE.
template <AnyFrameSet Set>
constexpr bool KnowsOfLibrary(SettingId id, bool extensions) noexcept {
  if (id == SettingId::kNoRfc7540Priorities) return extensions && kHas<Set, PriorityUpdateFrame>;
  return extensions || id != SettingId::kEnableConnectProtocol;
}

// The row of a setting for a set: one without a name, which allows every value, if it is unknown.
template <AnyFrameSet Set>
constexpr const SettingRow& KnownRow(SettingId id, bool extensions) noexcept {
  for (const SettingRow& row : kOwnSettings<Set>) {
    if (row.id == id) return row;
  }
  return KnowsOfLibrary<Set>(id, extensions) ? RowOf(id) : kSettingRows[0];
}

// The least value of each setting and how far above it the greatest is, apart from the rows and for
// every identifier below 256: so that a setting is judged by a single comparison and eight octets
// of table.
struct SettingRange {
  std::uint32_t least = 0;
  std::uint32_t span = 0xffff'ffff;

  // What is below the least value wraps round, to far above the span.
  constexpr bool Allows(std::uint32_t value) const noexcept { return value - least <= span; }
};
template <AnyFrameSet Set, bool kExtensions>
inline constexpr std::array<SettingRange, 256> kSettingRanges = [] {
  std::array<SettingRange, 256> ranges{};
  for (std::size_t id = 0; id < ranges.size(); ++id) {
    const SettingRow& row = KnownRow<Set>(SettingId{static_cast<std::uint16_t>(id)}, kExtensions);
    ranges[id] = {row.least, row.most - row.least};
  }
  return ranges;
}();

// Whether there are settings that the ranges do not have.
template <AnyFrameSet Set>
inline constexpr bool kHasLargeSettings = [] {
  for (const SettingRow& row : kOwnSettings<Set>) {
    if (static_cast<std::size_t>(row.id) > 0xff) return true;
  }
  return false;
}();

// The fault of the first setting that has a value it may not have; kNone if none does.
template <AnyFrameSet Set>
constexpr Fault FaultOfSettings(SettingsView settings, bool extensions) noexcept {
  const auto& ranges = extensions ? kSettingRanges<Set, true> : kSettingRanges<Set, false>;
  const std::byte* const end = settings.end().octets();
  for (const std::byte* at = settings.begin().octets(); at != end; at += kSettingSize) {
    // The two octets of the identifier by themselves, which is less than to load and swap them.
    const SettingRange& range = ranges[std::to_integer<std::size_t>(at[1])];
    if (at[0] == std::byte{0} && !range.Allows(LoadBig<std::uint32_t>(at + 2))) [[unlikely]] {
      return KnownRow<Set>(SettingId{LoadBig<std::uint16_t>(at)}, true).fault;
    }
    if constexpr (kHasLargeSettings<Set>) {
      const SettingRow& row = KnownRow<Set>(SettingId{LoadBig<std::uint16_t>(at)}, extensions);
      if (!row.Allows(LoadBig<std::uint32_t>(at + 2))) return row.fault;
    }
  }
  return Fault::kNone;
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_KNOWN_SETTINGS_H_
