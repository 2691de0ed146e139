// SPDX-License-Identifier: Apache-2.0

#include "input.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "failure.h"
#include "foreign.h"
#include "printable.h"

namespace h2wire::tools {
namespace {

namespace interprocess = boost::interprocess;

// Octets that are mapped at a time. Fewer would be mapped too often, more would fill the memory.
constexpr std::size_t kWindow = std::size_t{32} << 20;

// Octets that are read at a time: what a pipe holds, and some more.
constexpr std::size_t kChunk = std::size_t{256} << 10;

[[noreturn]] void Fail(const std::string& file, std::string_view what, int error) {
  throw Failure(absl::StrCat("cannot ", absl::string_view(what.data(), what.size()), " ",
                             NameOfInput(file), ": ", std::generic_category().message(error)));
}

// A mapped file may be truncated by others. Whoever touches an octet that it has lost is sent
// SIGBUS, in the midst of anything. No size that is looked up before prevents it, since it may
// change right after; nothing can be thrown from there, since the codec does not let exceptions
// pass; and other octets in the place of those that are lost would be taken for frames. So the
// program says what happened, and ends. Output that was not written yet is lost.
std::string_view why_octets_are_lost;  // while a file is mapped
extern "C" void EndForLostOctets(int) {
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, why_octets_are_lost.data(), why_octets_are_lost.size());
  _exit(kFailed);
}

// A regular file, through a window that moves with what is looked at. There is one at a time.
class MappedInput : public Input {
 public:
  MappedInput(const std::string& file, std::uint64_t size) try
      : Input(file),
        file_(file.c_str(), interprocess::read_only),
        size_(size),
        why_lost_(absl::StrCat("h2wire: cannot read ", Printable(file),
                               " to its end: it was truncated meanwhile, or cannot be read from "
                               "where it is stored\n")) {
    why_octets_are_lost = why_lost_;
    (void)std::signal(SIGBUS, EndForLostOctets);
  } catch (const interprocess::interprocess_exception& error) {
    Fail(file, "open", error.get_native_error());
  }
  ~MappedInput() override { (void)std::signal(SIGBUS, SIG_DFL); }

  Bytes Peek(std::size_t least) override {
    if (InWindow() < least && at_ + InWindow() < size_) MoveWindow(least);
    const auto* const window = static_cast<const std::byte*>(window_.get_address());
    return Bytes(window, window_.get_size()).last(InWindow());
  }

  void Skip(std::size_t size) override { at_ += size; }

  std::chrono::nanoseconds arrival() const override { return {}; }

 private:
  std::size_t InWindow() const {
    return window_.get_size() - static_cast<std::size_t>(at_ - window_at_);
  }

  void MoveWindow(std::size_t least) try {
    const std::uint64_t wanted = std::max(kWindow, 2 * least);  // twice: whoever asks, asks again
    const auto size = static_cast<std::size_t>(std::min(size_ - at_, wanted));
    interprocess::mapped_region().swap(window_);  // two at once would be twice the memory
    interprocess::mapped_region(file_, interprocess::read_only,
                                static_cast<interprocess::offset_t>(at_), size)
        .swap(window_);
    window_.advise(interprocess::mapped_region::advice_sequential);
    window_at_ = at_;
  } catch (const interprocess::interprocess_exception& error) {
    Fail(file(), "map", error.get_native_error());
  }

  interprocess::file_mapping file_;
  interprocess::mapped_region window_;
  std::uint64_t size_;
  std::string why_lost_;
  std::uint64_t window_at_ = 0;
  std::uint64_t at_ = 0;
};

// What has been read and not yet stepped over.
class BufferedInput : public Input {
 public:
  using Input::Input;

  Bytes Peek(std::size_t least) final {
    while (end_ - begin_ < least && !ended_) {
      if (buffer_.size() - begin_ < least || end_ == buffer_.size()) MakeRoom(least);
      const std::size_t size = Read(MutableBytes(buffer_).subspan(end_));
      ended_ = size == 0;
      end_ += size;
    }
    return Bytes(buffer_).subspan(begin_, end_ - begin_);
  }

  void Skip(std::size_t size) final { begin_ += size; }

 private:
  // Fills the first octets of `to`, which is not empty, and returns how many; 0 at the end.
  virtual std::size_t Read(MutableBytes to) = 0;

