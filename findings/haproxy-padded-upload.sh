#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# haproxy 2.6.12 (Debian 12: 2.6.12-1+deb12u4) ends the connection with PROTOCOL_ERROR when a client
# pads the last DATA frame of an upload that has a Content-Length.
#
# The client is nghttp 1.52.0 (Debian 12: nghttp2-client 1.52.0-1+deb12u3) with its option --padding; the
# server behind haproxy is nghttpd of the same release. Padding is legal, and no part of the content, which
# is what Content-Length counts (RFC 9113, 6.1 and 8.1.1). The same upload goes well without padding; with
# padding it goes well without haproxy; and haproxy takes padded frames from the server on the way back.
# 100 octets and 10 of padding are enough:
#
#   send HEADERS frame     content-length: 100
#   send DATA frame <length=110, flags=0x09>    (padlen=10)
#   recv GOAWAY frame      (error_code=PROTOCOL_ERROR(0x01))
#
# Runs on Debian 12 with `apt-get download`; the programs are unpacked into a temporary folder, and their
# libraries have to be there (apt-get install -y haproxy nghttp2-client nghttp2-server brings them).
# Fails if anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$tmp"' EXIT
cd "$tmp"

apt-get -qq -o APT::Sandbox::User=root download haproxy=2.6.12-1+deb12u4 \
  nghttp2-client=1.52.0-1+deb12u3 nghttp2-server=1.52.0-1+deb12u3
for package in ./*.deb; do dpkg -x "$package" .; done
PATH=$tmp/usr/bin:$tmp/usr/sbin:$PATH
haproxy -v | sed -n 1p
nghttp --version

head -c 100 /dev/zero | tr '\0' a >upload
mkdir documents

# Ports that the system picks: nghttpd's is not told to us, so it is one that was just free.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
server=$(free_port)
proxy=$(free_port)
cat >haproxy.cfg <<EOF
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
listen upload
  bind 127.0.0.1:$proxy proto h2
  server one 127.0.0.1:$server proto h2
EOF

serve() {  # options of nghttpd
  nghttpd --no-tls --echo-upload -a 127.0.0.1 "$@" -d documents "$server" >nghttpd.log 2>&1 &
  pids+=($!)
}
await() {
  for _ in {1..50}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  echo "nobody listens on $1"
  exit 1
}

# What became of an upload: the status, and the error code of a GOAWAY from the other end.
upload() {  # port, options of nghttp
  timeout 10 nghttp --verbose --data=upload "${@:2}" "http://127.0.0.1:$1/x" 2>&1 |
    sed 's/\x1b\[[0-9;]*m//g' |
    awk '/recv .*:status:/ { print "status " $NF }
         /recv GOAWAY/ { goaway = 1 }
         goaway && match($0, /error_code=[A-Z_]+/) { print substr($0, RSTART, RLENGTH); goaway = 0 }' |
    paste -sd ' '
}

serve
haproxy -f haproxy.cfg -db >haproxy.log 2>&1 &
pids+=($!)
await "$server"
await "$proxy"

seen=$(
  echo "plain, to nghttpd:   $(upload "$server")"
  echo "padded, to nghttpd:  $(upload "$server" --padding=10)"
  echo "plain, to haproxy:   $(upload "$proxy")"
  echo "padded, to haproxy:  $(upload "$proxy" --padding=10)"
)
kill "${pids[0]}"
wait "${pids[0]}" || true
serve --padding=10
await "$server"
seen+=$'\n'"padded on the way back: $(upload "$proxy")"

diff - <(echo "$seen") <<'EOF'
plain, to nghttpd:   status 200
padded, to nghttpd:  status 200
plain, to haproxy:   status 200
padded, to haproxy:  error_code=PROTOCOL_ERROR
padded on the way back: status 200
EOF
echo "$seen"
