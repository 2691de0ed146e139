# SPDX-License-Identifier: Apache-2.0

"""What h2wire is to reach, from targets.tsv, and whether it does.

A target that is missed is shown, and fails nothing: what may not get worse is in the baselines. A
line of the file is the compiler it holds for, the name of what is measured, the measure, the name
of what it is held against (or "-"), and the bound. The measures are

  instructions               a frame, as callgrind counts them, to a tenth: the loop around them
                             has a beginning
  instructions more than     the difference to those of the other
  times the instructions of  the ratio to those of the other
  times the time of          the median of the ratios within a repetition
"""

import operator
import pathlib

BOUNDS = {"<=": operator.le, ">=": operator.ge}


def results(compiler, counts, time_ratio=None):
    """Yields (title, value, bound, verdict) of each target of the compiler.

    `compiler` is what h2wire_count prints, 'GNU 12.2.0, -O2'; `counts` is {name: instructions a
    frame}; `time_ratio(measured, against)` is nothing for a peer that was left out. Without either,
    the targets that need it are left out.
    """
    for line in (pathlib.Path(__file__).parent / "targets.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        of_compiler, measured, measure, against, bound = line.split("\t")
        if of_compiler not in ("any", compiler.split()[0].lower()):
            continue
        if measure == "times the time of":
            if not time_ratio:
                continue
            value = time_ratio(measured, against)
        else:
            if not counts:
                continue
            value = count_of(measure, counts[measured], counts.get(against))
        relation, limit = bound.split()
        other = "" if against == "-" else " " + against.split("/")[-1]
        verdict = ("not measured" if value is None
                   else "reached" if BOUNDS[relation](value, float(limit)) else "missed")
        yield f"{measured}: {measure}{other}", value, bound, verdict


def count_of(measure, count, other):
    if measure == "instructions":
        return round(count, 1)
    if measure == "instructions more than":
        return round(count - other, 1)
    if measure == "times the instructions of":
        return count / other
    raise ValueError(f"targets.tsv: there is no measure {measure!r}")
