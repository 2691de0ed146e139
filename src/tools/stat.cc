// SPDX-License-Identifier: Apache-2.0

#include "stat.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "connection.h"
#include "failure.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "input.h"
#include "names.h"
#include "printable.h"
#include "progress.h"

namespace h2wire::tools {
namespace {

// Of frames of one type, in octets of whole frames, their headers included.
struct Counts {
  std::uint64_t frames = 0;
  std::uint64_t octets = 0;
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t largest = 0;
  std::uint64_t padding = 0;  // octets of the Padding fields

  Counts& operator+=(const Counts& other) {
    frames += other.frames;
    octets += other.octets;
    smallest = std::min(smallest, other.smallest);
    largest = std::max(largest, other.largest);
    padding += other.padding;
    return *this;
  }
};

// Errors that are listed; of others there is the number.
constexpr std::size_t kListedErrors = 20;

// Takes the events of DecodeConnection, of one file after the other.
class StatEvents {
 public:
  // `total`: octets in all, if that is known. `extensions`: as in DecodeOptions.
  StatEvents(std::optional<std::uint64_t> total, bool extensions)
      : progress_(total), extensions_(extensions) {}

  void BeginFile(const std::string& file) {
    file_ = file;
    ++files;
    done_ += std::exchange(offset_, 0);
  }

  static constexpr bool kTakesAllOctets = false;

  void Preface() { ++prefaces; }
  template <class F>
  void Frame(std::uint64_t offset, Bytes octets, const F& frame, const FrameError& error) {
    const FrameHeader header = LoadHeader(octets.data());
    if (error.fault != Fault::kNone) return Error(offset, octets, error);
    const std::uint64_t size = kFrameHeaderSize + header.length;
    Counts& counts = by_type[static_cast<std::size_t>(header.type)];
    ++counts.frames;
    counts.octets += size;
    counts.smallest = std::min(counts.smallest, size);
    counts.largest = std::max(counts.largest, size);
    if constexpr (requires { frame.pad_length; }) counts.padding += frame.pad_length.value_or(0);
  }
  void Error(std::uint64_t offset, Bytes octets, const FrameError& error) {
    const std::string label = IsOfPreface(error.fault)
                                  ? std::string(kPrefaceLabel)
                                  : TypeLabel(LoadHeader(octets.data()).type, extensions_);
    AddError(offset, absl::StrCat(label, ": ", ToString(error)));
  }
  void Undecoded(std::uint64_t, Bytes) {}
  void Incomplete(std::uint64_t offset, Bytes, std::size_t have, std::size_t need) {
    AddError(offset, absl::StrCat("cut off after ", have, " of ", need, " octets"));
  }
  void BeforeRead(std::uint64_t offset) {
    offset_ = offset;
    progress_.Update(done_ + offset_);
  }
  // A file could not be read, or not to its end: that is said at once.
  void Failed(const Failure& failure) {
    progress_.Clear();
    Report(failure);
    ++failures;
  }

  std::array<Counts, 256> by_type{};
  std::uint64_t files = 0;  // opened
  std::uint64_t failures = 0;
  std::uint64_t prefaces = 0;
  std::uint64_t errors = 0;
  std::vector<std::string> listed_errors;

 private:
  void AddError(std::uint64_t offset, const std::string& sentence) {
    if (++errors > kListedErrors) return;
    listed_errors.push_back(
        absl::StrCat(Printable(NameOfInput(file_)), ", offset ", offset, ": ", sentence));
  }

