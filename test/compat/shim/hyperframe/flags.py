# SPDX-License-Identifier: Apache-2.0
"""The flags of a frame, by name."""

import collections
import collections.abc

Flag = collections.namedtuple("Flag", ["name", "bit"])


class Flags(collections.abc.MutableSet):
    """A set of the names of flags, of those that the frame's type defines."""

    def __init__(self, defined_flags):
        self._defined = {flag.name for flag in defined_flags}
        self._set = set()

    def __repr__(self):
        return repr(sorted(self._set))

    def __contains__(self, name):
        return name in self._set

    def __iter__(self):
        return iter(self._set)

    def __len__(self):
        return len(self._set)

    def discard(self, name):
        self._set.discard(name)

    def add(self, name):
        if name not in self._defined:
            raise ValueError(f"Unexpected flag: {name}. Valid flags are: {self._defined}")
        self._set.add(name)
