// SPDX-License-Identifier: Apache-2.0

#include "json_line.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"

namespace h2wire::tools {
namespace {

using Json = nlohmann::json;
using Kind = JsonValue::Kind;

// Of no frame a line has more: a setting, in the list of them, in the line.
constexpr std::size_t kMostDepth = 3;
constexpr std::size_t kMostMembers = 32;  // of an object
// Characters without a quotation mark between them: the hex of the longest frame.
constexpr std::size_t kLongestRun = 2 * (kFrameHeaderSize + std::size_t{kLargestMaxFrameSize});

[[noreturn]] void RefuseAsNoJson(std::size_t character) {
  Refuse("it is no JSON, from character ", character, " on");
}

// What the parser reads: the characters of a line, which it takes for ended at a NUL.
class Characters {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  Characters() = default;
  explicit Characters(LineText& text) : text_(&text) {}

  bool operator!=(const Characters&) const { return text_->HasMore(); }
  char operator*() const { return text_->Get(); }
  Characters& operator++() {
    const char c = text_->Get();
    ++count_;
    if (c == '\0') RefuseAsNoJson(count_);
    run_ = c == '"' ? 0 : run_ + 1;
    if (run_ > kLongestRun) Refuse("a string in it is longer than any frame");
    text_->Advance();
    return *this;
  }

 private:
  LineText* text_ = nullptr;
  std::size_t count_ = 0;
  std::size_t run_ = 0;
};

// Keeps what the parser finds.
class Builder {
 public:
  explicit Builder(NameOfSetting name_of) : name_of_(name_of) {}

  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  bool null() { return Add(Kind::kOther); }
  bool boolean(bool value) { return Add(Kind::kBool, value ? 1 : 0); }
  bool number_integer(number_integer_t) { return Add(Kind::kOther); }
  bool number_unsigned(number_unsigned_t value) { return Add(Kind::kNumber, value); }
  bool number_float(number_float_t, const string_t&) { return Add(Kind::kOther); }
  bool string(string_t& value) {
    if (InList()) return AddToList(value);
    return Add(Kind::kString, 0, std::move(value));
  }
  bool binary(binary_t&) { return false; }  // which JSON does not have

