#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The npm package http2 3.3.7, an HTTP/2 implementation in JavaScript, reads the simplest ALTSVC frame that
# there is as one with another host and no port.
#
# h2=":443" means "HTTP/2 on port 443 of the same host" (RFC 7838, 2 and 4). http2 reads the host "443"
# and the port NaN. It does so with the frame that its own serializer writes for an empty host, and
# whatever parameters follow. With a host in the value, host and port are right. Of several alternatives
# the frame keeps the first only, so that one without a host hides a good one behind it.
#
# Runs where npm and node are (seen with Node 20.20.2). Fails if anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm install --silent --ignore-scripts --no-audit --no-fund --no-save http2@3.3.7

cat >altsvc.js <<'EOF'
// By its path: the name alone is Node's own module.
const {Serializer, Deserializer} = require('./node_modules/http2/lib/protocol/framer.js');

const log = {child: () => log, trace() {}, error() {}};
const read = new Deserializer(log);
read.on('data', (frame) => console.log(`  host ${JSON.stringify(frame.host)}, port ${frame.port}`));

// An ALTSVC frame on stream 0: its length, its type 10, then the length of the origin, origin, value.
function receive(value) {
  const origin = 'https://a.example';
  const frame = Buffer.alloc(11 + origin.length + value.length);
  frame.writeUIntBE(frame.length - 9, 0, 3);
  frame[3] = 10;
  frame.writeUInt16BE(origin.length, 9);
  frame.write(origin + value, 11, 'ascii');
  console.log(value);
  read.write(frame);
}
receive('h2="b.example:443"');
receive('h2=":443"');
receive('h2=":8000"; ma=60; persist=1');
receive('h2=":443", h2="b.example:443"');

console.log('what it writes for the same host, read by itself');
const write = new Serializer(log);
write.on('data', (octets) => read.write(octets));
write.write({type: 'ALTSVC', flags: {}, stream: 0, origin: 'https://a.example', protocolID: 'h2',
             host: '', port: 443, maxAge: 60});
EOF

seen=$(node --no-deprecation altsvc.js)
diff - <(echo "$seen") <<'EOF'
h2="b.example:443"
  host "b.example", port 443
h2=":443"
  host "443", port NaN
h2=":8000"; ma=60; persist=1
  host "8000", port NaN
h2=":443", h2="b.example:443"
  host "443", port NaN
what it writes for the same host, read by itself
  host "443", port NaN
EOF
echo "$seen"
