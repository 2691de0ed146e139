// SPDX-License-Identifier: Apache-2.0

// Frames of every kind on their way through a proxy: cut, queued, written in parts, read in parts,
// decoded, put together and counted. What arrives is what was sent, and all agree on how much.
//
// The input chooses the frames, the sizes of all storage, and of what is written and read at once.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "arbitrary.h"
#include "check.h"
#include "h2wire/counters.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/field_block.h"
#include "h2wire/fragment.h"
#include "h2wire/frame_buffer.h"
#include "h2wire/iovec.h"
#include "h2wire/output_queue.h"
#include "h2wire/print.h"
#include "h2wire/reply.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/window.h"
#include "heap_block.h"

namespace h2wire {
namespace {

constexpr std::uint32_t kMaxFrameSize = kDefaultMaxFrameSize;
constexpr std::size_t kMostFrames = 32;  // of an input: more tell no more

std::size_t SizeOf(std::span<const iovec> pieces) {
  std::size_t size = 0;
  for (const iovec& piece : pieces) size += piece.iov_len;
  return size;
}

// The first `size` octets of `pieces`.
std::string Joined(std::span<const iovec> pieces, std::size_t size) {
  std::string octets;
  for (const iovec& piece : pieces) {
    octets.append(static_cast<const char*>(piece.iov_base),
                  std::min(piece.iov_len, size - octets.size()));
  }
  return octets;
}

std::string OctetsOf(const Frame& frame) {
  std::string octets(EncodedSize(frame), '\0');
  Check(Encode(frame, std::as_writable_bytes(std::span(octets))).fault == Fault::kNone,
        "what Split does not refuse is encoded");
  return octets;
}

// What of a frame is cut, where there is such.
template <class F>
concept Cuttable = std::same_as<F, DataFrame> || FieldBlockFrame<F>;
auto& RestOf(auto& frame) {
  if constexpr (requires { frame.data; }) {
    return frame.data;
  } else {
    return frame.fragment;
  }
}

// Makes what is cut of a frame larger than a frame may be, now and then.
void Enlarge(Frame& frame, Choices& choices) {
  static const HeapBlock octets(3 * kMaxFrameSize, std::byte{'x'});
  if (!choices.OneIn(16)) return;
  const Bytes rest = octets.bytes().first(choices.Below(3 * kMaxFrameSize + 1));
  std::visit(
      [&]<class F>(F& alternative) {
        if constexpr (Cuttable<F>) RestOf(alternative) = rest;
      },
      frame);
}

// The pieces of `frame`, or itself if it is of a type that is not cut.
std::vector<Frame> Pieces(const Frame& frame, Choices& choices) {
  std::vector<Frame> pieces;
  const auto padding = static_cast<CutPadding>(choices.Below(3));
  Visit(Overloaded{[&](const DataFrame& data) {
                     const auto none = Cut(data, kMaxFrameSize - choices.Below(2), padding);
                     Check((none.fault() == Fault::kNone) == (none.begin() != none.end()),
                           "there are no pieces of a size that no peer may ask for");
                     for (const Frame& piece : Cut(data, kMaxFrameSize, padding)) {
                       pieces.push_back(piece);
                     }
                   },
                   [&]<class F>(const F& whole) {
                     if constexpr (Cuttable<F>) {
                       for (const Frame& piece : Cut(whole, kMaxFrameSize)) pieces.push_back(piece);
                     } else {
                       pieces.push_back(whole);
                     }
                   }},
        frame);
  Check(!pieces.empty(), "there is always a piece");
  std::size_t handed = 0;
  Check(CutTo(frame, kMaxFrameSize, padding,
              [&](const auto& piece) {
                Check(handed < pieces.size() && Frame(piece) == pieces[handed],
                      "CutTo hands out the same pieces");
                ++handed;
              }) == Fault::kNone &&
            handed == pieces.size(),
        "CutTo hands out all pieces");
  Visit(
      [&]<class F>(const F& whole) {
        if constexpr (Cuttable<F>) {
          std::string rest;
          for (std::size_t i = 0; i < pieces.size(); ++i) {
            Visit(
                [&]<class P>(const P& piece) {
                  if constexpr (Cuttable<P>) rest += AsText(RestOf(piece));
                  if constexpr (requires { piece.end_headers&& whole.end_headers; }) {
                    Check(piece.end_headers == (whole.end_headers && i + 1 == pieces.size()),
                          "the last piece has END_HEADERS");
                  }
                  if constexpr (requires { piece.end_stream&& whole.end_stream; }) {
                    const std::size_t at = std::is_same_v<P, DataFrame> ? pieces.size() - 1 : 0;
                    Check(piece.end_stream == (whole.end_stream && i == at),
                          "the right piece has END_STREAM");
                  }
                },
                pieces[i]);
            Check(EncodedSize(pieces[i]) <= kFrameHeaderSize + kMaxFrameSize, "pieces are small");
            Check(StreamIdOf(pieces[i]) == whole.stream_id, "pieces are on the same stream");
          }
          Check(rest == AsText(RestOf(whole)), "the pieces have all that is cut");
        }
      },
      frame);
  return pieces;
}

// Writes and checks what a queue gives that has no storage for urgent frames.
class Sender {
 public:
  explicit Sender(Choices& choices)
      : choices_(choices),
        copy_at_most_(choices.Below(OutputQueue::kCopyAtMost)),
        copies_(kCopies * std::max(copy_at_most_, kLargestHead) + 255 + choices.Below(256)),
        bodies_(2 + choices.Below(8)),
        queue_(copies_, bodies_, {}, copy_at_most_) {}

