// SPDX-License-Identifier: Apache-2.0

// What an OutputQueue does, told again with lists of whole frames and no thought of speed; and any
// calls of one, chosen at random, held against it.

#ifndef H2WIRE_TEST_NAIVE_QUEUE_H_
#define H2WIRE_TEST_NAIVE_QUEUE_H_

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arbitrary.h"
#include "h2wire/encode.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/output_queue.h"

namespace h2wire {

class NaiveQueue {
 public:
  struct Body {
    std::size_t end;  // where in the frame
    std::uint64_t name;
  };
  struct Item {
    std::string octets{};
    std::deque<Body> bodies{};  // that are borrowed

    unsigned At(std::size_t index) const { return static_cast<unsigned char>(octets.at(index)); }
    unsigned type() const { return At(3); }
    bool flag(unsigned bit) const { return (At(4) & bit) != 0; }
    unsigned Word(std::size_t at) const {
      return (At(at) << 24 | At(at + 1) << 16 | At(at + 2) << 8 | At(at + 3)) & 0x7fffffffu;
    }
    unsigned stream() const { return Word(5); }
    bool opens_block() const { return type() == 1 || type() == 5; }
    bool continues() const { return type() == 9; }
    // Whether it is of the stream, or promises it.
    bool Of(unsigned id) const {
      const std::size_t promised = flag(8) ? 10 : 9;
      return stream() == id ||
             (type() == 5 && octets.size() >= promised + 4 && Word(promised) == id);
    }
  };

  explicit NaiveQueue(std::size_t urgent_size) : urgent_size_(urgent_size) {}

  // What Add returns if there is room, without adding; and what it does if it returns kNone, or
  // refuses an RST_STREAM.
  Fault Judge(const Item& item) const {
    if (Urgent(item)) {
      const auto [ready, place] = PlaceFor(item);
      if (ready && HasUrgentRoom(item)) return Fault::kNone;
      const bool at_end = ready || place == main_.size();
      return at_end && open_ != 0 ? Fault::kFieldBlockInterrupted : Fault::kNone;
    }
    if (item.continues() && open_ == 0) return Fault::kStrayContinuation;
    if (open_ != 0 && !(item.continues() && item.stream() == open_)) {
      return Fault::kFieldBlockInterrupted;
    }
    return Fault::kNone;
  }
  void Add(const Item& item) {
    if (Urgent(item)) {
      const auto [ready, place] = PlaceFor(item);
      if (ready && HasUrgentRoom(item)) {
        urgent_.push_back(item);
        urgent_used_ += item.octets.size();
      } else {
        main_.insert(ready ? main_.end() : main_.begin() + static_cast<std::ptrdiff_t>(place),
                     item);
      }
      return;
    }
    main_.push_back(item);
    if (item.opens_block() || item.continues()) open_ = item.flag(4) ? 0 : item.stream();
    if (item.type() == 4 && !item.flag(1) && !had_settings_) had_settings_ = settings_wait_ = true;
  }
  bool DropsData(const Item& item) const { return Urgent(item) && item.type() == 3; }
  void AddPreface() {
    begun_ = {{std::string(kConnectionPreface)}};
    begun_stream_ = 0;
  }

  struct Dropped {
    std::uint64_t flow_controlled_length = 0;
    std::vector<std::uint64_t> names{};  // sorted
  };
  Dropped DropData(unsigned stream) {
    Dropped dropped;
    std::deque<Item> kept;
    for (std::size_t i = 0; i < main_.size(); ++i) {
      const Item& item = main_[i];
      if (i >= in_flight_ && item.type() == 0 && item.stream() == stream) {
        dropped.flow_controlled_length += item.octets.size() - 9;
        for (const Body& body : item.bodies) dropped.names.push_back(body.name);
      } else {
        kept.push_back(item);
      }
    }
    main_ = kept;
    std::ranges::sort(dropped.names);
    return dropped;
  }

  // All that may be written.
  std::string Batch() {
    while (!main_.empty() && (settings_wait_ || main_.front().continues())) {
      if (begun_.empty()) begun_stream_ = main_.front().stream();
      if (settings_wait_) {
        begun_stream_ = 0;
        settings_wait_ = main_.front().type() != 4 || main_.front().flag(1);
      }
      begun_.push_back(main_.front());
      main_.pop_front();
    }
    std::string octets = Joined(begun_).substr(begun_done_);
    urgent_in_batch_ = 0;
    if (!(open_ != 0 && main_.empty())) {
      const std::string urgent = Joined(urgent_).substr(urgent_done_);
      urgent_in_batch_ = urgent.size();
      octets += urgent;
    }
    in_flight_ = main_.size();
    return octets + Joined(main_);
  }
  // The last batch did not have room for the urgent frames.
  void LeaveUrgentOut() { urgent_in_batch_ = 0; }

