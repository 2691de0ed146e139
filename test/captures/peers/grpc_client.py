# SPDX-License-Identifier: Apache-2.0

"""Calls every method of grpc_server.py on one connection, and cancels one call.

Usage: grpc_client.py PORT
"""

import sys
import threading
import time

import grpc

with grpc.insecure_channel(
    f"127.0.0.1:{sys.argv[1]}",
    options=[("grpc.default_authority", "www.example.com"),
             ("grpc.enable_http_proxy", 0)]) as channel:
  method = "/example.Probe/"
  channel.unary_unary(method + "Measure")(b"synthetic " * 1200, timeout=10)
  for _ in channel.unary_stream(method + "Count")(b"300", timeout=10):
    pass
  channel.stream_unary(method + "Gather")(
      (b"part %d" % part for part in range(20)), timeout=10)
  for _ in channel.stream_stream(method + "Echo")(
      (b"message %d" % message for message in range(20)), timeout=10):
    pass
  try:
    channel.unary_unary(method + "Refuse")(b"", timeout=10)
  except grpc.RpcError:
    pass
  answered = threading.Event()

  def messages():
    yield b"the only message"
    answered.wait()

  cancelled = channel.stream_stream(method + "Echo")(messages(), timeout=10)
  next(cancelled)
  cancelled.cancel()
  answered.set()
  time.sleep(0.2)  # Nothing tells when RST_STREAM has been sent.
