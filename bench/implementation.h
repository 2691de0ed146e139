// SPDX-License-Identifier: Apache-2.0

// The shape in which decoders and encoders enter the comparison.
#ifndef H2WIRE_BENCH_IMPLEMENTATION_H_
#define H2WIRE_BENCH_IMPLEMENTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checksum.h"
#include "frame_writer.h"
#include "h2wire/bytes.h"
#include "workload.h"

namespace h2wire::bench {

enum class Role {
  kFloor,  // does less than a decoder or encoder must
  kOurs,   // h2wire
  kPeer,   // someone else's, or written with no thought of speed: what h2wire is held against
};
constexpr const char* Name(Role role) {
  switch (role) {
    case Role::kFloor:
      return "floor";
    case Role::kOurs:
      return "ours";
    case Role::kPeer:
      return "peer";
  }
  return "";
}

// One way to decode a stream of frames.
struct Decoder {
  // The workloads it can run: any; those that are one connection's; those with a prologue.
  enum class Needs { kFrames, kOneConnection, kPrologue };

  std::string name;
  Role role;
  Needs needs = Needs::kFrames;

  // How many octets it is given at a time; 0: all at once.
  std::size_t piece_size = 0;

  // Whether it writes what it decodes, as a proxy does. It runs on the proxy's mixes alone.
  bool forwards = false;

  // One pass over a workload's octets, in one function that holds the hot loop: its Checksum.
  std::uint64_t (*decode)(Bytes octets) = nullptr;

  // What `decode` returns for a workload: the checksum, except for floors that compute none.
  std::uint64_t (*expected)(const Workload& workload) = [](const Workload& workload) {
    return workload.checksum;
  };

  // Before each pass, and not measured: for decoders that hold a connection's state.
  void (*connect)(const Workload& workload) = nullptr;

  // Whether its instructions are the same whatever ran before it: those of an allocation are not.
  bool repeatable = true;

  bool Accepts(const Workload& workload) const {
    if (forwards && !workload.name.starts_with("proxy")) return false;
    constexpr std::size_t kMostPieces = std::size_t{1} << 22;  // or a pass takes a second
    if (piece_size != 0 && workload.octets.size() / piece_size > kMostPieces) return false;
    switch (needs) {
      case Needs::kFrames:
        return true;
      case Needs::kOneConnection:
        return workload.one_connection;
      case Needs::kPrologue:
        return !workload.prologue.empty();
    }
    return false;
  }
};

template <auto kDecode, std::size_t kPieceSize>
std::uint64_t DecodePiecesOf(Bytes octets) {
  return kDecode(octets, kPieceSize);
}

// `like`, decoding by `kDecode`, for each size of pieces that is measured: an octet, part of a
// frame, what a packet carries, what one record of TLS does.
template <std::uint64_t (*kDecode)(Bytes octets, std::size_t piece_size)>
std::vector<Decoder> InPieces(Decoder like) {
  std::vector<Decoder> decoders;
  const auto add = [&]<std::size_t... kSizes>(std::index_sequence<kSizes...>) {
    ((like.piece_size = kSizes, like.decode = DecodePiecesOf<kDecode, kSizes>,
      decoders.push_back(like)),
     ...);
  };
  add(std::index_sequence<1, 100, 1460, 16384>());
  return decoders;
}

// What the encoders write: `records[i]` as frame i.
struct Record {
  std::uint32_t stream_id;  // odd
  std::uint32_t value;      // 1 to 16384
};

// What frames borrow.
inline constexpr std::array<std::byte, 16384> kBody = [] {
  std::array<std::byte, 16384> octets{};
  octets.fill(kBodyOctet);
  return octets;
}();
inline Bytes BodyOf(const Record& record) { return Bytes(kBody).first(record.value % 64); }

// What is cut: a payload of 1 MiB, a field block of 64 KiB, to frames of kBody's size.
inline constexpr std::size_t kFramesOfPayload = 64;
inline constexpr std::size_t kFramesOfFieldBlock = 4;

// What goes through a relay: fields as small as HPACK makes them, and DATA of 1 KiB or of kBody's
// size.
enum class Relayed { kRequest, kResponse, kBulk };
void AppendRelayed(FrameWriter& out, Relayed what, const Record& record);

inline constexpr std::string_view kOrigin = "https://example.com";
inline constexpr std::uint8_t kUnknownType = 0xf0;

// One way to encode frames of one kind, one after another into `out`.
struct Encoder {
  enum class Writes { kFrames, kOnlySize };

  // The kind of frame, and in parentheses what a record says of it besides the stream:
  //   window-update  (the increment)         data-head    DATA's nine octets (the size of the data)
  //   data-of-64, data-of-16384   so many octets of data, whatever the value
  //   data           (BodyOf)                headers      (BodyOf) and END_HEADERS
  //   priority       (what it depends on)    rst-stream   (the error code)
  //   settings       three, always the same  push-promise   of the stream above (BodyOf)
  //   ping           (the opaque data)       goaway       (error code, BodyOf)
  //   continuation   like headers            altsvc       (BodyOf)
  //   origin         kOrigin                 priority-update  (BodyOf)
  //   unknown        of kUnknownType (BodyOf)
  //   mixed          in turn data, headers and window-update
  //   batch          in turn data, data of as many octets as the value says, and window-update
  //   cut-data       for every kFramesOfPayload records, as many DATA frames with END_STREAM on the
  //                  last, on the stream of the first record
  //   relay-request  for each record a request, and then for each a response of HEADERS and DATA
  //   relay-data     a request, and then for each record DATA of kBody's size on its stream
  //   cut-headers    for every kFramesOfFieldBlock records, HEADERS and CONTINUATION, likewise
  std::string operation;
  std::string name;
  Role role;

  // Returns the octets written; whether it writes them is `writes`.
  std::size_t (*encode)(std::span<const Record> records, std::span<std::byte> out);
  Writes writes = Writes::kFrames;

  // For an `encode` that gathers octets for a write and only points at them: the same, and copies
  // to `out` what the write would take. Not measured.
  std::size_t (*show)(std::span<const Record> records, std::span<std::byte> out) = nullptr;
};

// A library that others use for the same.
struct Peer {
  std::string name;
  std::string version;
  std::vector<Decoder> decoders;
  std::vector<Encoder> encoders;
};

// Those this build has: the floors, h2wire, and each peer that was found.
std::vector<Decoder> Decoders();
std::vector<Encoder> Encoders();
std::vector<Peer> Peers();

// What a measurement is called: decode/<workload>/<decoder>, pieces-of-<size>/<workload>/<decoder>,
// encode/<operation>/<encoder>.
std::string NameOf(const Decoder& decoder, const Workload& workload);
std::string NameOf(const Encoder& encoder);

std::vector<Record> EncoderRecords();
inline constexpr std::size_t kLargestRecord = 80;  // no frame of a record has more octets

// Whether an implementation does what it is measured for: a decoder reaches the workload's
// checksum, an encoder writes the right octets.
bool Agrees(const Decoder& decoder, const Workload& workload);
bool Agrees(const Encoder& encoder);

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_IMPLEMENTATION_H_
