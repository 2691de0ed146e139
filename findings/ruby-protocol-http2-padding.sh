#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# protocol-http2 0.14.2, HTTP/2 in Ruby (Debian 12: ruby-protocol-http2 0.14.2-1), loses the last octet of
# what it pads.
#
# Asked for padding of n octets, it writes n as the Pad Length, and n - 1 octets of padding behind the
# data. Pad Length counts those alone, not its own field (RFC 9113, 6.1), so that each receiver, its own
# among them, takes the last octet of what is padded for padding: of the content of DATA, or of the field
# block of HEADERS. With n = 0 all is right.
#
# Runs on Debian 12 with `apt-get download`; what is fetched is unpacked into a temporary folder. Fails if
# anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download ruby-protocol-http2=0.14.2-1 ruby-protocol-http=0.23.12-1 \
  ruby-protocol-hpack=1.4.2-2 ruby3.1 libruby3.1
for package in ./*.deb; do dpkg -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu)
gems=(usr/share/rubygems-integration/all/gems/*/lib)
ruby() {
  LD_LIBRARY_PATH=$libraries usr/bin/ruby3.1 --disable-gems -I usr/lib/ruby/3.1.0 \
    -I "$libraries/ruby/3.1.0" "${gems[@]/#/-I}" "$@"
}

cat >padding.rb <<'EOF'
require 'protocol/http2/data_frame'
require 'protocol/http2/headers_frame'

def show(frame, *arguments, size)
  frame.pack(*arguments, padding_size: size)
  length = frame.payload.bytesize
  read = frame.unpack
  puts "#{frame.class.name.split('::').last}, padding_size #{size.inspect}: " \
       "#{frame.payload.unpack1('H*')}, #{length} octets, read as #{[*read].last.inspect}"
end

[nil, 0, 1, 4].each { |size| show(Protocol::HTTP2::DataFrame.new(1), 'hello', size) }
show(Protocol::HTTP2::HeadersFrame.new(1), nil, 'block', 4)
EOF

seen=$(ruby padding.rb)
diff - <(echo "$seen") <<'EOF'
DataFrame, padding_size nil: 68656c6c6f, 5 octets, read as "hello"
DataFrame, padding_size 0: 0068656c6c6f, 6 octets, read as "hello"
DataFrame, padding_size 1: 0168656c6c6f, 6 octets, read as "hell"
DataFrame, padding_size 4: 0468656c6c6f000000, 9 octets, read as "hell"
HeadersFrame, padding_size 4: 04626c6f636b000000, 9 octets, read as "bloc"
EOF
echo "$seen"
