// SPDX-License-Identifier: Apache-2.0

// Events as JSON, one object a line, which json_reader.h reads back to the last octet. README.md
// has the table of members.
//
//   {"offset":0,"preface":true}
//   {"offset":24,"length":4,"type":"WINDOW_UPDATE","type_code":8,"flags":0,"stream_id":0,
//    "window_size_increment":65535}                                                   (one line)
//   {"offset":37,"length":4,"type":"WINDOW_UPDATE","type_code":8,"flags":0,"stream_id":1,
//    "error":{"fault":"zero_window_increment","code":"PROTOCOL_ERROR","scope":"stream",
//    "stream_id":1,"message":"the window size increment is 0 (RFC 9113, 6.9)"},
//    "octets":"00000408000000000100000000"}                                           (one line)
//   {"offset":50,"incomplete":true,"have":3,"need":9,"octets":"000004"}

#ifndef H2WIRE_TOOLS_JSON_WRITER_H_
#define H2WIRE_TOOLS_JSON_WRITER_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/walk/no_rules.h"
#include "h2wire/walk/text.h"
#include "leftovers.h"
#include "names.h"
#include "output.h"
#include "watch.h"

namespace h2wire::tools {

// Whether octets are shown as text beside their hex: all can be printed, and there are some.
inline bool IsText(Bytes octets) {
  for (const std::byte octet : octets) {
    if (!internal::IsPrintable(octet)) return false;
  }
  return !octets.empty();
}

// A line as it is written, without being built: a frame of 16 MiB takes no memory.
class JsonLine {
 public:
  H2WIRE_ALWAYS_INLINE explicit JsonLine(Output& output)
      : output_(output), room_(output.GetRoom(0)) {}
  JsonLine(const JsonLine&) = delete;
  JsonLine& operator=(const JsonLine&) = delete;
  H2WIRE_ALWAYS_INLINE void End() {
    Close('}');
    Ensure(1);
    *room_.at++ = '\n';
    output_.Fill(room_);
  }

  H2WIRE_ALWAYS_INLINE void Number(std::string_view name, std::uint64_t value) {
    Ensure(name.size() + kPunctuation + internal::kMostDigits);
    PutKey(name);
    room_.at = internal::ToDecimal(room_.at, value);
  }
  H2WIRE_ALWAYS_INLINE void Bool(std::string_view name, bool value) {
    Ensure(name.size() + kPunctuation + 5);
    PutKey(name);
    value ? Put("true") : Put("false");
  }
  // A string that needs no escaping: the names and sentences of the library, and of a user's
  // structs.
  H2WIRE_ALWAYS_INLINE void String(std::string_view name, std::string_view text) {
    Ensure(name.size() + kPunctuation + text.size());
    PutKey(name);
    *room_.at++ = '"';
    Put(text);
    *room_.at++ = '"';
  }
  H2WIRE_ALWAYS_INLINE void Hex(std::string_view name, Bytes octets) {
    Ensure(name.size() + kPunctuation);
    PutKey(name);
    Hex(octets);
  }
  // Octets of which IsText is true, as text.
  void Text(std::string_view name, Bytes octets) {
    Ensure(name.size() + kPunctuation);
    PutKey(name);
    Text(octets);
  }
  // An object; or a list, whose elements have no names.
  H2WIRE_ALWAYS_INLINE void Open(std::string_view name, char bracket) {
    Ensure(name.size() + kPunctuation);
    PutKey(name);
    separator_ = bracket;
  }
  H2WIRE_ALWAYS_INLINE void OpenElement() {
    Ensure(kPunctuation);
    PutSeparator();
    separator_ = '{';
  }
  H2WIRE_ALWAYS_INLINE void HexElement(Bytes octets) {
    Ensure(kPunctuation);
    PutSeparator();
    Hex(octets);
  }
  void TextElement(Bytes octets) {
    Ensure(kPunctuation);
    PutSeparator();
    Text(octets);
  }
  H2WIRE_ALWAYS_INLINE void Close(char bracket) {
    Ensure(2);
    if (separator_ != ',') PutSeparator();  // there was nothing in it
    *room_.at++ = bracket;
  }
  // Members that are rare, written out of line by a function of the line.
  template <class Write>
  H2WIRE_ALWAYS_INLINE void Apart(Write write) {
    room_ = WriteApart(output_, room_, separator_, write);
    separator_ = ',';
  }

 private:
  JsonLine(Output& output, Output::Room room, char separator)
      : output_(output), room_(room), separator_(separator) {}

  // More than a separator, the quotes of a name and of a value, a colon and a bracket.
  static constexpr std::size_t kPunctuation = 8;

  H2WIRE_ALWAYS_INLINE void Ensure(std::size_t size) {
    if (room_.size() < size) [[unlikely]]
      room_ = More(output_, room_, size);
  }
  // All out of line take the room and return it, so that otherwise it stays in registers.
  static Output::Room More(Output& output, Output::Room room, std::size_t size);
  template <class Write>
  H2WIRE_NOINLINE static Output::Room WriteApart(Output& output, Output::Room room, char separator,
                                                 Write write) {
    JsonLine line(output, room, separator);
    write(line);
    return line.room_;
  }
  static Output::Room HexInPieces(Output& output, Output::Room room, Bytes octets);
  static Output::Room TextInPieces(Output& output, Output::Room room, Bytes octets);

