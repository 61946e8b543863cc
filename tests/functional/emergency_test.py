"""The emergency bundle: what the people on duty need when Rowan is away, and nothing of whom they must not see."""
import contextlib
import html.parser
import re
import shutil
import sqlite3

import rowan
from sealed import Sealed

DATES = r"\d{1,2} \w+ \d{4} at \d{1,2}:\d\d[ap]m"


class Bundle(html.parser.HTMLParser):
    """The opened file: its text, what it would fetch, and of each card the heading and the facts."""

    def __init__(self, text):
        super().__init__()
        self.source, self.cards, self.fetched, self.words, self.ids, self.links = text, [], [], [], set(), set()
        self._into = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        if tag in ("script", "link", "img", "iframe", "object", "form") or "src" in attributes:
            self.fetched.append(tag)
        if tag == "a":
            self.links.add(attributes["href"])
        if tag == "article":
            self.cards.append({"id": attributes.get("id"), "heading": "", "facts": []})
        if tag == "h3":
            self._into = "heading"
        if tag == "dt":
            self.cards[-1]["facts"].append(["", ""])
        if tag in ("dt", "dd"):
            self._into = tag

    def handle_endtag(self, tag):
        if tag in ("h3", "dt", "dd"):
            self._into = None

    def handle_data(self, data):
        self.words.append(data)
        if self._into == "heading":
            self.cards[-1]["heading"] += data
        elif self._into:
            self.cards[-1]["facts"][-1][self._into == "dd"] += data

    def people(self):
        """Cards of young people, by id: their facts by name, the heading as "name"."""
        return {card["id"].removeprefix("person-"): {"name": card["heading"], **dict(card["facts"])} for card in self.cards if card["id"]}

    def missing(self):
        return [{"name": card["heading"], **dict(card["facts"])} for card in self.cards if not card["id"]]


