// SPDX-License-Identifier: Apache-2.0

#include "json_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/no_rules.h"
#include "names.h"

namespace h2wire::tools {
namespace {

// Keeps the order, and so finds members by looking at each: an object here has about ten.
using Json = nlohmann::ordered_json;

template <class... Parts>
[[noreturn]] void Refuse(const Parts&... parts) {
  throw Refusal(absl::StrCat(parts...));
}

// Part of a sentence. Names are shortened and escaped: they may be anything.
std::string Quoted(std::string_view name) {
  return absl::StrCat("`", absl::CHexEscape({name.data(), std::min<std::size_t>(name.size(), 60)}),
                      "`");
}

// The members of a JSON object, to be taken one by one.
class Members {
 public:
  // `name`: what to call the object in sentences; empty for the line itself.
  Members(const Json& object, std::string name) : object_(object), name_(std::move(name)) {
    if (!object.is_object()) Refuse(name_.empty() ? "the line" : Quoted(name_), " is no object");
  }

  bool Has(const char* key) const { return object_.contains(key); }

  // The member `key`, or null if there is none.
  const Json* Find(std::string_view key) {
    const auto found = object_.find(std::string(key));
    if (found == object_.end()) return nullptr;
    taken_.push_back(key);
    return &*found;
  }
  const Json& Take(std::string_view key) {
    const Json* const value = Find(key);
    if (value == nullptr) Refuse(Path(key), " is missing");
    return *value;
  }

  std::uint64_t Number(std::string_view key, std::uint64_t most) {
    return ToNumber(Take(key), key, most);
  }
  std::optional<std::uint64_t> NumberIfAny(std::string_view key, std::uint64_t most) {
    const Json* const value = Find(key);
    if (value == nullptr) return std::nullopt;
    return ToNumber(*value, key, most);
  }
  bool Bool(std::string_view key) {
    const Json& value = Take(key);
    if (!value.is_boolean()) Refuse(Path(key), " is neither true nor false");
    return value.get<bool>();
  }
  // A name that stands beside a number for people, and must be `expected` if it is there.
  void NameIfAny(std::string_view key, std::string_view expected) {
    const Json* const value = Find(key);
    if (value == nullptr) return;
    if (!value->is_string() || value->get_ref<const std::string&>() != expected) {
      if (expected.empty()) Refuse(Path(key), " is given for a number that has no name");
      Refuse(Path(key), " is not ", std::string(expected), ", which the number beside it means");
    }
  }
  std::vector<std::byte> Hex(std::string_view key) { return ToOctets(Take(key), Path(key)); }
  const Json& List(std::string_view key) {
    const Json& value = Take(key);
    if (!value.is_array()) Refuse(Path(key), " is no list");
    return value;
  }

  // Refuses if a member is left. `whole`: what they are not members of.
  void ExpectNoMore(std::string_view whole) const {
    for (const auto& [key, value] : object_.items()) {
      if (std::find(taken_.begin(), taken_.end(), key) == taken_.end()) {
        Refuse(Path(key), " is no member of ", std::string(whole));
      }
    }
  }

  // How a member is called in a sentence.
  std::string Path(std::string_view key) const {
    return name_.empty() ? Quoted(key) : Quoted(name_ + "." + std::string(key));
  }

  static std::vector<std::byte> ToOctets(const Json& value, const std::string& path) {
    if (!value.is_string()) Refuse(path, " is no string of hex digits");
    const std::string& text = value.get_ref<const std::string&>();
    if (text.size() % 2 != 0) Refuse(path, " has an odd number of hex digits");
    std::vector<std::byte> octets(text.size() / 2);
    for (std::size_t i = 0; i < octets.size(); ++i) {
      const int high = Digit(text[2 * i]);
      const int low = Digit(text[2 * i + 1]);
      if (high < 0 || low < 0) {
        Refuse(path, " has something else than hex digits, at character ",
               2 * i + (high < 0 ? 1 : 2));
      }
      octets[i] = static_cast<std::byte>(high << 4 | low);
    }
    return octets;
  }

 private:
  static int Digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  std::uint64_t ToNumber(const Json& value, std::string_view key, std::uint64_t most) const {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) {
      Refuse(Path(key), " is no whole number from 0 to ", most);
    }
    return value.get<std::uint64_t>();
  }