  H2WIRE_ALWAYS_INLINE void Put(std::string_view text) {
    std::memcpy(room_.at, text.data(), text.size());
    room_.at += text.size();
  }
  H2WIRE_ALWAYS_INLINE void PutSeparator() {
    *room_.at++ = separator_;
    separator_ = ',';
  }
  H2WIRE_ALWAYS_INLINE void PutKey(std::string_view name) {
    PutSeparator();
    *room_.at++ = '"';
    Put(name);
    Put("\":");
  }
  H2WIRE_ALWAYS_INLINE void Hex(Bytes octets) {
    if (room_.size() / 2 <= octets.size()) [[unlikely]] {
      room_ = HexInPieces(output_, room_, octets);
      return;
    }
    *room_.at++ = '"';
    room_.at = internal::ToHex(room_.at, octets);
    *room_.at++ = '"';
  }
  void Text(Bytes octets) { room_ = TextInPieces(output_, room_, octets); }

  Output& output_;
  Output::Room room_;
  char separator_ = '{';  // before the next member or element: what opens the object, or a comma
};

// Whether the octet strings of F are made for people, and so shown as text too.
template <class F>
inline constexpr bool kHasText =
    std::same_as<F, GoawayFrame> || std::same_as<F, AltSvcFrame> || std::same_as<F, OriginFrame> ||
    std::same_as<F, PriorityUpdateFrame>;

// The walk that writes the members of a frame, but for those that its header has.
template <AnyFrameSet Set, bool kText>
class JsonFields : public internal::NoRules {
 public:
  H2WIRE_ALWAYS_INLINE explicit JsonFields(JsonLine& line) : line_(line) {}