  // Borrows what `frame` borrows until Flush. Ends the field block that is open before what does
  // not belong to it. `octets`: those of the frame, if it is to be queued as they are.
  void Send(const Frame& frame, Bytes octets = {}) {
    const auto* const continuation = std::get_if<ContinuationFrame>(&frame);
    const bool continues = continuation != nullptr && continuation->stream_id == open_;
    if (open_ != 0 && !continues) {
      Check(queue_.Add(frame) == Fault::kFieldBlockInterrupted, "nothing enters a field block");
      Send(ContinuationFrame{.stream_id = open_, .end_headers = true});
    }
    if (continuation != nullptr && !continues) {
      Check(queue_.Add(frame) == Fault::kStrayContinuation, "a field block is not begun inside");
      return;
    }
    const std::string wire = OctetsOf(frame);
    CheckIovecs(frame, wire);
    const auto add = [&] { return octets.empty() ? queue_.Add(frame) : queue_.AddOctets(octets); };
    for (Fault fault = add(); fault != Fault::kNone; fault = add()) {
      Check(fault == Fault::kNoRoom, "what Split does not refuse is queued");
      Check(queue_.waiting() != 0, "an empty queue takes any frame");
      WriteSome();
    }
    Visit(
        [this]<class F>(const F& whole) {
          if constexpr (FieldBlockFrame<F>) open_ = whole.end_headers ? 0 : whole.stream_id;
        },
        frame);
    sent.Count(frame);
    expected_ += wire;
    CheckWaiting();
    if (choices_.OneIn(4)) WriteSome();
  }
  void Refuse(const Frame& frame, Fault fault) {
    Check(queue_.Add(frame) == fault, "the queue takes nothing that is not encoded");
    CheckWaiting();
  }
  void Flush() {
    while (queue_.waiting() != 0) WriteSome();
    Check(queue_.Batch(iovecs_).empty(), "nothing is left");
    Check(written_ == expected_, "all is written as it was queued");
  }
  const std::string& written() const { return written_; }

  Counters sent;

 private:
  static constexpr std::size_t kCopies = 3;  // a head and two bodies
  static constexpr std::size_t kLargestHead = std::tuple_size_v<HeadOctets>;

