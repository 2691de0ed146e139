#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# libsoup 3.2.3 (Debian 12: libsoup-3.0-0 3.2.3-0+deb12u2) fails a request whose answer comes whole and with
# status 200, if a GOAWAY comes with it that says NO_ERROR and names this very stream as the last one.
#
# This is how a server says "I go on with your request, and take no further one" (RFC 9113, 6.8): a stream
# at or below the last stream identifier may be answered. libsoup throws the answer away and reports
#
#   HTTP/2 Error: NO_ERROR
#
# The GOAWAY may stand before the answer, within it, or behind its END_STREAM in the same write. With
# the last stream identifier 2^31-1, the first step of a shutdown in two steps, the same request goes
# well.
#
# The client is five lines of Python with Debian's bindings of libsoup, the server forty of Python's own
# library, with TLS, since libsoup speaks HTTP/2 nowhere else. Runs on Debian 12 with `apt-get download`;
# what is fetched is unpacked into a temporary folder, and python3-gi, openssl and libraries of GLib have
# to be there (apt-get install -y gir1.2-soup-3.0 python3-gi openssl brings them). Fails if anything of
# this changes.

set -euo pipefail
tmp=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download libsoup-3.0-0=3.2.3-0+deb12u2 \
  gir1.2-soup-3.0=3.2.3-0+deb12u2 glib-networking=2.74.0-4 libproxy1v5=0.4.18-1.2
for package in ./*.deb; do dpkg -x "$package" .; done
libraries=$(echo "$tmp"/usr/lib/*-linux-gnu)

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
  -subj /CN=localhost -keyout key.pem -out cert.pem 2>openssl.log

cat >server.py <<'EOF'
"""Answers a request in each of the ways, connection by connection."""

import socket
import ssl


def frame(kind, flags, stream, payload=b""):
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
    return head + payload


def goaway(last_stream):
    return frame(7, 0, 0, last_stream.to_bytes(4, "big") + bytes(4))  # NO_ERROR


HEADERS = frame(1, 0x4, 1, b"\x88")  # :status 200, END_HEADERS
DATA = frame(0, 0, 1, b"hel")
END = frame(0, 0x1, 1, b"lo")  # END_STREAM
ANSWERS = [
    HEADERS + DATA + END,
    goaway(2**31 - 1) + HEADERS + DATA + END,
    goaway(1) + HEADERS + DATA + END,
    HEADERS + DATA + goaway(1) + END,
    HEADERS + DATA + END + goaway(1),
]


def read(connection, size):
    octets = b""
    while len(octets) < size:
        piece = connection.recv(size - len(octets))
        if not piece:
            raise EOFError
        octets += piece
    return octets


def serve(connection, answer):
    read(connection, 24)  # the preface
    connection.sendall(frame(4, 0, 0))
    while True:
        head = read(connection, 9)
        read(connection, int.from_bytes(head[:3], "big"))
        if head[3] == 4 and not head[4] & 1:
            connection.sendall(frame(4, 1, 0))
        if head[3] == 1:
            connection.sendall(answer)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
context.set_alpn_protocols(["h2"])
listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
print(listener.getsockname()[1], flush=True)
for answer in ANSWERS:
    connection = context.wrap_socket(listener.accept()[0], server_side=True)
    connection.settimeout(10)
    try:
        serve(connection, answer)
    except (EOFError, OSError):
        pass
    connection.close()
EOF

cat >client.py <<'EOF'
import sys

import gi

gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup

message = Soup.Message.new("GET", f"https://127.0.0.1:{sys.argv[1]}/")
message.connect("accept-certificate", lambda *_: True)
try:
    body = Soup.Session().send_and_read(message, None).get_data().decode()
    print(f"{int(message.get_status())} {body} {message.get_http_version().value_nick}")
except GLib.Error as error:
    print(error.message)
EOF

/usr/bin/python3 server.py >port &
server=$!
for _ in {1..50}; do
  [ ! -s port ] || break
  sleep 0.1
done
request() {
  LD_LIBRARY_PATH=$libraries GI_TYPELIB_PATH=$libraries/girepository-1.0 \
    GIO_MODULE_DIR=$libraries/gio/modules timeout 20 /usr/bin/python3 client.py "$(cat port)" 2>&1
}

seen=$(
  for case in "no GOAWAY" "of 2^31-1, before the answer" "of this stream, before the answer" \
    "of this stream, within the answer" "of this stream, behind the answer"; do
    echo "$case: $(request)"
  done
)
diff - <(echo "$seen") <<'EOF'
no GOAWAY: 200 hello http-2-0
of 2^31-1, before the answer: 200 hello http-2-0
of this stream, before the answer: HTTP/2 Error: NO_ERROR
of this stream, within the answer: HTTP/2 Error: NO_ERROR
of this stream, behind the answer: HTTP/2 Error: NO_ERROR
EOF
echo "$seen"
