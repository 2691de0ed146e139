# SPDX-License-Identifier: Apache-2.0

"""Real clients and servers that talk through the relay.

Each case runs three times: directly, through the relay, and through it with a tap on either side.
What the client sees is the same, and what left the relay is octet for octet what came to it, but
for what it says itself.

pairs.py [NAME...]: the pairs of that name, else all. Exit status 77 if all that ran is well, but a
program was missing.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

import harness
from harness import PYTHON, HERE, Relay, Tap, run, stop


def node_client(port, case):
    done = run(["node", os.path.join(HERE, "client.js"), str(port), case])
    result = json.loads(done.stdout)
    assert "late" not in result, f"{case}: {done.stdout}"
    return result


def with_node(case, check=lambda seen: True):
    def play(port):
        seen = node_client(port, case)
        assert check(seen), f"{case}: {seen}"
        return seen
    return play


def text_of(command, want=None, drop=r"(?!)"):
    """What the command prints, without what differs from run to run."""
    def play(port):
        done = run([part.replace("PORT", str(port)) for part in command])
        assert done.returncode == 0, f"{command}: {done.returncode} {done.stderr[-500:]}"
        text = done.stdout.decode(errors="replace").replace(str(port), "PORT")
        text = "\n".join(line for line in text.split("\n") if not re.search(drop, line))
        pattern = want() if callable(want) else want
        assert pattern is None or re.search(pattern, text), f"{command}: {text[-2000:]}"
        return text
    return play


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def grpc_client(port):
    done = run([PYTHON, os.path.join(HERE, "grpc_client.py"), str(port)])
    assert done.returncode == 0, done.stderr[-1000:]
    return done.stdout


UPLOAD = os.path.join(harness.WORK, "upload")
CURL = ["curl", "-sS", "--http2-prior-knowledge", "--max-time", "100"]
H2LOAD = ["h2load", "http://127.0.0.1:PORT/1k"]
OF_TIME = r"(?i)^(date|last-modified|etag|\[|finished|time |min|connect|req/s|traffic|progress|spawning|starting|Application)"


def curl(*options, want=None):
    return text_of([*CURL, *options], want, OF_TIME)


def nghttp_events(*options, want=None):
    """The frames that nghttp sees, without times and dates."""
    def play(port):
        command = ["nghttp", "-nv", *options]
        done = run([part.replace("PORT", str(port)) for part in command])
        text = done.stdout.decode(errors="replace").replace(str(port), "PORT")
        lines = [re.sub(r"^\[[^]]*\] ", "", line) for line in text.split("\n")]
        # In which order the two directions are seen differs from run to run.
        got = sorted(line for line in lines if line.startswith("recv") and "date:" not in line
                     and "last-modified" not in line and "WINDOW_UPDATE" not in line
                     and "DATA frame" not in line)
        assert done.returncode == 0, done.stderr[-500:]
        assert want is None or re.search(want, text), text[-3000:]
        return got
    return play


def bodies_of_nghttp(*options):
    def play(port):
        command = ["nghttp", *[option.replace("PORT", str(port)) for option in options]]
        done = run(command)
        assert done.returncode == 0, done.stderr[-500:]
        return done.stdout
    return play


def answer_is(**expected):
    def check(seen):
        answer = seen["answer"]
        return all(answer.get(key) == value for key, value in expected.items())
    return check


NODE_CASES = {
    "GET": with_node("get", answer_is(size=5)),
    "POST of 100 MiB": with_node("post", lambda seen: seen["answer"]["size"] == 64),
    "trailers": with_node("trailers", lambda seen: seen["answer"]["trailers"]),
    "1xx": with_node("hints", lambda seen: seen["answer"]["early"][":status"] == 103),
    "large fields both ways": with_node(
        "fields", lambda seen: len(seen["answer"]["fields"]["x-large-11"]) == 4000),
    "1,000 streams": with_node("streams", lambda seen: seen["ok"] == 1000),
    "RST_STREAM of the server": with_node("reset-by-server", answer_is(code=11)),
    "RST_STREAM of the client": with_node(
        "reset-by-client", lambda seen: seen["after"]["size"] == 5),
    "GOAWAY": with_node("goaway", lambda seen: seen["goaway"]["text"] == "enough"),
    "server push": with_node("push", lambda seen: seen["pushed"]["body"] == "pushed body"),
    "extended CONNECT": with_node(
        "connect", lambda seen: seen["answer"]["fields"]["x-protocol"] == "websocket"),
    "a window of one octet": with_node("tiny-window", answer_is(size=4)),
    "a slow client": with_node("slow", answer_is(size=8 << 20)),
    "a slow server": with_node("drip", lambda seen: seen["answer"]["size"] > 100),
}

ROOT = None


def root():
    global ROOT
    ROOT = ROOT or harness.document_root()
    return ROOT


# Name: what is needed, the server, the cases.
PAIRS = {
    "nghttp-nghttpd": (
        ["nghttp", "nghttpd"],
        lambda: harness.nghttpd(root(), "--push=/=/pushed", "--trailer=x-trailer: at the end",
                                "--echo-upload"),
        {
            "GET, with its bodies": bodies_of_nghttp("http://127.0.0.1:PORT/1k",
                                                     "http://127.0.0.1:PORT/large"),
            "frames of a GET": nghttp_events("http://127.0.0.1:PORT/1k", want="x-trailer"),
            "server push": nghttp_events("http://127.0.0.1:PORT/", want="recv PUSH_PROMISE"),
            "a window of one octet": bodies_of_nghttp("-w1", "http://127.0.0.1:PORT/1k"),
            "POST that is echoed": bodies_of_nghttp("-d" + UPLOAD + ".5m",
                                                    "http://127.0.0.1:PORT/echo"),
            "large fields in CONTINUATION": nghttp_events(
                "--continuation", "http://127.0.0.1:PORT/1k", want="send HEADERS frame <length=1[78]"),
        }),
    "h2load-nghttpd": (
        ["h2load", "nghttpd"],
        lambda: harness.nghttpd(root(), "-m2000"),
        {
            "1,000 streams at once": text_of(
                [*H2LOAD, "-n5000", "-c2", "-m1000"], "5000 succeeded, 0 failed", OF_TIME),
            "20 connections": text_of(
                [*H2LOAD, "-n20000", "-c20", "-m20"], "20000 succeeded, 0 failed", OF_TIME),
        }),
    "curl-nginx": (
        ["curl", "nginx"],
        lambda: harness.nginx(root()),
        {
            "GET": curl("-i", "http://127.0.0.1:PORT/1k", want="HTTP/2 200"),
            "a large GET": text_of(
                ["sh", "-c", " ".join([*CURL, "http://127.0.0.1:PORT/large"]) + " | sha256sum"]),
            "what is not there": curl("-i", "http://127.0.0.1:PORT/none", want="HTTP/2 404"),
            "PUT of 100 MiB": curl("-T", UPLOAD, "http://127.0.0.1:PORT/put/file"),
            "and its GET": text_of(
                ["sh", "-c", " ".join([*CURL, "http://127.0.0.1:PORT/put/file"]) + " | sha256sum"],
                lambda: hash_of(UPLOAD)),
            "fields of 20,000 octets": curl("-i", "-H", "x-large: " + "z" * 20000,
                                            "http://127.0.0.1:PORT/1k", want="HTTP/2 200"),
        }),
    "h2load-nginx": (
        ["h2load", "nginx"],
        lambda: harness.nginx(root()),
        {
            "many": text_of([*H2LOAD, "-n10000", "-c10", "-m100"], "10000 succeeded, 0 failed",
                            OF_TIME),
        }),
    "curl-node": (
        ["curl", "node"],
        harness.node_server,
        {
            "POST of 100 MiB": curl("--data-binary", "@" + UPLOAD, "http://127.0.0.1:PORT/hash",
                                    want="^[0-9a-f]{64}"),
            "1xx": curl("-i", "http://127.0.0.1:PORT/hints", want="HTTP/2 103"),
            "trailers": curl("-i", "http://127.0.0.1:PORT/trailers", want="x-trailer"),
            "large fields": curl("-i", "http://127.0.0.1:PORT/fields", want="x-large-11"),
        }),
    "node-node": (["node"], harness.node_server, NODE_CASES),
    "grpc-grpc": (["python3-grpcio"], harness.grpc_server, {"calls of all kinds": grpc_client}),
}


def play(name):
    """Returns how many cases failed, or the name of a program that is missing."""
    needs, begin, cases = PAIRS[name]
    gone = harness.missing(*needs)
    if gone:
        print(f"SKIPPED {name}: there is no {gone}", flush=True)
        return gone
    server, port = begin()
    relay = Relay(port, "--stats", "--max_connections=100")
    failed = 0
    for case, client in cases.items():
        began = time.monotonic()
        far = Tap(port)
        between = Relay(far.port)
        near = Tap(between.port)
        try:
            directly = client(port)
            through = client(relay.port)
            if directly != through:
                raise AssertionError(f"directly\n{directly}\nand through the relay\n{through}")
            tapped = client(near.port)
            if directly != tapped:
                raise AssertionError(f"directly\n{directly}\nand through taps\n{tapped}")
            harness.check_same_octets(near, far)
            print(f"ok      {name}: {case} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAILED  {name}: {case}: {str(error)[-3000:]}", flush=True)
            print("        relay: " + "; ".join(
                [line for line in (relay.log() + between.log()).split("\n") if " ends " in line]))
        between.stop()
        near.close()
        far.close()
    relay.stop()
    if re.search("fault of", relay.log()):
        failed += 1
        print(f"FAILED  {name}: faults were found\n{relay.log()}", flush=True)
    stop(server)
    return failed


def main(names):
    for path, size in ((UPLOAD, 100 << 20), (UPLOAD + ".5m", 5 << 20)):
        with open(path, "wb") as out:
            out.write(os.urandom(1 << 20) * (size >> 20))
    results = [play(name) for name in names or PAIRS]
    if any(isinstance(result, int) and result for result in results):
        return 1
    return 77 if any(isinstance(result, str) for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
