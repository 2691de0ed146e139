// SPDX-License-Identifier: Apache-2.0

// The codec for a language that can call C: three functions, to which a frame is its header and a
// list of named fields. The names are those of the Layouts.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/visit.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire {
namespace {

// The types that hyperframe has classes for: all others are RawFrames.
using Known = FrameSet<DataFrame, HeadersFrame, PriorityFrame, RstStreamFrame, SettingsFrame,
                       PushPromiseFrame, PingFrame, GoawayFrame, WindowUpdateFrame,
                       ContinuationFrame, AltSvcFrame>;

struct Header {
  std::uint32_t length;  // octets of payload; not looked at by h2wire_encode
  std::uint32_t stream_id;
  std::uint8_t type;
  std::uint8_t flags;
};

// A number, with null for octets, or octets. Of a setting, `id` is its identifier, and the number
// its value.
struct Field {
  const char* name;
  std::uint64_t id;
  std::uint64_t number;
  const std::byte* octets;
  std::size_t size;
};

// The walk from a frame to its fields. Flags and the stream are the header's.
class FieldWriter : public internal::NoRules {
 public:
  explicit FieldWriter(Field* to) : to_(to) {}

  void Stream(StreamId) {}
  void StreamOrConnection(StreamId) {}
  void Header(const auto&) {}
  void Flag(std::uint8_t, std::string_view, bool) {}
  void PadLength(const std::optional<std::uint8_t>& length) {
    if (length) Add("pad_length", *length);
  }
  void U8(std::string_view name, std::uint8_t value) { Add(name, value); }
  void U31(std::string_view name, std::uint32_t value) { Add(name, value); }
  template <class T>
  void U32(std::string_view name, T value) {
    Add(name, static_cast<std::uint32_t>(value));
  }
  void BitAndU31(std::string_view bit_name, bool bit, std::string_view name, std::uint32_t value) {
    Add(bit_name, bit);
    Add(name, value);
  }
  template <class T>
  void Octets(std::string_view name, const T& octets) {
    AddOctets(name, octets);
  }
  template <class Fields>
  void Group(std::string_view, const Fields& fields) {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  void Optional(std::uint8_t, std::string_view name, const std::optional<Fields>& fields) {
    if (fields) Group(name, *fields);
  }
  void Sized16(std::string_view name, Bytes octets, Fault) { AddOctets(name, octets); }
  void Rest(std::string_view name, Bytes octets, std::size_t) { AddOctets(name, octets); }
  void Rest(std::string_view name, SettingsView settings, std::size_t) {
    for (const Setting setting : settings) {
      Add(name, setting.value, static_cast<std::uint16_t>(setting.id));
    }
  }

  std::size_t count() const { return count_; }

 private:
  void Add(std::string_view name, std::uint64_t number, std::uint64_t id = 0) {
    to_[count_++] = {name.data(), id, number, nullptr, 0};  // names are literals, so that they end
  }
  void AddOctets(std::string_view name, Bytes octets) {
    static constexpr std::byte kNothing{};
    to_[count_++] = {name.data(), 0, 0, octets.empty() ? &kNothing : octets.data(), octets.size()};
  }

  Field* to_;
  std::size_t count_ = 0;
};

// The walk from fields to a frame. A field that is not there is 0, or empty.
class FieldReader : public internal::NoRules {
 public:
  FieldReader(const Header& header, std::span<const Field> fields)
      : header_(header), fields_(fields) {}

