# SPDX-License-Identifier: Apache-2.0

"""A gRPC client for the tests of the relay: grpc_client.py PORT. It prints what it saw."""

import hashlib
import sys
import time

import grpc

with grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}",
                           options=[("grpc.max_receive_message_length", -1),
                                    ("grpc.max_send_message_length", -1)]) as channel:
    answer, call = channel.unary_unary("/test.Test/Echo").with_call(b"hello", timeout=30)
    print("echo", answer, call.trailing_metadata())
    large = bytes(range(256)) * 40000
    answer = channel.unary_unary("/test.Test/Echo")(large, timeout=30)
    print("large", hashlib.sha256(answer).hexdigest() == hashlib.sha256(large).hexdigest())
    chat = channel.stream_stream("/test.Test/Chat")(
        (str(i).encode() * (1 + i % 50) for i in range(2000)), timeout=30)
    print("chat", hashlib.sha256(b"".join(chat)).hexdigest())
    try:
        channel.unary_unary("/test.Test/Fail")(b"", timeout=30)
    except grpc.RpcError as error:
        print("fail", error.code(), error.details())
    # At a pace: as fast as it goes, this brings up to 1,500 WINDOW_UPDATE of fewer than 5 octets at once,
    # and a relay's guard allows 1,000.
    slow = channel.stream_stream("/test.Test/Chat")(iter(lambda: time.sleep(0.001) or b"x", b""), timeout=0.3)
    try:
        count = sum(1 for _ in slow)
    except grpc.RpcError as error:
        print("deadline", error.code())
    print("echo", channel.unary_unary("/test.Test/Echo")(b"again", timeout=30))