  bool start_object(std::size_t) { return Open(Kind::kObject); }
  bool start_array(std::size_t) { return Open(Kind::kList); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(string_t& name) {
    const std::vector<JsonMember>& members = open_.back()->members;
    const bool twice = std::any_of(members.begin(), members.end(),
                                   [&](const JsonMember& member) { return member.name == name; });
    if (twice) Refuse(Quoted(name), " is there twice");
    if (members.size() == kMostMembers) {
      Refuse("an object in it has more than ", kMostMembers, " members");
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t character, const std::string&, const Json::exception& error) {
    constexpr int kNumberTooLarge = 406;
    if (error.id == kNumberTooLarge) Refuse("a number in it is too large");
    RefuseAsNoJson(character);
  }

  JsonValue Take() { return std::move(line_); }

 private:
  bool InList() const { return !open_.empty() && open_.back()->kind == Kind::kList; }

  // Where the next value belongs. Those in a list are looked at and dropped.
  JsonValue& Place() {
    if (open_.empty()) return line_;
    if (InList()) return element_;
    return open_.back()->members.emplace_back(JsonMember{std::move(key_), {}}).value;
  }

  bool Add(Kind kind, std::uint64_t number = 0, std::string text = {}) {
    const bool in_list = InList();
    JsonValue& place = Place();
    place = JsonValue();
    place.kind = kind;
    place.number = number;
    place.text = std::move(text);
    if (in_list) AddToList(place);
    return true;
  }

  bool Open(Kind kind) {
    if (open_.size() == kMostDepth) Refuse("it has lists and objects nested more than three deep");
    if (kind == Kind::kList) list_name_ = key_;
    JsonValue& place = Place();
    place = JsonValue();
    place.kind = kind;
    open_.push_back(&place);
    return true;
  }

  bool Close() {
    const JsonValue& value = *open_.back();
    open_.pop_back();
    if (InList()) AddToList(value);
    return true;
  }

  bool AddToList(const std::string& text) {
    JsonList& list = open_.back()->list;
    if (!list.no_setting) list.no_setting = Quoted(ElementName()) + " is no object";
    ++list.size;
    if (list.no_string) return true;
    list.texts += text;
    list.ends.push_back(static_cast<std::uint32_t>(list.texts.size()));
    // Two octets for the length of each, and its own.
    LimitSize(2 * list.ends.size() + list.texts.size() / 2);
    return true;
  }
  void AddToList(const JsonValue& value) {
    JsonList& list = open_.back()->list;
    if (!list.no_string) list.no_string = list.size;
    if (!list.no_setting) AddSetting(list, value);
    ++list.size;
  }

  void AddSetting(JsonList& list, const JsonValue& value) {
    try {
      const auto octets = PackSettings({ToSetting(value, "")});
      list.settings.insert(list.settings.end(), octets.begin(), octets.end());
      LimitSize(list.settings.size());
    } catch (const Refusal&) {
      list.no_setting = WhyNoSetting(value, ElementName());
    }
  }

  Setting ToSetting(const JsonValue& value, std::string name) const {
    Members members(value, std::move(name));
    const SettingId id{static_cast<std::uint16_t>(members.Number("id", 0xffff))};
    members.NameIfAny("name", name_of_(id));
    const auto number = static_cast<std::uint32_t>(members.Number("value", 0xffff'ffff));
    members.ExpectNoMore("a setting");
    return {id, number};
  }
  // The element's name, which takes time, is for the sentence alone.
  std::string WhyNoSetting(const JsonValue& value, std::string name) const try {
    (void)ToSetting(value, std::move(name));
    return "";
  } catch (const Refusal& refusal) {
    return refusal.what();
  }

  // The next element of the list that is open.
  std::string ElementName() const {
    return absl::StrCat(list_name_, "[", open_.back()->list.size, "]");
  }

  static void LimitSize(std::size_t octets) {
    if (octets > kLargestMaxFrameSize) Refuse("a list in it is longer than any frame");
  }

  NameOfSetting name_of_;
  JsonValue line_;
  JsonValue element_;  // of a list
  std::string key_;
  std::string list_name_;
  std::vector<JsonValue*> open_;  // the line, what is open in it, and so on
};

int Digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Quoted(std::string_view name) {
  return absl::StrCat("`", absl::CHexEscape({name.data(), std::min<std::size_t>(name.size(), 60)}),
                      "`");
}

bool LineText::Refill() {
  const std::string_view next = Next();
  at_ = next.data();
  end_ = at_ + next.size();
  return !next.empty();
}

JsonValue ParseLine(LineText& text, NameOfSetting name_of) {
  Builder builder(name_of);
  Json::sax_parse(Characters(text), Characters(), &builder);
  return builder.Take();
}

Members::Members(const JsonValue& object, std::string name)
    : object_(object), name_(std::move(name)) {
  if (object.kind != Kind::kObject) {
    Refuse(name_.empty() ? "the line" : Quoted(name_), " is no object");
  }
}

bool Members::Has(std::string_view key) const {
  return std::any_of(object_.members.begin(), object_.members.end(),
                     [&](const JsonMember& member) { return member.name == key; });
}

const JsonValue* Members::Find(std::string_view key) {
  for (const JsonMember& member : object_.members) {
    if (member.name != key) continue;
    taken_.push_back(&member.value);
    return &member.value;
  }
  return nullptr;
}

const JsonValue& Members::Take(std::string_view key) {
  const JsonValue* const value = Find(key);
  if (value == nullptr) Refuse(Path(key), " is missing");
  return *value;
}

std::uint64_t Members::Number(std::string_view key, std::uint64_t most) {
  return ToNumber(Take(key), key, most);
}

std::optional<std::uint64_t> Members::NumberIfAny(std::string_view key, std::uint64_t most) {
  const JsonValue* const value = Find(key);
  if (value == nullptr) return std::nullopt;
  return ToNumber(*value, key, most);
}

bool Members::Bool(std::string_view key) {
  const JsonValue& value = Take(key);
  if (value.kind != Kind::kBool) Refuse(Path(key), " is neither true nor false");
  return value.number != 0;
}

bool Members::BoolIfAny(std::string_view key) { return Has(key) && Bool(key); }

void Members::NameIfAny(std::string_view key, std::string_view expected) {
  const JsonValue* const value = Find(key);
  if (value == nullptr ||
      (value->kind == Kind::kString && value->text == expected && !expected.empty())) {
    return;
  }
  if (expected.empty()) Refuse(Path(key), " is given for a number that has no name");
  Refuse(Path(key), " is not ", std::string(expected), ", which the number beside it means");
}

void Members::TextIfAny(std::string_view key, Bytes expected) {
  const JsonValue* const value = Find(key);
  if (value == nullptr) return;
  if (value->kind != Kind::kString || value->text != AsText(expected)) {
    Refuse(Path(key), " is not what the hex digits beside it mean");
  }
}

void Members::TextsIfAny(std::string_view key, OriginsView expected) {
  if (!Has(key)) return;
  const JsonList& list = List(key);
  std::size_t index = 0;
  bool same = !list.no_string;
  for (const Bytes origin : expected) {
    same = same && index < list.size && list.Text(index) == AsText(origin);
    ++index;
  }
  if (!same || index != list.size) {
    Refuse(Path(key), " is not what the hex digits beside it mean");
  }
}

std::vector<std::byte> Members::Hex(std::string_view key) {
  const JsonValue& value = Take(key);
  if (value.kind != Kind::kString) Refuse(Path(key), " is no string of hex digits");
  return ToOctets(value.text, Path(key));
}

const JsonList& Members::List(std::string_view key) {
  const JsonValue& value = Take(key);
  if (value.kind != Kind::kList) Refuse(Path(key), " is no list");
  return value.list;
}

void Members::ExpectNoMore(std::string_view whole) const {
  for (const JsonMember& member : object_.members) {
    if (std::find(taken_.begin(), taken_.end(), &member.value) == taken_.end()) {
      Refuse(Path(member.name), " is no member of ", std::string(whole));
    }
  }
}

std::string Members::Path(std::string_view key) const {
  return name_.empty() ? Quoted(key) : Quoted(name_ + "." + std::string(key));
}

std::vector<std::byte> Members::ToOctets(std::string_view text, const std::string& path) {
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

std::uint64_t Members::ToNumber(const JsonValue& value, std::string_view key,
                                std::uint64_t most) const {
  if (value.kind != Kind::kNumber || value.number > most) {
    Refuse(Path(key), " is no whole number from 0 to ", most);
  }
  return value.number;
}

}  // namespace h2wire::tools
