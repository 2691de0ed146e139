#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The npm package spdy-transport 3.0.0, the HTTP/2 under spdy, cannot answer a client that wants less than
# 4096 octets of HPACK table, which SETTINGS_HEADER_TABLE_SIZE says of its decoder.
#
# A server that acknowledged a smaller size has to begin its next field block with a dynamic table size
# update (RFC 7541, 4.2). spdy-transport acknowledges, and writes none: hpack.js 2.1.6 makes one only for
# its own 4096 and what is greater, where none is needed (3fe11f below). A size of 0 is not even handed on
# to it, so that the second answer refers to the first entry (be, index 62) of a table that cannot have
# any. Who checks, as Node's own client does, ends the connection at the first answer.
#
# Runs where npm and node are (seen with Node 20.20.2). Fails if anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm install --silent --ignore-scripts --no-audit --no-fund --no-save spdy-transport@3.0.0 hpack.js@2.1.6

cat >table.js <<'EOF'
const http2 = require('http2');
const net = require('net');
const transport = require('spdy-transport');

const frame = (type, flags, stream, payload) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

// Two requests, the second after the first answer. Resolves to the field blocks of the answers.
const fieldBlocks = (port, size) => new Promise((resolve) => {
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(1, 0);
  setting.writeUInt32BE(size, 2);
  const get = (stream) => frame(1, 5, stream, Buffer.from('828684410161', 'hex'));
  const socket = net.connect(port, '127.0.0.1');
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(Buffer.concat([frame(4, 0, 0, setting), get(1)]));
  let octets = Buffer.alloc(0);
  const blocks = [];
  socket.on('data', (more) => {
    octets = Buffer.concat([octets, more]);
    while (octets.length >= 9 && octets.length >= 9 + octets.readUIntBE(0, 3)) {
      const end = 9 + octets.readUIntBE(0, 3);
      if (octets[3] === 1) {
        blocks.push(octets.subarray(9, end).toString('hex'));
        if (blocks.length === 1) socket.write(get(3));
      }
      octets = octets.subarray(end);
    }
    if (blocks.length === 2) socket.destroy();
  });
  socket.on('close', () => resolve(blocks.join(' ')));
});

let goaway;  // tells of one that the server receives

// What Node's client makes of it.
const answer = (port, size) => new Promise((resolve) => {
  goaway = (code) => resolve(`no answer, the client sends GOAWAY ${code}`);
  const session = http2.connect(`http://127.0.0.1:${port}`, {settings: {headerTableSize: size}});
  const request = session.request({':path': '/'});
  request.on('response', (fields) => {
    resolve(`status ${fields[':status']}`);
    session.destroy();
  });
  for (const end of [session, request]) end.on('error', () => {});
});

const server = net.createServer((socket) => {
  const connection = transport.connection.create(socket, {protocol: 'http2', isServer: true});
  connection.start(4);
  socket.on('error', () => {});
  connection.on('error', () => {});
  connection.on('frame', (f) => f.type === 'GOAWAY' && f.code !== 'OK' && goaway(f.code));
  connection.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond(200, {'x-a': 'b'}, () => stream.end());
  });
});
server.listen(0, '127.0.0.1', async () => {
  const {port} = server.address();
  for (const size of [65536, 4096, 4095, 1024, 0]) {
    console.log(`${size}: ${await fieldBlocks(port, size)}, ${await answer(port, size)}`);
  }
  process.exit();
});
EOF

seen=$(timeout 60 node --no-deprecation table.js)
diff - <(echo "$seen") <<'EOF'
65536: 3fe11f884083f2b0ff818f 88be, status 200
4096: 3fe11f884083f2b0ff818f 88be, status 200
4095: 884083f2b0ff818f 88be, no answer, the client sends GOAWAY COMPRESSION_ERROR
1024: 884083f2b0ff818f 88be, no answer, the client sends GOAWAY COMPRESSION_ERROR
0: 884083f2b0ff818f 88be, no answer, the client sends GOAWAY COMPRESSION_ERROR
EOF
echo "$seen"
