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


def haproxy_at(mode, listen, to):
    """HAProxy: `listen` and `to` are what its configuration says behind the port."""
    path = os.path.join(tempfile.mkdtemp(dir=harness.WORK), "haproxy.cfg")

    def command_of(port):
        with open(path, "w") as out:
            out.write(f"""defaults
  mode {mode}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:{port} {listen}
  default_backend b
backend b
  server s 127.0.0.1:{to}
""")
        return ["haproxy", "-db", "-f", path]

    return harness.serve(command_of)


def haproxy(root):
    """HAProxy in HTTP/2 mode, in front of nghttpd."""
    return haproxy_at("http", "proto h2", f"{harness.nghttpd(root)[1]} proto h2")


def nghttpx(root):
    """nghttpx, in front of nghttpd."""
    behind = harness.nghttpd(root)[1]
    return harness.serve(lambda port: [
        "nghttpx", f"--frontend=127.0.0.1,{port};no-tls", f"--backend=127.0.0.1,{behind};;proto=h2",
        "--workers=1"])


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


def page_of_100(root):
    """A page that says which of its resources came, and by which protocol."""
    os.mkdir(os.path.join(root, "page"))
    names = [f"r{i}.js" for i in range(100)]
    for i, name in enumerate(names):
        with open(os.path.join(root, "page", name), "w") as out:
            out.write(f"come.push({i}); // {'x' * 100 * i}\n")
    with open(os.path.join(root, "page", "index.html"), "w") as out:
        out.write("<p id=said></p><script>var come = [];</script>"
                  + "".join(f"<script src={name}></script>" for name in names)
                  + "<script>addEventListener('load', () => { said.textContent = come.length + ' came, ' +"
                  " performance.getEntriesByType('resource').filter(r => r.nextHopProtocol == 'h2').length"
                  " + ' of them by h2: ' + come; });</script>")


def chromium(port):
    """What the page says in a headless Chromium."""
    done = run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors",
                "--virtual-time-budget=30000", f"--user-data-dir={tempfile.mkdtemp(dir=harness.WORK)}",
                "--dump-dom", f"https://127.0.0.1:{port}/page/index.html"])
    said = re.search(r"<p id=\"said\">(.*?)</p>", done.stdout.decode())
    assert said and said[1].startswith("100 came, 100 of them by h2: "), (
        said[1] if said else (done.stdout[-500:], done.stderr[-500:]))
    return said[1]


def browse(root):
    """TLS ended in front of the relay, and a browser. Returns what there is to say of it."""
    gone = harness.missing("chromium", "haproxy", "openssl", "nghttpd")
    if gone:
        return f"skipped: no {gone}", 0
    page_of_100(root)
    certificate = os.path.join(harness.WORK, "certificate.pem")
    made = run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=127.0.0.1", "-keyout", certificate + ".key", "-out", certificate])
    assert made.returncode == 0, made.stderr
    with open(certificate, "a") as out, open(certificate + ".key") as key:
        out.write(key.read())
    server, port = harness.nghttpd(root)
    far = Tap(port)
    relay, between = Relay(port, "--stats"), Relay(far.port)
    near = Tap(between.port)
    seen = []
    for to in (port, relay.port, near.port):
        tls, front = haproxy_at("tcp", f"ssl crt {certificate} alpn h2", to)
        seen.append(chromium(front))
        stop(tls)
    assert seen[0] == seen[1] == seen[2], seen
    harness.check_same_octets(near, far)
    for one in (relay, between):
        one.stop()
    stop(server)
    counted = re.search(r"^HEADERS +(\d+)", relay.log(), re.M)[1]
    assert "fault of" not in relay.log(), relay.log()
    return f"ok: {seen[1].split(':')[0]}; HEADERS from it: {counted}", 1


def main():
    root = pairs.root()
    print(f"# All pairs\n\n{datetime.date.today()}, by `test/relay/all.py`. Each cell is one client "
          "and one server: directly, through the\nrelay, and through it with a tap on either side.\n")
    names = sorted({name for needs, _ in (*SERVERS.values(), *CLIENTS.values()) for name in needs})
    for name in [*names, "chromium"]:
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
    try:
        said, well = browse(root)
        played += well
    except Exception as error:
        said = "FAILED: " + str(error).replace("\n", " ")[-500:]
        failed += 1
    print("\nheadless Chromium, a page of 100 resources, TLS ended by haproxy in TCP mode (`alpn h2`), the "
          f"relay,\nnghttpd: {said}")
    print(f"\n{played} pairs are well, {failed} are not.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
