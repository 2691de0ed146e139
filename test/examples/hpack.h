// SPDX-License-Identifier: Apache-2.0

// HPACK by nghttp2, as the examples use it. One Deflater and one Inflater for a connection.

#ifndef H2WIRE_TEST_EXAMPLES_HPACK_H_
#define H2WIRE_TEST_EXAMPLES_HPACK_H_

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "h2wire/bytes.h"

namespace examples {

using Fields = std::vector<std::pair<std::string, std::string>>;

class Deflater {
 public:
  Deflater() { nghttp2_hd_deflate_new(&deflater_, 4096); }
  Deflater(const Deflater&) = delete;
  ~Deflater() { nghttp2_hd_deflate_del(deflater_); }

  // The block lives until the next call.
  h2wire::Bytes Deflate(
      std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    const auto octets = [](std::string_view text) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    std::vector<nghttp2_nv> all;
    for (const auto& [name, value] : fields) {
      all.push_back({octets(name), octets(value), name.size(), value.size(), 0});
    }
    block_.resize(nghttp2_hd_deflate_bound(deflater_, all.data(), all.size()));
    const ssize_t size =
        nghttp2_hd_deflate_hd(deflater_, block_.data(), block_.size(), all.data(), all.size());
    if (size < 0) throw std::runtime_error(nghttp2_strerror(static_cast<int>(size)));
    return std::as_bytes(std::span(block_).first(static_cast<std::size_t>(size)));
  }

 private:
  nghttp2_hd_deflater* deflater_ = nullptr;
  std::vector<std::uint8_t> block_;
};

class Inflater {
 public:
  Inflater() { nghttp2_hd_inflate_new(&inflater_); }
  Inflater(const Inflater&) = delete;
  ~Inflater() { nghttp2_hd_inflate_del(inflater_); }

  // The fields of a whole block.
  Fields Inflate(h2wire::Bytes block) {
    Fields fields;
    for (;;) {
      nghttp2_nv field;
      int flags = 0;
      const auto* const in = reinterpret_cast<const std::uint8_t*>(block.data());
      const ssize_t size = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, in, block.size(), 1);
      if (size < 0) throw std::runtime_error(nghttp2_strerror(static_cast<int>(size)));
      block = block.subspan(static_cast<std::size_t>(size));
      if (flags & NGHTTP2_HD_INFLATE_EMIT) {
        const auto text = [](const std::uint8_t* octets, std::size_t length) {
          return std::string(reinterpret_cast<const char*>(octets), length);
        };
        fields.emplace_back(text(field.name, field.namelen), text(field.value, field.valuelen));
      }
      if (flags & NGHTTP2_HD_INFLATE_FINAL) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    return fields;
  }

 private:
  nghttp2_hd_inflater* inflater_ = nullptr;
};

}  // namespace examples

#endif  // H2WIRE_TEST_EXAMPLES_HPACK_H_
