// SPDX-License-Identifier: Apache-2.0

// h2wire stat: what frames there are, how large they are, and how fast they were decoded.

#ifndef H2WIRE_TOOLS_STAT_H_
#define H2WIRE_TOOLS_STAT_H_

#include "options.h"
#include "output.h"

namespace h2wire::tools {

// Decodes the files, or the pair, and writes one table about all of them. A file that cannot be
// read to its end is named on standard error, and counts as far as it was read. Returns the exit
// status.
int Stat(const Options& options, Output& output);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_STAT_H_
