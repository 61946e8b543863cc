"""What whoever keeps Rowan running is told: /health, /ready and /metrics, on this machine only."""
import http.client
import pathlib
import re
import sqlite3

import rowan


class Operations(rowan.Case):
    def open(self):
        self.data = self.demo()
        server = self.serve("--demo", "--data", self.data, "--operations", "127.0.0.1:0")
        self.port = int(re.fullmatch(r"Its state is told at http://127\.0\.0\.1:(\d+)\n", server.process.stdout.readline()).group(1))
        return server

    def ask(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def test_it_is_well_and_ready(self):
        self.open()
        self.assertEqual((200, "ok\n"), self.ask("/health"))
        self.assertEqual((200, "ready\n"), self.ask("/ready"))
        self.assertEqual(404, self.ask("/people")[0])
        self.assertEqual(405, self.ask("/ready", "POST")[0])

    def test_it_has_given_up_what_it_does_not_need(self):
        """SECURITY.md 9.8: system calls for all its threads, files where the kernel can; tests/unit/sandbox shows what."""
        server = self.open()
        for task in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
            status = (task / "status").read_text()
            self.assertRegex(status, r"(?m)^NoNewPrivs:\t1$")
            self.assertRegex(status, r"(?m)^Seccomp:\t2$")
        said = re.search(r'"event":"server.confined","landlock":(\d+),"seccomp":true', server.said())
        self.assertIsNotNone(said, server.said())
        self.assertEqual(int(said.group(1)), self.metrics()["rowan_landlock_version"])

    def test_it_keeps_its_rights_where_it_is_told_to(self):
        server = self.serve("--demo", "--data", self.demo(), "--unconfined")
        self.assertRegex(pathlib.Path(f"/proc/{server.process.pid}/status").read_text(), r"(?m)^NoNewPrivs:\t0$")
        self.assertIn('"level":"warning","event":"server.confined","landlock":0,"seccomp":false', server.said())

    def test_the_people_who_use_rowan_do_not_see_it(self):
        server = self.open()
        browser = server.browser()
        for path in ("/health", "/ready", "/metrics"):
            self.assertEqual("Sign in to Rowan", browser.get(path).heading)

    def test_the_metrics_count_and_name_nobody(self):
        server = self.open()
        browser = server.browser()
        rowan.sign_in(browser)
        before = self.metrics()
        browser.get("/people?q=a")
        after = self.metrics()
        self.assertGreater(after["rowan_http_answers_total"], before["rowan_http_answers_total"])
        self.assertGreater(self.entries(after), self.entries(before))
        self.assertEqual(1, after["rowan_ready"])
        text = self.ask("/metrics")[1]
        database = sqlite3.connect(self.data / "rowan.db")
        for (value,) in database.execute("SELECT id FROM person UNION SELECT id FROM user_account UNION SELECT display_name FROM user_account"):
            self.assertNotIn(value, text)
        database.close()

    @staticmethod
    def entries(metrics):
        return metrics["rowan_audit_entries"] + metrics["rowan_looks_waiting"]

    def metrics(self):
        lines = [line for line in self.ask("/metrics")[1].splitlines() if not line.startswith("#")]
        for line in lines:
            self.assertRegex(line, r"\A[a-z_]+ \d+\Z")
        return {line.split()[0]: int(line.split()[1]) for line in lines}

    def test_a_damaged_log_is_not_ready(self):
        self.open()
        with sqlite3.connect(self.data / "rowan.db") as database:
            database.execute("UPDATE audit_state SET frontier = x'00'")
        database.close()
        self.assertEqual((503, "audit\n"), self.ask("/ready"))
        self.assertEqual((200, "ok\n"), self.ask("/health"))
        self.assertEqual(0, self.metrics()["rowan_ready"])

    def test_other_machines_are_not_told(self):
        for where in ("0.0.0.0:0", "192.0.2.1:9100", "9100", "localhost:9100"):
            self.assertRegex(self.wrong_usage("serve", "--data", self.folder, "--operations", where), "on this machine")
