#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# python-h2 4.1.0 (Debian 12: python3-h2 4.1.0-4, with python3-hyperframe 6.0.0-1) cuts a long field block
# into pieces of the peer's SETTINGS_MAX_FRAME_SIZE and forgets the fields that stand before the first
# piece: the 5 octets of a priority in HEADERS, the 4 octets of the promised stream in PUSH_PROMISE.
#
# So a field of 20,000 octets goes to a peer that accepts 16,384 octets a frame as
#
#   plain                 HEADERS of 16384 octets, CONTINUATION
#   with a priority       HEADERS of 16389 octets, CONTINUATION
#   promised              PUSH_PROMISE of 16388 octets, CONTINUATION
#
# and a second python-h2 at the other end, which takes the first, ends the connection over the others with
# FRAME_SIZE_ERROR, as it must. It is seen with `python3 -O`; without, an assertion of python-h2's own
# stops its caller.
#
# Runs on Debian 12 with `apt-get download`; what is fetched is unpacked into a temporary folder. Fails if
# anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download python3-h2=4.1.0-4 python3-hyperframe=6.0.0-1 \
  python3-hpack=4.0.0-2
for package in ./*.deb; do dpkg -x "$package" .; done

cat >cut.py <<'EOF'
import h2.config
import h2.connection
import h2.exceptions

NAMES = {1: "HEADERS", 5: "PUSH_PROMISE", 9: "CONTINUATION"}
REQUEST = [(":method", "GET"), (":scheme", "https"), (":authority", "a.example"), (":path", "/")]
# HPACK's Huffman code makes 13 bits of this octet.
LONG = REQUEST + [("x-note", "~" * 20000)]


def pair():
    """A client and a server, with one request of the client open."""
    ends = [
        h2.connection.H2Connection(h2.config.H2Configuration(client_side=client))
        for client in (True, False)
    ]
    client, server = ends
    client.initiate_connection()
    client.send_headers(1, REQUEST)
    server.initiate_connection()
    server.receive_data(client.data_to_send())
    client.receive_data(server.data_to_send())
    server.receive_data(client.data_to_send())
    return ends


def show(what, sender, receiver):
    octets = sender.data_to_send()
    frames = []
    at = 0
    while at < len(octets):
        length = int.from_bytes(octets[at : at + 3], "big")
        frames.append(f"{NAMES[octets[at + 3]]} of {length}")
        at += 9 + length
    try:
        receiver.receive_data(octets)
        verdict = "taken"
    except h2.exceptions.ProtocolError as error:
        verdict = f"{type(error).__name__}, {error.error_code.name}"
    limit = sender.max_outbound_frame_size
    print(f"{what}: {', '.join(frames)}, where {limit} are allowed: {verdict}")


client, server = pair()
client.send_headers(3, LONG)
show("plain", client, server)

client, server = pair()
client.send_headers(3, LONG, priority_weight=16)
show("with a priority", client, server)

client, server = pair()
server.push_stream(1, 2, LONG)
show("promised", server, client)
EOF

seen=$(PYTHONPATH=$tmp/usr/lib/python3/dist-packages /usr/bin/python3 -O cut.py)
diff - <(echo "$seen") <<'EOF'
plain: HEADERS of 16384, CONTINUATION of 16131, where 16384 are allowed: taken
with a priority: HEADERS of 16389, CONTINUATION of 16131, where 16384 are allowed: FrameTooLargeError, FRAME_SIZE_ERROR
promised: PUSH_PROMISE of 16388, CONTINUATION of 16139, where 16384 are allowed: FrameTooLargeError, FRAME_SIZE_ERROR
EOF
echo "$seen"
