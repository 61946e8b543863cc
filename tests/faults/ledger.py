"""A client outside the server that writes down what was acknowledged, and compares it with what is there afterwards.

Three invented people of the demonstration begin referrals, save them, send them and look at records, as fast as the
server answers. An answer that came whole is acknowledged: what it speaks of must be there afterwards, once. A request
without an answer is unknown: it may be there, once, or not at all. What nobody asked for must not be there.
"""
import collections
import http.client
import itertools
import pathlib
import re
import sqlite3
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "functional"))
import rowan  # noqa: E402

PEOPLE = ("Imogen Achterberg", "Martha Quillfeather", "Dev Raithatha")
TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
ANSWERS = ({"subject_kind": "child"}, {"person": "none"},
           {"born-day": "1", "born-month": "3", "born-year": "2004"}, {"reason": "both", "exploitation": "CSE"}, {},
           {"narrative": "She is met after school by a man in a red van."}, {"child_aware": "yes", "parent_aware": "no"},
           {"immediate_danger": "no"}, {"csc_question": "referred_now", "csc_ref_now": "CSC-77"},
           {"source_code": "2A", "referrer_name": "Somebody Else", "referrer_post": "Teacher", "referrer_email": "somebody@council.example"})


class Gone(Exception):
    """No answer came."""


class Person:
    """One of the invented people, with a browser that keeps its session over restarts of the server."""

    def __init__(self, name, number, people):
        self.name, self.number, self.people = name, number, people
        self.cookie, self.token, self.user = "", "", ""
        self.acknowledged, self.unknown = collections.Counter(), collections.Counter()
        self.sent, self.statuses = {}, collections.Counter()   # draft: referral; how often each status was answered
        self.last_saved = {}   # draft: the name that was acknowledged last, None while that is not known
        self.form = None       # the key of the form whose answer is missing
        self.going = None      # the referral in hand: draft, next address, next version
        self.once = itertools.count(1)

    browser = rowan.Browser

    def connect(self, port):
        return self.browser(port).connect()

    def sign_in(self, server):
        browser = self.browser(server.port)
        rowan.sign_in(browser, self.name)
        self.cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.token = TOKEN.search(browser.get("/").body.encode()).group(1).decode()

    def ask(self, connection, method, path, fields=None):
        headers = {"Cookie": self.cookie}
        body = None
        if method == "POST":
            body = urllib.parse.urlencode({"csrf_token": self.token, "do": "continue", **(fields or {})})
            headers.update({"Origin": f"{self.browser.scheme}://127.0.0.1:{connection.port}", "Sec-Fetch-Site": "same-origin",
                            "Content-Type": "application/x-www-form-urlencoded"})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as reason:
            connection.close()
            raise Gone(str(reason)) from reason
        self.statuses[answer.status] += 1
        return answer.status, answer.headers.get("location", ""), content

    def write(self, connection, kind, path, fields, subject=""):
        """The address that follows, or None where the write was refused."""
        try:
            status, location, _ = self.ask(connection, "POST", path, fields)
        except Gone:
            self.unknown[kind, subject] += 1
            raise
        if status == 303:
            if kind == "create draft":
                subject = location.split("/")[3]
            self.acknowledged[kind, subject] += 1
            return location
        self.unknown[kind, subject] += 1   # refused; the server says that nothing was saved, and the check sees whether
        return None

    def look(self, connection):
        person = self.people[next(self.once) % len(self.people)]
        try:
            status, _, content = self.ask(connection, "GET", f"/people/{person}")
        except Gone:
            self.unknown["look person", person] += 1
            raise
        (self.acknowledged if status == 200 else self.unknown)["look person", person] += 1
        return status, content

    def begin(self, connection):
        """A new draft. The form that had no answer is sent again as it was, and must have been done once."""
        again, self.form = self.form is not None, self.form or f"{next(self.once):026d}"
        if again:
            self.unknown["create draft", ""] -= 1
        at = self.write(connection, "create draft", "/referrals/new", {"person": "", "once": self.form})
        self.form = None   # answered, if only by "we have this already" where the address was lost
        return at

    def refer(self, connection, stop):
        """One referral from the first page to the last, with looks in between; goes on after a restart where it was."""
        if self.going is None:
            at = self.begin(connection)
            if at is None:
                return
            self.going = at.split("/")[3], at, 1
        draft, at, version = self.going
        for answers in ANSWERS[version - 1:]:
            if stop.is_set():
                return
            fields = {**answers, "version": version}
            if "born-day" in answers:
                fields["family_name"] = f"Quennell {self.number} {next(self.once)}"
                self.last_saved[draft] = None
            at = self.write(connection, "save draft", at, fields, draft)
            if at is None:   # it was saved before, in the request that had no answer, and a draft is not saved twice
                self.going = None
                return
            if "family_name" in fields:
                self.last_saved[draft] = fields["family_name"]
            version += 1
            self.going = draft, at, version
            self.look(connection)
        self.going = None
        self.sent[draft] = None
        at = self.write(connection, "send draft", f"/referrals/new/{draft}/send", {}, draft)
        if at and at.endswith("/sent"):
            self.sent[draft] = at.split("/")[2]
            self.last_saved.pop(draft, None)

    def work(self, port, stop):
        connection = self.connect(port)
        try:
            while not stop.is_set():
                self.refer(connection, stop)
        except Gone:
            pass
        finally:
            connection.close()

    def send_again(self, port):
        """What became of a sending without an answer: the same form again, which sends it once."""
        connection = self.connect(port)
        for draft in [draft for draft, referral in self.sent.items() if referral is None]:
            status, at, _ = self.ask(connection, "POST", f"/referrals/new/{draft}/send", {})
            if status == 303 and at.endswith("/sent"):
                self.sent[draft] = at.split("/")[2]
                self.acknowledged["send draft", draft] += 1
                self.last_saved.pop(draft, None)
        connection.close()


