#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# http-2 0.11.0, HTTP/2 in Ruby (Debian 12: ruby-http-2 0.11.0-1), fails with an error of its own over an
# error code that it does not know.
#
# Unknown error codes must not trigger any special behaviour (RFC 9113, 7). Where http-2 has no name for
# the code of RST_STREAM or GOAWAY it calls a method that does not exist. The failure comes out as a
# ProtocolError of the whole connection, also where one stream was reset, and the stream is not closed.
# HTTP_1_1_REQUIRED (13), the last that has a name in RFC 9113, is right.
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

cat >code.rb <<'EOF'
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

headers = frame(1, 4, 1, "\x88")
[8, 13, 14, 0x1000].each { |code| receive "RST_STREAM #{code}", headers + frame(3, 0, 1, [code].pack('N')) }
[0, 14].each do |code|
  goaway = frame(7, 0, 0, [1, code].pack('NN'))
  receive "GOAWAY #{code}; DATA", headers + goaway, frame(0, 1, 1, 'hello')
end
EOF

seen=$(ruby code.rb)
diff - <(echo "$seen") <<'EOF'
RST_STREAM 8: status 200, closed cancel
RST_STREAM 13: status 200, closed http_1_1_required
RST_STREAM 14: status 200, ProtocolError: undefined local variable or method `error' for
RST_STREAM 4096: status 200, ProtocolError: undefined local variable or method `error' for
GOAWAY 0; DATA: status 200; hello, closed
GOAWAY 14; DATA: status 200, ProtocolError: undefined local variable or method `error' for; hello, closed
EOF
echo "$seen"
