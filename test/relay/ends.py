# SPDX-License-Identifier: Apache-2.0

"""How connections through the relay end, and what it does when there is not enough of something.

ends.py [NAME...]: the tests of that name, else all. The clients here are sockets, so that what they
send and do not read is known to the octet.
"""

import concurrent.futures
import os
import re
import resource
import signal
import socket
import struct
import sys
import time
import traceback

import harness
from harness import Relay, start, stop

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = bytes.fromhex("82 84 86 41 01 61")  # of / at "a"
NAMES = {0: "DATA", 1: "HEADERS", 3: "RST_STREAM", 4: "SETTINGS", 6: "PING", 7: "GOAWAY",
         8: "WINDOW_UPDATE"}


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def settings(*pairs):
    return frame(4, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


def get(stream):
    return frame(1, 5, stream, GET)


HELLO = PREFACE + settings()


class Client:
    """A socket that speaks frames."""

    def __init__(self, port, octets=HELLO, buffer=None):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(15)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.send(octets)

    def send(self, octets):
        try:
            self.socket.sendall(octets)
        except OSError:
            pass

    def frame(self):
        """(name, flags, stream, payload), or None at the end."""
        while len(self.buffer) < 9 or len(self.buffer) < 9 + int.from_bytes(self.buffer[:3], "big"):
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionError:
                more = b""
            if not more:
                return None
            self.buffer += more
        size = int.from_bytes(self.buffer[:3], "big")
        head, payload = self.buffer[:9], self.buffer[9:9 + size]
        self.buffer = self.buffer[9 + size:]
        return NAMES.get(head[3], head[3]), head[4], int.from_bytes(head[5:], "big"), payload

    def rest(self):
        """All frames until the end."""
        frames = []
        while (one := self.frame()) is not None:
            frames.append(one)
        return frames

    def until(self, name, **more):
        while (one := self.frame()) is not None:
            if one[0] == name and more.get("flags", one[1]) == one[1]:
                return one
        raise AssertionError(f"no {name} came")

    def acknowledge(self):
        """The server's SETTINGS, when they have come."""
        self.until("SETTINGS", flags=0)
        self.send(frame(4, 1, 0))

    def ping(self):
        self.send(frame(6, 0, 0, b"are you?"))
        return self.until("PING", flags=1)

    def close(self):
        self.socket.close()


def goaway(one):
    """(last stream, code, text)"""
    assert one is not None and one[0] == "GOAWAY", one
    return (*struct.unpack(">II", one[3][:8]), one[3][8:].decode())


def is_goaway(one, last, code, text):
    assert goaway(one) == (last, code, text), goaway(one)


class Silent:
    """A server that accepts, says SETTINGS if asked to, and does nothing else."""

    def __init__(self, words=b"", narrow=False):
        self.listener = socket.create_server(("127.0.0.1", 0))
        if narrow:  # what is written to it fills the buffers of both kernels with less than 48 KiB
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.port = self.listener.getsockname()[1]
        self.words = words

    def accept(self):
        self.listener.settimeout(10)
        peer = self.listener.accept()[0]
        peer.settimeout(10)
        peer.sendall(self.words)
        return peer


NGHTTPD = None


def nghttpd():
    global NGHTTPD
    if NGHTTPD is None:
        NGHTTPD = harness.nghttpd(harness.document_root())
    return NGHTTPD[1]


def test_server_unreachable():
    relay = Relay(harness.free_port(), "--log")
    for _ in range(3):  # and it lives on
        client = Client(relay.port, HELLO + get(1))
        frames = client.rest()
        assert frames[0] == ("SETTINGS", 0, 0, b""), frames
        is_goaway(frames[1], 0, 2, "server_unreachable")
        assert len(frames) == 2
    relay.stop()
    assert relay.log().count("by server: server_unreachable") == 3, relay.log()


def test_connect_timeout():
    # A queue of one that is full: the kernel answers nobody else.
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    port = full.getsockname()[1]
    waiting = []
    for _ in range(4):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
        waiting.append(one)
    relay = Relay(port, "--connect_timeout=300ms")
    began = time.monotonic()
    frames = Client(relay.port, HELLO + get(1)).rest()
    is_goaway(frames[1], 0, 2, "connect_timeout")
    assert time.monotonic() - began < 3
    relay.stop()


def test_idle_timeout():
    relay = Relay(nghttpd(), "--idle_timeout=500ms")
    client = Client(relay.port, HELLO + get(1))
    is_goaway(client.until("GOAWAY"), 1, 0, "idle_timeout")
    assert client.frame() is None
    # One that says nothing at all never reaches the server.
    quiet = Client(relay.port, b"")
    assert [one[0] for one in quiet.rest()] == ["SETTINGS", "GOAWAY"]
    relay.stop()
    # 0 is none.
    relay = Relay(nghttpd(), "--idle_timeout=0")
    client = Client(relay.port)
    client.ping()
    time.sleep(0.8)  # the relay looks at its clock four times a second
    client.ping()
    relay.stop()


def test_connection_limit():
    relay = Relay(nghttpd(), "--max_connections=2")
    first, second = Client(relay.port), Client(relay.port)
    first.ping(), second.ping()
    frames = Client(relay.port).rest()
    assert frames[0][0] == "SETTINGS"
    is_goaway(frames[1], 0, 2, "too_many_connections")
    first.ping()
    first.close()
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            Client(relay.port).ping()
            break
        except AssertionError:
            time.sleep(0.05)
    else:
        raise AssertionError("there is no room again")
    relay.stop()


def test_refused_connections_do_not_count():
    relay = Relay(nghttpd(), "--max_connections=2")
    first, second = Client(relay.port), Client(relay.port)
    first.ping(), second.ping()
    refused = [Client(relay.port) for _ in range(5)]  # which stay as long as they may
    for client in refused:
        is_goaway(client.until("GOAWAY"), 0, 2, "too_many_connections")
    first.close()
    end = time.monotonic() + 1
    while True:
        time.sleep(0.05)
        try:
            Client(relay.port).ping()
            break
        except AssertionError:
            assert time.monotonic() < end, "there is no room again"
    relay.stop()


def has_endings(relay, connections, ending, number):
    """By the statistics of one that has stopped."""
    assert f"connections: {connections}, of which 0 are open" in relay.log(), relay.log()
    assert re.search(rf"ended by {ending} +{number}$", relay.log(), re.M), relay.log()


def test_refused_connections_hold_few_descriptors():
    """However many come, and however long they stay; each is told why."""
    relay = Relay(nghttpd(), "--max_connections=1", "--threads=2", "--stats")
    served = Client(relay.port)
    served.ping()
    before = relay.descriptors()
    refused, most = [], 0
    for _ in range(300):
        refused.append(Client(relay.port))
        most = max(most, relay.descriptors() - before)
    for client in refused:
        is_goaway(client.until("GOAWAY"), 0, 2, "too_many_connections")
    assert 1 < most <= 100 + 2, most  # each thread has one more while it tells why
    served.ping()
    harness.until(lambda: relay.descriptors() == before, "refused connections are given up")
    late = Client(relay.port)
    is_goaway(late.until("GOAWAY"), 0, 2, "too_many_connections")
    assert relay.descriptors() == before + 1, "and then they may take their time again"
    relay.stop()
    has_endings(relay, 302, "relay: too_many_connections", 301)
    return f"at most {most} descriptors for 300 of them"


def limit_descriptors(relay, number):
    hard = resource.prlimit(relay.process.pid, resource.RLIMIT_NOFILE)[1]
    resource.prlimit(relay.process.pid, resource.RLIMIT_NOFILE, (number, hard))


def test_no_descriptor_even_to_refuse():
    """The relay waits until there are some, without spinning."""
    relay = Relay(nghttpd(), "--threads=2")
    spare = relay.spare_descriptors()
    clients = []
    for _ in range(2):  # and it can do so again
        limit_descriptors(relay, 3)
        waiting = [Client(relay.port) for _ in range(3)]
        time.sleep(0.2)
        before = sum(harness.processor_times(relay.process))
        time.sleep(1)
        assert sum(harness.processor_times(relay.process)) - before < 0.2, "it spins"
        limit_descriptors(relay, 1000)
        for client in waiting:
            client.ping()
        clients += waiting
        harness.until(lambda: relay.spare_descriptors() == spare, "each thread has a spare one again")
        limit_descriptors(relay, relay.descriptors())
        is_goaway(Client(relay.port).rest()[-1], 0, 2, "no_descriptors")
    relay.stop()


def test_spare_descriptor_comes_back():
    """Even if nobody connects while there is one to have."""
    relay = Relay(nghttpd(), "--stats")
    spare = relay.spare_descriptors()
    limit_descriptors(relay, relay.descriptors())
    is_goaway(Client(relay.port).rest()[-1], 0, 2, "no_descriptors")
    limit_descriptors(relay, 3)
    harness.until(lambda: relay.spare_descriptors() < spare, "the spare one is given up")
    limit_descriptors(relay, 1000)
    harness.until(lambda: relay.spare_descriptors() == spare, "it is there again")
    limit_descriptors(relay, relay.descriptors())
    is_goaway(Client(relay.port).rest()[-1], 0, 2, "no_descriptors")
    relay.stop()
    has_endings(relay, 2, "relay: no_descriptors", 2)


def test_descriptors_exhausted():
    relay = Relay(nghttpd())
    limit_descriptors(relay, relay.descriptors() + 3)
    first = Client(relay.port)  # takes two
    first.ping()
    told = []
    for _ in range(5):
        frames = Client(relay.port, HELLO + get(1)).rest()
        is_goaway(frames[-1], 0, 2, "no_descriptors")
        told.append(frames)
        first.ping()
    limit_descriptors(relay, 1000)
    Client(relay.port).ping()
    relay.stop()


def test_client_dies():
    server = Silent(settings())
    relay = Relay(server.port, "--log")
    client = Client(relay.port, HELLO + get(1))
    peer = server.accept()
    client.until("SETTINGS")
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()  # which is a reset
    octets = b""
    while more := peer.recv(1000):
        octets += more
    assert octets[:len(HELLO + get(1))] == HELLO + get(1)
    assert octets.endswith(b"client_lost"), octets
    relay.stop()
    assert "by client: client_lost" in relay.log(), relay.log()


def test_server_dies():
    for cut in (0, 5):  # between frames, and within one
        server = Silent(settings() + frame(4, 1, 0))
        relay = Relay(server.port, "--log")
        client = Client(relay.port, HELLO + get(1) + get(3))
        peer = server.accept()
        data = frame(0, 0, 1, b"hello")
        peer.sendall(frame(1, 4, 1, b"\x88") + data + (data[:9 + 1] if cut else b""))
        client.until("DATA")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        frames = client.rest()
        if cut:
            assert frames == [], frames
        else:
            is_goaway(frames[0], 3, 2, "server_lost")
        relay.stop()


def test_server_without_words():
    server = Silent()
    relay = Relay(server.port)
    client = Client(relay.port, HELLO + get(1))
    server.accept().close()
    frames = client.rest()
    assert frames[0][0] == "SETTINGS"
    assert goaway(frames[1])[1] == 2, frames
    relay.stop()


def test_server_speaks_http1():
    server = Silent(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    relay = Relay(server.port)
    client = Client(relay.port, HELLO + get(1))
    peer = server.accept()
    frames = client.rest()
    is_goaway(frames[1], 1, 2, "http1_response")
    peer.close()
    relay.stop()


def test_a_server_is_told_its_fault():
    server = Silent(settings() + frame(8, 0, 0, bytes(4)))
    relay = Relay(server.port)
    client = Client(relay.port, HELLO + get(1))
    peer = server.accept()
    octets = b""
    while more := peer.recv(65536):
        octets += more
    assert octets.endswith(b"zero_window_increment"), octets
    is_goaway(client.until("GOAWAY"), 1, 2, "zero_window_increment")
    relay.stop()


def test_graceful_end():
    server = Silent(settings() + frame(4, 1, 0))
    relay = Relay(server.port, "--drain_timeout=10s", "--log")
    client = Client(relay.port, HELLO + get(1))
    peer = server.accept()
    client.acknowledge()
    client.until("SETTINGS", flags=1)
    relay.process.send_signal(signal.SIGTERM)
    is_goaway(client.frame(), 0x7fffffff, 0, "")
    ping = client.frame()
    assert ping[0] == "PING" and ping[1] == 0
    client.send(get(3) + frame(6, 1, 0, ping[3]))  # a request that crossed
    is_goaway(client.frame(), 3, 0, "")
    try:
        socket.create_connection(("127.0.0.1", relay.port), 1)
        raise AssertionError("connections are still accepted")
    except ConnectionError:
        pass
    peer.sendall(frame(1, 5, 1, b"\x88") + frame(1, 5, 3, b"\x88"))
    assert client.frame()[2] == 1 and client.frame()[2] == 3
    assert relay.process.poll() is None
    client.close()
    octets = b""
    while more := peer.recv(1000):
        octets += more
    assert octets == HELLO + get(1) + frame(4, 1, 0) + get(3), octets
    peer.close()
    assert relay.process.wait(5) == 0


def test_graceful_end_has_a_deadline():
    server = Silent(settings())
    relay = Relay(server.port, "--drain_timeout=500ms")
    client = Client(relay.port, HELLO + get(1))
    peer = server.accept()
    client.acknowledge()
    relay.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    frames = client.rest()
    is_goaway(frames[0], 0x7fffffff, 0, "")
    is_goaway(frames[-1], 1, 0, "drain_timeout")
    assert relay.process.wait(5) == 0
    assert time.monotonic() - began < 5
    peer.close()


def test_second_signal_ends_at_once():
    server = Silent(settings())
    relay = Relay(server.port, "--drain_timeout=100s")
    client = Client(relay.port)
    peer = server.accept()
    client.acknowledge()
    relay.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert relay.process.poll() is None
    relay.process.send_signal(signal.SIGTERM)
    assert relay.process.wait(5) == 0


def test_a_slow_reader_stops_the_writer():
    server = Silent(settings())
    relay = Relay(server.port)
    client = Client(relay.port, HELLO + get(1), buffer=4096)
    peer = server.accept()
    client.acknowledge()
    peer.settimeout(1)
    before = relay.resident()
    data = frame(0, 0, 1, bytes(16384))
    sent = 0
    try:
        for _ in range(20000):  # 320 MiB
            peer.sendall(data)
            sent += len(data)
    except TimeoutError:
        pass
    assert 0 < sent < 32 << 20, f"{sent} octets were taken"
    assert relay.resident() - before < 1024, "KiB more are resident"
    relay.stop()


def stuck_behind_a_fault(*options):
    """A relay, and the ends of a connection: the client has done wrong, and what it had said before
    is too much for a server that does not read."""
    server = Silent(settings(), narrow=True)
    relay = Relay(server.port, "--log", *options)
    octets = HELLO + frame(1, 4, 1, GET) + 3 * frame(0, 0, 1, bytes(16000)) + frame(8, 0, 0, bytes(4))
    os.kill(relay.process.pid, signal.SIGSTOP)  # so that it reads all at once
    client = Client(relay.port, octets)
    os.kill(relay.process.pid, signal.SIGCONT)
    peer = server.accept()
    is_goaway(client.until("GOAWAY"), 1, 1, "zero_window_increment")
    return relay, client, peer


def test_an_end_that_does_not_read_is_given_up():
    relay, client, peer = stuck_behind_a_fault()
    end = time.monotonic() + 15
    while "by client: zero_window_increment" not in relay.log():
        assert time.monotonic() < end, relay.log()
        time.sleep(0.1)
    octets = b""
    try:
        while more := peer.recv(65536):
            octets += more
    except ConnectionError:
        pass
    assert len(octets) < 48000, f"{len(octets)} octets were not too many"
    client.close()
    relay.stop()


def test_no_end_that_does_not_read_keeps_the_relay():
    relay, client, peer = stuck_behind_a_fault("--drain_timeout=300ms")
    began = time.monotonic()
    relay.stop()
    assert time.monotonic() - began < 5
    client.close(), peer.close()


def test_memory_of_a_connection_is_fixed():
    """With frames that straddle, both ways, and both readers slow: two blocks and the pair."""
    server = Silent(settings())
    relay = Relay(server.port)
    pairs = []
    for _ in range(50):
        client = Client(relay.port, buffer=4096)
        pairs.append((client, server.accept()))
        client.acknowledge()
    before = relay.resident()
    goaway_begin = frame(7, 0, 0, bytes(16000))[:-1]
    for client, peer in pairs:
        client.send(goaway_begin)
        peer.sendall(goaway_begin)
    time.sleep(1)
    each = (relay.resident() - before) / len(pairs)
    assert each <= 2 * 84, f"{each} KiB a connection"
    relay.stop()
    return f"{each:.1f} KiB a connection with a frame of 16 KiB that straddles each way"


def test_idle_connections_share_buffers():
    kib = {}
    for mode in ("--blind", "--noblind"):
        relay = Relay(nghttpd(), *([mode] if mode == "--blind" else []), "--max_connections=2000")
        clients = []
        Client(relay.port, HELLO + get(1)).until("DATA")
        before = relay.resident()
        for _ in range(500):
            client = Client(relay.port, HELLO + get(1))
            client.until("HEADERS")
            clients.append(client)
        time.sleep(0.5)
        kib[mode] = (relay.resident() - before) / len(clients)
        relay.stop()
        for client in clients:
            client.close()
    # A sanitizer's own memory grows as well.
    assert kib["--noblind"] - kib["--blind"] <= 1 or os.environ.get("H2WIRE_SANITIZED"), kib
    return f"KiB an idle connection: {kib}"


def test_report_only():
    server = Silent(settings())
    relay = Relay(server.port, "--report_only", "--log", "--stats")
    bad = frame(8, 0, 0, bytes(4)) + get(1)
    Client(relay.port, HELLO + bad)
    peer = server.accept()
    octets = b""
    while len(octets) < len(HELLO + bad):
        octets += peer.recv(1000)
    assert octets == HELLO + bad
    relay.stop()
    assert "the window size increment is 0" in relay.log(), relay.log()


def test_statistics_on_signal():
    relay = Relay(nghttpd(), "--stats", "--threads=3")
    for _ in range(20):
        Client(relay.port, HELLO + get(1)).until("DATA")
    relay.process.send_signal(signal.SIGUSR1)
    end = time.monotonic() + 5
    while "connections: 20" not in relay.log() and time.monotonic() < end:
        time.sleep(0.05)
    assert "connections: 20" in relay.log(), relay.log()
    relay.stop()


def main(names):
    gone = harness.missing("nghttpd")
    if gone:
        print(f"SKIPPED: there is no {gone}")
        return 77
    tests = {name[5:]: test for name, test in globals().items() if name.startswith("test_")}
    nghttpd()

    def play(name):
        began = time.monotonic()
        try:
            said = tests[name]()
        except Exception:
            print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
            return 1
        print(f"ok      {name} ({time.monotonic() - began:.1f} s){': ' + said if said else ''}", flush=True)
        return 0

    # They wait most of the time, and each has a relay of its own.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        failed = sum(pool.map(play, names or tests))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
