# SPDX-License-Identifier: Apache-2.0
"""hyperframe's programming interface over the codec of h2wire."""

__version__ = "6.0.0"
