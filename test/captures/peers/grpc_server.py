# SPDX-License-Identifier: Apache-2.0

"""A gRPC server with one method of each kind, on octet strings instead of protocol buffers.

Usage: grpc_server.py PORT
"""

import concurrent.futures
import sys

import grpc


def measure(request, context):
  context.set_trailing_metadata((("x-octets", str(len(request))),))
  return str(len(request)).encode()


def count(request, context):
  for number in range(int(request)):
    yield b"number %d" % number


def gather(requests, context):
  return b" ".join(requests)


def echo(requests, context):
  for request in requests:
    yield request


def refuse(request, context):
  context.abort(grpc.StatusCode.FAILED_PRECONDITION, "refused as asked")


server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=4))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("example.Probe", {
    "Measure": grpc.unary_unary_rpc_method_handler(measure),
    "Count": grpc.unary_stream_rpc_method_handler(count),
    "Gather": grpc.stream_unary_rpc_method_handler(gather),
    "Echo": grpc.stream_stream_rpc_method_handler(echo),
    "Refuse": grpc.unary_unary_rpc_method_handler(refuse),
}),))
server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
server.wait_for_termination()
