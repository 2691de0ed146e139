// SPDX-License-Identifier: Apache-2.0

// What may be wrong with a frame of a type, by its Layout. So the tests know which vectors and rows
// a type needs, and say which are missing.

#ifndef H2WIRE_TEST_FAULTS_H_
#define H2WIRE_TEST_FAULTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <type_traits>
#include <variant>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/settings.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire {

// Calls `function` with a std::type_identity of each struct of `Frame`.
void ForEachType(auto function) {
  [&]<class... Fs>(std::type_identity<std::variant<Fs...>>) {
    (function(std::type_identity<Fs>()), ...);
  }(std::type_identity<Frame>());
}

class FaultsOfWords : public internal::NoRules {
 public:
  void Stream(StreamId) { of_values.insert(Fault::kStreamRequired); }
  void StreamOrConnection(StreamId) {}
  void Header(const RawHeader&) {}
  void Flag(std::uint8_t, std::string_view, bool) {}
  void PadLength(const std::optional<std::uint8_t>&) {
    of_octets.insert({Fault::kTooShort, Fault::kPaddingTooLong, Fault::kNonzeroPadding});
  }
  void U8(std::string_view, std::uint8_t) {}
  void U31(std::string_view, std::uint32_t) {}
  void U32(std::string_view, auto) {}
  void BitAndU31(std::string_view, bool, std::string_view, std::uint32_t) {}
  template <std::size_t kSize>
  void Octets(std::string_view, const std::array<std::byte, kSize>&) {}
  void Group(std::string_view, const auto&) {}
  void Optional(std::uint8_t, std::string_view, const auto&) { of_octets.insert(Fault::kTooShort); }
  void Sized16(std::string_view, Bytes, Fault fault) { of_octets.insert(fault); }
  void Rest(std::string_view, const auto&, std::size_t unit) {
    if (unit > 1) of_values.insert(wrong_length_);
  }

  void Require(bool, Fault fault) { of_values.insert(fault); }
  void RequireEmpty(bool, Fault fault) { of_values.insert(fault); }
  void RequireSettings(SettingsView) {
    for (const SettingRow& row : kSettingRows) {
      if (!row.Allows(0) || !row.Allows(0xffff'ffff)) of_values.insert(row.fault);
    }
  }
  void WrongLength(Fault fault) { wrong_length_ = fault; }

  std::set<Fault> of_values;  // of the struct's members, so that it must not be encoded
  std::set<Fault> of_octets;  // that no struct can have

 private:
  Fault wrong_length_ = Fault::kPartialEntry;
};

// The faults of a frame of type F: those of the words, and what follows from the absence of words.
template <class F>
FaultsOfWords FaultsOf() {
  using Streams = internal::Envelope::Streams;
  constexpr internal::Envelope kEnvelope = internal::kEnvelope<F>;
  FaultsOfWords faults;
  const F frame;
  F::Layout(frame, faults);
  faults.of_octets.insert(Fault::kFrameTooLarge);
  if (kEnvelope.streams == Streams::kNever) faults.of_octets.insert(Fault::kStreamForbidden);
  if (!kEnvelope.has_rest) faults.of_octets.insert(kEnvelope.wrong_length);
  if (kEnvelope.has_rest && kEnvelope.least_length > 0) faults.of_octets.insert(Fault::kTooShort);
  return faults;
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_FAULTS_H_
