"""Many people at once on one server, over TLS, and what they wrote down: tests/load/client.cpp drives them.

The client's report, a line each: seconds, processor (seconds of the client's own), gone (requests that had no answer),
bytes, shown (people whom answers to a search lead to), status CODE TIMES, times KIND COUNT P50 P99 MOST (milliseconds), and
of each user acknowledged / unknown ACT SUBJECT TIMES and sent DRAFT REFERRAL, as ledger.Person keeps them.
"""
import collections
import http.client
import os
import pathlib
import re
import sqlite3
import ssl
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faults"))
import ledger  # noqa: E402
from ledger import rowan  # noqa: E402

CLIENT = os.environ.get("ROWAN_LOAD_CLIENT", str(rowan.ROOT / "build" / "tests" / "load_client"))
WORDS = ("Oliver", "Amelia", "Jack", "Olivia", "Harry", "Isla", "George", "Emily", "Noah", "Ava", "Mohammed", "Sophie",
         "Oliver Smith", "Amelia Jones", "Aleksandra", "Wiliams", "Katherine", "Jon Taylor", "Nobody Whatsoever", "Mia Brown 2010")
ALIKE = ("Imogen Achterberg", "Martha Quillfeather", "Dev Raithatha")   # whose accounts are copied
FILE = 16_000   # bytes of a child's page, about
TEMPLATE = "Closed Loop {:03d}"


def add_users(data, count):
    """So many accounts, copied from those of the demonstration. The folder must be closed. Their names."""
    names = [TEMPLATE.format(n) for n in range(count)]
    with sqlite3.connect(pathlib.Path(data) / "rowan.db") as database:
        for n, name in enumerate(names):
            (like,) = database.execute("SELECT id FROM user_account WHERE display_name = ?", (ALIKE[n % len(ALIKE)],)).fetchone()
            for table, key in (("user_account", "id"), ("role_grant", "user_id")):
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                new = {key: f"'{n:026d}'", "user_name": f"'closed.loop.{n}'", "display_name": f"'{name}'"}
                database.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(new.get(c, c) for c in columns)} "
                                 f"FROM {table} WHERE {key} = ?", (like,))
    database.close()
    return names


class Report:
    def __init__(self, text):
        self.numbers, self.statuses, self.times = {}, collections.Counter(), {}
        self.acknowledged = collections.defaultdict(collections.Counter)
        self.unknown = collections.defaultdict(collections.Counter)
        self.sent = collections.defaultdict(dict)
        for line in text.splitlines():
            word, *rest = line.split("\t")
            if word == "status":
                self.statuses[int(rest[0])] = int(rest[1])
            elif word == "times":
                self.times[rest[0]] = (int(rest[1]), *map(float, rest[2:]))
            elif word in ("acknowledged", "unknown"):
                user, act, subject, times = rest
                getattr(self, word)[user][act, subject] = int(times)
            elif word == "sent":
                self.sent[rest[0]][rest[1]] = rest[2] or None
            else:
                self.numbers[word] = float(rest[0])

    def count(self, *kinds):
        return sum(self.times.get(kind, (0,))[0] for kind in kinds)

    def rate(self, *kinds):
        return self.count(*kinds) / self.numbers["seconds"]

    @staticmethod
    def count_of(book, act):
        return sum(times for user in book.values() for (what, _), times in user.items() if what == act)