  const Json& object_;
  std::string name_;
  std::vector<std::string_view> taken_;
};

constexpr std::uint32_t kMost31Bits = 0x7fff'ffff;
constexpr std::uint32_t kMost32Bits = 0xffff'ffff;

// What the octet strings of a frame are kept in while it is encoded: each stays where it is.
using Kept = std::deque<std::vector<std::byte>>;

// The walk that fills a frame from the members of an object. `header` is what the line says of the
// nine octets. Rules are judged when the frame is encoded.
class JsonFields : public internal::NoRules {
 public:
  JsonFields(Members& members, const RawHeader& header, Kept& kept)
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
    value = static_cast<std::uint32_t>(members_.Number(name, kMost31Bits));
  }
  template <class T>
  void U32(std::string_view name, T& value) {
    value = T{static_cast<std::uint32_t>(members_.Number(name, kMost32Bits))};
    if constexpr (std::is_same_v<T, ErrorCode>) members_.NameIfAny("error_name", NameOf(value));
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
    JsonFields walk(inner, header_, kept_);
    Fields::Layout(fields, walk);
    inner.ExpectNoMore(Quoted(name));
  }
  template <class Fields>
  void Optional(std::uint8_t, std::string_view name, std::optional<Fields>& fields) {
    if (members_.Find(name) != nullptr) Group(name, fields.emplace());
  }
  void Sized16(std::string_view name, Bytes& bytes, Fault) { bytes = Keep(members_.Hex(name)); }
  void Rest(std::string_view name, Bytes& bytes, std::size_t) { bytes = Keep(members_.Hex(name)); }
  void Rest(std::string_view name, SettingsView& view, std::size_t) {
    std::vector<Setting> settings;
    for (const Json& entry : members_.List(name)) {
      Members setting(entry, absl::StrCat(std::string(name), "[", settings.size(), "]"));
      const SettingId id{static_cast<std::uint16_t>(setting.Number("id", 0xffff))};
      setting.NameIfAny("name", NameOf(id));
      settings.push_back({id, static_cast<std::uint32_t>(setting.Number("value", kMost32Bits))});
      setting.ExpectNoMore("a setting");
    }
    std::vector<std::byte> octets(settings.size() * kSettingSize);
    view = *PackSettings(settings, octets);
    kept_.push_back(std::move(octets));
  }
  void Rest(std::string_view name, OriginsView& view, std::size_t) {
    std::vector<Bytes> origins;
    std::size_t size = 0;
    for (const Json& entry : members_.List(name)) {
      const std::string path =
          members_.Path(absl::StrCat(std::string(name), "[", origins.size(), "]"));
      origins.push_back(Keep(Members::ToOctets(entry, path)));
      if (origins.back().size() > 0xffff) Refuse(path, " has more than 65535 octets");
      size += 2 + origins.back().size();
    }
    std::vector<std::byte> octets(size);
    view = *PackOrigins(origins, octets);
    kept_.push_back(std::move(octets));
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

FrameType TypeNamed(const std::string& name) {
  for (int code = 0; code <= 0xff; ++code) {
    const FrameType type{static_cast<std::uint8_t>(code)};
    if (NameOf(type) == name) return type;
  }
  if (name == RawFrame::kName) Refuse("`type_code` is missing");
  Refuse("`type` names no type of frame");
}

FrameType TakeType(Members& members, bool raw) {
  const Json* const name = members.Find("type");
  if (name != nullptr && !name->is_string()) Refuse("`type` is no string");
  const std::optional<std::uint64_t> code = members.NumberIfAny("type_code", 0xff);
  if (!code) {
    if (name == nullptr) Refuse("`type` and `type_code` are missing");
    return TypeNamed(name->get_ref<const std::string&>());
  }
  const FrameType type{static_cast<std::uint8_t>(*code)};
  if (name != nullptr) {
    const std::string& text = name->get_ref<const std::string&>();
    if (text == RawFrame::kName && !raw) {
      Refuse("`payload` is missing, by which a frame of type UNKNOWN is given");
    }
    if (text != TypeName(type, true) && text != RawFrame::kName) {
      Refuse("`type` is not ", std::string(TypeName(type, true)), ", which the type code ", *code,
             " means");
    }
  }
  return type;
}

Head TakeHead(Members& members, bool raw) {
  Head head;
  (void)members.NumberIfAny("offset", ~std::uint64_t{0});
  head.length = members.NumberIfAny("length", kLargestMaxFrameSize);
  head.header.type = TakeType(members, raw);
  head.flags = members.NumberIfAny("flags", 0xff);
  head.header.flags = static_cast<std::uint8_t>(head.flags.value_or(0));
  head.header.stream_id = static_cast<StreamId>(members.Number("stream_id", kMaxStreamId));
  return head;
}

// The octets of a frame of type F.
template <class F>
std::vector<std::byte> OctetsOfFrame(Members& members, const Head& head) {
  constexpr bool kRaw = std::is_same_v<F, RawFrame>;
  const std::string kind =
      kRaw ? "a raw frame" : absl::StrCat("a frame of type ", std::string(F::kName));
  F frame;
  Kept kept;
  JsonFields fields(members, head.header, kept);
  F::Layout(frame, fields);
  members.ExpectNoMore(kind);
  if (kRaw && !head.flags) Refuse("`flags` is missing");

  std::vector<std::byte> octets(EncodedSize(frame));
  const Encoded encoded = Encode(frame, octets);
  if (encoded.fault != Fault::kNone) {
    const FaultRow& row = RowOf(encoded.fault);
    Refuse(std::string(row.sentence), row.section.empty() ? "" : " (", std::string(row.section),
           row.section.empty() ? "" : ")");
  }
  const FrameHeader written = LoadHeader(octets.data());
  if (head.header.stream_id != written.stream_id) {
    Refuse("`stream_id` is not 0, and ", kind, " belongs to the connection");
  }
  if (head.length.value_or(written.length) != written.length) {
    Refuse("`length` is ", *head.length, ", and the other members make a payload of ",
           written.length, " octets");
  }
  if (!kRaw && head.flags.value_or(written.flags) != written.flags) {
    // Bits that the type does not define mean nothing, and are kept. Others change the frame.
    octets[4] = static_cast<std::byte>(head.header.flags);
    const Decoded<Frame> again = Decode(octets, {.max_frame_size = kLargestMaxFrameSize});
    if (again.status != DecodeStatus::kOk || !(again.frame == Frame(frame))) {
      Refuse("`flags` is ", *head.flags, ", and the other members make it ", written.flags);
    }
  }
  return octets;
}

std::vector<std::byte> OctetsOfPreface(Members& members, bool first) {
  if (!members.Bool("preface")) Refuse("`preface` is not true");
  (void)members.NumberIfAny("offset", ~std::uint64_t{0});
  members.ExpectNoMore("the preface");
  if (!first) Refuse("the preface stands after other octets");
  const Bytes preface = AsBytes(kConnectionPreface);
  return {preface.begin(), preface.end()};
}

// Watches a line being parsed, and refuses what would take time or memory for nothing: no line of a
// frame goes beyond these limits. Refuses members with the same name too, of which the parser would
// keep one.
class ParseGuard {
 public:
  void operator()(int depth, Json::parse_event_t event, const Json& value) {
    using Event = Json::parse_event_t;
    switch (event) {
      case Event::object_start:
        keys_.emplace_back();
        [[fallthrough]];
      case Event::array_start:
        if (depth >= kMostDepth) Refuse("it has lists and objects nested more than three deep");
        [[fallthrough]];
      case Event::value:
        if (++values_ > kMostValues) Refuse("it has more values than any frame");
        break;
      case Event::key:
        AddKey(value.get_ref<const std::string&>());
        break;
      case Event::object_end:
        keys_.pop_back();
        break;
      case Event::array_end:
        break;
    }
  }

 private:
  static constexpr int kMostDepth = 3;             // a setting, in the list of them, in the line
  static constexpr std::size_t kMostMembers = 32;  // of an object
  // An origin takes two octets of the payload at least; a setting takes six, and has four values.
  static constexpr std::size_t kMostValues = kLargestMaxFrameSize;

  void AddKey(const std::string& key) {
    std::vector<std::string>& keys = keys_.back();
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
      Refuse(Quoted(key), " is there twice");
    }
    if (keys.size() == kMostMembers) {
      Refuse("an object in it has more than ", kMostMembers, " members");
    }
    keys.push_back(key);
  }

  std::vector<std::vector<std::string>> keys_;  // of the objects that are open
  std::size_t values_ = 0;
};

[[noreturn]] void RefuseAsNoJson(std::size_t character) {
  Refuse("it is no JSON, from character ", character, " on");
}

Json Parse(std::string_view line) {
  // The parser takes a NUL for the end.
  if (const std::size_t nul = line.find('\0'); nul != line.npos) RefuseAsNoJson(nul + 1);
  ParseGuard guard;
  try {
    return Json::parse(line.begin(), line.end(),
                       [&guard](int depth, Json::parse_event_t event, const Json& value) {
                         guard(depth, event, value);
                         return true;
                       });
  } catch (const Json::parse_error& error) {
    RefuseAsNoJson(error.byte);
  } catch (const Json::out_of_range&) {
    Refuse("a number in it is too large");
  }
}

}  // namespace

std::vector<std::byte> OctetsOfLine(std::string_view line, bool first) {
  const Json json = Parse(line);
  Members members(json, "");
  if (members.Has("error")) Refuse("it reports an error, and has no octets");
  if (members.Has("incomplete"))
    Refuse("it reports octets that are cut off, and does not have them");
  if (members.Has("preface")) return OctetsOfPreface(members, first);

  const bool raw = members.Has("payload");
  const Head head = TakeHead(members, raw);
  if (raw) return OctetsOfFrame<RawFrame>(members, head);
  return VisitType(head.header.type, [&]<class F>(std::type_identity<F>) {
    if (std::is_same_v<F, RawFrame>) Refuse("`payload` is missing");
    return OctetsOfFrame<F>(members, head);
  });
}

}  // namespace h2wire::tools
