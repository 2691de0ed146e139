#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# lua-http 0.4 (Debian 12: lua-http 0.4-1) refuses two kinds of padding that are in order.
#
# - DATA with a Pad Length of 0, which is how one octet of padding is written (RFC 9113, 6.1). It looks
#   for octets of padding that are not zero from the position -0 on, which in Lua is that of the first
#   octet: any content is taken for wrong padding. DATA without content passes.
# - HEADERS that are padded and go on in CONTINUATION. It joins the payloads and takes the padding from
#   the end of the last one, not of the first: what stands there are fields. With a Pad Length of 0 there
#   is none to look for, and it passes.
#
# What its caller gets each time is an error of the connection, PROTOCOL_ERROR.
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

cat >padding.lua <<'EOF'
local cqueues = require "cqueues"
local socket = require "cqueues.socket"
local h2_connection = require "http.h2_connection"

local HEADERS, DATA, CONTINUATION = 1, 0, 9
local END_STREAM, END_HEADERS, PADDED = 1, 4, 8
local GET = "\x82\x84\x86\x41\x01a"  -- HPACK of a request for / at "a"

local function frame(type, flags, stream, payload)
  return string.pack(">I3BBI4", #payload, type, flags, stream) .. payload
end

-- Prints what a server reads of the request that `frames` are.
local function receive(what, frames)
  local near, far = socket.pair()
  near:setmode("b", "bn")
  far:setmode("b", "bn")
  local seen
  local loop = cqueues.new()
  loop:wrap(function()
    local stream = h2_connection.new(near, "server"):get_next_incoming_stream(5)
    local fields, problem = stream:get_headers(5)
    local body
    if fields then body, problem = stream:get_body_as_string(5) end
    seen = body and ("%s, %q"):format(fields:get(":authority"), body) or tostring(problem):match("[^\n]*")
  end)
  loop:wrap(function()
    far:write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" .. frame(4, 0, 0, "") .. frames)
    far:flush()
    far:shutdown("w")
    far:read("*a")
  end)
  assert(loop:loop(10))
  print(what .. ": " .. tostring(seen))
end

local request = frame(HEADERS, END_HEADERS, 1, GET)
receive("DATA", request .. frame(DATA, END_STREAM, 1, "hello"))
receive("DATA, Pad Length 3", request .. frame(DATA, END_STREAM | PADDED, 1, "\3hello\0\0\0"))
receive("DATA, Pad Length 0", request .. frame(DATA, END_STREAM | PADDED, 1, "\0hello"))
receive("DATA without content, Pad Length 0", request .. frame(DATA, END_STREAM | PADDED, 1, "\0"))

local ends = END_STREAM | PADDED
receive("HEADERS, Pad Length 3", frame(HEADERS, ends | END_HEADERS, 1, "\3" .. GET .. "\0\0\0"))
local first, last = GET:sub(1, 3), frame(CONTINUATION, END_HEADERS, 1, GET:sub(4))
receive("HEADERS, CONTINUATION", frame(HEADERS, END_STREAM, 1, first) .. last)
receive("HEADERS, Pad Length 0, CONTINUATION", frame(HEADERS, ends, 1, "\0" .. first) .. last)
receive("HEADERS, Pad Length 3, CONTINUATION", frame(HEADERS, ends, 1, "\3" .. first .. "\0\0\0") .. last)
EOF

seen=$(usr/bin/lua5.3 padding.lua)
diff - <(echo "$seen") <<'EOF'
DATA: a, "hello"
DATA, Pad Length 3: a, "hello"
DATA, Pad Length 0: PROTOCOL_ERROR(0x1): Protocol error detected: padding not null bytes
DATA without content, Pad Length 0: a, ""
HEADERS, Pad Length 3: a, ""
HEADERS, CONTINUATION: a, ""
HEADERS, Pad Length 0, CONTINUATION: a, ""
HEADERS, Pad Length 3, CONTINUATION: PROTOCOL_ERROR(0x1): Protocol error detected: padding not null bytes
EOF
echo "$seen"
