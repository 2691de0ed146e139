// SPDX-License-Identifier: Apache-2.0

#include "printable.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace h2wire::tools {
namespace {

// A character of UTF-8; of none, a size of 0.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;  // octets
};

// The character that `text`, which is not empty, begins with.
Character FirstOf(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  // By the first octet: how many there are, and the least code that needs so many.
  std::size_t size = 0;
  std::uint32_t least = 0;
  if ((first & 0xe0) == 0xc0) {
    size = 2;
    least = 0x80;
  } else if ((first & 0xf0) == 0xe0) {
    size = 3;
    least = 0x800;
  } else if ((first & 0xf8) == 0xf0) {
    size = 4;
    least = 0x10000;
  }
  if (size == 0 || text.size() < size) return {};
  std::uint32_t code = first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {};
    code = code << 6 | (next & 0x3fu);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least || code > 0x10ffff || surrogate) return {};
  return {code, size};
}

bool IsHarmless(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool direction = code == 0x061c || code == 0x200e || code == 0x200f ||
                         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return !control && !direction;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const Character character = FirstOf(text);
    const std::size_t size = std::max<std::size_t>(character.size, 1);
    if (character.size != 0 && IsHarmless(character.code)) {
      printable += text.substr(0, size);
    } else {
      for (const char c : text.substr(0, size)) {
        absl::StrAppend(&printable, "\\x",
                        absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
      }
    }
    text.remove_prefix(size);
  }
  return printable;
}

std::string ShellWord(std::string_view text) {
  std::string word(text);
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("_./-+=:,@%").find(c) != std::string_view::npos;
  });
  if (plain) return word;
  if (Printable(text) == text) {
    return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
  }
  return absl::StrCat("$'", Printable(absl::StrReplaceAll(word, {{"\\", "\\\\"}, {"'", "\\'"}})),
                      "'");
}

}  // namespace h2wire::tools
