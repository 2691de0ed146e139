// SPDX-License-Identifier: Apache-2.0

// All of h2wire.

#ifndef H2WIRE_H2WIRE_H_
#define H2WIRE_H2WIRE_H_

#include "h2wire/attributes.h"
#include "h2wire/boundary.h"
#include "h2wire/bytes.h"
#include "h2wire/cost.h"
#include "h2wire/counters.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/field_block.h"
#include "h2wire/fragment.h"
#include "h2wire/frame_buffer.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/guard_limits.h"
#include "h2wire/header.h"
#include "h2wire/iovec.h"
#include "h2wire/nanoseconds.h"
#include "h2wire/origins.h"
#include "h2wire/output_queue.h"
#include "h2wire/part.h"
#include "h2wire/print.h"
#include "h2wire/relay.h"
#include "h2wire/renumber.h"
#include "h2wire/reply.h"
#include "h2wire/settings.h"
#include "h2wire/stream_decoder.h"
#include "h2wire/version.h"
#include "h2wire/visit.h"
#include "h2wire/window.h"

#endif  // H2WIRE_H2WIRE_H_
