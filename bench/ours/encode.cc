// SPDX-License-Identifier: Apache-2.0

// A row per operation of the encoder: a function from a record to a frame, and its line in
// OurEncoders().
#include "h2wire/encode.h"

#include <vector>

#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "ours.h"

namespace h2wire::bench {
namespace {

DataFrame DataOf(const Record& record) {
  return {.stream_id = record.stream_id, .data = BodyOf(record)};
}
HeadersFrame HeadersOf(const Record& record) {
  return {.stream_id = record.stream_id, .end_headers = true, .fragment = BodyOf(record)};
}
PriorityFrame PriorityOf(const Record& record) {
  return {.stream_id = record.stream_id, .priority = {.depends_on = record.value, .weight = 15}};
}
RstStreamFrame RstStreamOf(const Record& record) {
  return {.stream_id = record.stream_id, .error_code = ErrorCode{record.value}};
}
SettingsFrame SettingsOf(const Record&) {
  static constexpr auto kSettings = PackSettings({{SettingId::kMaxConcurrentStreams, 100},
                                                  {SettingId::kInitialWindowSize, 1 << 20},
                                                  {SettingId::kMaxFrameSize, 1 << 20}});
  return {.settings = kSettings};
}
PushPromiseFrame PushPromiseOf(const Record& record) {
  return {.stream_id = record.stream_id,
          .end_headers = true,
          .promised_stream_id = record.stream_id + 1,
          .fragment = BodyOf(record)};
}
PingFrame PingOf(const Record& record) {
  PingFrame frame;
  StoreBig(frame.opaque_data.data(), std::uint64_t{record.value});
  return frame;
}
GoawayFrame GoawayOf(const Record& record) {
  return {.last_stream_id = record.stream_id,
          .error_code = ErrorCode{record.value},
          .debug_data = BodyOf(record)};
}
WindowUpdateFrame WindowUpdateOf(const Record& record) {
  return {.stream_id = record.stream_id, .window_size_increment = record.value};
}
ContinuationFrame ContinuationOf(const Record& record) {
  return {.stream_id = record.stream_id, .end_headers = true, .fragment = BodyOf(record)};
}

AltSvcFrame AltSvcOf(const Record& record) {
  return {.stream_id = record.stream_id, .alt_svc_field_value = BodyOf(record)};
}
OriginFrame OriginOf(const Record&) {
  static const std::vector<std::byte> entry = [] {  // made when run, or all of it is a constant
    std::vector<std::byte> made(2 + kOrigin.size());
    const Bytes origin = AsBytes(kOrigin);
    (void)PackOrigins({&origin, 1}, made);
    return made;
  }();
  return {.origins = entry};
}
PriorityUpdateFrame PriorityUpdateOf(const Record& record) {
  return {.prioritized_stream_id = record.stream_id, .priority_field_value = BodyOf(record)};
}
RawFrame UnknownOf(const Record& record) {
  return {.header = {.type = FrameType{kUnknownType}, .stream_id = record.stream_id},
          .payload = BodyOf(record)};
}

template <auto kFrameOf>
[[gnu::noinline]] std::size_t EncodeEach(std::span<const Record> records,
                                         std::span<std::byte> out) {
  MutableBytes left = out;
  for (const Record& record : records) {
    const Encoded encoded = Encode(kFrameOf(record), left);
    if (encoded.fault != Fault::kNone) return 0;
    left = left.subspan(encoded.size);
  }
  return out.size() - left.size();
}

// From frames that are there already, in variants.
[[gnu::noinline]] std::size_t EncodeVariants(std::span<const Record> records,
                                             std::span<std::byte> out) {
  static const std::vector<Frame> frames = [records] {
    std::vector<Frame> made;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i % 3 == 0) made.push_back(DataOf(records[i]));
      if (i % 3 == 1) made.push_back(HeadersOf(records[i]));
      if (i % 3 == 2) made.push_back(WindowUpdateOf(records[i]));
    }
    return made;
  }();
  MutableBytes left = out;
  for (const Frame& frame : frames) {
    const Encoded encoded = Encode(frame, left);
    if (encoded.fault != Fault::kNone) return 0;
    left = left.subspan(encoded.size);
  }
  return out.size() - left.size();
}

// For a gathering write: the head is written, the data stays where it is.
[[gnu::noinline]] std::size_t SplitData(std::span<const Record> records, std::span<std::byte> out) {
  std::byte* at = out.data();
  for (const Record& record : records) {
    const Parts parts =
        Split(DataFrame{.stream_id = record.stream_id, .data = Bytes(kBody).first(record.value)});
    if (parts.fault != Fault::kNone) return 0;
    internal::CopyOctets(at, parts.head());
    at += parts.head_size;
  }
  return static_cast<std::size_t>(at - out.data());
}

[[gnu::noinline]] std::size_t MeasureData(std::span<const Record> records, std::span<std::byte>) {
  std::size_t size = 0;
  for (const Record& record : records) size += EncodedSize(DataOf(record));
  return size;
}

}  // namespace

std::vector<Encoder> OurEncoders() {
  return {
      {"window-update", "Encode", Role::kOurs, EncodeEach<WindowUpdateOf>},
      {"data-head", "Split", Role::kOurs, SplitData},
      {"data", "Encode", Role::kOurs, EncodeEach<DataOf>},
      {"data", "EncodedSize", Role::kOurs, MeasureData, Encoder::Writes::kOnlySize},
      {"headers", "Encode", Role::kOurs, EncodeEach<HeadersOf>},
      {"priority", "Encode", Role::kOurs, EncodeEach<PriorityOf>},
      {"rst-stream", "Encode", Role::kOurs, EncodeEach<RstStreamOf>},
      {"settings", "Encode", Role::kOurs, EncodeEach<SettingsOf>},
      {"push-promise", "Encode", Role::kOurs, EncodeEach<PushPromiseOf>},
      {"ping", "Encode", Role::kOurs, EncodeEach<PingOf>},
      {"goaway", "Encode", Role::kOurs, EncodeEach<GoawayOf>},
      {"continuation", "Encode", Role::kOurs, EncodeEach<ContinuationOf>},
      {"altsvc", "Encode", Role::kOurs, EncodeEach<AltSvcOf>},
      {"origin", "Encode", Role::kOurs, EncodeEach<OriginOf>},
      {"priority-update", "Encode", Role::kOurs, EncodeEach<PriorityUpdateOf>},
      {"unknown", "Encode", Role::kOurs, EncodeEach<UnknownOf>},
      {"mixed", "Encode", Role::kOurs, EncodeVariants},
  };
}

}  // namespace h2wire::bench
