#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# protocol-http2 0.14.2, HTTP/2 in Ruby (Debian 12: ruby-protocol-http2 0.14.2-1), takes
# SETTINGS_NO_RFC7540_PRIORITIES (9, RFC 9218) for SETTINGS_ENABLE_CONNECT_PROTOCOL (8, RFC 8441).
#
# Its table of what a received setting sets is off by one behind the gap at 7. A peer that allows extended
# CONNECT is not seen to; one that only says that it does not use the priorities of RFC 7540 is taken for
# one that does. What it sends itself has the right number, 8: two ends of its own do not understand each
# other.
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

cat >settings.rb <<'EOF'
require 'protocol/http2/framer'

settings = { 6 => 'MAX_HEADER_LIST_SIZE', 8 => 'ENABLE_CONNECT_PROTOCOL', 9 => 'NO_RFC7540_PRIORITIES' }
settings.each do |id, name|
  sent = Protocol::HTTP2::SettingsFrame.new
  sent.pack([[id, 1]])
  received = Protocol::HTTP2::Settings.new
  received.update(sent.unpack)
  puts "#{name} (#{id}) 1: extended CONNECT #{received.enable_connect_protocol?}, " \
       "header list of #{received.maximum_header_list_size}"
end

allowed = Protocol::HTTP2::Settings.new
allowed.enable_connect_protocol = 1
changes = allowed.difference(Protocol::HTTP2::Settings.new)
received = Protocol::HTTP2::Settings.new
received.update(changes)
puts "it says #{changes}, and reads: extended CONNECT #{received.enable_connect_protocol?}"
EOF

seen=$(ruby settings.rb)
diff - <(echo "$seen") <<'EOF'
MAX_HEADER_LIST_SIZE (6) 1: extended CONNECT false, header list of 1
ENABLE_CONNECT_PROTOCOL (8) 1: extended CONNECT false, header list of 4294967295
NO_RFC7540_PRIORITIES (9) 1: extended CONNECT true, header list of 4294967295
it says [[8, 1]], and reads: extended CONNECT false
EOF
echo "$seen"
