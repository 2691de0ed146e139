// SPDX-License-Identifier: Apache-2.0

// The stream decoders that most programs use.

#include "h2wire/stream_decoder.h"

namespace h2wire::inline H2WIRE_ABI {

template class StreamDecoderOf<Frame>;
template class StreamDecoderOf<Frame, InParts<DataFrame>>;

}  // namespace h2wire
