// SPDX-License-Identifier: Apache-2.0

// Where everything goes: standard output, in large pieces.

#ifndef H2WIRE_TOOLS_OUTPUT_H_
#define H2WIRE_TOOLS_OUTPUT_H_

#include <string>
#include <string_view>

namespace h2wire::tools {

class Output {
 public:
  virtual ~Output() = default;

  // Throws Failure if what came before cannot be written.
  void Append(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kEnough) Flush();
  }
  void Append(char c) { buffer_ += c; }

  // Writes what has been gathered. To be called at the end, and before waiting for input: whoever
  // reads the output of a live connection sees what has happened so far.
  virtual void Flush();

 protected:
  std::string buffer_;

 private:
  static constexpr std::size_t kEnough = 64 << 10;
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_OUTPUT_H_