  void MakeRoom(std::size_t least) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
    if (buffer_.size() < least + kChunk) buffer_.resize(least + kChunk);
  }

  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

// A pipe, a socket, a terminal, standard input: whatever is there is taken at once.
class StreamInput : public BufferedInput {
 public:
  explicit StreamInput(const std::string& file)
      : BufferedInput(file),
        descriptor_(file == "-" ? STDIN_FILENO : open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) Fail(file, "open", errno);
  }
  ~StreamInput() override {
    if (descriptor_ != STDIN_FILENO) close(descriptor_);
  }

  std::chrono::nanoseconds arrival() const override { return arrival_; }

 private:
  std::size_t Read(MutableBytes to) override {
    for (;;) {
      const ssize_t size = read(descriptor_, to.data(), to.size());
      arrival_ = std::chrono::steady_clock::now().time_since_epoch();
      if (size >= 0) return static_cast<std::size_t>(size);
      if (errno != EINTR) Fail(file(), "read", errno);
    }
  }

  int descriptor_;
  std::chrono::nanoseconds arrival_{};
};

int ValueOfHexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The octets that hex text stands for.
class HexInput : public BufferedInput {
 public:
  explicit HexInput(std::unique_ptr<Input> text)
      : BufferedInput(text->file()), text_(std::move(text)) {}

  std::chrono::nanoseconds arrival() const override { return text_->arrival(); }

 private:
  std::size_t Read(MutableBytes to) override {
    std::size_t size = 0;
    while (size == 0) {
      const Bytes text = text_->Peek(1);
      if (text.empty()) {
        if (first_digit_ >= 0) Fail("ends with half an octet");
        if (since_0x_ == 0) Fail("ends with 0x and no digits");
        break;
      }
      if (!std::exchange(begun_, true)) {
        if (const auto dump = FailureOfHex(file(), AsText(text))) throw *dump;
      }
      std::size_t used = 0;
      try {
        for (; used < text.size() && size < to.size(); ++used) {
          const char c = std::to_integer<char>(text[used]);
          if (Take(c)) to[size++] = octet_;
          if (c == '\n') ++line_;  // which Take may have found fault with
        }
      } catch (const Failure&) {
        if (size == 0) throw;  // else when the octets before it were seen
      }
      text_->Skip(used);
    }
    return size;
  }

  // Whether `c` completed an octet.
  bool Take(char c) {
    if (in_comment_) {
      in_comment_ = c != '\n';
      return false;
    }
    if (const int digit = ValueOfHexDigit(c); digit >= 0) {
      ++since_0x_;
      if (first_digit_ < 0) {
        first_digit_ = digit;
        return false;
      }
      octet_ = static_cast<std::byte>(std::exchange(first_digit_, -1) << 4 | digit);
      return true;
    }
    if (c == 'x' && first_digit_ == 0 && since_0x_ != 1) {
      first_digit_ = -1;
      since_0x_ = 0;
      return false;
    }
    if (c != '#' && std::string_view(" \t\r\n,:").find(c) == std::string_view::npos) {
      Fail("has something else than hex digits");
    }
    if (first_digit_ >= 0) Fail("has half an octet");
    if (since_0x_ == 0) Fail("has 0x without digits");
    since_0x_ = kNone;
    in_comment_ = c == '#';
    return false;
  }

  [[noreturn]] void Fail(const char* what) const {
    throw Failure(absl::StrCat(NameOfInput(file()), " ", what, ", in line ", line_));
  }

  std::unique_ptr<Input> text_;
  int first_digit_ = -1;
  // How many digits came since the last 0x, if nothing else did.
  static constexpr std::size_t kNone = 2;
  std::size_t since_0x_ = kNone;
  std::byte octet_{};
  bool in_comment_ = false;
  bool begun_ = false;
  std::uint64_t line_ = 1;
};

}  // namespace

std::unique_ptr<Input> Open(const std::string& file, bool hex) {
  if (hex) return std::make_unique<HexInput>(Open(file, false));
  if (std::error_code ignored; std::filesystem::is_directory(file, ignored)) {
    Fail(file, "read", EISDIR);
  }
  // Files without a size may yet have octets: those of /proc do.
  const std::uint64_t size = SizeOfInput(file).value_or(0);
  if (size == 0) return std::make_unique<StreamInput>(file);
  return std::make_unique<MappedInput>(file, size);
}

std::string NameOfInput(const std::string& file) { return file == "-" ? "standard input" : file; }

std::optional<std::uint64_t> SizeOfInput(const std::string& file) {
  std::error_code error;
  if (file == "-" || !std::filesystem::is_regular_file(file, error)) return std::nullopt;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return error ? std::nullopt : std::optional<std::uint64_t>(size);
}

}  // namespace h2wire::tools
