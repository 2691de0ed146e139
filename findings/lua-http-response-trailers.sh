#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A client made of lua-http 0.4 (Debian 12: lua-http 0.4-1) takes no trailers of a response, unless they
# are malformed.
#
# It asks for :status in each HEADERS frame of a response, the trailers among them, where pseudo-header
# fields must not stand (RFC 9113, 8.1). So a response with trailers in order, as each of gRPC has them, is
# an error of its stream, and its content is not handed out; with :status among the trailers it is taken.
#
# Runs on Debian 12 with `apt-get download` and OpenSSL's libraries; what is fetched is unpacked into a
# temporary folder. Fails if anything of this changes.

set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download lua-http=0.4-1 lua5.3=5.3.6-2 lua-cqueues=20200726-1+b1 \
  lua-luaossl=20220711-1 lua-lpeg=1.0.2-2 lua-lpeg-patterns=0.4-1.1 lua-compat53=0.7-2 lua-bit32=5.3.0-4 \
  lua-basexx=0.3-2.1 lua-binaryheap=0.4-2 lua-fifo=0.2-3.1
for package in ./*.deb; do dpkg -x "$package" .; done
libraries=$(echo "$tmp"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH=$libraries LUA_CPATH="$libraries/lua/5.3/?.so"
# lua-fifo has no folder for Lua 5.3. It runs there all the same.
export LUA_PATH="$tmp/usr/share/lua/5.3/?.lua;$tmp/usr/share/lua/5.3/?/init.lua;$tmp/usr/share/lua/5.2/?.lua"

cat >trailers.lua <<'EOF'
local cqueues = require "cqueues"
local socket = require "cqueues.socket"
local h2_connection = require "http.h2_connection"
local new_headers = require "http.headers".new

local HEADERS, DATA = 1, 0
local END_STREAM, END_HEADERS = 1, 4
local STATUS_200 = "\x88"  -- in HPACK
local GRPC_STATUS_0 = "\x00\x0bgrpc-status\x010"

local function frame(type, flags, stream, payload)
  return string.pack(">I3BBI4", #payload, type, flags, stream) .. payload
end

-- Prints what a client reads of the response that `frames` are.
local function receive(what, frames)
  local near, far = socket.pair()
  near:setmode("b", "bn")
  far:setmode("b", "bn")
  local seen = {}
  local function see(value, problem)
    table.insert(seen, value or tostring(problem):match("[^\n]*"))
    return value
  end
  local loop = cqueues.new()
  loop:wrap(function()
    local stream = h2_connection.new(near, "client"):new_stream()
    local request = new_headers()
    for name, value in pairs {[":method"] = "GET", [":scheme"] = "http", [":path"] = "/"} do
      request:append(name, value)
    end
    assert(stream:write_headers(request, true))
    local fields = assert(stream:get_headers(5))
    see(fields:get(":status"))
    if not see(stream:get_body_as_string(5)) then return end
    local trailers = stream:get_headers(5)
    see(trailers and "grpc-status " .. trailers:get("grpc-status") or "no trailers")
  end)
  loop:wrap(function()
    far:write(frame(4, 0, 0, "") .. frames)
    far:flush()
    far:shutdown("w")
    far:read("*a")
  end)
  assert(loop:loop(10))
  print(what .. ": " .. table.concat(seen, ", "))
end

local begins = frame(HEADERS, END_HEADERS, 1, STATUS_200)
local content = frame(DATA, 0, 1, "hello")
local last = END_HEADERS | END_STREAM
receive("without trailers", begins .. frame(DATA, END_STREAM, 1, "hello"))
receive("with trailers", begins .. content .. frame(HEADERS, last, 1, GRPC_STATUS_0))
receive("with trailers that have :status",
        begins .. content .. frame(HEADERS, last, 1, STATUS_200 .. GRPC_STATUS_0))
EOF

seen=$(usr/bin/lua5.3 trailers.lua)
diff - <(echo "$seen") <<'EOF'
without trailers: 200, hello, no trailers
with trailers: 200, PROTOCOL_ERROR(0x1): Protocol error detected: :status pseudo-header field MUST be included in all responses
with trailers that have :status: 200, hello, grpc-status 0
EOF
echo "$seen"
