// SPDX-License-Identifier: Apache-2.0

// Where octets come from: a file, which is mapped piece by piece; a pipe or terminal, which is read
// as octets arrive; or either of them as hex text. However long the input is, memory is bounded.

#ifndef H2WIRE_TOOLS_INPUT_H_
#define H2WIRE_TOOLS_INPUT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "h2wire/bytes.h"

namespace h2wire::tools {

class Input {
 public:
  // `file`: as it was given, "-" for standard input.
  explicit Input(std::string file) : file_(std::move(file)) {}
  virtual ~Input() = default;
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  const std::string& file() const { return file_; }

  // The octets that come next: at least `least`, fewer only if the input ends before. They are
  // borrowed until the next call. Throws Failure if they cannot be read.
  virtual Bytes Peek(std::size_t least) = 0;

  // Steps over `size` octets, no more than the last Peek returned.
  virtual void Skip(std::size_t size) = 0;

  // When the last of the octets that Peek returned came, on a clock that does not go back; always 0
  // for a regular file, whose octets are from no time that is known.
  virtual std::chrono::nanoseconds arrival() const = 0;

 private:
  std::string file_;
};

// Opens `file`, or standard input if it is "-". With `hex` it is text: pairs of hex digits, apart
// by spaces, line ends, commas or colons, or not at all, with or without 0x; from a # on, the rest
// of the line is a comment. Throws Failure if it cannot be opened.
std::unique_ptr<Input> Open(const std::string& file, bool hex);

// What `file` is called in a sentence.
std::string NameOfInput(const std::string& file);

// The octets of `file`; nothing if it is not a regular file.
std::optional<std::uint64_t> SizeOfInput(const std::string& file);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_INPUT_H_
