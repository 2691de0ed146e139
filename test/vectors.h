// SPDX-License-Identifier: Apache-2.0

// All test vectors.

#ifndef H2WIRE_TEST_VECTORS_H_
#define H2WIRE_TEST_VECTORS_H_

#include <span>

#include "vectors_altsvc.h"
#include "vectors_continuation.h"
#include "vectors_data.h"
#include "vectors_goaway.h"
#include "vectors_headers.h"
#include "vectors_origin.h"
#include "vectors_ping.h"
#include "vectors_priority.h"
#include "vectors_priority_update.h"
#include "vectors_push_promise.h"
#include "vectors_rst_stream.h"
#include "vectors_settings.h"
#include "vectors_unknown.h"
#include "vectors_window_update.h"

namespace h2wire {

inline constexpr std::span<const Vector> kVectorTables[] = {
    vectors::kDataVectors,           vectors::kHeadersVectors,  vectors::kPriorityVectors,
    vectors::kRstStreamVectors,      vectors::kSettingsVectors, vectors::kPushPromiseVectors,
    vectors::kPingVectors,           vectors::kGoawayVectors,   vectors::kWindowUpdateVectors,
    vectors::kContinuationVectors,   vectors::kAltSvcVectors,   vectors::kOriginVectors,
    vectors::kPriorityUpdateVectors, vectors::kUnknownVectors,
};

// Calls `function` with each vector.
constexpr void ForEachVector(auto function) {
  for (const std::span<const Vector> table : kVectorTables) {
    for (const Vector& vector : table) function(vector);
  }
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_VECTORS_H_
