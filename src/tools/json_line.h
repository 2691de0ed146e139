// SPDX-License-Identifier: Apache-2.0

// A line of JSON, as far as it is understood without knowing of what it is.
//
// It is read as a stream: what is kept of it is what may become a frame. Lists are kept as what
// the list of a frame takes, settings or strings, and so in a few octets an element. All else that
// would take memory is refused where it begins.

#ifndef H2WIRE_TOOLS_JSON_LINE_H_
#define H2WIRE_TOOLS_JSON_LINE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "h2wire/bytes.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"

namespace h2wire::tools {

// Why a line has no octets. what() is a sentence of printable characters.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... Parts>
[[noreturn]] void Refuse(const Parts&... parts) {
  throw Refusal(absl::StrCat(parts...));
}

// `name` as part of a sentence: shortened and escaped, since it may be anything.
std::string Quoted(std::string_view name);

// The characters of one line, without its end.
class LineText {
 public:
  virtual ~LineText() = default;

  // Whether there is another character, which Get returns and Advance steps over.
  bool HasMore() { return (at_ != end_ || Refill()) && *at_ != '\n'; }
  char Get() const { return *at_; }
  void Advance() { ++at_; }

 protected:
  // Steps over the end of the line, at which HasMore is false. Returns false at the end of the
  // text.
  bool StepOverEnd() {
    if (at_ == end_) return false;
    ++at_;
    return true;
  }

 private:
  // The next characters, of this line or beyond it; none at the end of the text. Those before are
  // done with.
  virtual std::string_view Next() = 0;

  bool Refill();

  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

// The elements of a list, all of them settings or all of them strings.
struct JsonList {
  std::size_t size = 0;
  // Of each setting, its six octets; and why the first element that is none is none.
  std::vector<std::byte> settings;
  std::optional<std::string> no_setting;
  // The strings, one behind the other, where each ends; and the first element that is none.
  std::string texts;
  std::vector<std::uint32_t> ends;
  std::optional<std::size_t> no_string;

  std::string_view Text(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(texts).substr(begin, ends[index] - begin);
  }
};

struct JsonMember;

struct JsonValue {
  // kOther: null, or a number that is not whole or is below 0.
  enum class Kind { kOther, kBool, kNumber, kString, kObject, kList };

  Kind kind = Kind::kOther;
  std::uint64_t number = 0;  // of a kBool, 0 or 1
  std::string text{};
  std::vector<JsonMember> members;  // no two of one name
  JsonList list{};
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// Throws Refusal if `text` is no JSON, or is more than any frame has. `name_of` is a function from
// a setting to its name, empty if it has none.
using NameOfSetting = std::string_view (*)(SettingId);
JsonValue ParseLine(LineText& text, NameOfSetting name_of);

// The members of an object, to be taken one by one.
class Members {
 public:
  // `name`: what to call the object in sentences; empty for the line itself.
  Members(const JsonValue& object, std::string name);

  bool Has(std::string_view key) const;

  // The member `key`, or null if there is none.
  const JsonValue* Find(std::string_view key);
  const JsonValue& Take(std::string_view key);

  std::uint64_t Number(std::string_view key, std::uint64_t most);
  std::optional<std::uint64_t> NumberIfAny(std::string_view key, std::uint64_t most);
  bool Bool(std::string_view key);
  // false if there is none
  bool BoolIfAny(std::string_view key);
  // A name that stands beside a number for people, and must be `expected` if it is there.
  void NameIfAny(std::string_view key, std::string_view expected);
  // Octets that stand beside their hex as text, and must be `expected` if they are there.
  void TextIfAny(std::string_view key, Bytes expected);
  void TextsIfAny(std::string_view key, OriginsView expected);
  std::vector<std::byte> Hex(std::string_view key);
  const JsonList& List(std::string_view key);

  // Refuses if a member is left. `whole`: what they are not members of.
  void ExpectNoMore(std::string_view whole) const;

  // How a member is called in a sentence.
  std::string Path(std::string_view key) const;

  // The octets of hex digits.
  static std::vector<std::byte> ToOctets(std::string_view text, const std::string& path);

 private:
  std::uint64_t ToNumber(const JsonValue& value, std::string_view key, std::uint64_t most) const;

  const JsonValue& object_;
  std::string name_;
  std::vector<const JsonValue*> taken_;
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_JSON_LINE_H_
