// SPDX-License-Identifier: Apache-2.0

#include "relay_worker.h"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <cstddef>

#include "relay_pair.h"

namespace h2wire::tools {
namespace {

// What README.md states of a connection's memory.
constexpr std::size_t kIdle = sizeof(RelayPair) + sizeof(Relay);
static_assert(kIdle < 2 << 10);
static_assert(2 * sizeof(RelayBlock) + kIdle <= 162 << 10);

// A test cannot exhaust those of the system.
TEST(RelayWorkerTest, DescriptorsAreOfTheProcessAndOfTheSystem) {
  const auto because = [](int number) {
    return boost::system::error_code(number, boost::system::system_category());
  };
  EXPECT_TRUE(IsOutOfDescriptors(because(EMFILE)));
  EXPECT_TRUE(IsOutOfDescriptors(because(ENFILE)));
  EXPECT_FALSE(IsOutOfDescriptors(because(ECONNABORTED)));
  EXPECT_FALSE(IsOutOfDescriptors(because(ENOBUFS)));
  EXPECT_FALSE(IsOutOfDescriptors({}));
}

}  // namespace
}  // namespace h2wire::tools