class Emergency(Sealed):
    def setUp(self):
        super().setUp()
        self.data = self.demo(children=200)
        with self.database() as database:  # one referral waits, and says that there is danger
            chosen = "(SELECT r.id FROM referral r JOIN front_door_decision d ON d.referral = r.id WHERE d.risk_level <> '' ORDER BY r.ref LIMIT 1)"
            database.execute(f"UPDATE referral SET state = 'RECEIVED', immediate_danger = 1 WHERE id = {chosen}")
            database.execute("DELETE FROM front_door_decision WHERE referral IN (SELECT id FROM referral WHERE state = 'RECEIVED')")
            database.commit()
            self.users = dict(database.execute("SELECT display_name, user_name FROM user_account"))
        self.made = 0

    def database(self):
        return contextlib.closing(sqlite3.connect(self.data / "rowan.db"))

    def write(self, *readers, out=None):
        self.made += 1
        out = out or self.folder / f"bundle{self.made}"
        named = [word for reader in readers or ("Imogen Achterberg",) for word in ("--for", self.users[reader])]
        self.succeed("emergency", "--data", self.data, "--to", self.pub, *named, "--out", out)
        return out

    def bundle(self, *readers):
        sealed = self.write(*readers)
        opened = sealed.with_suffix(".html")
        self.succeed("open", sealed, "--key", self.key, "--out", opened)
        return Bundle(opened.read_text(encoding="utf-8"))

    def roots(self, sql):
        with self.database() as database:
            return {root for (root,) in database.execute(sql)}

    def test_it_holds_who_is_missing_what_is_due_and_the_risk_of_each_open_child(self):
        bundle = self.bundle()
        with self.database() as database:
            missing = dict(database.execute("SELECT e.ref, p.root FROM missing_episode e JOIN person p ON p.id = e.person "
                                            "WHERE confirmed_at IS NULL AND withdrawn_at IS NULL"))
            waiting = {ref for (ref,) in database.execute("SELECT ref FROM referral WHERE state IN ('RECEIVED', 'SCREENING')")}
        risk = self.roots("SELECT p.root FROM front_door_decision d JOIN referral r ON r.id = d.referral JOIN person p ON p.id = r.person "
                          "WHERE d.risk_level IN ('pending', '1', '2', '3')")
        self.assertGreater(len(missing), 0)
        self.assertGreater(len(waiting), 0)
        self.assertGreater(len(risk), 0)
        self.assertEqual(set(missing), {each["Episode"] for each in bundle.missing()})
        text = " ".join(" ".join(bundle.words).split())
        for ref in waiting:
            self.assertIn(ref, text)
        people = bundle.people()
        self.assertLessEqual(set(missing.values()), set(people))
        self.assertGreater(sum("Level of risk" in facts for facts in people.values()), len(risk) // 2)
        self.assertTrue(any("Address" in facts for facts in people.values()))
        self.assertTrue(all(facts.get("Known to") for facts in people.values()))
        self.assertIn("Immediate danger", text)
        self.assertIn("Imogen Achterberg", text)
        self.assertRegex(text, f"This is how it stood on {DATES}")
        self.assertRegex(text, "07700 900|01823|0300|\\d{5}", "somebody to ring")

    def test_it_opens_without_a_server_a_network_or_the_data(self):
        sealed = self.write()
        shutil.rmtree(self.data)
        self.data.with_name(self.data.name + ".keyring").unlink()
        out = self.folder / "bundle.html"
        self.succeed("open", sealed, "--key", self.key, "--out", out)
        self.assertEqual(0o600, out.stat().st_mode & 0o777)
        bundle = Bundle(out.read_text(encoding="utf-8"))
        self.assertEqual([], bundle.fetched)
        self.assertNotRegex(bundle.source, r"url\(|@import|https?://")
        self.assertGreater(len(bundle.people()), 5)
        for link in bundle.links:
            self.assertIn(link.removeprefix("#"), bundle.ids, "every link leads to a place in the file")
        self.assertTrue(bundle.source.startswith("<!doctype html>") and '<html lang="en-GB">' in bundle.source and "<title>Emergency bundle of " in bundle.source)
        self.refused("open", sealed, "--key", self.keys("another"), "--out", self.folder / "x", says="not sealed to key")

    def test_sealed_it_names_nobody(self):
        people = self.bundle().people()
        content = (self.folder / "bundle1").read_bytes()
        for facts in people.values():
            self.assertNotIn(facts["name"].encode(), content)

    def protect(self, browser, person, level):
        browser.get(f"/people/{person}/protection")
        page = browser.submit(f"/people/{person}/protection", sensitivity=level, reason="Fled from home")
        self.assertEqual(200, page.status, page.text)

    def test_what_must_not_appear_does_not(self):
        """A safe address, a restricted record, and a conflict of one reader; each was there before."""
        before = self.bundle("Imogen Achterberg", "Dev Raithatha")
        people = before.people()
        homes = [facts.get("Address") for facts in people.values()]
        whole = [person for person, facts in people.items() if "Address" in facts and homes.count(facts["Address"]) == 1]
        with self.database() as database:
            episodes = dict(database.execute("SELECT p.root, e.ref FROM missing_episode e JOIN person p ON p.id = e.person "
                                             "WHERE confirmed_at IS NULL AND withdrawn_at IS NULL"))
        safe = next(person for person in episodes if "Address" in people[person])
        shut, close = [person for person in whole if person not in episodes][:2]
        server = self.serve("--demo", "--data", self.data)
        imogen, dev = server.browser(), server.browser()
        rowan.sign_in(imogen)
        rowan.sign_in(dev, "Dev Raithatha")
        self.protect(imogen, safe, "safe_address")
        self.protect(imogen, shut, "restricted")
        dev.get("/account/interests")
        family, given = people[close]["name"].split(", ")
        page = dev.post("/account/interests", [*self.fields(dev.page, "name"), ("name", f"{given} {family}")])
        self.assertEqual(200, page.status, page.text)

        both, alone = self.bundle("Imogen Achterberg", "Dev Raithatha"), self.bundle("Imogen Achterberg")
        for bundle, sees_close in ((both, False), (alone, True)):
            left = bundle.people()
            self.assertEqual("Kept back: this record is protected. Ask who is named on it.", left[safe]["Address"])
            self.assertNotIn("Telephone", left[safe])
            self.assertNotIn(people[safe]["Address"], left[safe].values())
            line = next(each for each in bundle.missing() if each["Episode"] == episodes[safe])
            self.assertEqual(set(), {"Last seen", "Lives at", "What happened", "Wearing"} & line.keys())
            self.gone(people[shut], shut, bundle)
            if sees_close:
                self.assertIn(close, left)
            else:
                self.gone(people[close], close, bundle)
        self.assertEqual(0, server.stop())

    def gone(self, facts, person, bundle):
        self.assertNotIn(person, bundle.people())
        for name in ("Reference", "name", "Address"):
            self.assertNotIn(facts[name], bundle.source)

    def fields(self, page, kind):
        form = next(form for form in page.forms if ("kind", kind) in form.fields)
        return [(name, value) for name, value in form.fields if name != kind]

    def test_it_is_for_the_front_door_and_for_accounts_that_are_open(self):
        out = self.folder / "x"
        words = ("emergency", "--data", self.data, "--to", self.pub, "--out", out)
        self.refused(*words, says="--for NAME")
        self.refused(*words, "--for", "nobody.here", says="no open account")
        for other in ("Tomasz Wrenfield", "Petra Songhurst", "Alan Fenwright", "Hugh Merriweather", "Clara Underhay"):
            self.refused(*words, "--for", self.users[other], says="front door")
        self.refused(*words, "--for", self.users["Imogen Achterberg"], "--for", self.users["Petra Songhurst"], says="front door")
        self.succeed("user", "disable", "--data", self.data, "--name", self.users["Dev Raithatha"])
        self.refused(*words, "--for", self.users["Dev Raithatha"], says="no open account")
        self.refused("emergency", "--data", self.data, "--for", self.users["Imogen Achterberg"], "--out", out, says="--to")
        self.assertFalse(out.exists())

    def test_each_record_in_it_says_so_in_the_audit_log(self):
        people = self.bundle().people()
        with self.database() as database:
            told = {subject for (subject,) in database.execute("SELECT subject_id FROM audit_entry WHERE act = 'bundle' AND subject_kind = 'person'")}
            (detail,) = database.execute("SELECT detail FROM audit_entry WHERE act = 'bundle' AND subject_kind = 'emergency'").fetchone()
        self.assertEqual(set(people), told)
        self.assertRegex(detail, r"^keys=[0-9a-f]{16} readers=[\w-]+$")
        self.succeed("audit", "verify", "--data", self.data)
        server = self.serve("--demo", "--data", self.data)
        petra = server.browser()
        rowan.sign_in(petra, "Petra Songhurst")
        self.assertIn("bundle", petra.get("/looks").text)

    def test_it_is_made_beside_a_server_and_a_later_one_says_what_has_changed(self):
        server = self.serve("--demo", "--data", self.data)
        before = len(self.bundle().people())
        self.assertEqual(before, len(self.bundle().people()))
        self.assertEqual(0, server.stop())
        self.assertTrue(re.search("Made ", self.succeed("backup", "verify", self.folder / "bundle1")))
