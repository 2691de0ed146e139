// SPDX-License-Identifier: Apache-2.0

#include "relay_worker.h"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>

namespace h2wire::tools {
namespace {

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
