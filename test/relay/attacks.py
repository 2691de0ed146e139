# SPDX-License-Identifier: Apache-2.0

"""Attacks on the relay over sockets, in front of nghttpd, while another connection goes on.

attacks.py [NAME...]: the attacks and vectors whose names have one of these in them, else all.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time

import ends
import harness
from ends import Client, HELLO, Silent, frame, get, goaway, settings
from harness import Relay

SCRIPTS = os.environ.get("H2WIRE_SCRIPTS",
                         os.path.join(harness.HERE, "../../.build/test/test/relay_scripts"))


class Pings(threading.Thread):
    """Another connection, on which 200 PINGs go to and fro in turn."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.client = Client(port)
        self.client.ping()
        self.times = []
        self.stopped = False

    def run(self):
        while not self.stopped and len(self.times) < 200:
            began = time.perf_counter()
            self.client.ping()
            self.times.append(time.perf_counter() - began)

    def median(self):
        return 1e6 * statistics.median(self.times)


def play_attack(relay, script, server=None):
    """`server` stands in for nghttpd, where that would give up before the relay does."""
    client = Client(relay.port)
    peer = server.accept() if server else None
    pings = None
    if not server:
        pings = Pings(relay.port)
        pings.start()
    octets = bytes.fromhex(script["octets"])
    if octets[3] == 0:  # DATA, of a request that has begun
        client.send(frame(1, 4, 1, ends.GET))
    threading.Thread(target=client.send, args=(octets,), daemon=True).start()
    told = [goaway(one) for one in client.rest() if one[0] == "GOAWAY"]
    assert told, "no GOAWAY came"
    last, code, text = told[-1]
    if script["fault"] == "too_many_stream_errors":  # the relay takes the first for the last
        assert text in ("zero_window_increment", "wrong_priority_length"), told
    else:
        assert (code, text) == (script["code"], script["fault"]), told
    if peer:
        peer.close()
        return "the server says nothing"
    pings.join(20)
    assert len(pings.times) == 200, f"the other connection had {len(pings.times)} PINGs"
    pings.client.close()
    return f"the others' PINGs took {pings.median():.0f} us"


def play_vector(relay, server, script):
    client = Client(relay.port, HELLO + get(1) + get(3))
    peer = server.accept()
    client.until("SETTINGS")
    octets = bytes.fromhex(script["octets"])
    # In two pieces, since the verdict is the same.
    cut = random.randrange(len(octets) + 1)
    client.send(octets[:cut])
    time.sleep(0.002)
    client.send(octets[cut:])
    last, code, text = goaway(client.until("GOAWAY"))
    if text == script["fault"]:
        assert code == script["code"], (code, text)
    else:  # what its place says before it says anything itself
        assert text in ("push_promise_to_server", "stray_continuation", "idle_stream",
                        "stream_of_server") or code != 0, (code, text)
    assert last == 3, last
    got = b""
    while more := peer.recv(65536):
        got += more
    assert got.startswith(HELLO + get(1) + get(3)), "the upstream misses something"
    behind = got[len(HELLO + get(1) + get(3)):]
    assert behind[3:4] == b"\x07" and len(behind) == 9 + 8 + len(text), behind
    peer.close()
    return text


def noise(relay, seconds):
    """Connections of octets by chance, some behind a good beginning."""
    chance = random.Random(9113)
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        begin = chance.choice([b"", HELLO, HELLO + get(1)])
        octets = bytearray(begin)
        for _ in range(chance.randrange(20)):
            kind = chance.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 200])
            octets += frame(kind, chance.randrange(64), chance.choice([0, 1, 2, 3, 1 << 30]),
                            chance.randbytes(chance.choice([0, 4, 5, 8, 6, 40, 1000])))
        client = Client(relay.port, bytes(octets) + chance.randbytes(chance.choice([0, 0, 9, 100])))
        if chance.randrange(4):
            client.socket.settimeout(0.01)
            try:
                client.rest()
            except OSError:
                pass
        client.close()
        count += 1
    return count


def main(names):
    gone = harness.missing("nghttpd")
    if gone:
        print(f"SKIPPED: there is no {gone}")
        return 77
    scripts = [json.loads(line) for line in subprocess.check_output([SCRIPTS]).splitlines()]
    nghttpd = ends.nghttpd()
    relay = Relay(nghttpd)
    quiet = Pings(relay.port)
    quiet.run()
    print(f"a PING alone takes {quiet.median():.0f} us")
    recorder = Silent(settings())
    relay_of_vectors = Relay(recorder.port)
    failed = 0
    for script in scripts:
        if names and not any(name in script["name"] for name in names):
            continue
        try:
            gives_up = any(kind in script["name"] for kind in ("CONTINUATION", "GOAWAY"))
            if script["kind"] == "attack" and gives_up:
                said = play_attack(relay_of_vectors, script, recorder)
            elif script["kind"] == "attack":
                said = play_attack(relay, script)
            else:
                said = play_vector(relay_of_vectors, recorder, script)
            print(f"ok      {script['kind']} {script['name']}: {said}", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAILED  {script['kind']} {script['name']} ({script['fault']}): "
                  f"{type(error).__name__} {error}", flush=True)
    if not names:
        before = relay.descriptors()
        seconds = float(os.environ.get("H2WIRE_NOISE_SECONDS", "5"))
        count = noise(relay, seconds)
        Client(relay.port).ping()
        end = time.monotonic() + 20
        while relay.descriptors() > before and time.monotonic() < end:
            time.sleep(0.1)
        left = relay.descriptors() - before
        print(f"{'FAILED' if left > 0 else 'ok    '}  {count} connections of noise in {seconds} s, "
              f"{left} descriptors left")
        failed += left > 0
    relay.stop()
    relay_of_vectors.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
