// SPDX-License-Identifier: Apache-2.0

// What the library tells compilers beyond the language.

#ifndef H2WIRE_ATTRIBUTES_H_
#define H2WIRE_ATTRIBUTES_H_

// The function is inlined wherever it is called, or never.
#define H2WIRE_ALWAYS_INLINE __attribute__((always_inline))
#define H2WIRE_NOINLINE __attribute__((noinline))

// The function, or each function of the class, is compiled into the library, and a shared one
// exports it. In an archive it is hidden, so that who links it into a library does not export it as
// well.
#ifdef H2WIRE_BUILDS_SHARED_LIBRARY
#define H2WIRE_API __attribute__((visibility("default")))
#else
#define H2WIRE_API
#endif

// The function only returns something, which depends on its arguments and on what they point at.
#define H2WIRE_PURE __attribute__((pure))

// What is returned, or constructed, refers to this argument: compilers warn where the argument is
// gone before it.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::lifetimebound)
#define H2WIRE_LIFETIME_BOUND [[clang::lifetimebound]]
#endif
#endif
#ifndef H2WIRE_LIFETIME_BOUND
#define H2WIRE_LIFETIME_BOUND
#endif

// What is returned is what a function of the same parameters returns: it is jumped to, where clang
// would call it. (With sanitizers that mark the lives of variables, clang cannot.)
#if defined(__has_cpp_attribute) && defined(__has_feature)
#if __has_cpp_attribute(clang::musttail) && !__has_feature(address_sanitizer) && \
    !__has_feature(memory_sanitizer)
#define H2WIRE_MUSTTAIL [[clang::musttail]]
#endif
#endif
#ifndef H2WIRE_MUSTTAIL
#define H2WIRE_MUSTTAIL
#endif

#endif  // H2WIRE_ATTRIBUTES_H_
