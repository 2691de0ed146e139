#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Protocol::HTTP2 1.10, HTTP/2 in Perl (Debian 12: libprotocol-http2-perl 1.10-2), breaks a connection once
# it has sent a field that is larger than the dynamic table of HPACK.
#
# An entry that does not fit into the table empties it (RFC 7541, 4.4). Protocol::HTTP2 writes such a
# field as one to be indexed, and leaves its own table as it is. With 4096 octets of table, the name
# x-note and 32 octets that are counted beside, a value of 4058 octets is the longest that fits. After
# one of 4059 the next response refers to an entry that the other end has no longer (88be: indices 8 and
# 62). python-hpack 4.0.0, which reads the responses here, says that there is none; the answer to that is
# COMPRESSION_ERROR, the end of the connection.
#
# Its own decoder forgets the same thing, so that two of them understand each other.
#
# Runs on Debian 12 with `apt-get download`; what is fetched is unpacked into a temporary folder. Fails if
# anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download libprotocol-http2-perl=1.10-2 python3-hpack=4.0.0-2
for package in ./*.deb; do dpkg -x "$package" .; done

# Answers three requests, the second with a long field, and prints the field blocks of the answers.
cat >respond.pl <<'EOF'
use strict;
use warnings;
use Protocol::HTTP2::Server;

my $size = shift;
my $server;
$server = Protocol::HTTP2::Server->new(
    on_request => sub {
        my ($stream) = @_;
        my @note = $stream == 3 ? ('x-note' => 'a' x $size) : ();
        $server->response(':status' => 200, stream_id => $stream, headers => ['x-first' => 'a', @note]);
    }
);

sub frame {
    my ($type, $flags, $stream, $payload) = @_;
    return substr(pack('NCCN', length $payload, $type, $flags, $stream), 1) . $payload;
}

$server->feed("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, ''));
for my $stream (1, 3, 5) {
    $server->feed(frame(1, 5, $stream, pack 'H*', '828684410161'));
    while (my $frame = $server->next_frame) {
        print unpack('H*', substr $frame, 9), "\n" if ord(substr $frame, 3, 1) == 1;
    }
}
EOF

cat >read.py <<'EOF'
import sys
import hpack

decoder = hpack.Decoder()
for line in sys.stdin:
    octets = bytes.fromhex(line)
    begin = octets[:2].hex()
    try:
        fields = decoder.decode(octets)
        print(f"  {begin}:", ", ".join(f"{n} {v}" if len(v) < 9 else f"{n} of {len(v)}" for n, v in fields))
    except hpack.HPACKError as error:
        print(f"  {begin}: {type(error).__name__}")
EOF

seen=$(for size in 4058 4059; do
  echo "$size"
  perl -I usr/share/perl5 respond.pl "$size" |
    PYTHONPATH=$tmp/usr/lib/python3/dist-packages /usr/bin/python3 read.py
done)
diff - <(echo "$seen") <<'EOF'
4058
  8840: :status 200, x-first a
  88be: :status 200, x-first a, x-note of 4058
  8840: :status 200, x-first a
4059
  8840: :status 200, x-first a
  88be: :status 200, x-first a, x-note of 4059
  88be: InvalidTableIndex
EOF
echo "$seen"
