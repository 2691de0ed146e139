// SPDX-License-Identifier: Apache-2.0

// Prints what is to be played against a relay, a line of JSON each: the attacks that the guard's
// tests know, and the vectors that are refused. Octets are what a client sends behind its SETTINGS;
// `fault` and `code` are what it is to be told.

#include <cstdio>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "attacks.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "hex.h"
#include "vectors.h"

namespace h2wire {
namespace {

void Print(std::string_view kind, std::string_view name, Fault fault, ErrorCode code,
           Bytes octets) {
  std::string hex;
  for (const std::byte octet : octets) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[std::to_integer<int>(octet) >> 4];
    hex += kDigits[std::to_integer<int>(octet) & 15];
  }
  std::string escaped;
  for (const char c : name) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  const std::string_view fault_name = RowOf(fault).name;
  std::printf(
      "{\"kind\":\"%.*s\",\"name\":\"%s\",\"fault\":\"%.*s\",\"code\":%u,\"octets\":\"%s\"}\n",
      static_cast<int>(kind.size()), kind.data(), escaped.c_str(),
      static_cast<int>(fault_name.size()), fault_name.data(), static_cast<unsigned>(code),
      hex.c_str());
}

void PrintAttack(const Attack& attack) {
  std::vector<std::byte> octets;
  Peer peer{ConnectionGuard(Receiver::kServer)};
  (void)peer.Send(SettingsFrame{});
  peer.Listen([&](Frame frame) {
    // Requests that a server can read.
    auto* const headers = std::get_if<HeadersFrame>(&frame);
    if (headers != nullptr && headers->end_headers) headers->fragment = "82 84 86 41 01 61"_hex;
    const std::size_t begin = octets.size();
    octets.resize(begin + EncodedSize(frame));
    (void)Encode(frame, MutableBytes(octets).subspan(begin));
  });
  attack.begin(peer);
  std::uint32_t step = 0;
  while (attack.step(peer, step++).fault == Fault::kNone) {
  }
  // Time passes on the way, and what is limited by the second becomes a little more.
  const std::uint32_t more = step / 4 + 100;
  for (std::uint32_t i = 0; i < more && octets.size() < 8u << 20; ++i) {
    (void)attack.step(peer, step++);
  }
  Print("attack", attack.name, attack.fault, RowOf(attack.fault).code, octets);
}

}  // namespace
}  // namespace h2wire

int main() {
  using namespace h2wire;
  for (const Attack& attack : Attacks()) PrintAttack(attack);
  ForEachVector([](const Vector& vector) {
    const DecodeOptions& options = vector.options;
    const bool as_by_default = options.max_frame_size == kDefaultMaxFrameSize &&
                               options.extensions && !options.reject_nonzero_padding;
    if (vector.kind == Vector::Kind::kRefused && as_by_default) {
      Print("vector", vector.name, vector.fault, vector.code, vector.octets);
    }
  });
}
