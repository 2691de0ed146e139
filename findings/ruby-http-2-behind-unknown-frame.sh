#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# http-2 0.11.0, HTTP/2 in Ruby (Debian 12: ruby-http-2 0.11.0-1), leaves what stands behind a frame of
# unknown type until more octets come.
#
# It drops the frame, as it must (RFC 9113, 5.5), and then leaves its loop over the frames that it has. If a
# response stands behind it in the same piece, as behind the ORIGIN frame (RFC 8336) that a server sends
# first, the client waits for it until the server sends something else: a PING will do. A server that has
# nothing more to say waits as well. In a piece of its own the unknown frame does no harm.
#
# Runs on Debian 12 with `apt-get download`; what is fetched is unpacked into a temporary folder. Fails if
# anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download ruby-http-2=0.11.0-1 ruby3.1 libruby3.1
for package in ./*.deb; do dpkg -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu)
ruby() {
  LD_LIBRARY_PATH=$libraries usr/bin/ruby3.1 --disable-gems -I usr/lib/ruby/3.1.0 \
    -I "$libraries/ruby/3.1.0" -I usr/share/rubygems-integration/all/gems/http-2-0.11.0/lib "$@"
}

cat >unknown.rb <<'EOF'
require 'http/2'

def frame(type, flags, stream, payload = '')
  [payload.bytesize, type, flags, stream].pack('NCCN').byteslice(1..) + payload.b
end

# Hands the pieces to a client with one request open, and prints what the request sees of each.
def receive(what, *pieces)
  seen = []
  client = HTTP2::Client.new
  stream = client.new_stream
  stream.on(:headers) { |fields| seen << "status #{fields.to_h[':status']}" }
  stream.on(:data) { |octets| seen << octets }
  stream.on(:close) { |reason| seen << ['closed', reason].compact.join(' ') }
  request = { ':method' => 'GET', ':scheme' => 'http', ':path' => '/', ':authority' => 'a.example' }
  stream.headers(request, end_stream: true)
  client << frame(4, 0, 0)
  results = pieces.map do |piece|
    seen.clear
    begin
      client << piece
    rescue HTTP2::Error::Error => e
      seen << "#{e.class.name.split('::').last}: #{e.message[/[^#]*/].strip}"
    end
    seen.empty? ? 'nothing' : seen.join(', ')
  end
  puts "#{what}: #{results.join('; ')}"
end

response = frame(1, 4, 1, "\x88") + frame(0, 1, 1, 'hello')
origin = frame(12, 0, 0, "\0\x11https://a.example")
ping = frame(6, 0, 0, 'any time')
receive 'response', response
receive 'ORIGIN; response', origin, response
receive 'ORIGIN and response', origin + response
receive 'ORIGIN and response; PING', origin + response, ping
receive 'of two unknown types, and response; PING; PING', origin + frame(0x1f, 0, 1) + response, ping, ping
EOF

seen=$(ruby unknown.rb)
diff - <(echo "$seen") <<'EOF'
response: status 200, hello, closed
ORIGIN; response: nothing; status 200, hello, closed
ORIGIN and response: nothing
ORIGIN and response; PING: nothing; status 200, hello, closed
of two unknown types, and response; PING; PING: nothing; nothing; status 200, hello, closed
EOF
echo "$seen"
