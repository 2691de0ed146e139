// SPDX-License-Identifier: Apache-2.0

#include "stat.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "connection.h"
#include "failure.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard_limits.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "input.h"
#include "names.h"
#include "pair.h"
#include "printable.h"
#include "progress.h"
#include "watch.h"

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

// What is said of a side in a sentence and in a table.
constexpr std::string_view kBySide[] = {"by the client", "by the server", "by its sender"};
constexpr std::string_view kFromSide[] = {"client", "server", "not known"};

// Error codes that are told apart; those nobody named beyond them are one.
constexpr std::size_t kMostCodes = 1000;

// How often RST_STREAM and GOAWAY had which code, by who sent it.
class ErrorCodes {
 public:
  void Count(FrameType type, ErrorCode code, Side side) {
    if (counts_.size() >= kMostCodes && !counts_.contains({type, code}))
      ++others_;
    else
      ++counts_[{type, code}][static_cast<std::size_t>(side)];
  }

  void Write(Output& output) const {
    if (counts_.empty()) return;
    output.Append(absl::StrFormat("\n%-34s %12s %12s %12s\n", "error codes, by who sent them",
                                  kFromSide[0], kFromSide[1], kFromSide[2]));
    for (const auto& [key, sides] : counts_) {
      output.Append(
          absl::StrFormat("%-34s %12d %12d %12d\n",
                          absl::StrCat(std::string(NameOf(key.first)), " ", ToString(key.second)),
                          sides[0], sides[1], sides[2]));
    }
    if (others_ != 0) output.Append(absl::StrFormat("and %d of other codes\n", others_));
  }

 private:
  std::map<std::pair<FrameType, ErrorCode>, std::array<std::uint64_t, 3>> counts_;
  std::uint64_t others_ = 0;
};

// Streams that are told apart in a table.
constexpr std::size_t kMostStreams = 100'000;

// The streams of a connection, of which one side is seen or both.
class Streams {
 public:
  template <class F>
  void Count(Side side, const FrameHeader& header, const F& frame) {
    if (header.stream_id == 0) return;
    if (streams_.size() == kMostStreams && !streams_.contains(header.stream_id)) {
      more_ = true;
      return;
    }
    Stream& stream = streams_[header.stream_id];
    Half& half = stream.halves[static_cast<std::size_t>(side)];
    ++half.frames;
    half.octets += kFrameHeaderSize + header.length;
    if constexpr (std::same_as<F, DataFrame> || std::same_as<F, HeadersFrame>) {
      half.ended = half.ended || frame.end_stream;
    } else if constexpr (std::same_as<F, RstStreamFrame>) {
      if (!stream.reset) stream.reset = {frame.error_code, side};
    }
  }

  void Write(const std::string& name, Output& output) const {
    output.Append(absl::StrFormat("\nstreams of %s\n", name));
    output.Append(absl::StrFormat("%10s %12s %16s  %s\n", "stream", "frames", "octets", "ended"));
    for (const auto& [id, stream] : streams_) {
      std::uint64_t frames = 0;
      std::uint64_t octets = 0;
      for (const Half& half : stream.halves) {
        frames += half.frames;
        octets += half.octets;
      }
      output.Append(absl::StrFormat("%10d %12d %16d  %s\n", id, frames, octets, EndOf(stream)));
    }
    if (more_) output.Append(absl::StrFormat("and others, after the first %d\n", kMostStreams));
  }

 private:
  struct Half {
    std::uint64_t frames = 0;
    std::uint64_t octets = 0;
    bool ended = false;
  };
  struct Stream {
    std::array<Half, 3> halves{};
    std::optional<std::pair<ErrorCode, Side>> reset{};
  };

  static std::string EndOf(const Stream& stream) {
    if (stream.reset) {
      return absl::StrCat("RST_STREAM ", ToString(stream.reset->first), " ",
                          std::string(kBySide[static_cast<std::size_t>(stream.reset->second)]));
    }
    const auto& halves = stream.halves;
    if (halves[0].ended && halves[1].ended) return "END_STREAM by both";
    for (std::size_t side = 0; side < halves.size(); ++side) {
      if (halves[side].ended) return absl::StrCat("END_STREAM ", std::string(kBySide[side]));
    }
    return "open";
  }

  std::map<StreamId, Stream> streams_;
  bool more_ = false;
};

// Takes the events of DecodeConnection, of one file after the other.
class StatEvents {
 public:
  // `total`: octets in all, if that is known. `extensions`: as in DecodeOptions. `by_stream`:
  // whether streams are told apart.
  StatEvents(std::optional<std::uint64_t> total, bool extensions, bool by_stream)
      : progress_(total), extensions_(extensions), by_stream_(by_stream) {}

