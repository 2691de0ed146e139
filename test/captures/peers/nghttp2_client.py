# SPDX-License-Identifier: Apache-2.0

"""libnghttp2 as a client: requests, and PRIORITY_UPDATE (RFC 9218), which no program sends.

Usage: nghttp2_client.py PORT
"""

import ctypes
import socket
import sys

nghttp2 = ctypes.CDLL("libnghttp2.so.14")
NO_RFC7540_PRIORITIES = 9
SEND = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t,
                        ctypes.c_int, ctypes.c_void_p)
STREAM_CLOSED = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int32, ctypes.c_uint32,
                                 ctypes.c_void_p)
nghttp2.nghttp2_session_mem_recv.restype = ctypes.c_ssize_t
nghttp2.nghttp2_session_get_remote_settings.restype = ctypes.c_uint32


class Field(ctypes.Structure):
  _fields_ = [("name", ctypes.c_char_p), ("value", ctypes.c_char_p),
              ("name_size", ctypes.c_size_t), ("value_size", ctypes.c_size_t),
              ("flags", ctypes.c_uint8)]


class SettingsEntry(ctypes.Structure):
  _fields_ = [("id", ctypes.c_int32), ("value", ctypes.c_uint32)]


class Client:
  def __init__(self, port):
    self.socket = socket.create_connection(("127.0.0.1", port))
    self.open_streams = 0
    self.on_send = SEND(self.send)
    self.on_stream_closed = STREAM_CLOSED(self.stream_closed)
    callbacks = ctypes.c_void_p()
    nghttp2.nghttp2_session_callbacks_new(ctypes.byref(callbacks))
    nghttp2.nghttp2_session_callbacks_set_send_callback(callbacks, self.on_send)
    nghttp2.nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, self.on_stream_closed)
    self.session = ctypes.c_void_p()
    nghttp2.nghttp2_session_client_new(ctypes.byref(self.session), callbacks, None)
    settings = SettingsEntry(NO_RFC7540_PRIORITIES, 1)
    self.call("submit_settings", 0, ctypes.byref(settings), ctypes.c_size_t(1))

  def call(self, name, *arguments):
    result = getattr(nghttp2, "nghttp2_" + name)(self.session, *arguments)
    if result < 0:
      raise SystemExit(f"nghttp2_{name}: {result}")
    return result

  def send(self, session, octets, size, flags, user_data):
    self.socket.sendall(ctypes.string_at(octets, size))
    return size

  def stream_closed(self, session, stream_id, error_code, user_data):
    self.open_streams -= 1
    return 0

  def receive(self):
    self.call("session_send")
    received = self.socket.recv(65536)
    self.call("session_mem_recv", received, ctypes.c_size_t(len(received)))
    self.call("session_send")
    return received

  def request(self, path, priority):
    pairs = [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"www.example.com"),
             (b":path", path), (b"priority", priority)]
    fields = [Field(name, value, len(name), len(value), 0) for name, value in pairs]
    self.open_streams += 1
    return self.call("submit_request", None, (Field * len(fields))(*fields),
                     ctypes.c_size_t(len(fields)), None, None)

  def update_priority(self, stream_id, value):
    self.call("submit_priority_update", 0, stream_id, value, ctypes.c_size_t(len(value)))


def main():
  client = Client(int(sys.argv[1]))
  # Updates are sent only once the server has said that it does not use RFC 7540's priorities.
  while nghttp2.nghttp2_session_get_remote_settings(client.session, NO_RFC7540_PRIORITIES) != 1:
    client.receive()
  client.update_priority(1, b"u=0")  # A stream that is still idle.
  requests = [(b"/", b"u=1"), (b"/style.css", b"u=2"), (b"/app.js", b"u=3"),
              (b"/image0.svg", b"u=5, i"), (b"/image1.svg", b"u=5, i"), (b"/bulk.txt", b"u=7, i")]
  stream_ids = [client.request(path, priority) for path, priority in requests]
  client.call("session_send")
  client.update_priority(stream_ids[-1], b"u=1")
  client.update_priority(stream_ids[3], b"u=6")
  client.update_priority(stream_ids[4], b"")
  while client.open_streams:
    if not client.receive():
      raise SystemExit("the connection ended early")
  client.call("session_terminate_session", 0)
  client.call("session_send")
  client.socket.shutdown(socket.SHUT_WR)
  while client.socket.recv(65536):
    pass


main()