  // The names that are free.
  std::vector<std::uint64_t> Written(std::size_t size) {
    std::vector<std::uint64_t> names;
    in_flight_ = 0;
    while (size != 0) {
      if (begun_.empty() && urgent_in_batch_ != 0) {
        --urgent_in_batch_;
        Begin();
        if (++urgent_done_ == urgent_.front().octets.size()) {
          urgent_.pop_front();
          urgent_done_ = 0;
        }
      } else {
        if (begun_.empty()) {
          begun_.push_back(main_.front());
          begun_stream_ = main_.front().stream();
          main_.pop_front();
          Begin();
        }
        Item& item = begun_.front();
        ++begun_done_;
        while (!item.bodies.empty() && item.bodies.front().end == begun_done_) {
          names.push_back(item.bodies.front().name);
          item.bodies.pop_front();
        }
        if (begun_done_ == item.octets.size()) {
          begun_.pop_front();
          begun_done_ = 0;
        }
      }
      --size;
    }
    if (urgent_.empty()) urgent_used_ = 0;
    return names;
  }

  std::size_t waiting() const {
    return Joined(begun_).size() - begun_done_ + Joined(urgent_).size() - urgent_done_ +
           Joined(main_).size();
  }
  // Frames and octets of a stream; what has begun counts as one.
  OutputQueue::Waiting WaitingOn(unsigned stream) const {
    OutputQueue::Waiting waiting;
    const auto count = [&](std::size_t octets) {
      ++waiting.frames;
      waiting.octets += octets;
    };
    if (!begun_.empty() && begun_stream_ == stream) count(Joined(begun_).size() - begun_done_);
    for (const Item& item : main_) {
      if (item.stream() == stream) count(item.octets.size());
    }
    for (const Item& item : urgent_) {
      const std::size_t done = &item == &urgent_.front() ? urgent_done_ : 0;
      if (item.stream() == stream) count(item.octets.size() - done);
    }
    return waiting;
  }
  // The stream of the field block that is open, or 0.
  unsigned open() const { return open_; }
  std::size_t before_urgent() const { return Joined(begun_).size() - begun_done_; }

 private:
  // SETTINGS that come now do not begin the connection.
  void Begin() {
    had_settings_ = true;
    settings_wait_ = false;
  }
  struct Placing {
    bool ready;         // nothing has to go before
    std::size_t place;  // else, in the order of the frames
  };

  static std::string Joined(const std::deque<Item>& items) {
    std::string octets;
    for (const Item& item : items) octets += item.octets;
    return octets;
  }
  bool Urgent(const Item& item) const {
    if (urgent_size_ == 0) return false;
    if (item.type() == 6) return item.octets.size() == 17 && item.flag(1);
    return (item.type() == 3 || item.type() == 8) && item.octets.size() == 13;
  }
  bool HasUrgentRoom(const Item& item) const {
    return urgent_used_ + item.octets.size() <= urgent_size_;
  }
  Placing PlaceFor(const Item& item) const {
    if (item.type() == 6 || (item.type() == 8 && item.stream() == 0)) return {true, 0};
    std::size_t place = 0;
    bool own = false;
    for (std::size_t i = 0; i < main_.size(); ++i) {
      const Item& other = main_[i];
      if (!other.continues()) own = other.Of(item.stream());
      const bool dropped = DropsData(item) && i >= in_flight_ && other.type() == 0;
      if (!own || dropped) continue;
      if (item.type() == 8) {
        if (!other.opens_block()) return {true, 0};
        place = i + 1;
        break;
      }
      place = i + 1;
    }
    if (place == 0) return {true, 0};
    place = std::max(place, in_flight_);
    while (place < main_.size() && main_[place].continues()) ++place;
    return {false, place};
  }

