# SPDX-License-Identifier: Apache-2.0

"""A gRPC server for the tests of the relay. It prints its port."""

import concurrent.futures

import grpc


class Handler(grpc.GenericRpcHandler):
    def service(self, call):
        name = call.method.rsplit("/", 1)[1]
        if name == "Echo":
            return grpc.unary_unary_rpc_method_handler(self.echo)
        if name == "Chat":
            return grpc.stream_stream_rpc_method_handler(self.chat)
        if name == "Fail":
            return grpc.unary_unary_rpc_method_handler(self.fail)
        return None

    @staticmethod
    def echo(request, context):
        context.set_trailing_metadata((("x-trailer", "at the end"),))
        return request

    @staticmethod
    def chat(requests, context):
        for request in requests:
            yield request[::-1]

    @staticmethod
    def fail(request, context):
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "as asked")


server = grpc.server(concurrent.futures.ThreadPoolExecutor(8), (Handler(),),
                     options=[("grpc.max_receive_message_length", -1)])
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
