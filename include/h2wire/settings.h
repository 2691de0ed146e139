// SPDX-License-Identifier: Apache-2.0

// The settings of a SETTINGS frame: six octets each, read where they stand. RFC 9113, 6.5.
//
//   static constexpr auto kOurs = PackSettings({{SettingId::kEnablePush, 0},
//                                               {SettingId::kMaxFrameSize, 1 << 20}});
//   for (const Setting setting : SettingsView(kOurs)) Use(setting.id, setting.value);

#ifndef H2WIRE_SETTINGS_H_
#define H2WIRE_SETTINGS_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

// An open enumeration: unknown identifiers are kept, and ignored by a receiver. RFC 9113, 6.5.2.
enum class SettingId : std::uint16_t {
  kHeaderTableSize = 0x01,        // octets
  kEnablePush = 0x02,             // 0 or 1
  kMaxConcurrentStreams = 0x03,   // streams
  kInitialWindowSize = 0x04,      // octets, to 2^31-1
  kMaxFrameSize = 0x05,           // octets, 2^14 to 2^24-1
  kMaxHeaderListSize = 0x06,      // octets
  kEnableConnectProtocol = 0x08,  // 0 or 1; RFC 8441, 3
  kNoRfc7540Priorities = 0x09,    // 0 or 1; RFC 9218, 2.1
};

struct Setting {
  SettingId id{};
  std::uint32_t value = 0;

  friend constexpr bool operator==(const Setting&, const Setting&) = default;
};

inline constexpr std::size_t kSettingSize = 6;  // octets on the wire

// The name of a setting, the values it may have, and the fault of another.
struct SettingRow {
  SettingId id{};
  std::string_view name{};
  std::uint32_t least = 0;
  std::uint32_t most = 0xffff'ffff;
  Fault fault = Fault::kInvalidSetting;

  [[nodiscard]] constexpr bool Allows(std::uint32_t value) const noexcept {
    return value >= least && value <= most;
  }
};

// Indexed by identifier. A row without a name is of an identifier nobody assigned.
inline constexpr SettingRow kSettingRows[] = {
    {},
    {SettingId::kHeaderTableSize, "HEADER_TABLE_SIZE"},
    {SettingId::kEnablePush, "ENABLE_PUSH", 0, 1, Fault::kInvalidEnablePush},
    {SettingId::kMaxConcurrentStreams, "MAX_CONCURRENT_STREAMS"},
    {SettingId::kInitialWindowSize, "INITIAL_WINDOW_SIZE", 0, 0x7fff'ffff,
     Fault::kInvalidInitialWindowSize},
    {SettingId::kMaxFrameSize, "MAX_FRAME_SIZE", kDefaultMaxFrameSize, kLargestMaxFrameSize,
     Fault::kInvalidMaxFrameSize},
    {SettingId::kMaxHeaderListSize, "MAX_HEADER_LIST_SIZE"},
    {},
    {SettingId::kEnableConnectProtocol, "ENABLE_CONNECT_PROTOCOL", 0, 1,
     Fault::kInvalidEnableConnectProtocol},
    {SettingId::kNoRfc7540Priorities, "NO_RFC7540_PRIORITIES", 0, 1,
     Fault::kInvalidNoRfc7540Priorities},
};

// The row of `id`; for an identifier nobody assigned, one without a name that allows every value.
[[nodiscard]] constexpr const SettingRow& RowOf(SettingId id) noexcept {
  const auto index = static_cast<std::size_t>(id);
  return kSettingRows[index < std::size(kSettingRows) ? index : 0];
}

// The RFC's name of `id` without its "SETTINGS_"; empty for an identifier nobody assigned.
[[nodiscard]] constexpr std::string_view NameOf(SettingId id) noexcept { return RowOf(id).name; }

// Settings as they stand on the wire, decoded one by one as they are looked at: in order,
// duplicates and unknown identifiers included. A receiver lets the last of several values win.
// The octets are borrowed. Octets after the last whole setting are not visited (no decoded frame
// has any).
class SettingsView {
 public:
  class iterator {
   public:
    using value_type = Setting;
    using difference_type = std::ptrdiff_t;

    constexpr iterator() noexcept = default;
    constexpr explicit iterator(const std::byte* at) noexcept : at_(at) {}

    constexpr Setting operator*() const noexcept {
      return {SettingId{LoadBig<std::uint16_t>(at_)}, LoadBig<std::uint32_t>(at_ + 2)};
    }
    constexpr iterator& operator++() noexcept {
      at_ += kSettingSize;
      return *this;
    }
    constexpr iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend constexpr bool operator==(iterator, iterator) noexcept = default;

    // Where the six octets of the setting begin.
    constexpr const std::byte* octets() const noexcept { return at_; }

   private:
    const std::byte* at_ = nullptr;
  };

  constexpr SettingsView() noexcept = default;

  // From anything that is contiguous octets: a `Bytes`, itself a view, or what PackSettings
  // returned.
  constexpr SettingsView(Bytes octets) noexcept : octets_(octets) {}
  template <std::convertible_to<Bytes> Octets>
  constexpr SettingsView(const Octets& octets H2WIRE_LIFETIME_BOUND) noexcept : octets_(octets) {}

  [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(octets_.data()); }
  [[nodiscard]] constexpr iterator end() const noexcept {
    return iterator(octets_.data() + (octets_.size() - octets_.size() % kSettingSize));
  }
  [[nodiscard]] constexpr std::size_t size() const noexcept {  // settings
    return octets_.size() / kSettingSize;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] constexpr Bytes octets() const noexcept { return octets_; }

 private:
  Bytes octets_;
};

namespace internal {

constexpr void StoreSetting(std::byte* to, Setting setting) noexcept {
  StoreBig(to, static_cast<std::uint16_t>(setting.id));
  StoreBig(to + 2, setting.value);
}

}  // namespace internal

// The octets of `settings`, in order. Values are not judged here: Encode does that.
template <std::size_t kCount>
[[nodiscard]] constexpr std::array<std::byte, kCount * kSettingSize> PackSettings(
    const Setting (&settings)[kCount]) noexcept {
  std::array<std::byte, kCount * kSettingSize> octets{};
  for (std::size_t i = 0; i < kCount; ++i) {
    internal::StoreSetting(octets.data() + i * kSettingSize, settings[i]);
  }
  return octets;
}

// The same at run time, into the first octets of `out`, which the view borrows; nothing, and `out`
// untouched, if it has less room than six octets a setting.
[[nodiscard]] constexpr std::optional<SettingsView> PackSettings(
    std::span<const Setting> settings, MutableBytes out H2WIRE_LIFETIME_BOUND) noexcept {
  if (settings.size() > out.size() / kSettingSize) return std::nullopt;
  std::byte* to = out.data();
  for (const Setting setting : settings) {
    internal::StoreSetting(to, setting);
    to += kSettingSize;
  }
  return SettingsView(Bytes(out.first(settings.size() * kSettingSize)));
}

}  // namespace h2wire

#endif  // H2WIRE_SETTINGS_H_
