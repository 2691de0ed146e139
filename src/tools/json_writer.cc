// SPDX-License-Identifier: Apache-2.0

#include "json_writer.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "names.h"

namespace h2wire::tools {

void JsonWriter::Number(std::uint64_t value) {
  Comma();
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  output_.Append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

void JsonWriter::Hex(Bytes octets) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  Comma();
  output_.Append('"');
  std::array<char, 4096> text;
  while (!octets.empty()) {
    const Bytes piece = octets.first(std::min(octets.size(), text.size() / 2));
    char* to = text.data();
    for (const std::byte octet : piece) {
      *to++ = kDigits[std::to_integer<std::size_t>(octet >> 4)];
      *to++ = kDigits[std::to_integer<std::size_t>(octet & std::byte{0xf})];
    }
    output_.Append(std::string_view(text.data(), 2 * piece.size()));
    octets = octets.subspan(piece.size());
  }
  output_.Append('"');
}

void JsonEvents::Preface() {
  writer_.Open('{');
  Number("offset", 0);
  writer_.Key("preface");
  writer_.Bool(true);
  End();
}

void JsonEvents::Error(std::uint64_t offset, Bytes octets, const FrameError& error) {
  Begin(offset, LoadHeader(octets.data()), /*with_type=*/false);
  writer_.Key("error");
  writer_.Open('{');
  writer_.Key("fault");
  writer_.String(ToString(error.fault));
  writer_.Key("code");
  writer_.String(NameOf(error.code));
  writer_.Key("scope");
  writer_.String(error.stream_id == 0 ? "connection" : "stream");
  Number("stream_id", error.stream_id);
  writer_.Key("message");
  writer_.String(Explanation(error.fault));
  writer_.Close('}');
  End();
}

void JsonEvents::Incomplete(std::uint64_t offset, std::size_t have, std::size_t need) {
  writer_.Open('{');
  Number("offset", offset);
  writer_.Key("incomplete");
  writer_.Bool(true);
  Number("have", have);
  Number("need", need);
  End();
}

void JsonEvents::Begin(std::uint64_t offset, const FrameHeader& header, bool with_type) {
  writer_.Open('{');
  Number("offset", offset);
  Number("length", header.length);
  if (with_type) {
    writer_.Key("type");
    writer_.String(TypeName(header.type, extensions_));
  }
  Number("type_code", static_cast<std::uint8_t>(header.type));
  Number("flags", header.flags);
  Number("stream_id", header.stream_id);
}

void JsonEvents::End() {
  writer_.Close('}');
  writer_.EndLine();
}

void JsonEvents::Number(std::string_view name, std::uint64_t value) {
  writer_.Key(name);
  writer_.Number(value);
}

}  // namespace h2wire::tools
