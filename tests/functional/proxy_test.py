"""HAProxy (deploy/haproxy.cfg) before two servers on one PostgreSQL: people work while one is updated and the other is killed."""
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time
import unittest

import postgres
import rowan

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faults"))
import ledger  # noqa: E402


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Clerk(ledger.Person):
    browser = rowan.SecureBrowser


class Proxy:
    """HAProxy with the file of deploy/, at an address of its own; what differs is that address, those of the servers and the user."""

    def __init__(self, folder, servers):
        self.port = free_port()
        text = (rowan.ROOT / "deploy" / "haproxy.cfg").read_text()
        changes = {"/etc/haproxy/rowan.pem": str(self.certificate(folder)), "bind :443": f"bind 127.0.0.1:{self.port}",
                   "    user haproxy\n": "", "    group haproxy\n": "", "    chroot /var/lib/haproxy\n": ""}
        changes |= dict(zip(("10.0.0.11:8080", "10.0.0.12:8080"), (f"127.0.0.1:{port}" for port in servers)))
        for old, new in changes.items():
            if old not in text:
                raise AssertionError(f"deploy/haproxy.cfg does not say {old}")
            text = text.replace(old, new)
        file = folder / "haproxy.cfg"
        file.write_text(text)
        self.process = subprocess.Popen(["haproxy", "-db", "-f", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @staticmethod
    def certificate(folder):
        chain, key = folder / "chain.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", "/CN=localhost", "-keyout", key, "-out", chain], check=True, capture_output=True)
        both = folder / "both.pem"
        both.write_bytes(chain.read_bytes() + key.read_bytes())
        return both

    def stop(self):
        self.process.kill()
        self.process.wait()


@unittest.skipUnless(shutil.which("haproxy") and shutil.which("openssl"), "skipped: not at hand: haproxy, openssl")
class BehindTheProxy(rowan.Case):
    databases = 0

    def setUp(self):
        super().setUp()
        data = self.demo()
        self.keyring = f"{data}.keyring"
        BehindTheProxy.databases += 1
        self.url = postgres.cluster().new(f"proxied{BehindTheProxy.databases}")
        self.succeed("copy", "--data", data, "--to", self.url)
        self.ports = [free_port(), free_port()]
        self.servers = [self.open(port) for port in self.ports]
        self.proxy = Proxy(self.folder, self.ports)
        self.addCleanup(self.proxy.stop)
        self.book = ledger.Ledger(data)
        self.book.everybody = [self.clerk(person) for person in self.book.everybody]
        self.wait_for(self.answers)
        for clerk in self.book.everybody:
            clerk.sign_in(self.proxy)

    @staticmethod
    def clerk(person):
        out = Clerk(person.name, person.number, person.people)
        out.user = person.user
        return out

    def open(self, port):
        return self.serve("--demo", "--database", self.url, "--keyring", self.keyring, "--trusted-proxy", "127.0.0.1",
                          "--listen", f"127.0.0.1:{port}")

    def answers(self):
        try:
            return rowan.SecureBrowser(self.proxy.port).get("/sign-in").status == 200
        except OSError:
            return False

    def wait_for(self, true, seconds=60):
        end = time.monotonic() + seconds
        while not true():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def more_answers(self, count):
        """Until so many more requests were answered, whichever server does it."""
        enough = self.book.answered() + count
        self.wait_for(lambda: self.book.answered() >= enough)

    def test_people_work_on_while_one_server_is_updated_and_the_other_killed(self):
        stop = threading.Event()

        def work(clerk):
            while not stop.is_set():
                clerk.work(self.proxy.port, stop)
        threads = [threading.Thread(target=work, args=(clerk,)) for clerk in self.book.everybody]
        for thread in threads:
            thread.start()
        try:
            self.more_answers(60)
            self.assertEqual(0, self.servers[0].stop())   # the update of the first
            self.more_answers(60)
            self.servers[0] = self.open(self.ports[0])
            self.more_answers(60)
            self.servers[1].kill()
            self.more_answers(60)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.book.send_again(self.proxy)
        self.assertEqual([], self.book.wrong_words(self.proxy))
        self.servers[0].stop()
        copy = self.folder / "copy"
        self.succeed("copy", "--database", self.url, "--keyring", self.keyring, "--to", copy)
        shutil.copy(self.keyring, f"{copy}.keyring")
        self.assertEqual([], self.book.wrong(copy) + ledger.sound(copy))
        statuses = self.book.statuses()
        # Only the one who was being served by the server that was killed may hear of it.
        unanswered = sum(sum(clerk.unknown.values()) for clerk in self.book.everybody)
        print(f"behind HAProxy: {self.book.acknowledged()} acknowledged, 0 lost; {unanswered} refused or unknown; {dict(statuses)}", flush=True)

    def test_the_proxy_tells_who_asks_and_that_it_was_over_tls(self):
        browser = rowan.SecureBrowser(self.proxy.port)
        rowan.sign_in(browser)
        self.assertIn("__Host-rowan", browser.cookies, "the server believes that the browser came by TLS")
        self.assertEqual("max-age=63072000", browser.get("/").headers["strict-transport-security"])
