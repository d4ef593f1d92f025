# SPDX-License-Identifier: Apache-2.0
"""What the daemon costs: rows of tests/bench/run, measured from outside on a simulated AWS."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import stage  # pylint: disable=wrong-import-position

REGIONS = 17
KNOWN_TARGETS = 170000
PLACES = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2",
          "eu-central-1", "eu-north-1", "ap-south-1", "ap-southeast-1", "sa-east-1")
CONFIG = """
state_directory: %s
web: { listen: "127.0.0.1:0" }
"""
WATCH = CONFIG + """
organization: { role: trailseal }
"""
# A thirtieth of the usual intervals, so that a few seconds show something.
HURRY = """
intervals: { trails: 10s, quiet: 2m, keys: 10s, buckets: 2m, accounts: 2m }
"""
CHANGE = CONFIG + """
intervals: { trails: 10s, quiet: 10s, keys: 10s }
findings: { confirmations: 1, confirm_within: 1s, flap_count: 100 }
receivers: [ { name: hook, webhook: { url: "%s" } } ]
"""


def core(which):
    return ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[which])]


def start(bench):
    """From the start to READY, with findings in the database for all that may be watched."""
    rounds = 1 if bench.quick else 3
    seconds = []
    with stage.Stage(bench.build, "bench") as scene:
        subprocess.run([os.path.join(scene.build, "tests/bench/store"), scene.state, "1", "1",
                        str(KNOWN_TARGETS)], check=True, stdout=subprocess.DEVNULL)
        simulator = scene.simulator(argv=core(-1))
        for _ in range(rounds):
            daemon = scene.daemon(CONFIG % scene.state, simulator.url, argv=core(0))
            stage.until("the daemon is ready", daemon.find_url, every=0.005)
            seconds.append(time.monotonic() - daemon.began)
            daemon.end()
    bench.add("daemon_start_%d_findings" % KNOWN_TARGETS, "s", seconds, 2)


def scrape_until(daemon, condition):
    """Reads the metrics page again and again; gives the seconds of each, and its size."""
    host = daemon.url.split("/")[2]
    seconds, size = [], 0
    while not condition():
        connection = http.client.HTTPConnection(host, timeout=60)
        began = time.monotonic()
        connection.request("GET", "/metrics")
        size = len(connection.getresponse().read())
        seconds.append(time.monotonic() - began)
        connection.close()
        time.sleep(0.1)
    return sorted(seconds), size


def watch(bench):
    """Memory and CPU of watching an organization, and the metrics page while it is swept."""
    accounts, pause = (200, 5) if bench.quick else (10000, 300)
    name = "watch_%d_accounts" % accounts
    with stage.Stage(bench.build, "bench") as scene:
        simulator = scene.simulator(
            "--tls-cert", bench.cert, "--tls-key", bench.key, "--accounts", str(accounts),
            "--regions", str(REGIONS), argv=core(-1))
        config = WATCH % scene.state + (HURRY if bench.quick else "")
        daemon = scene.daemon(config, simulator.url, argv=core(0),
                              more={"AWS_CA_BUNDLE": bench.cert})
        scrapes, size = scrape_until(
            daemon, lambda: "the first sweep over" in daemon.log())
        bench.add(name + "_first_sweep", "s", [time.monotonic() - daemon.began])
        bench.add(name + "_metrics_page", "MB", [size / 1e6])
        bench.add(name + "_scrape_p99", "ms", [scrapes[len(scrapes) * 99 // 100] * 1000], 50)
        time.sleep(pause / 10)
        calls, used, began = count_calls(daemon), daemon.cpu_seconds(), time.monotonic()
        time.sleep(pause)
        used, passed = daemon.cpu_seconds() - used, time.monotonic() - began
        bench.add(name + "_calls", "calls/s", [(count_calls(daemon) - calls) / passed])
        bench.add(name + "_cpu", "%", [100 * used / passed], None if bench.quick else 5)
        bench.add(name + "_memory", "MB", [daemon.rss_kb() / 1024], 128)
        daemon.end()


def count_calls(daemon):
    return daemon.metric("trailseal_api_requests_total")


class Relay:
    """Stands between the daemon and the simulator, and notes when which key was told to be how."""

    def __init__(self, scene, simulator):
        self.target = ("127.0.0.1", int(simulator.url.rsplit(":", 1)[1]))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.told = {}
        threading.Thread(target=self.accept, daemon=True).start()
        scene.play(self)

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            for one, other, note in ((near, far, False), (far, near, True)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.copy, args=(one, other, note), daemon=True).start()

    def copy(self, one, other, note):
        try:
            while data := one.recv(65536):
                if note and b'"KeyMetadata"' in data:
                    key = json.loads(data[data.index(b"{"):])["KeyMetadata"]
                    self.told.setdefault((key["Arn"], key["KeyState"]), time.monotonic())
                other.sendall(data)
        except (OSError, ValueError):
            pass
        other.close()

    def end(self):
        self.listener.close()


def change(bench):
    """From the answer that shows a change to the webhook's request, in each region at its time."""
    states = ("Disabled",) if bench.quick else 3 * ("Disabled", "Enabled")
    with stage.Stage(bench.build, "bench") as scene:
        receiver = scene.hook()
        world = {"regions": PLACES, "accounts": [{
            "id": stage.ACCOUNT,
            "keys": [{"alias": region, "region": region} for region in PLACES],
            "trails": [{"name": region, "home": region, "key": region, "multi_region": False}
                       for region in PLACES]}]}
        simulator = scene.simulator("--world", scene.write("world.json", json.dumps(world)),
                                    argv=core(-1))
        relay = Relay(scene, simulator)
        daemon = scene.daemon(CHANGE % (scene.state, receiver.url), relay.url, argv=core(0))
        stage.until("the first sweep", lambda: "the first sweep over" in daemon.log())
        keys = [arn for arn, _ in relay.told]
        waits = []
        for state in states:
            waits += one_change(simulator, relay, receiver, keys, state)
        daemon.end()
    bench.add("change_to_webhook", "ms", [wait * 1000 for wait in waits], 100)


def one_change(simulator, relay, receiver, keys, state):
    """All keys change; gives how long each was on its way from the answer to the webhook."""
    begin = len(receiver.taken())
    relay.told.clear()
    for key in keys:
        simulator.control("key-state", key=key, state=state)

    def alerts():
        return {delivery.alert["resource"]: delivery.at for delivery in receiver.taken()[begin:]
                if delivery.alert["rule"] == "key-disabled"}
    stage.until("all alerts are there", lambda: len(alerts()) == len(keys))
    return [at - relay.told[key, state] for key, at in alerts().items()]
