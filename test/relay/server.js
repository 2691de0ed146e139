// SPDX-License-Identifier: Apache-2.0

// An HTTP/2 server for the tests of the relay. It prints its port. What it answers depends on the
// path.
'use strict';
const crypto = require('crypto');
const http2 = require('http2');

const server = http2.createServer({
  settings: {enableConnectProtocol: true, maxConcurrentStreams: 2000},
  maxHeaderListPairs: 4000,
  maxSendHeaderBlockLength: 1 << 20,
});
server.on('sessionError', () => {});
server.on('stream', (stream, fields) => {
  stream.on('error', () => {});
  const path = fields[':path'];
  if (fields[':method'] === 'CONNECT') {
    stream.respond({':status': 200, 'x-protocol': fields[':protocol']});
    stream.pipe(stream);
    return;
  }
  const answers = {
    '/hash': () => {
      const hash = crypto.createHash('sha256');
      stream.on('data', (octets) => hash.update(octets));
      stream.on('end', () => {
        stream.respond({':status': 200});
        stream.end(hash.digest('hex'));
      });
    },
    '/trailers': () => {
      stream.respond({':status': 200}, {waitForTrailers: true});
      stream.on('wantTrailers', () => stream.sendTrailers({'x-trailer': 'at the end'}));
      stream.end('body');
    },
    '/hints': () => {
      stream.additionalHeaders({':status': 103, link: '</style.css>; rel=preload'});
      stream.respond({':status': 200});
      stream.end('body');
    },
    '/reset': () => stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM),
    '/goaway': () => {
      stream.respond({':status': 200});
      stream.end('last');
      stream.session.goaway(http2.constants.NGHTTP2_NO_ERROR, stream.id, Buffer.from('enough'));
    },
    '/fields': () => {
      const large = {':status': 200};
      for (let i = 0; i < 12; ++i) large['x-large-' + i] = String(i % 10).repeat(4000);
      stream.respond(large);
      stream.end(String(fields['x-large'] || '').length.toString());
    },
    '/push': () => {
      stream.pushStream({':path': '/pushed'}, (error, push) => {
        if (!error) {
          push.respond({':status': 200});
          push.end('pushed body');
        }
        stream.respond({':status': 200});
        stream.end('body');
      });
    },
    '/large': () => {
      stream.respond({':status': 200});
      stream.end(Buffer.alloc(8 << 20, 'h2wire'));
    },
    '/drip': () => {
      stream.respond({':status': 200});
      let left = 40;
      const timer = setInterval(() => {
        if (--left === 0 || stream.destroyed) {
          clearInterval(timer);
          if (!stream.destroyed) stream.end('end');
        } else {
          stream.write('drop');
        }
      }, 25);
    },
    '/never': () => {},
  };
  const answer = answers[path];
  if (answer) return answer();
  stream.respond({':status': 200, 'x-path': path});
  stream.end('hello');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
