// SPDX-License-Identifier: Apache-2.0

// Visits every route of node_server.js on one connection.
// Usage: node node_client.js PORT
'use strict';
const http2 = require('node:http2');
const { once } = require('node:events');
const { constants } = http2;

const session = http2.connect(`http://127.0.0.1:${process.argv[2]}`, {
  paddingStrategy: constants.PADDING_STRATEGY_MAX,
});
session.on('stream', (pushed) => pushed.resume());

function request(path, headers = {}, options = {}) {
  return session.request(
      { ':authority': 'www.example.com', ':path': path, ...headers }, options);
}

async function done(stream) {
  stream.resume();
  await once(stream, 'close');
}

async function main() {
  await once(session, 'remoteSettings');
  await Promise.all([done(request('/')), done(request('/trailers'))]);
  await done(request('/altsvc'));
  await done(request('/large-headers', {}, { weight: 220, parent: 0, exclusive: true }));

  const refused = request('/refused');
  refused.on('error', () => {});
  await new Promise((resolve) => refused.on('close', resolve));

  const endless = request('/endless');
  await once(endless, 'data');
  endless.close(constants.NGHTTP2_CANCEL);
  await done(endless);

  const upload = request('/upload', { ':method': 'POST' }, { waitForTrailers: true });
  upload.on('wantTrailers', () => upload.sendTrailers({ 'x-checksum': 'fedcba9876543210' }));
  upload.end('synthetic upload, line after line\n'.repeat(300));
  await done(upload);

  const socket = request('/socket', {
    ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'http',
    'sec-websocket-version': '13', 'sec-websocket-protocol': 'echo',
  });
  for (const message of ['\x81\x05hello', '\x81\x05again', '\x88\x00']) {
    socket.write(message, 'latin1');
    await once(socket, 'data');
  }
  socket.end();
  await done(socket);

  session.settings({ initialWindowSize: 1 << 20, enablePush: false });
  await once(session, 'localSettings');

  const leaving = once(session, 'goaway');
  await done(request('/goodbye'));
  await leaving;
  if (!session.closed) session.close();
}

main();