class Ledger:
    """All that was acknowledged on one data folder, over any number of servers."""

    def __init__(self, data, people=PEOPLE):
        with sqlite3.connect(pathlib.Path(data) / "rowan.db") as database:
            ids = [row[0] for row in database.execute(
                "SELECT id FROM person WHERE id = root AND sensitivity = 'ordinary' ORDER BY ref LIMIT 20")]
            users = dict(database.execute("SELECT display_name, id FROM user_account"))
        database.close()
        self.everybody = [Person(name, number, ids[number::len(people)]) for number, name in enumerate(people)]
        for person in self.everybody:
            person.user = users[person.name]

    def sign_in(self, server):
        for person in self.everybody:
            person.sign_in(server)

    def work(self, server, answers, end=lambda: None):
        """Everybody works until so many requests were answered; then `end()` is called in the middle of it."""
        before = self.answered()
        stop = threading.Event()
        threads = [threading.Thread(target=person.work, args=(server.port, stop)) for person in self.everybody]
        for thread in threads:
            thread.start()
        while self.answered() - before < answers and any(thread.is_alive() for thread in threads):
            time.sleep(0.001)
        end()
        stop.set()
        for thread in threads:
            thread.join()
        return self.answered() - before

    def answered(self):
        return sum(sum(person.statuses.values()) for person in self.everybody)

    def acknowledged(self):
        return sum(sum(person.acknowledged.values()) for person in self.everybody)

    def statuses(self):
        return sum((person.statuses for person in self.everybody), collections.Counter())

    def send_again(self, server):
        for person in self.everybody:
            person.send_again(server.port)

    def wrong(self, data):
        """What is not there that was acknowledged, what is there twice, what nobody asked for: sentences."""
        try:
            with rowan.log_of(data) as database:
                database.execute("CREATE INDEX temp.log_user ON log (user_id)")
                return [fault for person in self.everybody for fault in self._wrong_of(person, database)]
        except sqlite3.DatabaseError as reason:
            return [f"the database cannot be read: {reason}"]

    def _wrong_of(self, person, database):
        faults = []
        stored = collections.Counter()
        for act, kind, subject, times in database.execute(
                "SELECT act, subject_kind, subject_id, count(*) FROM temp.log WHERE user_id = ? AND outcome = 'allowed' "
                "AND (act, subject_kind) IN (VALUES ('create', 'draft'), ('save', 'draft'), ('look', 'person')) GROUP BY 1, 2, 3",
                (person.user,)):
            stored[f"{act} {kind}", subject] = times
        for what, times in person.acknowledged.items():
            if what[0] != "send draft" and stored[what] < times:
                faults.append(f"{what[0]} {what[1]}: acknowledged {times} times, and {stored[what]} times in the log")
        spare = collections.Counter()
        for what, times in stored.items():
            over = times - person.acknowledged[what]
            if what[0] == "create draft":
                spare[what[0]] += over
            elif over > person.unknown[what]:
                faults.append(f"{what[0]} {what[1]}: asked for {times - over + person.unknown[what]} times, and {times} times in the log")
        if spare["create draft"] > person.unknown["create draft", ""]:
            faults.append(f"create draft: {spare['create draft']} that nobody asked for")
        drafts = {row[0] for row in database.execute("SELECT id FROM draft WHERE user_id = ?", (person.user,))}
        sent = dict(database.execute("SELECT key, outcome FROM idempotency WHERE user_id = ?", (person.user,)))
        referrals = collections.Counter(row[0] for row in database.execute(
            "SELECT a.subject_id FROM temp.log a JOIN referral r ON r.id = a.subject_id "
            "WHERE a.act = 'create' AND a.subject_kind = 'referral' AND a.user_id = ?", (person.user,)))
        for (kind, draft), _ in person.acknowledged.items():
            if kind == "create draft" and draft not in drafts and f"send:{draft}" not in sent:
                faults.append(f"draft {draft} is gone")
        for draft, referral in person.sent.items():
            made = sent.get(f"send:{draft}")
            if referral is not None and (made != referral or referrals[referral] != 1 or draft in drafts):
                faults.append(f"the referral {referral} of draft {draft} is there {referrals[referral]} times, remembered as {made}")
            if referral is None and made is None and draft not in drafts:
                faults.append(f"draft {draft} was neither sent nor kept")
        return faults

    def wrong_words(self, server, most=3):
        """The words of the last drafts, read back through the pages: what was acknowledged last is what stands there."""
        faults = []
        for person in self.everybody:
            connection = person.connect(server.port)
            for draft, name in list(person.last_saved.items())[-most:]:
                if name is None:
                    continue
                _, _, content = person.ask(connection, "GET", f"/referrals/new/{draft}/details")
                if f'value="{name}"'.encode() not in content:
                    faults.append(f"draft {draft} does not say {name}")
            connection.close()
        return faults


def sound(data):
    """What `rowan fsck` and `rowan audit verify` have to say against a folder that no server has open."""
    faults = []
    for command in (("fsck",), ("audit", "verify")):
        done = rowan.run(*command, "--data", data)
        if done.returncode != 0:
            faults.append(f"rowan {' '.join(command)}: {done.stderr.strip()}")
    return faults