  Progress progress_;
  bool extensions_;
  std::string file_;
  std::uint64_t offset_ = 0;  // in this file
  std::uint64_t done_ = 0;    // octets of the files before it
};

// `number`, which may have a fraction, as "1,234,567.8".
std::string Grouped(std::string number) {
  std::size_t at = std::min(number.find('.'), number.size());
  for (; at > 3; at -= 3) number.insert(at - 3, 1, ',');
  return number;
}
std::string Grouped(std::uint64_t number) { return Grouped(absl::StrCat(number)); }

// "1.23 G", to be followed by a unit; from micro to giga.
std::string Scaled(double number) {
  static constexpr std::array<const char*, 6> kPrefixes = {"u", "m", "", "k", "M", "G"};
  number *= 1e6;
  std::size_t prefix = 0;
  for (; number >= 999.5 && prefix + 1 < kPrefixes.size(); ++prefix) number /= 1000;
  return absl::StrFormat("%.3g %s", number, kPrefixes[prefix]);
}

std::string Row(std::string_view name, const Counts& counts, std::uint64_t all_octets) {
  if (counts.frames == 0) return absl::StrFormat("%-15s %12d\n", name, 0);
  const auto octets = static_cast<double>(counts.octets);
  const double share = 100 * octets / static_cast<double>(all_octets);
  const double mean = octets / static_cast<double>(counts.frames);
  return absl::StrFormat("%-15s %12s %16s %6.1f%% %9s %11s %11s %12s\n", name,
                         Grouped(counts.frames), Grouped(counts.octets), share,
                         Grouped(counts.smallest), Grouped(absl::StrFormat("%.1f", mean)),
                         Grouped(counts.largest), Grouped(counts.padding));
}

Counts Sum(const StatEvents& events) {
  Counts sum;
  for (const Counts& counts : events.by_type) sum += counts;
  return sum;
}

void WriteTable(const StatEvents& events, bool extensions, Output& output) {
  const Counts sum = Sum(events);
  output.Append(absl::StrFormat("%-15s %12s %16s %7s %9s %11s %11s %12s\n", "type", "frames",
                                "octets", "share", "smallest", "mean", "largest", "padding"));
  for (std::size_t code = 0; code < events.by_type.size(); ++code) {
    if (events.by_type[code].frames == 0) continue;
    const FrameType type{static_cast<std::uint8_t>(code)};
    output.Append(Row(TypeLabel(type, extensions), events.by_type[code], sum.octets));
  }
  output.Append(Row("total", sum, sum.octets));
  output.Append(absl::StrFormat(
      "\n%s %s; %s with the connection preface. Octets are those of whole frames, of which 9 are "
      "the\nheader; padding is without the Pad Length octet.\n",
      Grouped(events.files), events.files == 1 ? "input" : "inputs", Grouped(events.prefaces)));
}

void WriteRate(const StatEvents& events, double seconds, Output& output) {
  const Counts sum = Sum(events);
  if (sum.frames == 0 || seconds <= 0) return;
  output.Append(absl::StrFormat("Decoded in %ss, reading included: %sframes/s, %soctets/s.\n",
                                Scaled(seconds), Scaled(static_cast<double>(sum.frames) / seconds),
                                Scaled(static_cast<double>(sum.octets) / seconds)));
}

void WriteErrors(const StatEvents& events, Output& output) {
  output.Append(absl::StrFormat("Errors: %s\n", Grouped(events.errors)));
  for (const std::string& error : events.listed_errors) {
    output.Append("  ");
    output.Append(error);
    output.Append("\n");
  }
  if (events.errors > events.listed_errors.size()) {
    output.Append(
        absl::StrFormat("  and %s more\n", Grouped(events.errors - events.listed_errors.size())));
  }
}

std::optional<std::uint64_t> SizeOfAll(const std::vector<std::string>& files) {
  std::uint64_t sum = 0;
  for (const std::string& file : files) {
    const std::optional<std::uint64_t> size = SizeOfInput(file);
    if (!size) return std::nullopt;
    sum += *size;
  }
  return sum;
}

}  // namespace

int Stat(const std::vector<std::string>& files, bool hex, const ConnectionOptions& options,
         Output& output) {
  using Clock = std::chrono::steady_clock;
  Clock::duration elapsed{};
  // The size of hex text says little about the octets in it.
  StatEvents events(hex ? std::nullopt : SizeOfAll(files), options.decode.extensions);
  for (const std::string& file : files) {
    Clock::time_point begin = Clock::now();
    try {
      const std::unique_ptr<Input> input = Open(file, hex);
      events.BeginFile(file);
      begin = Clock::now();
      DecodeConnection(*input, options, events);
    } catch (const Failure& failure) {
      events.Failed(failure);
    }
    elapsed += Clock::now() - begin;
  }
  if (events.files != 0) {
    WriteTable(events, options.decode.extensions, output);
    WriteRate(events, std::chrono::duration<double>(elapsed).count(), output);
    WriteErrors(events, output);
  }
  if (events.failures != 0) return kFailed;
  return events.errors == 0 ? kAllDecoded : kNotAllDecoded;
}

}  // namespace h2wire::tools
