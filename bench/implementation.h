// The shape in which decoders and encoders enter the comparison.
#ifndef H2WIRE_BENCH_IMPLEMENTATION_H_
#define H2WIRE_BENCH_IMPLEMENTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checksum.h"
#include "frame_writer.h"
#include "h2wire/bytes.h"
#include "workload.h"

namespace h2wire::bench {

enum class Role {
  kFloor,  // does less than a decoder or encoder must
  kOurs,   // h2wire
  kPeer,   // someone else's
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

// One way to decode a stream of whole frames.
struct Decoder {
  std::string name;
  Role role;

  // One pass over a workload's octets, in one function that holds the hot loop: its Checksum.
  std::uint64_t (*decode)(Bytes octets);

  // What `decode` returns for a workload: the checksum, except for floors that compute none.
  std::uint64_t (*expected)(const Workload& workload) = [](const Workload& workload) {
    return workload.checksum;
  };

  // Before each pass, and not measured: for decoders that hold a connection's state. They can run
  // only workloads with a prologue.
  void (*connect)(const Workload& workload) = nullptr;

  bool Accepts(const Workload& workload) const {
    return connect == nullptr || !workload.prologue.empty();
  }
};

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

// One way to encode frames of one kind, one after another into `out`.
struct Encoder {
  enum class Writes { kFrames, kOnlySize };

  // The kind of frame, and in parentheses what a record says of it besides the stream:
  //   window-update  (the increment)         data-head   DATA's nine octets (the size of the data)
  //   data           (BodyOf)                headers     (BodyOf) and END_HEADERS
  //   priority       (what it depends on)    rst-stream  (the error code)
  //   settings       three, always the same  push-promise  of the stream above (BodyOf)
  //   ping           (the opaque data)       goaway      (error code, BodyOf)
  //   continuation   like headers            mixed       in turn data, headers and window-update
  std::string operation;
  std::string name;
  Role role;

  // Returns the octets written; whether it writes them is `writes`.
  std::size_t (*encode)(std::span<const Record> records, std::span<std::byte> out);
  Writes writes = Writes::kFrames;
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

std::vector<Record> EncoderRecords();
inline constexpr std::size_t kLargestRecord = 80;  // no frame of a record has more octets

// Whether an implementation does what it is measured for: a decoder reaches the workload's
// checksum, an encoder writes the right octets.
bool Agrees(const Decoder& decoder, const Workload& workload);
bool Agrees(const Encoder& encoder);

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_IMPLEMENTATION_H_
