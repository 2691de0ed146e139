// SPDX-License-Identifier: Apache-2.0

// A row of the test vectors: octets, and what a receiver has to make of them.
//
// The tables are vectors_*.h, one for each frame type; vectors.h is all of them. Octets and
// expectations are written by hand from the RFCs, and never produced by the library. In the octets,
// two spaces stand between the fields: length, type, flags, stream identifier, and those of the
// payload.

#ifndef H2WIRE_TEST_VECTOR_H_
#define H2WIRE_TEST_VECTOR_H_

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "hex.h"

namespace h2wire {

struct Vector {
  enum class Kind {
    kCanonical,  // these octets are the frame, and the frame is these octets
    kTolerated,  // these octets are the frame, but a sender writes others
    kRefused,    // these octets break a rule
    kNeedMore,   // these octets are the beginning of a frame
  };

  std::string_view name;
  Bytes octets;
  Kind kind;
  DecodeOptions options{};
  Frame frame{};                         // kCanonical, kTolerated
  Fault fault = Fault::kNone;            // kRefused
  ErrorCode code = ErrorCode::kNoError;  // kRefused
  Scope scope = Scope::kConnection;      // kRefused
  std::size_t need = 0;                  // kNeedMore: octets of the frame, or of its header

  constexpr bool good() const { return kind == Kind::kCanonical || kind == Kind::kTolerated; }
};

// Octets in hex, the first of them if they are many.
inline std::string InHex(Bytes octets) {
  constexpr std::size_t kMost = 64;
  std::string text = AsHex(octets.first(std::min(octets.size(), kMost)));
  if (octets.size() > kMost) text += " ... of " + std::to_string(octets.size()) + " octets";
  return text;
}

// Its name, its octets, and what is wanted.
inline std::ostream& operator<<(std::ostream& out, const Vector& vector) {
  out << '"' << vector.name << "\"\n  octets: " << InHex(vector.octets) << "\n  wanted: ";
  switch (vector.kind) {
    case Vector::Kind::kCanonical:
      return out << ToString(vector.frame);
    case Vector::Kind::kTolerated:
      return out << ToString(vector.frame) << ", which is encoded to other octets";
    case Vector::Kind::kRefused:
      return out << RowOf(vector.fault).name << ", " << NameOf(vector.code) << " of the "
                 << (vector.scope == Scope::kStream ? "stream" : "connection");
    case Vector::Kind::kNeedMore:
      break;
  }
  return out << "more, " << vector.need << " octets";
}

// How the tables are written.
namespace vectors {

using enum Fault;
using enum ErrorCode;
using enum Scope;

consteval Vector Canonical(std::string_view name, Bytes octets, const Frame& frame,
                           const DecodeOptions& options = {}) {
  return {.name = name,
          .octets = octets,
          .kind = Vector::Kind::kCanonical,
          .options = options,
          .frame = frame};
}
consteval Vector Tolerated(std::string_view name, Bytes octets, const Frame& frame,
                           const DecodeOptions& options = {}) {
  return {.name = name,
          .octets = octets,
          .kind = Vector::Kind::kTolerated,
          .options = options,
          .frame = frame};
}
consteval Vector Refused(std::string_view name, Bytes octets, Fault fault, ErrorCode code,
                         Scope scope, const DecodeOptions& options = {}) {
  return {.name = name,
          .octets = octets,
          .kind = Vector::Kind::kRefused,
          .options = options,
          .fault = fault,
          .code = code,
          .scope = scope};
}
consteval Vector NeedMore(std::string_view name, Bytes octets, std::size_t need,
                          const DecodeOptions& options = {}) {
  return {.name = name,
          .octets = octets,
          .kind = Vector::Kind::kNeedMore,
          .options = options,
          .need = need};
}

inline constexpr DecodeOptions kStrictPadding{.reject_nonzero_padding = true};
inline constexpr DecodeOptions kNoExtensions{.extensions = false};
consteval DecodeOptions AtMost(std::uint32_t max_frame_size) {
  return {.max_frame_size = max_frame_size};
}

}  // namespace vectors
}  // namespace h2wire

#endif  // H2WIRE_TEST_VECTOR_H_
