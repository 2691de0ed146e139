// SPDX-License-Identifier: Apache-2.0

#include "json_reader.h"

namespace h2wire::tools {
namespace {

// What the name of a type stands for: its code, which has to be told for an unknown type.
FrameType TypeNamed(std::string_view name, std::string_view (*name_of)(FrameType)) {
  if (name == RawFrame::kName) Refuse("`type_code` is missing");
  for (int code = 0; code <= 0xff; ++code) {
    const FrameType type{static_cast<std::uint8_t>(code)};
    if (name_of(type) == name) return type;
  }
  Refuse("`type` names no type of frame");
}

FrameType TakeType(Members& members, bool raw, std::string_view (*name_of)(FrameType)) {
  const JsonValue* const name = members.Find("type");
  if (name != nullptr && name->kind != JsonValue::Kind::kString) Refuse("`type` is no string");
  const std::optional<std::uint64_t> code = members.NumberIfAny("type_code", 0xff);
  if (!code) {
    if (name == nullptr) Refuse("`type` and `type_code` are missing");
    return TypeNamed(name->text, name_of);
  }
  const FrameType type{static_cast<std::uint8_t>(*code)};
  if (name == nullptr) return type;
  if (name->text == RawFrame::kName && !raw) {
    Refuse("`payload` is missing, by which a frame of type UNKNOWN is given");
  }
  if (name->text != name_of(type) && name->text != RawFrame::kName) {
    Refuse("`type` is not ", std::string(name_of(type)), ", which the type code ", *code, " means");
  }
  return type;
}

}  // namespace

Head TakeHead(Members& members, bool raw, std::string_view (*name_of)(FrameType)) {
  Head head;
  (void)members.NumberIfAny("offset", ~std::uint64_t{0});
  head.length = members.NumberIfAny("length", kLargestMaxFrameSize);
  head.header.type = TakeType(members, raw, name_of);
  head.flags = members.NumberIfAny("flags", 0xff);
  head.header.flags = static_cast<std::uint8_t>(head.flags.value_or(0));
  head.header.reserved = members.BoolIfAny("reserved");
  head.header.stream_id = static_cast<StreamId>(members.Number("stream_id", kMaxStreamId));
  return head;
}

bool IsFrom(Members& members, std::string_view from) {
  const JsonValue* const side = members.Find("from");
  if (side == nullptr) return true;
  if (side->text != "client" && side->text != "server") Refuse("`from` is no side");
  if (from.empty()) {
    Refuse("it is of one side of a pair, and --from=client or --from=server says which is wanted");
  }
  return side->text == from;
}

std::vector<std::byte> TakeOctets(Members& members) {
  // What else such a line says follows from the octets, or is said of them.
  for (const char* const member :
       {"offset", "length", "type", "type_code", "flags", "reserved", "stream_id", "error",
        "incomplete", "have", "need", "undecoded"}) {
    (void)members.Find(member);
  }
  std::vector<std::byte> octets = members.Hex("octets");
  members.ExpectNoMore("a line with `octets`");
  return octets;
}

std::vector<std::byte> TakePreface(Members& members, bool first) {
  if (!members.Bool("preface")) Refuse("`preface` is not true");
  (void)members.NumberIfAny("offset", ~std::uint64_t{0});
  members.ExpectNoMore("the preface");
  if (!first) Refuse("the preface stands after other octets");
  const Bytes preface = AsBytes(kConnectionPreface);
  return {preface.begin(), preface.end()};
}

}  // namespace h2wire::tools
