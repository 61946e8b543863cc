"""Several `rowan serve` on one PostgreSQL: a session, a change and a form belong to all of them, and one that is killed is
not missed."""
import time

import postgres
import rowan


class TwoServers(rowan.Case):
    databases = 0

    def setUp(self):
        super().setUp()
        data = self.demo()
        self.keyring = data.with_name(data.name + ".keyring")
        TwoServers.databases += 1
        self.name = f"two{TwoServers.databases}"
        self.url = postgres.cluster().new(self.name)
        self.succeed("copy", "--data", data, "--to", self.url)
        self.first, self.second = self.open(), self.open()

    def open(self):
        return self.serve("--demo", "--database", self.url, "--keyring", self.keyring)

    def at(self, browser, server):
        """The same browser, as a proxy would send it to another server."""
        browser.port = server.port
        return browser

    def signed_in(self, name="Imogen Achterberg"):
        browser = self.first.browser()
        rowan.sign_in(browser, name)
        return browser

    def one_person(self):
        return postgres.cluster().ask(self.name, "SELECT min(id) FROM person WHERE root = id AND sensitivity = 'ordinary'")

    def sound(self):
        here = ("--database", self.url, "--keyring", self.keyring)
        self.succeed("fsck", *here)
        self.succeed("audit", "verify", *here)

    def test_a_session_belongs_to_all_and_ends_for_all(self):
        browser, person = self.signed_in(), f"/people/{self.one_person()}"
        for server in (self.second, self.first, self.second):
            self.assertEqual(200, self.at(browser, server).get(person).status)
        self.at(browser, self.second).submit("/sign-out")
        self.assertEqual("Sign in to Rowan", self.at(browser, self.first).get(person).heading)
        self.sound()

    def test_what_one_server_restricts_is_gone_on_the_other_within_a_second(self):
        person = self.one_person()
        imogen, martha = self.signed_in(), self.second.browser()
        rowan.sign_in(martha, "Martha Quillfeather")
        self.assertEqual(200, martha.get(f"/people/{person}").status)
        imogen.get(f"/people/{person}/protection")
        imogen.submit(f"/people/{person}/protection", sensitivity="restricted", reason="Her aunt works here")
        self.assertEqual(200, imogen.page.status)
        began = time.monotonic()
        status = martha.get(f"/people/{person}").status
        self.assertEqual(404, status, "with the very next request")
        print(f"a restriction holds on the other server after {time.monotonic() - began:.3f} s", flush=True)
        self.sound()

    def test_an_agency_that_is_shut_out_on_one_server_is_out_on_the_other_within_a_second(self):
        safiya, imogen, alan = self.signed_in("Safiya Bramwell"), self.signed_in(), self.second.browser()
        rowan.sign_in(alan, "Alan Fenwright")
        agency = postgres.cluster().ask(self.name, "SELECT agency FROM user_account WHERE display_name = 'Safiya Bramwell'")
        alan.get(f"/agencies/{agency}")
        began = time.monotonic()
        self.assertEqual("/agencies", alan.submit(f"/agencies/{agency}/shut").path)
        self.assertEqual("Sign in to Rowan", safiya.get("/").heading, "with the very next request")
        print(f"an agency is out on the other server after {time.monotonic() - began:.3f} s", flush=True)
        # Coming in again fails on both; who is of another agency stays in.
        for server in (self.first, self.second):
            self.assertEqual(403, rowan.sign_in(server.browser(), "Safiya Bramwell").status)
        self.assertEqual("My work", imogen.get("/").heading)
        alan.get(f"/agencies/{agency}")
        alan.submit(f"/agencies/{agency}/open")
        self.assertEqual("Sign in to Rowan", safiya.get("/").heading, "a session that was ended stays ended")
        rowan.sign_in(safiya, "Safiya Bramwell")
        self.assertEqual("My work", safiya.get("/").heading)
        # The demonstration has one administrator: their own agency stays open, so that nobody is stuck in it.
        own = postgres.cluster().ask(self.name, "SELECT agency FROM user_account WHERE display_name = 'Alan Fenwright'")
        alan.get(f"/agencies/{own}")
        self.assertEqual(403, alan.submit(f"/agencies/{own}/shut").status)
        self.sound()

    def test_what_the_command_line_brings_in_is_found_by_servers_that_run(self):
        browser = self.signed_in()
        self.assertNotIn("Quennell", self.found(browser))
        extract = self.folder / "extract.csv"
        extract.write_text("id,first name,surname,date of birth,sex,postcode\nH-1,Wilhelmina,Quennell,2012-03-14,F,TA1 1AA\n")
        self.succeed("import", "--database", self.url, "--keyring", self.keyring, "--agency", "SCC", extract)
        for server in (self.first, self.second):
            self.assertIn("Quennell", self.found(self.at(browser, server)))

    def found(self, browser):
        return browser.get("/search?q=Wilhelmina").text

    def test_a_form_sent_again_to_the_other_server_is_done_once(self):
        browser = self.signed_in()
        before = self.drafts()
        browser.get("/referrals/new")
        form = next(form for form in browser.page.forms if form.method == "post" and "/referrals/new" in (form.action or browser.page.path))
        answers = [self.at(browser, server).post("/referrals/new", form.fields, follow=False) for server in (self.first, self.second)]
        self.assertEqual([303, 303], [answer.status for answer in answers])
        self.assertEqual(*[answer.headers["location"] for answer in answers])
        self.assertEqual(before + 1, self.drafts())

    def drafts(self):
        return int(postgres.cluster().ask(self.name, "SELECT count(*) FROM draft"))

    def test_one_that_is_killed_is_not_missed_and_the_log_is_one(self):
        browser, person = self.signed_in(), f"/people/{self.one_person()}"
        looked = 0
        for turn in range(30):
            if turn == 15:
                self.first.kill()
            server = self.second if turn >= 15 or turn % 2 else self.first
            self.assertEqual(200, self.at(browser, server).get(person).status)
            looked += 1
        told = postgres.cluster().ask(self.name, f"SELECT count(*) FROM audit_entry WHERE act = 'look' AND subject_id = '{self.one_person()}'")
        self.assertEqual(looked, int(told), "each look once")
        self.sound()