  H2WIRE_ALWAYS_INLINE void Stream(StreamId) {}
  H2WIRE_ALWAYS_INLINE void StreamOrConnection(StreamId) {}
  H2WIRE_ALWAYS_INLINE void Header(const RawHeader&) {}
  H2WIRE_ALWAYS_INLINE void Flag(std::uint8_t, std::string_view name, bool on) {
    line_.Bool(name, on);
  }
  H2WIRE_ALWAYS_INLINE void PadLength(const std::optional<std::uint8_t>& length) {
    if (length) line_.Number("pad_length", *length);
  }
  H2WIRE_ALWAYS_INLINE void U8(std::string_view name, std::uint8_t value) {
    line_.Number(name, value);
  }
  H2WIRE_ALWAYS_INLINE void U31(std::string_view name, std::uint32_t value) {
    line_.Number(name, value);
  }
  template <class T>
  H2WIRE_ALWAYS_INLINE void U32(std::string_view name, T value) {
    line_.Number(name, static_cast<std::uint32_t>(value));
    if constexpr (std::same_as<T, ErrorCode>) Name("error_name", NameOf(value));
  }
  H2WIRE_ALWAYS_INLINE void BitAndU31(std::string_view bit_name, bool bit, std::string_view name,
                                      std::uint32_t value) {
    line_.Bool(bit_name, bit);
    line_.Number(name, value);
  }
  template <std::size_t kSize>
  H2WIRE_ALWAYS_INLINE void Octets(std::string_view name,
                                   const std::array<std::byte, kSize>& octets) {
    line_.Hex(name, octets);
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE void Group(std::string_view name, const Fields& fields) {
    line_.Open(name, '{');
    Fields::Layout(fields, *this);
    if constexpr (std::same_as<Fields, Priority>) {
      line_.Number("weight_plus_one", std::uint64_t{1} + fields.weight);
    }
    line_.Close('}');
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE void Optional(std::uint8_t, std::string_view name,
                                     const std::optional<Fields>& fields) {
    if (fields) Group(name, *fields);
  }
  H2WIRE_ALWAYS_INLINE void Sized16(std::string_view name, Bytes bytes, Fault) {
    Rest(name, bytes, 1);
  }
  H2WIRE_ALWAYS_INLINE void Rest(std::string_view name, Bytes bytes, std::size_t) {
    line_.Hex(name, bytes);
    if constexpr (kText) {
      if (IsText(bytes)) {
        line_.Apart([name, bytes](JsonLine& rare) {
          rare.Text(absl::StrCat(std::string(name), "_text"), bytes);
        });
      }
    }
  }
  // A user's view.
  H2WIRE_ALWAYS_INLINE void Rest(std::string_view name, const auto& view, std::size_t unit) {
    Rest(name, view.octets(), unit);
  }
  H2WIRE_ALWAYS_INLINE void Rest(std::string_view name, SettingsView settings, std::size_t) {
    line_.Open(name, '[');
    for (const Setting setting : settings) {
      line_.OpenElement();
      line_.Number("id", static_cast<std::uint16_t>(setting.id));
      Name("name", NameOf<Set>(setting.id));
      line_.Number("value", setting.value);
      line_.Close('}');
    }
    line_.Close(']');
  }
  H2WIRE_ALWAYS_INLINE void Rest(std::string_view name, OriginsView origins, std::size_t) {
    bool text = kText;
    line_.Open(name, '[');
    for (const Bytes origin : origins) {
      line_.HexElement(origin);
      text = text && (origin.empty() || IsText(origin));
    }
    line_.Close(']');
    if (!text || origins.empty()) return;
    line_.Apart([name, origins](JsonLine& rare) {
      rare.Open(absl::StrCat(std::string(name), "_text"), '[');
      for (const Bytes origin : origins) rare.TextElement(origin);
      rare.Close(']');
    });
  }

 private:
  H2WIRE_ALWAYS_INLINE void Name(std::string_view key, std::string_view name) {
    if (!name.empty()) line_.String(key, name);
  }

  JsonLine& line_;
};

// Takes the events of DecodeConnection. `Set`: the types that are decoded.
template <AnyFrameSet Set>
class JsonEventsOf {
 public:
  // Every octet of the input is in a line.
  static constexpr bool TakesAllOctets() { return true; }

  // `extensions`: as in DecodeOptions. `from`: who sent the frames, if lines are to say it.
  JsonEventsOf(Output& output, bool extensions, std::string_view from = {})
      : output_(output), extensions_(extensions), from_(from) {}

  void Preface() {
    JsonLine line(output_);
    Begin(line, 0);
    line.Bool("preface", true);
    line.End();
  }

  template <class F>
  H2WIRE_ALWAYS_INLINE void Frame(std::uint64_t offset, Bytes octets, const F& frame,
                                  const Alarm& alarm) {
    const FrameHeader header = LoadHeader(octets.data());
    JsonLine line(output_);
    WriteHeader<F>(line, offset, header);
    JsonFields<Set, kHasText<F>> fields(line);
    F::Layout(frame, fields);
    ForEachLeftover(
        frame, octets.subspan(kFrameHeaderSize),
        [&](std::string_view name) H2WIRE_ALWAYS_INLINE {
          line.Apart([name](JsonLine& rare) {
            rare.Bool(absl::StrCat(std::string(name), "_reserved"), true);
          });
        },
        [&](Bytes padding) H2WIRE_ALWAYS_INLINE { line.Hex("padding", padding); });
    if (alarm.raised()) [[unlikely]] {
      line.Apart([&alarm](JsonLine& rare) { WriteError(rare, alarm); });
    }
    line.End();
  }

  void Error(std::uint64_t offset, Bytes octets, const Alarm& alarm) {
    JsonLine line(output_);
    if (IsOfPreface(alarm.error.fault)) {
      Begin(line, offset);
      line.String("type", kPrefaceLabel);
    } else {
      WriteHeader<RawFrame>(line, offset, LoadHeader(octets.data()));
    }
    WriteError(line, alarm);
    line.Hex("octets", octets);
    line.End();
  }

  void Incomplete(std::uint64_t offset, Bytes octets, std::size_t have, std::size_t need) {
    JsonLine line(output_);
    Begin(line, offset);
    line.Bool("incomplete", true);
    line.Number("have", have);
    line.Number("need", need);
    line.Hex("octets", octets);
    line.End();
  }

  void Undecoded(std::uint64_t offset, Bytes octets) {
    JsonLine line(output_);
    Begin(line, offset);
    line.Bool("undecoded", true);
    line.Hex("octets", octets);
    line.End();
  }

  void BeforeRead(std::uint64_t) { output_.Flush(); }

 private:
  H2WIRE_ALWAYS_INLINE void Begin(JsonLine& line, std::uint64_t offset) const {
    line.Number("offset", offset);
    if (!from_.empty()) [[unlikely]]
      line.String("from", from_);
  }

  template <class F>
  H2WIRE_ALWAYS_INLINE void WriteHeader(JsonLine& line, std::uint64_t offset,
                                        const FrameHeader& header) {
    Begin(line, offset);
    line.Number("length", header.length);
    if constexpr (std::same_as<F, RawFrame>) {
      line.String("type", TypeName<Set>(header.type, extensions_));
    } else {
      line.String("type", F::kName);
    }
    line.Number("type_code", static_cast<std::uint8_t>(header.type));
    line.Number("flags", header.flags);
    if (header.reserved) [[unlikely]]
      line.Bool("reserved", true);
    line.Number("stream_id", header.stream_id);
  }

  static void WriteError(JsonLine& line, const Alarm& alarm) {
    const FrameError& error = alarm.error;
    line.Open("error", '{');
    line.String("fault", RowOf(error.fault).name);
    line.String("code", NameOf(error.code));
    line.String("scope", error.stream_id == 0 ? "connection" : "stream");
    line.Number("stream_id", error.stream_id);
    line.String("message", Explanation(error.fault));
    if (!alarm.limit.name.empty()) {
      line.String("limit", alarm.limit.name);
      line.String("limit_value", TextOf(alarm.limit));
      line.Number("seen", alarm.limit.used);
    }
    line.Close('}');
  }

  Output& output_;
  bool extensions_;
  std::string_view from_;
};

using JsonEvents = JsonEventsOf<Frame>;

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_JSON_WRITER_H_