class SecureServer(rowan.Server):
    """`rowan serve` with a certificate of its own."""

    def __init__(self, folder, *arguments, seconds=120):
        self.folder = pathlib.Path(folder)
        chain, key = self.folder / "chain.pem", self.folder / "key.pem"
        if not chain.exists():
            subprocess.run([CLIENT, "--certificate", chain, key], check=True)
        super().__init__("--certificate", chain, "--key", key, *arguments, seconds=seconds)

    def get(self, path):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=ssl._create_unverified_context())
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def file_of(self, size):
        """The address of the first page's own file that is nearest to this size in bytes."""
        files = set(re.findall(r'"(/assets/[^"]+)"', self.get("/sign-in")[1].decode()))
        return min(sorted(files), key=lambda path: abs(len(self.get(path)[1]) - size))

    def memory(self):
        """Resident megabytes."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def processor(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Book(ledger.Ledger):
    """What many people did on one data folder, by the client's reports."""

    def __init__(self, data, users):
        super().__init__(data, users)
        with sqlite3.connect(f"file:{pathlib.Path(data) / 'rowan.db'}?mode=ro", uri=True) as database:
            self.everyone = [row[0] for row in database.execute(
                "SELECT id FROM person WHERE id = root AND sensitivity = 'ordinary' ORDER BY ref LIMIT 20000")]
        database.close()
        self.runs = self.searches = self.searches_unknown = self.shown = 0

    def work(self, server, seconds, mix=(80, 15, 5, 0), users=None, pause=0, sample=lambda: None, everybody_works=lambda: None):
        """The report of the client. `mix`: reads, searches, writes, files and glances of a hundred. `pause`: seconds before each asks
        again. `sample` is called each second in between, `everybody_works` once all have begun."""
        plan, report = server.folder / "plan", server.folder / "report"
        chosen = self.everybody[:users]
        self.runs += 1
        lines = [("port", server.port), ("run", self.runs), ("seconds", seconds), ("pause", pause),
                 *zip(("reads", "searches", "writes", "files", "glances"), mix)]
        lines += [("user", person.user) for person in chosen]
        lines += [("person", person) for person in self.everyone] + [("words", words) for words in WORDS]
        lines += [("file", server.file_of(FILE))]
        plan.write_text("".join(f"{word}\t{value}\n" for word, value in lines))
        with subprocess.Popen([CLIENT, plan, report], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
            if client.stdout.readline() == "everybody works\n":
                everybody_works()
            while client.poll() is None:
                sample()
                time.sleep(1)
            said = client.stderr.read()
        if client.returncode != 0:
            raise AssertionError(said)
        out = Report(report.read_text())
        for person in chosen:
            for mine, theirs in ((person.acknowledged, out.acknowledged), (person.unknown, out.unknown)):
                mine.update({what: times for what, times in theirs[person.user].items() if what[0] != "search search"})
            person.sent.update(out.sent[person.user])
        self.shown += int(out.numbers["shown"])
        self.searches += out.count_of(out.acknowledged, "search search")
        self.searches_unknown += out.count_of(out.unknown, "search search")
        return out

    def wrong(self, data):
        """Besides the ledger's: each answer to a search is in the log once, with as many people as it showed."""
        faults = super().wrong(data)
        mine = {person.user for person in self.everybody}
        with ledger.rowan.log_of(data) as database:
            rows = [row[:2] for row in database.execute(
                "SELECT subject_kind, detail, user_id FROM temp.log WHERE act = 'search' AND outcome = 'allowed'") if row[2] in mine]
        found = [dict(word.split("=") for word in detail.split()) for kind, detail in rows if kind == "search"]
        if not self.searches <= len(found) <= self.searches + self.searches_unknown:
            faults.append(f"{self.searches} searches were answered, and {len(found)} are in the log")
        if self.searches_unknown == 0:
            in_full, in_all = (sum(int(words[word]) for words in found) for word in ("full", "results"))
            if in_full != self.shown:
                faults.append(f"answers to searches showed {self.shown} people, and the log says {in_full}")
            if in_all != len(rows) - len(found):
                faults.append(f"searches found {in_all} people, and {len(rows) - len(found)} looks at them are in the log")
        return faults


def slope(samples):
    """Megabytes a minute by least squares over (seconds, megabytes)."""
    n = len(samples)
    mean_t, mean_m = sum(t for t, _ in samples) / n, sum(m for _, m in samples) / n
    spread = sum((t - mean_t) ** 2 for t, _ in samples)
    return 60 * sum((t - mean_t) * (m - mean_m) for t, m in samples) / spread