  static void CheckIovecs(const Frame& frame, const std::string& octets) {
    const Parts parts = Split(frame);
    std::array<iovec, kMaxIovecs> pieces;
    const std::size_t count = FillIovecs(parts, pieces);
    Check(Joined(std::span(pieces).first(count), octets.size()) == octets &&
              SizeOf(std::span(pieces).first(count)) == octets.size(),
          "iovecs are the octets");
    Check(count == 0 || FillIovecs(parts, std::span(pieces).first(count - 1)) == 0,
          "too few iovecs are not filled");
    HeadOctets head;
    const Gathered gathered = SplitTo(frame, head, pieces);
    Check(gathered.fault == Fault::kNone && gathered.count == count &&
              Joined(std::span(pieces).first(count), octets.size()) == octets,
          "iovecs without Parts are the same");
  }
  void CheckWaiting() const {
    Check(queue_.waiting() == expected_.size() - written_.size(), "the queue knows what waits");
  }
  void WriteSome() {
    const std::size_t count = 1 + choices_.Below(static_cast<std::uint32_t>(iovecs_.size()));
    const std::span<iovec> pieces = std::span(iovecs_).first(count);
    const std::span<const iovec> batch = queue_.Batch(pieces);
    const std::size_t waiting = SizeOf(batch);
    Check(batch.size() == pieces.size() || waiting == queue_.waiting(), "a batch is all that fits");
    const std::size_t size =
        std::min<std::size_t>(waiting, 1 + choices_.Below(1u << choices_.Below(17)));
    written_ += Joined(batch, size);
    queue_.Written(size);
    CheckWaiting();
  }

  Choices& choices_;
  std::size_t copy_at_most_;
  std::vector<std::byte> copies_;
  std::vector<OutputQueue::Body> bodies_;
  std::array<iovec, 24> iovecs_;
  OutputQueue queue_;
  StreamId open_ = 0;
  std::string expected_;
  std::string written_;
};

// A field block put together without storage limits or views.
struct Ledger {
  bool open = false;
  bool ended = false;
  StreamId stream_id = 0;
  StreamId promised = 0;
  std::uint32_t continuations = 0;
  std::string octets{};

  template <class F>
  Fault Add(const F& frame, const FieldBlockLimits& limits) {
    ended = false;
    if constexpr (std::is_same_v<F, ContinuationFrame>) {
      if (!open) return Fault::kStrayContinuation;
      if (frame.stream_id != stream_id) return Fault::kFieldBlockInterrupted;
      if (++continuations > limits.max_continuations) return Fault::kTooManyContinuations;
    } else if (open) {
      return Fault::kFieldBlockInterrupted;
    }
    if constexpr (requires { frame.fragment; }) {
      if constexpr (!std::is_same_v<F, ContinuationFrame>) *this = {.stream_id = frame.stream_id};
      if constexpr (requires { frame.promised_stream_id; }) promised = frame.promised_stream_id;
      octets += AsText(frame.fragment);
      if (octets.size() > limits.max_octets) return Fault::kFieldBlockTooLarge;
      ended = frame.end_headers;
      open = !ended;
    }
    return Fault::kNone;
  }
};

// Takes frames as they are received.
class Receiver {
 public:
  explicit Receiver(Choices& choices)
      : limits_{.max_octets = choices.Below(200), .max_continuations = choices.Below(4)},
        storage_(choices.OneIn(2) ? 4096 : 100),
        stores_(choices.OneIn(2)),
        block_(stores_ ? FieldBlock(storage_, limits_) : FieldBlock(limits_)) {
    if (stores_) limits_.max_octets = std::min(limits_.max_octets, storage_.size());
  }

  template <class F>
  void operator()(const F& frame) {
    counters.Count(frame);
    const Fault expected = ledger_.Add(frame, limits_);
    Check(block_.Add(frame) == expected, "a field block breaks the same rule");
    if (expected != Fault::kNone) {
      counters.Count(ErrorOf(expected, 0));
      Restart();
      return;
    }
    Check(block_.open() == ledger_.open && block_.whole() == ledger_.ended,
          "a field block ends where its last frame does");
    if (ledger_.open || ledger_.ended) {
      Check(block_.stream_id() == ledger_.stream_id &&
                block_.promised_stream_id() == ledger_.promised &&
                block_.size() == ledger_.octets.size(),
            "a field block knows what it is");
    }
    if (ledger_.ended && stores_) {
      Check(AsText(block_.octets()) == ledger_.octets, "a field block has all octets");
    }
    Account(frame);
  }

