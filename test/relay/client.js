// SPDX-License-Identifier: Apache-2.0

// An HTTP/2 client for the tests of the relay: client.js PORT CASE. It prints what it saw, as JSON.
'use strict';
const crypto = require('crypto');
const http2 = require('http2');
const [port, what] = process.argv.slice(2);
const result = {};
const say = () => process.stdout.write(JSON.stringify(result) + '\n');
const sha256 = (octets) => crypto.createHash('sha256').update(octets).digest('hex');

const settings = {};
if (what === 'tiny-window') settings.initialWindowSize = 1;
if (what === 'push') settings.enablePush = true;
const session = http2.connect('http://127.0.0.1:' + port, {
  settings, maxHeaderListPairs: 4000, maxSendHeaderBlockLength: 1 << 20,
});
session.on('error', (error) => { result.error = error.code; });
session.on('goaway', (code, last, data) => {
  result.goaway = {code, last, text: data ? data.toString() : ''};
});
session.on('close', () => { result.closed = true; });

const clean = (fields) => {
  const copy = {...fields};
  for (const name of ['date', 'etag', 'last-modified']) delete copy[name];
  delete copy[http2.sensitiveHeaders];
  return copy;
};

function ask(fields, body, options = {}) {
  return new Promise((resolve) => {
    const seen = {};
    const stream = session.request(fields, options);
    const parts = [];
    stream.on('headers', (early) => { seen.early = clean(early); });
    stream.on('response', (response) => { seen.fields = clean(response); });
    stream.on('trailers', (trailers) => { seen.trailers = clean(trailers); });
    stream.on('data', (octets) => parts.push(octets));
    stream.on('error', (error) => { seen.error = error.code; });
    stream.on('close', () => {
      const octets = Buffer.concat(parts);
      Object.assign(seen, {size: octets.length, hash: sha256(octets), code: stream.rstCode});
      resolve(seen);
    });
    if (body !== undefined) stream.end(body);
    if (options.seen) options.seen(stream);
  });
}

const get = (path, more = {}) => ask({':path': path, ...more});
const cases = {
  get: async () => { result.answer = await get('/'); },
  '1k': async () => { result.answer = await get('/1k'); },
  post: async () => {
    const body = Buffer.alloc(100 << 20, 'a body of some size ');
    result.sent = sha256(body);
    result.answer = await ask({':path': '/hash', ':method': 'POST'}, body);
  },
  trailers: async () => { result.answer = await get('/trailers'); },
  hints: async () => { result.answer = await get('/hints'); },
  fields: async () => { result.answer = await get('/fields', {'x-large': 'y'.repeat(50000)}); },
  streams: async () => {
    const many = [];
    for (let i = 0; i < 1000; ++i) many.push(get('/' + i));
    const all = await Promise.all(many);
    result.ok = all.filter((one) => one.fields[':status'] === 200 && one.size === 5).length;
  },
  'reset-by-server': async () => { result.answer = await get('/reset'); },
  'reset-by-client': async () => {
    result.answer = await ask({':path': '/never'}, undefined, {
      seen: (stream) => setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), 100),
    });
    result.after = await get('/');
  },
  goaway: async () => { result.answer = await get('/goaway'); },
  push: async () => {
    const pushed = new Promise((resolve) => {
      session.on('stream', (stream, fields) => {
        const parts = [];
        stream.on('data', (octets) => parts.push(octets));
        stream.on('end', () => resolve({path: fields[':path'], body: Buffer.concat(parts).toString()}));
      });
    });
    result.answer = await get('/push');
    result.pushed = await pushed;
  },
  connect: async () => {
    await new Promise((resolve) => session.on('remoteSettings', resolve));
    result.answer = await ask(
        {':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat', ':scheme': 'http'},
        'to and fro');
  },
  'tiny-window': async () => { result.answer = await get('/trailers'); },
  slow: async () => {
    result.answer = await new Promise((resolve) => {
      const stream = session.request({':path': '/large'});
      const hash = crypto.createHash('sha256');
      let size = 0;
      stream.on('data', (octets) => {
        hash.update(octets);
        size += octets.length;
        if (size < 1 << 20) {
          stream.pause();
          setTimeout(() => stream.resume(), 20);
        }
      });
      stream.on('end', () => resolve({size, hash: hash.digest('hex')}));
    });
  },
  drip: async () => { result.answer = await get('/drip'); },
  'wait-for-the-end': async () => {
    result.answer = await get('/drip');
    process.stderr.write('answered\n');
    await new Promise((resolve) => session.on('close', resolve));
  },
};

const late = setTimeout(() => { result.late = true; say(); process.exit(1); }, 60000);
cases[what]().then(() => {
  const done = () => { clearTimeout(late); say(); process.exit(0); };
  if (session.closed || session.destroyed) return done();
  session.close(done);
});
