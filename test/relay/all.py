# SPDX-License-Identifier: Apache-2.0

"""All pairs of clients and servers that this machine has, through the relay: run by hand.

Beside the pairs of pairs.py each client here meets each server that can answer it: status and hash of
the body are those of a direct connection, and so are the octets before and behind the relay. Prints
a table in Markdown, with versions and the date; its output is results.md.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

import harness
import pairs
from harness import Relay, Tap, run, stop

VERSIONS = {
    "nghttp": ["nghttp", "--version"], "nghttpd": ["nghttpd", "--version"],
    "h2load": ["h2load", "--version"], "curl": ["curl", "--version"], "nginx": ["nginx", "-v"],
    "node": ["node", "--version"], "haproxy": ["haproxy", "-v"], "nghttpx": ["nghttpx", "--version"],
    "h2o": ["h2o", "--version"], "chromium": ["chromium", "--version"],
    "python3-h2": [harness.PYTHON, "-c", "import h2; print(h2.__version__)"],
    "python3-grpcio": [harness.PYTHON, "-c", "import grpc; print(grpc.__version__)"],
}


def version(program):
    done = subprocess.run(VERSIONS[program], capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "?"


def haproxy(root):
    """HAProxy in HTTP/2 mode, in front of nghttpd."""
    server, behind = harness.nghttpd(root)
    port = harness.free_port()
    where = tempfile.mkdtemp(dir=harness.WORK)
    with open(os.path.join(where, "haproxy.cfg"), "w") as out:
        out.write(f"""defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:{port} proto h2
  default_backend b
backend b
  server s 127.0.0.1:{behind} proto h2
""")
    process = harness.start(["haproxy", "-f", os.path.join(where, "haproxy.cfg")],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    harness.wait_for(port, process)
    return process, port


def nghttpx(root):
    """nghttpx, in front of nghttpd."""
    server, behind = harness.nghttpd(root)
    port = harness.free_port()
    process = harness.start(
        ["nghttpx", f"--frontend=127.0.0.1,{port};no-tls", f"--backend=127.0.0.1,{behind};;proto=h2",
         "--workers=1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    harness.wait_for(port, process)
    return process, port


SERVERS = {
    "nghttpd": (["nghttpd"], harness.nghttpd),
    "nginx": (["nginx"], harness.nginx),
    "haproxy": (["haproxy", "nghttpd"], haproxy),
    "nghttpx": (["nghttpx", "nghttpd"], nghttpx),
    "node": (["node"], lambda root: harness.node_server()),
}

H2_CLIENT = """
import hashlib, socket, sys, h2.connection, h2.events
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
c = h2.connection.H2Connection()
c.initiate_connection()
c.send_headers(1, [(":method", "GET"), (":path", "/1k"), (":authority", "a"), (":scheme", "http")], end_stream=True)
s.sendall(c.data_to_send())
body, status, over = b"", None, False
while not over:
    for event in c.receive_data(s.recv(65536)):
        if isinstance(event, h2.events.ResponseReceived):
            status = dict(event.headers)[":status" if ":status" in dict(event.headers) else b":status"]
        if isinstance(event, h2.events.DataReceived):
            body += event.data
            c.acknowledge_received_data(event.flow_controlled_length, 1)
        over |= isinstance(event, h2.events.StreamEnded)
    s.sendall(c.data_to_send())
c.close_connection()
s.sendall(c.data_to_send())
print(status, hashlib.sha256(body).hexdigest())
"""

CLIENTS = {
    "nghttp": (["nghttp"], pairs.bodies_of_nghttp("http://127.0.0.1:PORT/1k")),
    "curl": (["curl"], pairs.curl("-i", "http://127.0.0.1:PORT/1k", want="HTTP/2 200")),
    "h2load": (["h2load"], pairs.text_of([*pairs.H2LOAD, "-n1000", "-c4", "-m20"],
                                         "1000 succeeded, 0 failed", pairs.OF_TIME)),
    "node": (["node"], lambda port: pairs.node_client(port, "1k")),
    "python3-h2": (["python3-h2"],
                   pairs.text_of([harness.PYTHON, "-c", H2_CLIENT, "PORT"], "200")),
}


def main():
    root = pairs.root()
    print(f"# All pairs\n\n{datetime.date.today()}, by `test/relay/all.py`. Each cell is one client "
          "and one server: directly, through the\nrelay, and through it with a tap on either side.\n")
    names = sorted({name for needs, _ in (*SERVERS.values(), *CLIENTS.values()) for name in needs})
    for name in names:
        gone = harness.missing(name)
        print(f"- {name} {'is missing' if gone else version(name)}")
    print(f"\n| client | {' | '.join(SERVERS)} |\n| --- |{' --- |' * len(SERVERS)}")
    failed = played = 0
    for client, (client_needs, play) in CLIENTS.items():
        cells = []
        for server, (needs, begin) in SERVERS.items():
            gone = harness.missing(*client_needs, *needs)
            if gone:
                cells.append(f"skipped: no {gone}")
                continue
            process, port = begin(root)
            far = Tap(port)
            relay, between = Relay(port), Relay(far.port)
            near = Tap(between.port)
            try:
                directly = play(port)
                assert play(relay.port) == directly, "other than directly"
                assert play(near.port) == directly, "other than directly, with taps"
                harness.check_same_octets(near, far)
                cells.append("ok")
                played += 1
            except Exception as error:
                failed += 1
                cells.append("FAILED: " + str(error).replace("\n", " ")[-200:])
            for one in (relay, between):
                one.stop()
            stop(process)
        print(f"| {client} | {' | '.join(cells)} |", flush=True)
    print(f"\n{played} pairs are well, {failed} are not.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
