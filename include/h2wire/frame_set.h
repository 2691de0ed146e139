// SPDX-License-Identifier: Apache-2.0

// What may be asked about the types of a set of frames, by type code.
//
//   Knows<MyFrame>(FrameType{0x4d})    // true
//   NameOf<MyFrame>(FrameType{0x4d})   // "METADATA"
//   FlagsOf<MyFrame>(FrameType{0x4d})  // {{0x04, "end_metadata"}}
//
// To do something with the struct of a type, see VisitType in visit.h.

#ifndef H2WIRE_FRAME_SET_H_
#define H2WIRE_FRAME_SET_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"

namespace h2wire::inline H2WIRE_ABI {

// Whether `Set` has a struct for frames of type `type`. Here as below, `extensions` is that of
// DecodeOptions: without it, ALTSVC, ORIGIN, PRIORITY_UPDATE and the settings 8 and 9 are unknown.
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr bool Knows(FrameType type, bool extensions = true) noexcept;

// "DATA"; empty for a type without a struct.
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr std::string_view NameOf(FrameType type) noexcept;

// A flag that a type defines. The name is that of the RFC in lower case, "end_stream".
struct FlagRow {
  std::uint8_t bit = 0;
  std::string_view name;

  friend constexpr bool operator==(const FlagRow&, const FlagRow&) = default;
};

// The flags of a type, in the order of its Layout; none of a type without a struct.
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr std::span<const FlagRow> FlagsOf(FrameType type) noexcept;

// The name of a setting, which is empty if `Set` does not know it.
template <AnyFrameSet Set>
[[nodiscard]] constexpr std::string_view NameOf(SettingId id, bool extensions = true) noexcept;

// The fault of the first setting whose value is not allowed; kNone if all are.
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr Fault FaultOf(SettingsView settings, bool extensions = true) noexcept;

// Why a frame was decoded to a RawFrame.
struct RawReason {
  enum class Kind : std::uint8_t {
    kNone,          // it would not be: DecodeRaw gave it, say
    kUnknownType,   // neither the set nor the library has a struct for the type
    kUnknownToSet,  // the set has none, or it is of an extension that is switched off
    kIgnored,       // a receiver must ignore it
  };
  Kind kind = Kind::kNone;
  Rule rule{};  // of kIgnored: what the frame does not keep to
};
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr RawReason ReasonOf(const RawFrame& frame, bool extensions = true) noexcept;

}  // namespace h2wire

#include "h2wire/walk/frame_set.h"  // how it is found

#endif  // H2WIRE_FRAME_SET_H_