  // `side`: who sent what is in the file; kUnknown: what it begins with says so, if it does.
  void BeginFile(const std::string& file, Side side) {
    file_ = file;
    side_ = side;
    first_ = true;
    seen_ = false;
    done_ += std::exchange(offset_, 0);
  }

  // Who sent what is in the file, as far as it is known.
  [[nodiscard]] Side side() const { return side_; }

  // The side of a pair that the next event is of.
  void Select(const std::string& file, Side side) {
    file_ = file;
    side_ = side;
  }

  static constexpr bool TakesAllOctets() { return false; }

  void Preface() {
    See();
    ++prefaces;
    side_ = Side::kClient;
  }
  template <class F>
  void Frame(std::uint64_t offset, Bytes octets, const F& frame, const Alarm& alarm) {
    See();
    const FrameHeader header = LoadHeader(octets.data());
    if constexpr (std::same_as<F, SettingsFrame>) {
      // So begins a server, and a client not without the preface.
      if (first_ && side_ == Side::kUnknown && !frame.ack) side_ = Side::kServer;
    } else if constexpr (std::same_as<F, RstStreamFrame> || std::same_as<F, GoawayFrame>) {
      codes.Count(F::kType, frame.error_code, side_);
    }
    first_ = false;
    if (alarm.raised()) Error(offset, octets, alarm);
    if (alarm.ends()) return;
    if (by_stream_) streams.Count(side_, header, frame);
    const std::uint64_t size = kFrameHeaderSize + header.length;
    Counts& counts = by_type[static_cast<std::size_t>(header.type)];
    ++counts.frames;
    counts.octets += size;
    counts.smallest = std::min(counts.smallest, size);
    counts.largest = std::max(counts.largest, size);
    if constexpr (requires { frame.pad_length; }) counts.padding += frame.pad_length.value_or(0);
  }
  void Error(std::uint64_t offset, Bytes octets, const Alarm& alarm) {
    const std::string label = IsOfPreface(alarm.error.fault)
                                  ? std::string(kPrefaceLabel)
                                  : TypeLabel(LoadHeader(octets.data()).type, extensions_);
    AddError(offset, absl::StrCat(label, ": ", ToString(alarm.error)));
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
  ErrorCodes codes;
  Streams streams;  // of this file
  std::uint64_t files = 0;
  std::uint64_t failures = 0;
  std::uint64_t prefaces = 0;
  std::uint64_t errors = 0;
  std::vector<std::string> listed_errors;

 private:
  // A file counts if there is something in it.
  void See() {
    if (!std::exchange(seen_, true)) ++files;
  }

  void AddError(std::uint64_t offset, const std::string& sentence) {
    See();
    if (++errors > kListedErrors) return;
    listed_errors.push_back(
        absl::StrCat(Printable(NameOfInput(file_)), ", offset ", offset, ": ", sentence));
  }

  Progress progress_;
  bool extensions_;
  bool by_stream_;
  std::string file_;
  Side side_ = Side::kUnknown;
  bool seen_ = true;          // this file counts, or is one of a pair
  bool first_ = true;         // no frame of this file came
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

// Hands on the events of one side of a pair.
class SideEvents {
 public:
  SideEvents(StatEvents& events, std::string file, Side side)
      : events_(events), file_(std::move(file)), side_(side) {}

  static constexpr bool TakesAllOctets() { return false; }
  void Preface() { ++events_.prefaces; }
  template <class F>
  void Frame(std::uint64_t offset, Bytes octets, const F& frame, const Alarm& alarm) {
    events_.Select(file_, side_);
    events_.Frame(offset, octets, frame, alarm);
  }
  void Error(std::uint64_t offset, Bytes octets, const Alarm& alarm) {
    events_.Select(file_, side_);
    events_.Error(offset, octets, alarm);
  }
  void Incomplete(std::uint64_t offset, Bytes octets, std::size_t have, std::size_t need) {
    events_.Select(file_, side_);
    events_.Incomplete(offset, octets, have, need);
  }
  void Undecoded(std::uint64_t, Bytes) {}
  void BeforeRead(std::uint64_t) {}

 private:
  StatEvents& events_;
  std::string file_;
  Side side_;
};

// The streams of each connection, if they are asked for.
class Keeper {
 public:
  explicit Keeper(bool wanted) : wanted_(wanted) {}

  void Keep(std::string name, StatEvents& events) {
    Streams streams = std::exchange(events.streams, {});
    if (wanted_) connections_.emplace_back(std::move(name), std::move(streams));
  }
  void Write(Output& output) const {
    for (const auto& [name, streams] : connections_) streams.Write(name, output);
  }

 private:
  bool wanted_;
  std::vector<std::pair<std::string, Streams>> connections_;
};

// How near to the limits of the guards it came, by who sent it.
class LimitTables {
 public:
  void Keep(const Watch& watch, Side side) {
    Peaks& peaks = peaks_[static_cast<std::size_t>(side)];
    if (peaks.empty()) {
      peaks = watch.peaks();
      return;
    }
    for (std::size_t i = 0; i < peaks.size(); ++i) peaks[i] += watch.peaks()[i];
  }

  // `one_direction`: whether the guards saw no other.
  void Write(bool one_direction, Output& output) const {
    for (std::size_t side = 0; side < peaks_.size(); ++side) {
      if (peaks_[side].empty()) continue;
      output.Append(absl::StrFormat("\n%-30s %14s %10s %10s %12s %12s\n",
                                    absl::StrCat("limits, sent ", std::string(kBySide[side])),
                                    "value", "at once", "left", "in all", "frames above"));
      for (const Peak& peak : peaks_[side]) {
        const bool unjudged = one_direction && Watch::DependsOnOtherDirection(peak.row->fault);
        output.Append(
            absl::StrFormat("%-30s %14s %10d %10d %12s %12d%s\n", peak.row->name, TextOf(peak.most),
                            peak.most.used, peak.most.headroom(),
                            peak.row->kind == LimitRow::Kind::kRate ? absl::StrCat(peak.all) : "",
                            peak.too_many, unjudged ? "  not judged" : ""));
      }
      if (one_direction) output.Append("What is not judged hangs on the other direction.\n");
    }
  }

 private:
  std::array<Peaks, 3> peaks_;
};

// Who sends what reaches whom a guard is to be.
Side SideOf(const std::optional<WatchOptions>& watch) {
  if (!watch || watch->receiver == Receiver::kUnknown) return Side::kUnknown;
  return watch->receiver == Receiver::kServer ? Side::kClient : Side::kServer;
}

}  // namespace

int Stat(const Options& options, Output& output) {
  using Clock = std::chrono::steady_clock;
  Clock::duration elapsed{};
  const bool pair = options.files.empty();
  const std::vector<std::string> files =
      pair ? std::vector{options.client, options.server} : options.files;
  // The size of hex text says little about the octets in it.
  StatEvents events(options.hex || pair ? std::nullopt : SizeOfAll(files),
                    options.connection.decode.extensions, options.streams);
  Keeper streams(options.streams);
  LimitTables limits;
  const auto decode = [&](auto function) {
    Clock::time_point begin = Clock::now();
    try {
      function(begin);
    } catch (const Failure& failure) {
      events.Failed(failure);
    }
    elapsed += Clock::now() - begin;
  };
  if (pair) {
    decode([&](Clock::time_point& begin) {
      const std::unique_ptr<Input> client = Open(options.client, options.hex);
      const std::unique_ptr<Input> server = Open(options.server, options.hex);
      events.files = 2;
      begin = Clock::now();
      DecodePair(*client, *server, options.connection,
                 SideEvents(events, options.client, Side::kClient),
                 SideEvents(events, options.server, Side::kServer),
                 [&](const Watch& watch, Side side) { limits.Keep(watch, side); });
    });
    streams.Keep("the connection", events);
  } else {
    for (const std::string& file : files) {
      decode([&](Clock::time_point& begin) {
        const std::unique_ptr<Input> input = Open(file, options.hex);
        events.BeginFile(file, SideOf(options.connection.watch));
        begin = Clock::now();
        DecodeConnection(*input, options.connection, events,
                         [&](const Watch& watch) { limits.Keep(watch, events.side()); });
      });
      streams.Keep(Printable(NameOfInput(file)), events);
    }
  }
  if (events.files != 0) {
    WriteTable(events, options.connection.decode.extensions, output);
    WriteRate(events, std::chrono::duration<double>(elapsed).count(), output);
    events.codes.Write(output);
    streams.Write(output);
    limits.Write(/*one_direction=*/!pair, output);
    output.Append("\n");
    WriteErrors(events, output);
  }
  if (events.failures != 0) return kFailed;
  return events.errors == 0 ? kAllDecoded : kNotAllDecoded;
}

}  // namespace h2wire::tools
