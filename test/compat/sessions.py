# SPDX-License-Identifier: Apache-2.0
"""Random sessions of two h2 connections, a client and a server, whose octets are cut at random on
the way. Prints what each did: the octets, the events, the exceptions. The output is the same
whichever hyperframe h2 finds, if that does the same.

    sessions.py [--sessions N] [--seed N]
"""

import argparse
import hashlib
import random

import h2.config
import h2.connection
import h2.exceptions

REQUEST = [(":method", "POST"), (":scheme", "https"), (":authority", "a.example"), (":path", "/")]
RESPONSE = [(":status", "200"), ("server", "b.example")]
MANY = [(f"field-{i}", "x" * 50) for i in range(400)]  # more than a frame takes


def priority(dice):
    return {
        "priority_weight": dice.randrange(1, 257),
        "priority_depends_on": 0,
        "priority_exclusive": dice.random() < 0.5,
    }


def act(connection, dice, client):
    """Does one thing of those that h2 has functions for; some it has to refuse."""
    stream = dice.choice([1, 3, 5, 7] if client else [1, 3, 5, 7, 2, 4])
    pad_length = dice.choice([None, 0, 9])
    end = dice.random() < 0.3
    both = [
        lambda: connection.send_data(
            stream, bytes(dice.randrange(3000)), end_stream=end, pad_length=pad_length
        ),
        lambda: connection.increment_flow_control_window(
            dice.randrange(1, 9999), dice.choice([None, stream])
        ),
        lambda: connection.acknowledge_received_data(dice.randrange(2000), stream),
        lambda: connection.ping(bytes(dice.randrange(256) for _ in range(8))),
        lambda: connection.update_settings(
            {dice.choice([1, 3, 4, 5, 6, 0x99]): dice.choice([16384, 65535, 70000])}
        ),
        lambda: connection.reset_stream(stream, dice.randrange(14)),
        lambda: connection.end_stream(stream),
    ]
    of_client = [
        lambda: connection.send_headers(stream, REQUEST + dice.choice([[], MANY]), end_stream=end),
        lambda: connection.send_headers(stream, REQUEST, end_stream=end, **priority(dice)),
        lambda: connection.prioritize(stream, weight=dice.randrange(1, 257), depends_on=0),
    ]
    of_server = [
        lambda: connection.send_headers(stream, RESPONSE + dice.choice([[], MANY]), end_stream=end),
        lambda: connection.push_stream(dice.choice([1, 3]), stream, REQUEST),
        lambda: connection.advertise_alternative_service(b'h2=":8000"', origin=b"a.example"),
        lambda: connection.advertise_alternative_service(b'h2=":8000"', stream_id=stream),
    ]
    if dice.random() < 0.005:
        connection.close_connection(dice.randrange(14), b"until later", stream)
    else:
        dice.choice(both + 2 * (of_client if client else of_server))()


def tell(who, what):
    print(who, what)


def attempt(who, action):
    try:
        return action()
    except (h2.exceptions.H2Error, KeyError, TypeError, ValueError) as error:
        # The sentence of an exception may be hyperframe's.
        tell(who, type(error).__name__)
        return []


def session(seed):
    dice = random.Random(seed)
    ends = {
        "client": h2.connection.H2Connection(h2.config.H2Configuration(client_side=True)),
        "server": h2.connection.H2Connection(h2.config.H2Configuration(client_side=False)),
    }
    client, server = ends.values()
    for step in [
        client.initiate_connection,
        server.initiate_connection,
        lambda: client.send_headers(1, REQUEST),
        lambda: client.send_headers(3, REQUEST),
        lambda: server.send_headers(1, RESPONSE),
    ]:
        step()
        deliver(ends, "client", dice)
        deliver(ends, "server", dice)
    for _ in range(dice.randrange(5, 60)):
        who = dice.choice(["client", "server"])
        attempt(who, lambda: act(ends[who], dice, who == "client"))
        deliver(ends, who, dice)


def deliver(ends, who, dice):
    """What one end has to send goes to the other, in pieces."""
    other = "server" if who == "client" else "client"
    octets = ends[who].data_to_send()
    tell(who, f"sends {len(octets)} octets {hashlib.sha256(octets).hexdigest()[:16]}")
    while octets:
        size = dice.choice([1, 9, 10, 500, len(octets)])
        piece, octets = octets[:size], octets[size:]
        for event in attempt(other, lambda: ends[other].receive_data(piece)):
            tell(other, event)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    for number in range(options.sessions):
        tell("session", number)
        session(f"{options.seed} {number}")


if __name__ == "__main__":
    main()
