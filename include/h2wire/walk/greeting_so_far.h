// SPDX-License-Identifier: Apache-2.0

// What somebody who speaks octet by octet begins with, without keeping the octets.

#ifndef H2WIRE_WALK_GREETING_SO_FAR_H_
#define H2WIRE_WALK_GREETING_SO_FAR_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/bytes.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// Remembers how many octets there were and what they look like: that is enough to write down others
// that GreetingOf, whatever follows, takes for the same.
class GreetingSoFar {
 public:
  // Octets that decide at the latest.
  static constexpr std::size_t kMost = kConnectionPreface.size();

  // The greeting that `octets` make with those before them; not more than kMost together.
  Greeting Add(Bytes octets) noexcept {
    std::array<std::byte, kMost> all{};
    for (std::size_t i = 0; i < size_; ++i) all[i] = OctetAt(i);
    CopyOctets(all.data() + size_, octets);
    const Bytes both = Bytes(all).first(size_ + octets.size());
    const Greeting greeting = GreetingOf(both);
    size_ = static_cast<std::uint8_t>(both.size());
    if (greeting == Greeting::kNeedMore) like_ = WhatIsLike(both);
    return greeting;
  }

  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

 private:
  enum class Like : std::uint8_t { kPreface, kTls, kResponse, kMethod };

  static constexpr std::string_view kVersion = "HTTP/";
  static constexpr std::byte kHandshake{22};

  // Of octets that are not decided.
  static Like WhatIsLike(Bytes octets) noexcept {
    if (MatchPreface(octets) == PrefaceMatch::kNeedMore) return Like::kPreface;
    if (octets.size() == 1 && octets[0] < std::byte{' '}) return Like::kTls;
    return kVersion.starts_with(AsText(octets)) ? Like::kResponse : Like::kMethod;
  }
  std::byte OctetAt(std::size_t at) const noexcept {
    if (like_ == Like::kPreface) return static_cast<std::byte>(kConnectionPreface[at]);
    if (like_ == Like::kTls) return kHandshake;
    return static_cast<std::byte>(like_ == Like::kResponse ? kVersion[at] : 'A');
  }

  std::uint8_t size_ = 0;
  Like like_ = Like::kPreface;
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_GREETING_SO_FAR_H_
