# SPDX-License-Identifier: Apache-2.0

"""Python's h2 as a client: padding, priorities, PING, RST_STREAM, GOAWAY with debug data.

Usage: h2_client.py PORT
"""

import socket
import sys

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings

WINDOW_SIZE = h2.settings.SettingCodes.INITIAL_WINDOW_SIZE


class Client:
  def __init__(self, port):
    self.socket = socket.create_connection(("127.0.0.1", port))
    self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    # A window smaller than /bulk.txt, so that its stream is still open when it is reset.
    self.h2.local_settings = h2.settings.Settings(initial_values={WINDOW_SIZE: 10_000})
    self.h2.initiate_connection()
    self.flush()

  def flush(self):
    self.socket.sendall(self.h2.data_to_send())

  def request(self, stream_id, method, path, end_stream=True, **priority):
    self.h2.send_headers(
        stream_id,
        [(":method", method), (":scheme", "http"), (":authority", "www.example.com"),
         (":path", path), ("user-agent", "h2")],
        end_stream=end_stream, **priority)
    self.flush()

  def wait(self, event_type, count=1):
    """Takes in what the server sends until `count` events of a type have come."""
    while count > 0:
      received = self.socket.recv(65536)
      if not received:
        raise SystemExit(f"the connection ended before {event_type.__name__}")
      for event in self.h2.receive_data(received):
        count -= isinstance(event, event_type)
        if isinstance(event, h2.events.DataReceived) and event.flow_controlled_length:
          self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
      self.flush()


def main():
  client = Client(int(sys.argv[1]))
  client.h2.prioritize(3, weight=101, depends_on=0, exclusive=False)
  client.request(1, "GET", "/", priority_weight=256, priority_depends_on=3,
                 priority_exclusive=True)
  client.wait(h2.events.StreamEnded)

  client.request(3, "POST", "/upload", end_stream=False)
  for pad_length in (0, 1, 100, 255):
    client.h2.send_data(3, b"padded synthetic octets\n" * 8, pad_length=pad_length)
  client.h2.send_headers(3, [("x-checksum", "0123456789abcdef")], end_stream=True)
  client.h2.ping(b"h2 asks.")
  client.flush()
  client.wait(h2.events.PingAckReceived)

  client.request(5, "GET", "/bulk.txt", priority_weight=1)
  client.wait(h2.events.DataReceived)
  client.h2.reset_stream(5, h2.errors.ErrorCodes.CANCEL)
  client.flush()

  client.h2.update_settings({WINDOW_SIZE: 1 << 20})
  client.flush()
  client.wait(h2.events.SettingsAcknowledged)

  client.request(7, "GET", "/app.js")
  client.wait(h2.events.StreamEnded)
  client.h2.close_connection(additional_data=b"that was all, thank you")
  client.flush()
  client.socket.shutdown(socket.SHUT_WR)
  while client.socket.recv(65536):
    pass


main()
