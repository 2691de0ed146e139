// SPDX-License-Identifier: Apache-2.0

// An HTTP/2 server on node's http2 module: padding, push, trailers, ALTSVC, ORIGIN, extended
// CONNECT, a header list that needs CONTINUATION, and GOAWAY with debug data.
// Usage: node node_server.js PORT
'use strict';
const http2 = require('node:http2');
const { constants } = http2;

const server = http2.createServer({
  paddingStrategy: constants.PADDING_STRATEGY_ALIGNED,
  settings: { enableConnectProtocol: true, maxConcurrentStreams: 64 },
});

server.on('session', (session) => {
  session.origin('https://www.example.com', 'https://static.example.com',
                 'https://api.example.com');
  session.altsvc('h2=":8443"; ma=3600', 'https://www.example.com');
});

const routes = {
  '/'(stream) {
    stream.pushStream({ ':path': '/style.css' }, (error, pushed) => {
      if (error) throw error;
      pushed.respond({ ':status': 200, 'content-type': 'text/css' });
      pushed.end('body { margin: 2em; color: #223 }\n'.repeat(40));
    });
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.end('<!doctype html><link rel="stylesheet" href="/style.css"><p>Hello.\n'.repeat(20));
  },
  '/altsvc'(stream) {
    stream.session.altsvc('h3=":8443", h2="alt.example.com:443"; persist=1', stream.id);
    stream.respond({ ':status': 204 }, { endStream: true });
  },
  '/trailers'(stream) {
    stream.respond({ ':status': 200, 'trailer': 'x-checksum' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': '0123456789abcdef' }));
    stream.end('checked\n'.repeat(100));
  },
  '/large-headers'(stream) {
    const headers = { ':status': 200 };
    for (let i = 0; i < 40; ++i) headers[`x-large-${i}`] = `~{}<>^|\\${i}`.repeat(100);
    stream.respond(headers, { endStream: true });
  },
  '/refused'(stream) {
    stream.on('error', () => {});  // What the code closes it with.
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
  },
  '/endless'(stream) {
    stream.on('error', () => {});  // The client cancels.
    stream.respond({ ':status': 200 });
    stream.write('tick\n'.repeat(200));
  },
  '/socket'(stream) {  // Extended CONNECT (RFC 8441): an echo.
    stream.respond({ ':status': 200, 'sec-websocket-protocol': 'echo' });
    stream.pipe(stream);
  },
  '/upload'(stream) {
    stream.resume();
    stream.on('end', () => {
      stream.respond({ ':status': 201 });
      stream.end('stored\n');
    });
  },
  '/goodbye'(stream) {
    const { id, session } = stream;  // They are gone once the stream has ended.
    stream.respond({ ':status': 200 });
    stream.end('goodbye\n');
    session.ping(Buffer.from('leaving!'), () => {
      session.goaway(constants.NGHTTP2_NO_ERROR, id,
                     Buffer.from('maintenance, come back in a minute'));
      session.close();
    });
  },
};

server.on('stream', (stream, headers) => {
  const route = routes[headers[':path']];
  if (route) return route(stream);
  stream.respond({ ':status': 404 }, { endStream: true });
});

server.listen(Number(process.argv[2]), '127.0.0.1');
