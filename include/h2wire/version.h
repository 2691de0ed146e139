// SPDX-License-Identifier: Apache-2.0

// The version of the library, and the namespace that carries it.

#ifndef H2WIRE_VERSION_H_
#define H2WIRE_VERSION_H_

#if defined(__cplusplus) && __cplusplus < 202002L
#error "h2wire needs C++20: compile with -std=c++20 or a later standard."
#endif

#define H2WIRE_VERSION_MAJOR 0
#define H2WIRE_VERSION_MINOR 2
#define H2WIRE_VERSION_PATCH 0

// All names of h2wire stand in the inline namespace h2wire::H2WIRE_ABI, v0_2 of version 0.2. Users
// write h2wire::Frame as ever. Symbols of two versions differ, so that two parts of a program that
// were built with different versions cannot call each other's functions by accident.
#define H2WIRE_ABI H2WIRE_ABI_OF(H2WIRE_VERSION_MAJOR, H2WIRE_VERSION_MINOR)
#define H2WIRE_ABI_OF(major, minor) H2WIRE_ABI_NAME(major, minor)
#define H2WIRE_ABI_NAME(major, minor) v##major##_##minor

#endif  // H2WIRE_VERSION_H_
