// SPDX-License-Identifier: Apache-2.0

// Where everything goes: standard output, in large pieces.

#ifndef H2WIRE_TOOLS_OUTPUT_H_
#define H2WIRE_TOOLS_OUTPUT_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "h2wire/attributes.h"

namespace h2wire::tools {

// Writes `text` whole, between what other threads write. Returns 0, or the errno of what failed.
int WriteWhole(std::string_view text);

class Output {
 public:
  Output() = default;
  virtual ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Throws Failure if what came before cannot be written.
  void Append(std::string_view text);

  // Free characters in a row, which whoever fills them takes away from the front.
  struct Room {
    char* at;
    char* end;

    std::size_t size() const { return static_cast<std::size_t>(end - at); }
  };

  // At least `least` free characters, which must not be more than kMostRoom. Throws as Append.
  H2WIRE_ALWAYS_INLINE Room GetRoom(std::size_t least) {
    if (buffer_.size() - size_ < least) [[unlikely]]
      Flush();
    return {buffer_.data() + size_, buffer_.data() + buffer_.size()};
  }
  // Those before `room` were filled.
  H2WIRE_ALWAYS_INLINE void Fill(Room room) {
    size_ = static_cast<std::size_t>(room.at - buffer_.data());
  }
  static constexpr std::size_t kMostRoom = 64 << 10;

  // Writes what has been gathered. To be called at the end, and before waiting for input: whoever
  // reads the output of a live connection sees what has happened so far.
  void Flush();

 private:
  // Writes `text`, or throws Failure.
  virtual void Write(std::string_view text);

  std::vector<char> buffer_ = std::vector<char>(kMostRoom);
  std::size_t size_ = 0;  // of what was gathered
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_OUTPUT_H_
