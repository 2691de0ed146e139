// SPDX-License-Identifier: Apache-2.0

// The octets that a line of JSON stands for: the inverse of json_writer.h.
//
// A line must say everything once: a member that is missing, there twice, of another type, out of
// range or unknown is refused. What follows from the rest may be left out, and must be true if it
// is there: `length`, `flags` (but not of a frame given by its `payload`), `type_code` or `type`,
// names and texts. What a receiver ignores is nothing if it is left out: reserved bits, padding
// other than zeros. `offset` may be left out too; it says where the frame was. Of what `error` says
// nothing is looked at.
//
// Time is linear in the size of the line. Memory is at most twelve times that of the longest frame,
// whatever the line is; a line is never in memory as a whole.

#ifndef H2WIRE_TOOLS_JSON_READER_H_
#define H2WIRE_TOOLS_JSON_READER_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/no_rules.h"
#include "json_line.h"
#include "json_writer.h"
#include "leftovers.h"
#include "names.h"

namespace h2wire::tools {

// The octets of `line`, which is those of the preface if it says so; `Set`: the types of frames
// that have members of their own. `first`: whether no octets come before. Throws Refusal.
// `from`: of a pair, whose lines are wanted, as they say it; those of the other have no octets.
template <AnyFrameSet Set = Frame>
std::vector<std::byte> OctetsOfLine(LineText& line, bool first, std::string_view from = {});
template <AnyFrameSet Set = Frame>
std::vector<std::byte> OctetsOfLine(std::string_view line, bool first);

// What the octet strings of a frame are kept in while it is encoded: each stays where it is.
using Kept = std::deque<std::vector<std::byte>>;

// The walk that fills a frame from the members of an object. `header` is what the line says of the
// nine octets. Rules are judged when the frame is encoded.
template <bool kText>
class FieldsFromJson : public internal::NoRules {
 public:
  FieldsFromJson(Members& members, const RawHeader& header, Kept& kept)
      : members_(members), header_(header), kept_(kept) {}

