// SPDX-License-Identifier: Apache-2.0

// Any calls of an OutputQueue, in any order and whatever they return, held against a naive queue.

#include <cstddef>
#include <cstdint>
#include <span>

#include "arbitrary.h"
#include "check.h"
#include "naive_queue.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace h2wire;
  Choices choices(std::as_bytes(std::span(data, size)));
  Played played;
  CheckSame(PlayQueue(choices, played), "an OutputQueue");
  return 0;
}