  Counters counters;

 private:
  void Restart() {
    ledger_ = {};
    block_ = stores_ ? FieldBlock(storage_, limits_) : FieldBlock(limits_);
  }

  // Windows are what 64 bits say, or as they were.
  void Account(const auto&) {}
  void Account(const WindowUpdateFrame& frame) {
    const auto size = static_cast<Window>(frame.window_size_increment);
    receive_.Grow(size);
    receive_size_ = std::max(receive_size_, size);
    CheckNothingLost();
    const std::int64_t moved = std::int64_t{window_} + frame.window_size_increment;
    const FrameError error = AddWindow(window_, frame);
    Moved(moved, error, ErrorOf(Fault::kWindowOverflow, frame.stream_id));
  }
  void Account(const DataFrame& frame) {
    const std::size_t length = FlowControlledLength(frame);
    const std::int64_t rest = std::int64_t{window_} - static_cast<std::int64_t>(length);
    const FrameError error = TakeWindow(window_, length, frame.stream_id);
    Check(error == (length != 0 && rest < 0 ? ErrorOf(Fault::kWindowExceeded, frame.stream_id)
                                            : FrameError()),
          "no more is taken from a window than it has");
    Return(frame, length);
    if (error.fault != Fault::kNone) {
      const RstStreamFrame answer = RstStreamFor(error);
      Check(answer.stream_id == frame.stream_id && answer.error_code == error.code &&
                Split(answer).fault == Fault::kNone,
            "an error of a stream is answered on it");
    }
  }
  void Account(const SettingsFrame& frame) {
    for (const Setting setting : frame.settings) {
      if (setting.id != SettingId::kInitialWindowSize) continue;
      const auto size = static_cast<Window>(setting.value);
      if (receive_.ChangeInitial(size).fault == Fault::kNone) receive_size_ = size;
      CheckNothingLost();
      const std::int64_t moved = std::int64_t{window_} + setting.value - initial_;
      const FrameError error = ChangeInitialWindow(window_, initial_, setting.value);
      Moved(moved, error, ErrorOf(Fault::kInitialWindowOverflow, 0));
      if (error.fault == Fault::kNone) {
        initial_ = setting.value;
      } else {
        const GoawayFrame answer = GoawayFor(error, 1);
        Check(Split(answer).fault == Fault::kNone && answer.error_code == error.code &&
                  answer.last_stream_id == 1 && !answer.debug_data.empty(),
              "an error of the connection ends it");
      }
    }
    Check(ReplyTo(frame) == SettingsFrame{.ack = true}, "SETTINGS are acknowledged");
  }
  // Takes DATA, consumes some of what there is, and returns what is due.
  void Return(const DataFrame& frame, std::size_t length) {
    const Window before = receive_.available();
    const bool fits = length == 0 || std::int64_t{before} >= static_cast<std::int64_t>(length);
    Check((receive_.Receive(frame, frame.stream_id).fault == Fault::kNone) == fits,
          "a peer sends no more than it may");
    CheckNothingLost();
    receive_.Consume(length % 2 == 0 ? frame.data.size() : frame.data.size() / 3);
    CheckNothingLost();
    const std::int64_t available = receive_.available();
    const std::uint64_t due = receive_.consumed();
    const std::uint32_t credit = length % 3 == 0 ? receive_.TakeAllCredit() : receive_.TakeCredit();
    Check(credit <= due && receive_.available() == available + credit,
          "no more is returned than was consumed");
    CheckNothingLost();
  }
  void CheckNothingLost() const {
    Check(std::int64_t{receive_.available()} + static_cast<std::int64_t>(receive_.consumed()) +
                  receive_.held() ==
              receive_size_,
          "what is not with the peer is held, or will be returned");
  }
  void Account(const PingFrame& frame) {
    Check(ReplyTo(frame) == PingFrame{.ack = true, .opaque_data = frame.opaque_data},
          "a PING comes back");
  }
  void Moved(std::int64_t sum, const FrameError& error, const FrameError& overflow) {
    const bool fits = sum <= kLargestWindow;
    Check(error == (fits ? FrameError() : overflow), "a window overflows where it does");
    Check(!fits || window_ == sum, "a window is moved by what it says");
  }