  void Stream(StreamId& id) { id = header_.stream_id; }
  void StreamOrConnection(StreamId& id) { id = header_.stream_id; }
  void Header(RawHeader& header) { header = header_; }
  void Flag(std::uint8_t, std::string_view name, bool& on) { on = members_.Bool(name); }
  void PadLength(std::optional<std::uint8_t>& length) {
    const std::optional<std::uint64_t> value = members_.NumberIfAny("pad_length", 0xff);
    if (value) length = static_cast<std::uint8_t>(*value);
  }
  void U8(std::string_view name, std::uint8_t& value) {
    value = static_cast<std::uint8_t>(members_.Number(name, 0xff));
  }
  void U31(std::string_view name, std::uint32_t& value) {
    value = static_cast<std::uint32_t>(members_.Number(name, 0x7fff'ffff));
  }
  template <class T>
  void U32(std::string_view name, T& value) {
    value = T{static_cast<std::uint32_t>(members_.Number(name, 0xffff'ffff))};
    if constexpr (std::same_as<T, ErrorCode>) members_.NameIfAny("error_name", NameOf(value));
  }
  void BitAndU31(std::string_view bit_name, bool& bit, std::string_view name,
                 std::uint32_t& value) {
    bit = members_.Bool(bit_name);
    U31(name, value);
  }
  template <std::size_t kSize>
  void Octets(std::string_view name, std::array<std::byte, kSize>& octets) {
    const std::vector<std::byte> value = members_.Hex(name);
    if (value.size() != kSize) {
      Refuse(members_.Path(name), " has ", value.size(), " octets and not ", kSize);
    }
    std::copy(value.begin(), value.end(), octets.begin());
  }
  template <class Fields>
  void Group(std::string_view name, Fields& fields) {
    Members inner(members_.Take(name), std::string(name));
    FieldsFromJson walk(inner, header_, kept_);
    Fields::Layout(fields, walk);
    if constexpr (std::same_as<Fields, Priority>) {
      const std::uint64_t weight = std::uint64_t{1} + fields.weight;
      if (inner.NumberIfAny("weight_plus_one", 256).value_or(weight) != weight) {
        Refuse(inner.Path("weight_plus_one"), " is not ", weight);
      }
    }
    inner.ExpectNoMore(Quoted(name));
  }
  template <class Fields>
  void Optional(std::uint8_t, std::string_view name, std::optional<Fields>& fields) {
    if (members_.Has(name)) Group(name, fields.emplace());
  }
  void Sized16(std::string_view name, Bytes& bytes, Fault) { Rest(name, bytes, 1); }
  void Rest(std::string_view name, Bytes& bytes, std::size_t) {
    bytes = Keep(members_.Hex(name));
    if constexpr (kText) members_.TextIfAny(absl::StrCat(std::string(name), "_text"), bytes);
  }
  // A user's view.
  void Rest(std::string_view name, auto& view, std::size_t unit) {
    Bytes bytes;
    Rest(name, bytes, unit);
    view = std::remove_cvref_t<decltype(view)>(bytes);
  }
  void Rest(std::string_view name, SettingsView& view, std::size_t) {
    const JsonList& list = members_.List(name);
    if (list.no_setting) Refuse(*list.no_setting);
    view = SettingsView(Bytes(list.settings));  // which the line keeps
  }
  void Rest(std::string_view name, OriginsView& view, std::size_t) {
    const JsonList& list = members_.List(name);
    const auto path = [&](std::size_t index) {
      return members_.Path(absl::StrCat(std::string(name), "[", index, "]"));
    };
    if (list.no_string) Refuse(path(*list.no_string), " is no string of hex digits");
    std::vector<std::byte> octets;
    octets.reserve(2 * list.size + list.texts.size() / 2);
    for (std::size_t i = 0; i < list.size; ++i) {
      const std::string_view text = list.Text(i);
      if (text.size() > std::size_t{2} * 0xffff) Refuse(path(i), " has more than 65535 octets");
      const auto length = static_cast<std::uint16_t>(text.size() / 2);
      octets.push_back(static_cast<std::byte>(length >> 8));
      octets.push_back(static_cast<std::byte>(length & 0xff));
      if (text.empty()) continue;
      const std::vector<std::byte> origin = Members::ToOctets(text, path(i));
      octets.insert(octets.end(), origin.begin(), origin.end());
    }
    view = OriginsView(Keep(std::move(octets)));
    if constexpr (kText) members_.TextsIfAny(absl::StrCat(std::string(name), "_text"), view);
  }

 private:
  Bytes Keep(std::vector<std::byte> octets) { return kept_.emplace_back(std::move(octets)); }

  Members& members_;
  const RawHeader& header_;
  Kept& kept_;
};

// What a line says of the nine octets, and what it leaves to the rest.
struct Head {
  RawHeader header;
  std::optional<std::uint64_t> length;
  std::optional<std::uint64_t> flags;
};

// `name_of` is a function from a type to its name.
Head TakeHead(Members& members, bool raw, std::string_view (*name_of)(FrameType));

// Whether the line is of the side `from`.
bool IsFrom(Members& members, std::string_view from);

// The octets of a line that gives them: of a frame in error, of one that is cut off, of what was
// not decoded.
std::vector<std::byte> TakeOctets(Members& members);

std::vector<std::byte> TakePreface(Members& members, bool first);

// The octets of a frame of type F.
template <class F>
std::vector<std::byte> OctetsOfFrame(Members& members, const Head& head) {
  constexpr bool kRaw = std::same_as<F, RawFrame>;
  const std::string kind =
      kRaw ? "a raw frame" : absl::StrCat("a frame of type ", std::string(F::kName));
  F frame;
  Kept kept;
  FieldsFromJson<kHasText<F>> fields(members, head.header, kept);
  F::Layout(frame, fields);

  std::vector<std::byte> octets(EncodedSize(frame));
  const Encoded encoded = Encode(frame, std::span(octets));
  if (encoded.fault != Fault::kNone) Refuse(Explanation(encoded.fault));
  octets.resize(encoded.size);
  const MutableBytes payload = MutableBytes(octets).subspan(kFrameHeaderSize);
  FrameHeader header = LoadHeader(octets.data());
  if (head.length && *head.length != header.length) {
    Refuse("`length` is ", *head.length, ", and the other members make a payload of ",
           header.length, " octets");
  }
  if (head.header.stream_id != header.stream_id) {
    Refuse("`stream_id` is not 0, and ", kind, " belongs to the connection");
  }
  if constexpr (kRaw) {
    if (!head.flags) Refuse("`flags` is missing");
  } else if (head.flags) {
    const std::uint8_t undefined = UndefinedFlags<F>(head.header.flags);
    if ((head.header.flags & ~undefined) != header.flags ||
        internal::IgnoredByHeader<F>(head.header.flags, header.stream_id)) {
      Refuse("`flags` is ", *head.flags, ", and the other members make it ", header.flags);
    }
    header.flags |= undefined;
  }

  header.reserved = head.header.reserved;
  StoreHeader(octets.data(), header);
  PlacesWalk walk([&](std::string_view name, std::size_t at) {
    if (members.BoolIfAny(absl::StrCat(std::string(name), "_reserved"))) {
      payload[at] |= std::byte{0x80};
    }
  });
  F::Layout(std::as_const(frame), walk);
  if (walk.padding() != 0 && members.Has("padding")) {
    const std::vector<std::byte> padding = members.Hex("padding");
    if (padding.size() != walk.padding()) {
      Refuse("`padding` has ", padding.size(), " octets, and `pad_length` says ", walk.padding());
    }
    std::copy(padding.begin(), padding.end(), payload.last(padding.size()).begin());
  }
  members.ExpectNoMore(kind);
  return octets;
}

template <AnyFrameSet Set>
std::vector<std::byte> OctetsOfLine(LineText& line, bool first, std::string_view from) {
  const JsonValue value = ParseLine(line, [](SettingId id) { return NameOf<Set>(id); });
  Members members(value, "");
  if (!IsFrom(members, from)) return {};
  if (members.Has("octets")) return TakeOctets(members);
  if (members.Has("preface")) return TakePreface(members, first);
  if (members.Has("incomplete") || members.Has("undecoded")) Refuse("`octets` is missing");

  const bool raw = members.Has("payload");
  const Head head =
      TakeHead(members, raw, [](FrameType type) { return TypeName<Set>(type, true); });
  (void)members.Find("error");  // that a guard has with the frame
  if (raw) return OctetsOfFrame<RawFrame>(members, head);
  return VisitType<Set>(head.header.type, [&]<class F>(std::type_identity<F>) {
    if (std::same_as<F, RawFrame>) Refuse("`payload` is missing");
    return OctetsOfFrame<F>(members, head);
  });
}

// Characters that are there.
class LineInMemory : public LineText {
 public:
  explicit LineInMemory(std::string_view line) : line_(line) {}

 private:
  std::string_view Next() override { return std::exchange(line_, {}); }

  std::string_view line_;
};

template <AnyFrameSet Set>
std::vector<std::byte> OctetsOfLine(std::string_view line, bool first) {
  LineInMemory text(line);
  return OctetsOfLine<Set>(text, first);
}

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_JSON_READER_H_
