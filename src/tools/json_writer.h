// SPDX-License-Identifier: Apache-2.0

// Events as JSON, one object a line.
//
//   {"offset":0,"preface":true}
//   {"offset":24,"length":4,"type":"WINDOW_UPDATE","type_code":8,"flags":0,"stream_id":0,
//    "window_size_increment":65535}                                                   (one line)
//   {"offset":37,"length":4,"type_code":8,"flags":0,"stream_id":1,"error":{"fault":
//    "zero_window_increment","code":"PROTOCOL_ERROR","scope":"stream","stream_id":1,
//    "message":"the window size increment is 0 (RFC 9113, 6.9)"}}                     (one line)
//   {"offset":50,"incomplete":true,"have":3,"need":9}
//
// `length`, `type_code`, `flags` and `stream_id` are those of the nine octets, without the reserved
// bit. `type` is UNKNOWN for a type without a struct, and for extensions that are switched off.
// Then the members of the struct follow, under their names and in their order: numbers, booleans,
// octet strings in hex; what is optional only if it is there. An error code has its name beside it
// as `error_name`, a setting as `name`, if there is one. A frame that is unknown or must be ignored
// has its octets as `payload`. An error's `code` is the name of the code, its `stream_id` 0 if the
// scope is the connection.
//
// Beside an error of what stands in a preface's or the first frame's place (http1_request,
// http1_response, tls, bad_preface) stands what the first nine octets, which are no header, would
// say.
//
// An error that is known before the last octet of its frame is reported then. If it is a stream's,
// and the input ends before the frame does, a line that says `incomplete` follows, with the same
// offset.

#ifndef H2WIRE_TOOLS_JSON_WRITER_H_
#define H2WIRE_TOOLS_JSON_WRITER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/walk/no_rules.h"
#include "output.h"

namespace h2wire::tools {

// Writes JSON as it is told it, without building it: a frame of 16 MiB takes no memory. None of the
// strings needs escaping: they are hex, or names and sentences of the library.
class JsonWriter {
 public:
  explicit JsonWriter(Output& output) : output_(output) {}

  void Key(std::string_view name) {
    Comma();
    output_.Append('"');
    output_.Append(name);
    output_.Append("\":");
    first_ = true;  // no comma before the value
  }
  void Number(std::uint64_t value);
  void Bool(bool value) {
    Comma();
    output_.Append(value ? "true" : "false");
  }
  void String(std::string_view text) {
    Comma();
    output_.Append('"');
    output_.Append(text);
    output_.Append('"');
  }
  void Hex(Bytes octets);
  void Open(char bracket) {
    Comma();
    output_.Append(bracket);
    first_ = true;
  }
  void Close(char bracket) {
    output_.Append(bracket);
    first_ = false;
  }
  void EndLine() {
    output_.Append("\n");
    first_ = true;
  }

 private:
  void Comma() {
    if (!first_) output_.Append(',');
    first_ = false;
  }

  Output& output_;
  bool first_ = true;
};

// The walk that writes the members of a frame, but for those that its header has.
class JsonFields : public internal::NoRules {
 public:
  explicit JsonFields(JsonWriter& writer) : writer_(writer) {}

  void Stream(StreamId) {}
  void StreamOrConnection(StreamId) {}
  void Header(const RawHeader&) {}
  void Flag(std::uint8_t, std::string_view name, bool on) { Bool(name, on); }
  void PadLength(const std::optional<std::uint8_t>& length) {
    if (length) Number("pad_length", *length);
  }
  void U8(std::string_view name, std::uint8_t value) { Number(name, value); }
  void U31(std::string_view name, std::uint32_t value) { Number(name, value); }
  template <class T>
  void U32(std::string_view name, T value) {
    Number(name, static_cast<std::uint32_t>(value));
    if constexpr (std::is_same_v<T, ErrorCode>) Name("error_name", NameOf(value));
  }
  void BitAndU31(std::string_view bit_name, bool bit, std::string_view name, std::uint32_t value) {
    Bool(bit_name, bit);
    Number(name, value);
  }
  template <std::size_t kSize>
  void Octets(std::string_view name, const std::array<std::byte, kSize>& octets) {
    Rest(name, Bytes(octets), 1);
  }
  template <class Fields>
  void Group(std::string_view name, const Fields& fields) {
    writer_.Key(name);
    writer_.Open('{');
    Fields::Layout(fields, *this);
    writer_.Close('}');
  }
  template <class Fields>
  void Optional(std::uint8_t, std::string_view name, const std::optional<Fields>& fields) {
    if (fields) Group(name, *fields);
  }
  void Sized16(std::string_view name, Bytes bytes, Fault) { Rest(name, bytes, 1); }
  void Rest(std::string_view name, Bytes bytes, std::size_t) {
    writer_.Key(name);
    writer_.Hex(bytes);
  }
  void Rest(std::string_view name, SettingsView settings, std::size_t) {
    writer_.Key(name);
    writer_.Open('[');
    for (const Setting setting : settings) {
      writer_.Open('{');
      Number("id", static_cast<std::uint16_t>(setting.id));
      Name("name", NameOf(setting.id));
      Number("value", setting.value);
      writer_.Close('}');
    }
    writer_.Close(']');
  }
  void Rest(std::string_view name, OriginsView origins, std::size_t) {
    writer_.Key(name);
    writer_.Open('[');
    for (const Bytes origin : origins) writer_.Hex(origin);
    writer_.Close(']');
  }

 private:
  void Number(std::string_view name, std::uint64_t value) {
    writer_.Key(name);
    writer_.Number(value);
  }
  void Bool(std::string_view name, bool value) {
    writer_.Key(name);
    writer_.Bool(value);
  }
  void Name(std::string_view key, std::string_view name) {
    if (name.empty()) return;
    writer_.Key(key);
    writer_.String(name);
  }

  JsonWriter& writer_;
};

// Takes the events of DecodeConnection.
class JsonEvents {
 public:
  // `extensions`: as in DecodeOptions.
  JsonEvents(Output& output, bool extensions)
      : output_(output), writer_(output), extensions_(extensions) {}

  void Preface();
  template <class F>
  void Frame(std::uint64_t offset, const FrameHeader& header, const F& frame) {
    Begin(offset, header, /*with_type=*/true);
    JsonFields fields(writer_);
    F::Layout(frame, fields);
    End();
  }
  void Error(std::uint64_t offset, Bytes octets, const FrameError& error);
  void Incomplete(std::uint64_t offset, std::size_t have, std::size_t need);
  void BeforeRead(std::uint64_t) { output_.Flush(); }

 private:
  void Begin(std::uint64_t offset, const FrameHeader& header, bool with_type);
  void End();
  void Number(std::string_view name, std::uint64_t value);

  Output& output_;
  JsonWriter writer_;
  bool extensions_;
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_JSON_WRITER_H_