  void Stream(StreamId& id) { id = header_.stream_id; }
  void StreamOrConnection(StreamId& id) { id = header_.stream_id; }
  void Header(auto& header) {
    header.type = FrameType{header_.type};
    header.flags = header_.flags;
    header.stream_id = header_.stream_id;
  }
  void Flag(std::uint8_t bit, std::string_view, bool& on) { on = (header_.flags & bit) != 0; }
  void PadLength(std::optional<std::uint8_t>& length) {
    if ((header_.flags & 0x08) != 0) U8("pad_length", length.emplace());
  }
  void U8(std::string_view name, std::uint8_t& value) { Take(name, value); }
  void U31(std::string_view name, std::uint32_t& value) { Take(name, value); }
  template <class T>
  void U32(std::string_view name, T& value) {
    std::uint32_t number = 0;
    Take(name, number);
    value = T{number};
  }
  void BitAndU31(std::string_view bit_name, bool& bit, std::string_view name,
                 std::uint32_t& value) {
    Take(bit_name, bit);
    Take(name, value);
  }
  template <class T>
  void Octets(std::string_view name, T& octets) {
    const Bytes from = OctetsOf(name);
    if (from.size() > octets.size()) return Refuse(Fault::kWrongLength);
    std::ranges::copy(from, octets.begin());
  }
  template <class Fields>
  void Group(std::string_view, Fields& fields) {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  void Optional(std::uint8_t bit, std::string_view name, std::optional<Fields>& fields) {
    if ((header_.flags & bit) != 0) Group(name, fields.emplace());
  }
  void Sized16(std::string_view name, Bytes& octets, Fault) { octets = OctetsOf(name); }
  void Rest(std::string_view name, Bytes& octets, std::size_t) { octets = OctetsOf(name); }
  void Rest(std::string_view name, SettingsView& settings, std::size_t) {
    for (const Field& field : fields_) {
      if (field.name != name) continue;
      std::uint16_t id = 0;
      Setting& setting = settings_.emplace_back();
      Store(field.id, id);
      Store(field.number, setting.value);
      setting.id = SettingId{id};
    }
    packed_.resize(settings_.size() * kSettingSize);
    settings = *PackSettings(settings_, packed_);
  }

  // Why there is no such frame; kNone if there is.
  Fault fault() const { return fault_; }

 private:
  const Field* Find(std::string_view name) const {
    const auto found = std::ranges::find(fields_, name, &Field::name);
    return found == fields_.end() ? nullptr : &*found;
  }
  Bytes OctetsOf(std::string_view name) const {
    const Field* const field = Find(name);
    return field == nullptr ? Bytes() : Bytes(field->octets, field->size);
  }
  template <class T>
  void Take(std::string_view name, T& value) {
    const Field* const field = Find(name);
    Store(field == nullptr ? 0 : field->number, value);
  }
  template <class T>
  void Store(std::uint64_t number, T& value) {
    if (number > std::numeric_limits<T>::max()) return Refuse(Fault::kValueTooLarge);
    value = static_cast<T>(number);
  }
  void Refuse(Fault fault) { fault_ = fault; }

  const struct Header& header_;
  std::span<const Field> fields_;
  std::vector<Setting> settings_;
  std::vector<std::byte> packed_;
  Fault fault_ = Fault::kNone;
};

template <class F>
Encoded EncodeAs(const Header& header, std::span<const Field> fields, MutableBytes out) {
  FieldReader reader(header, fields);
  F frame;
  F::Layout(frame, reader);
  return reader.fault() == Fault::kNone ? Encode(frame, out) : Encoded{0, reader.fault()};
}

// As the alternative of the header's type, or as a frame that nothing is known of.
template <std::size_t kIndex = 0>
Encoded EncodeAny(const Header& header, std::span<const Field> fields, MutableBytes out) {
  using F = std::variant_alternative_t<kIndex, Known>;
  if constexpr (!std::is_same_v<F, RawFrame>) {
    if (FrameType{header.type} != F::kType) return EncodeAny<kIndex + 1>(header, fields, out);
  }
  return EncodeAs<F>(header, fields, out);
}

// For C: the name of a fault, or null if all is well.
const char* NameOrNull(Fault fault) {
  return fault == Fault::kNone ? nullptr : RowOf(fault).name.data();
}

}  // namespace

extern "C" {

// Reads the nine octets of a header. Nothing is judged.
void h2wire_load_header(const std::byte* octets, Header* header) {
  const FrameHeader loaded = LoadHeader(octets);
  *header = {loaded.length, loaded.stream_id, static_cast<std::uint8_t>(loaded.type), loaded.flags};
}

// Gives the fields of the frame in `octets`: what they borrow lives until the next call, and no
// longer than `octets`. A frame that a receiver must ignore, or of a type that is not known, has
// the single field "payload". There is room for a field an octet, and `count` is how many there
// are.
const char* h2wire_decode(const std::byte* octets, std::size_t size, Field* fields,
                          std::size_t* count) {
  static Decoded<Known> last;  // fields can be in the frame itself
  last = Decode<Known>(Bytes(octets, size), {.max_frame_size = kLargestMaxFrameSize});
  FieldWriter writer(fields);
  if (last.status == DecodeStatus::kOk) {
    Visit([&]<class F>(const F& frame) { F::Layout(frame, writer); }, last.frame);
  }
  *count = writer.count();
  return NameOrNull(last.error.fault);
}

// Writes the frame to `out`, which has room for `*size` octets, and sets `*size` to those written.
// With a field "payload" it is a frame that nothing is known of, whatever its type.
const char* h2wire_encode(const Header* header, const Field* fields, std::size_t count,
                          std::byte* out, std::size_t* size) {
  const std::span all(fields, count);
  const bool raw = std::ranges::any_of(
      all, [](const Field& field) { return field.name == std::string_view("payload"); });
  const MutableBytes room(out, *size);
  const Encoded encoded =
      raw ? EncodeAs<RawFrame>(*header, all, room) : EncodeAny(*header, all, room);
  *size = encoded.size;
  return NameOrNull(encoded.fault);
}

}  // extern "C"
}  // namespace h2wire