  std::size_t urgent_size_;
  std::size_t urgent_used_ = 0;
  std::deque<Item> begun_;
  std::size_t begun_done_ = 0;
  unsigned begun_stream_ = 0;
  std::deque<Item> urgent_;
  std::size_t urgent_done_ = 0;
  std::size_t urgent_in_batch_ = 0;  // octets
  std::deque<Item> main_;
  std::size_t in_flight_ = 0;  // of those in `main_`
  unsigned open_ = 0;
  bool had_settings_ = false;
  bool settings_wait_ = false;
};

// Whether what was written to a connection is whole frames, the last in part, and field blocks that
// nothing interrupts. This says nothing of a queue, so that it holds whatever one does.
inline bool IsInOrder(std::string_view written) {
  unsigned open = 0;
  while (written.size() >= kFrameHeaderSize) {
    if (written.starts_with(kConnectionPreface.substr(0, 4))) {
      if (open != 0) return false;
      written.remove_prefix(std::min(kConnectionPreface.size(), written.size()));
      continue;
    }
    const FrameHeader header = LoadHeader(AsBytes(written).data());
    const bool continues = header.type == ContinuationFrame::kType;
    if (continues != (open != 0) || (continues && header.stream_id != open)) return false;
    if (continues || header.type == HeadersFrame::kType || header.type == PushPromiseFrame::kType) {
      open = (header.flags & 0x04) != 0 ? 0 : header.stream_id;
    }
    written.remove_prefix(std::min<std::size_t>(kFrameHeaderSize + header.length, written.size()));
  }
  return true;
}

// How often the interesting came about.
struct Played {
  std::size_t added = 0;
  std::size_t no_room = 0;
  std::size_t refused = 0;
  std::size_t dropped = 0;
  std::size_t freed = 0;
};

// Any calls of an OutputQueue, in any order and whatever they return: says what differs from the
// naive one, or nothing.
inline std::string PlayQueue(Choices& choices, Played& played) {
  // All storage in one block, with the octets that frames borrow in between and behind.
  const std::size_t copy_at_most = choices.Below(60);
  const std::size_t copies_size = choices.OneIn(4) ? choices.Below(100) : 100 + choices.Below(900);
  const std::size_t urgent_size = choices.OneIn(4) ? 0 : choices.Below(120);
  std::vector<std::byte> block(200 + copies_size + 200 + urgent_size + 200);
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<std::byte>(i * 7);
  const MutableBytes all = block;
  const MutableBytes copies = all.subspan(200, copies_size);
  const MutableBytes urgent = all.subspan(400 + copies_size, urgent_size);
  const Bytes sources[] = {all.first(200), all.subspan(200 + copies_size, 200), all.last(200)};
  std::vector<OutputQueue::Body> bodies(choices.Below(12));
  std::vector<iovec> pieces(choices.OneIn(2) ? 64 : choices.Below(6));

  OutputQueue queue(copies, bodies, urgent, copy_at_most);
  NaiveQueue naive(urgent_size);
  std::uint64_t name = 0;
  std::uint64_t dropped_ever = 0;
  std::span<const iovec> some;  // the last batch
  std::string batch;            // its octets
  bool in_flight = false;       // and nobody said how much of it was written
  std::string written;
  const auto octets_of = [](std::span<const iovec> batched) {
    std::string octets;
    for (const iovec& piece : batched) {
      octets.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    }
    return octets;
  };
  const auto names_of = [](std::span<const OutputQueue::Body> of) {
    std::vector<std::uint64_t> names;
    for (const OutputQueue::Body& body : of) names.push_back(body.name);
    return names;
  };

  for (int step = 0; step < 60 && !choices.Exhausted(); ++step) {
    if (queue.waiting() != naive.waiting()) return "waiting";
    const StreamId stream = choices.Below(4);
    const OutputQueue::Waiting waits = queue.WaitingOn(stream);
    const OutputQueue::Waiting expected_waits = naive.WaitingOn(stream);
    if (waits.frames != expected_waits.frames) return "frames waiting on a stream";
    if (waits.octets != expected_waits.octets) return "octets waiting on a stream";

    switch (choices.Below(9)) {
      default: {  // adds a frame
        const Bytes source = sources[choices.Below(3)];
        const std::size_t at = choices.Below(100);
        const Bytes octets = source.subspan(at, choices.Below(100));
        const bool flag = choices.OneIn(2);
        const bool end = !choices.OneIn(4);
        const std::uint8_t pad = static_cast<std::uint8_t>(choices.Below(40));
        std::optional<std::uint8_t> padding;
        if (choices.OneIn(4)) padding = pad;
        Frame frame;
        switch (choices.Below(12)) {
          case 0:
            frame = HeadersFrame{stream, flag, end, padding, {}, octets};
            break;
          case 1:
            frame = PushPromiseFrame{stream, end, padding, 2 * (1 + pad % 2u), octets};
            break;
          case 2:
          case 3:
            frame = ContinuationFrame{stream, end, octets};
            break;
          case 4:
            frame = PingFrame{.ack = flag};
            break;
          case 5:
            frame = WindowUpdateFrame{stream, 1};
            break;
          case 6:
            frame = RstStreamFrame{stream, ErrorCode::kCancel};
            break;
          case 7:
            frame = SettingsFrame{.ack = flag};
            break;
          case 8:
            frame = AltSvcFrame{0, octets, source.first(pad)};
            break;
          case 9:
            frame = GoawayFrame{0, ErrorCode::kNoError, octets};
            break;
          default:
            frame = DataFrame{stream, flag, padding, octets};
            break;
        }
        const Parts parts = Split(frame);
        NaiveQueue::Item item;
        Fault expected = parts.fault;
        item.octets.resize(EncodedSize(frame));
        (void)Encode(frame, std::as_writable_bytes(std::span(item.octets)));
        ++name;
        if (expected == Fault::kNone) {
          std::size_t place = parts.head_size;
          for (const Bytes body : parts.bodies) {
            place += body.size();
            if (body.size() > queue.copy_at_most()) item.bodies.push_back({place, name});
          }
        }
        const bool was_empty = queue.waiting() == 0;
        Fault fault = Fault::kNone;
        // As a struct, raw, or as it is on the wire.
        const std::string wire = item.octets;
        const std::uint32_t form = expected == Fault::kNone ? choices.Below(4) : 0;
        if (form >= 2) {
          item.bodies.clear();
          // Nobody keeps those octets.
          if (wire.size() - kFrameHeaderSize > queue.copy_at_most()) continue;
        }
        if (expected == Fault::kNone) {
          expected = naive.Judge(item);
          if (naive.DropsData(item)) {
            const auto dropped = naive.DropData(item.stream());
            dropped_ever += dropped.flow_controlled_length;
            played.dropped += dropped.names.size();
          }
        }
        if (form == 2) {
          const FrameHeader header = LoadHeader(AsBytes(wire).data());
          fault = queue.Add(
              RawFrame{{.type = header.type, .flags = header.flags, .stream_id = header.stream_id},
                       AsBytes(wire).subspan(kFrameHeaderSize)},
              name);
        } else if (form == 3) {
          fault = queue.AddOctets(AsBytes(wire), name);
        } else {
          fault = queue.Add(frame, name);
        }
        if (queue.dropped() != dropped_ever) return "what RST_STREAM drops";
        if (fault == Fault::kNoRoom) {
          ++played.no_room;
          const std::size_t borrowed = item.bodies.size();
          std::size_t copied = item.octets.size();
          for (const Bytes body : parts.bodies) {
            if (body.size() > queue.copy_at_most()) copied -= body.size();
          }
          if (expected != Fault::kNone) return "no room for what is refused";
          if (was_empty && copied <= copies_size && borrowed <= bodies.size()) {
            return "no room when nothing waits";
          }
        } else if (fault != expected) {
          return "fault of adding: " + std::string(RowOf(fault).name) + ", not " +
                 std::string(RowOf(expected).name);
        } else if (fault == Fault::kNone) {
          ++played.added;
          naive.Add(item);
        } else {
          ++played.refused;
        }
        break;
      }
      case 0: {  // drops
        const auto expected = naive.DropData(stream);
        const OutputQueue::Dropped dropped = queue.DropData(stream);
        std::vector<std::uint64_t> names = names_of(dropped.bodies);
        std::ranges::sort(names);
        if (names != expected.names) return "the bodies that are dropped";
        if (dropped.flow_controlled_length != expected.flow_controlled_length) {
          return "the octets that are dropped";
        }
        dropped_ever += dropped.flow_controlled_length;
        played.dropped += names.size();
        break;
      }
      case 1: {  // asks for a batch
        const std::string expected = naive.Batch();
        some = queue.Batch(pieces);
        batch = octets_of(some);
        for (const iovec& piece : some) {
          if (piece.iov_len == 0) return "an empty piece";
        }
        if (batch != expected.substr(0, batch.size())) return "the octets of the batch";
        if (some.size() < pieces.size() && batch.size() != expected.size()) return "all of a batch";
        if (batch.size() <= naive.before_urgent()) naive.LeaveUrgentOut();
        in_flight = true;
        break;
      }
      case 3: {  // says how much was written of the last batch, whatever was added since
        if (!in_flight) break;
        in_flight = false;
        if (octets_of(some) != batch) return "the octets of a batch that is being written";
        const std::size_t size = choices.OneIn(3)
                                     ? batch.size()
                                     : choices.Below(static_cast<std::uint32_t>(batch.size()) + 1);
        const std::vector<std::uint64_t> names = naive.Written(size);
        if (names_of(queue.Written(size)) != names) return "the bodies that are free";
        played.freed += names.size();
        written.append(batch, 0, size);
        if (!IsInOrder(written)) return "the order of what is written";
        break;
      }
      case 4: {  // begins a connection
        const Fault fault = queue.AddPreface();
        const bool first = naive.waiting() == 0 && naive.open() == 0;
        if ((fault == Fault::kBadPreface) == first) return "where a preface may be";
        if (fault == Fault::kNone) naive.AddPreface();
        break;
      }
    }
  }
  return "";
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_NAIVE_QUEUE_H_
