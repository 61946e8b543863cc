"""Ways into an account, in a browser: who has lost theirs gets a new one by two people, and is told."""
import re

import rowan


class Recovery(rowan.Case):
    def setUp(self):
        super().setUp()
        self.data = self.demo()
        self.server = self.serve("--demo", "--data", self.data)

    def browser(self, name):
        browser = self.server.browser()
        rowan.sign_in(browser, name)
        return browser

    def half(self, page):
        found = re.search(r"Your half of the code: ((?:[A-Z2-7]{4}-){2}[A-Z2-7]{4})", page.text)
        return found and found.group(1)

    def account_of(self, administrator, name):
        """Where an administrator asks for this person's new way in."""
        page = administrator.get("/accounts")
        return next(form for form in page.forms if f"Ask for a new way in for {name}" in form.labels)

    def test_two_people_give_a_new_way_in_and_the_owner_is_told(self):
        imogen, alan, petra = (self.browser(name) for name in ("Imogen Achterberg", "Alan Fenwright", "Petra Songhurst"))
        self.assertNotIn("asked for a new way into your account", imogen.get("/").text)
        form = self.account_of(alan, "Imogen Achterberg")
        alan.post(form.action, form.fields)
        self.assertIsNone(self.half(alan.page), "asking alone gives nothing")
        self.assertIn("Alan Fenwright asked for a new way into your account", imogen.get("/").text)
        self.assertIn("1 new way in is asked for", petra.get("/").text)
        petra.get("/roles")
        petra.submit("/recoveries/", button=("answer", "agree"))
        first, second = self.half(alan.get("/accounts")), self.half(petra.get("/roles"))
        self.assertTrue(first and second and first != second)
        self.assertIsNone(self.half(imogen.get("/account")))
        # The owner, elsewhere: one half alone is nothing; both lead to a password of their own.
        elsewhere = self.server.browser()
        for code in (first, second, second + first):
            elsewhere.get("/join")
            self.assertEqual(403, elsewhere.submit("/join", user_name="imogen", code=code).status)
        elsewhere.get("/join")
        page = elsewhere.submit("/join", user_name="imogen", code=first + " " + second)
        self.assertEqual("Choose a password", page.heading)
        key = re.search(r"account by time:\s+([A-Z2-7]{32})", page.text).group(1)
        page = elsewhere.submit("/join/password", password="four invented words here", app_code=rowan.totp(key))
        self.assertEqual("Sign in to Rowan", page.heading)
        self.assertEqual("Sign in to Rowan", imogen.get("/").heading, "every session has ended")
        rowan.sign_in(imogen)
        said = imogen.get("/account").text
        for event, by in (("A new way into your account was asked for", "Alan Fenwright"),
                          ("A new way into your account was agreed to", "Petra Songhurst"),
                          ("A new password and a new code began to work", "You")):
            self.assertRegex(said, re.escape(event) + " " + by)
        self.assertEqual(0, self.server.stop())
        self.succeed("audit", "verify", "--data", self.data)

    def test_the_owner_stops_what_they_did_not_ask_for(self):
        imogen, alan, petra = (self.browser(name) for name in ("Imogen Achterberg", "Alan Fenwright", "Petra Songhurst"))
        form = self.account_of(alan, "Imogen Achterberg")
        alan.post(form.action, form.fields)
        petra.get("/roles")
        petra.submit("/recoveries/", button=("answer", "agree"))
        code = self.half(alan.get("/accounts")) + self.half(petra.get("/roles"))
        imogen.get("/")
        self.assertEqual("/account", imogen.submit("/account/recovery/stop").path)
        self.assertIn("You stopped a new way into your account", imogen.page.text)
        self.assertIsNone(self.half(alan.get("/accounts")))
        elsewhere = self.server.browser()
        elsewhere.get("/join")
        self.assertEqual(403, elsewhere.submit("/join", user_name="imogen", code=code).status)
