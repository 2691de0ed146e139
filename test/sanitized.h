// SPDX-License-Identifier: Apache-2.0

// What makes everything ten times as slow: a sanitizer that watches, or a build that does not
// optimise. Then tests that go through many frames go through fewer. Each says which.

#ifndef H2WIRE_TEST_SANITIZED_H_
#define H2WIRE_TEST_SANITIZED_H_

#if defined(__SANITIZE_ADDRESS__)
#define H2WIRE_SANITIZED true
#elif defined(__has_feature)
#define H2WIRE_SANITIZED (__has_feature(address_sanitizer) || __has_feature(memory_sanitizer))
#else
#define H2WIRE_SANITIZED false
#endif

namespace h2wire {

inline constexpr bool kSanitized = H2WIRE_SANITIZED;

#ifdef __OPTIMIZE__
inline constexpr bool kOptimized = true;
#else
inline constexpr bool kOptimized = false;
#endif

}  // namespace h2wire

#endif  // H2WIRE_TEST_SANITIZED_H_
