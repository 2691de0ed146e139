// SPDX-License-Identifier: Apache-2.0

// What is compiled once for all programs: the stream decoders that most of them use, and the check
// of the library's own descriptions.

#include "h2wire/stream_decoder.h"

#include <concepts>

#include "h2wire/frames.h"
#include "h2wire/walk/grammar.h"
#include "h2wire/walk/type_list.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

template <class... Fs>
consteval bool AreSound(TypeList<Fs...>) {
  return (SoundLayout<Fs>::kChecked && ...);
}
static_assert(AreSound(Alternatives<Frame>()));
static_assert(std::same_as<With<Frame>, Frame>);  // no two types are alike

}  // namespace internal

template class StreamDecoderOf<Frame>;
template class StreamDecoderOf<Frame, InParts<DataFrame>>;

}  // namespace h2wire
