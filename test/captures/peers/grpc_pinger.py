# SPDX-License-Identifier: Apache-2.0

"""Holds one call to grpc_server.py open and sends PINGs until the server has had too many.

Usage: grpc_pinger.py PORT
"""

import sys
import threading

import grpc

ended = threading.Event()


def messages():
  yield b"the only message"
  ended.wait()


with grpc.insecure_channel(
    f"127.0.0.1:{sys.argv[1]}",
    options=[("grpc.default_authority", "www.example.com"),
             ("grpc.enable_http_proxy", 0),
             ("grpc.keepalive_time_ms", 100),
             ("grpc.http2.min_time_between_pings_ms", 100),
             ("grpc.http2.max_pings_without_data", 0)]) as channel:
  try:
    for _ in channel.stream_stream("/example.Probe/Echo")(messages(), timeout=10):
      pass
  except grpc.RpcError as error:
    if error.code() != grpc.StatusCode.UNAVAILABLE:
      raise
  ended.set()