  FieldBlockLimits limits_;
  std::vector<std::byte> storage_;
  bool stores_;
  FieldBlock block_;
  Ledger ledger_;
  Window window_ = kDefaultWindow;
  std::uint32_t initial_ = 65535;
  ReceiveWindow receive_;
  Window receive_size_ = kDefaultWindow;
};

// Reads `octets` through a buffer, as much at once as the input chooses.
void Receive(Bytes octets, Choices& choices, Receiver& receiver, Counters& by_header) {
  // The largest frames that are not cut are ALTSVC: two parts, each of at most 16384 octets.
  std::vector<std::byte> storage(kFrameHeaderSize + 2 + 2 * 16384 + choices.Below(1000));
  FrameBuffer buffer(storage);
  std::size_t needed = kFrameHeaderSize;
  while (!octets.empty()) {
    const MutableBytes room = buffer.Room(needed);
    Check(room.size() + buffer.pending().size() >= needed, "there is room for what is needed");
    const std::size_t size = std::min<std::size_t>(
        {octets.size(), room.size(), 1 + choices.Below(1u << choices.Below(17))});
    std::copy_n(octets.data(), size, room.data());
    octets = octets.subspan(size);
    buffer.Add(size);
    for (;;) {
      const Bytes pending = buffer.pending();
      const Outcome next = DecodeTo(pending, receiver, {.max_frame_size = kLargestMaxFrameSize});
      needed = next.size;
      if (next.status == DecodeStatus::kNeedMore) break;
      Check(next.status == DecodeStatus::kOk, "what was sent is received");
      by_header.Count(LoadHeader(pending.data()));
      buffer.Take(next.size);
    }
  }
  Check(buffer.pending().empty(), "all is received");
  Check(buffer.Room(storage.size() + 1).empty(), "there is no more room than storage");
}

// Whether the frame is decoded as what it is.
bool ComesBack(const Frame& frame) {
  const RawFrame* const raw = std::get_if<RawFrame>(&frame);
  return raw == nullptr || NameOf(raw->header.type).empty();
}

}  // namespace
}  // namespace h2wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace h2wire;
  Choices choices(std::as_bytes(std::span(data, size)));
  Sender sender(choices);
  Receiver receiver(choices);
  std::vector<ArbitraryFrame> alive;
  while (!choices.Exhausted() && alive.size() < kMostFrames) {
    alive.push_back(MakeArbitraryFrame(choices));
    Frame& frame = alive.back().frame;
    Enlarge(frame, choices);
    const Fault fault = Split(frame).fault;
    if (fault != Fault::kNone) sender.Refuse(frame, fault);
    if (fault != Fault::kNone || !ComesBack(frame)) continue;
    if (choices.OneIn(16) && EncodedSize(frame) <= kFrameHeaderSize + kMaxFrameSize) {
      const HeapBlock& octets = alive.back().blocks.emplace_back(AsBytes(OctetsOf(frame)));
      sender.Send(frame, octets.bytes());
      continue;
    }
    for (const Frame& piece : Pieces(frame, choices)) {
      sender.Send(piece);
    }
  }
  sender.Flush();

  const Counters& sent = sender.sent;
  Counters by_header;
  Receive(AsBytes(sender.written()), choices, receiver, by_header);
  Counters received = receiver.counters;
  Check(received.types == sent.types && by_header.types == sent.types, "all count the same");
  received += sent;
  std::size_t at = 0;
  received.ForEachType([&](std::string_view name, const Traffic& traffic) {
    Check(!name.empty() && traffic.octets == 2 * sent.types[at].octets, "counters add up");
    ++at;
  });
  received.ForEachFault(
      [](std::string_view name, std::uint64_t) { Check(!name.empty(), "a fault has a name"); });
  return 0;
}
