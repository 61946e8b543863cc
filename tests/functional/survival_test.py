"""What must not hurt: two servers on one folder, a killed process, a full disk."""
import concurrent.futures
import http.client
import random
import shutil
import subprocess
import time

import rowan


class TwoServers(rowan.Case):
    def test_a_second_server_on_a_folder_is_refused_and_the_first_goes_on(self):
        data = self.demo()
        first = self.serve("--demo", "--data", data)
        self.refused("serve", "--demo", "--data", data, "--listen", "127.0.0.1:0", timeout=30)
        self.assertEqual(200, first.browser().get("/").status)
        self.succeed("audit", "verify", "--data", data)

    def test_the_folder_is_free_again_after_kill_9(self):
        data = self.demo()
        self.serve("--demo", "--data", data).kill()
        began = time.monotonic()
        again = self.serve("--demo", "--data", data)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(200, again.browser().get("/").status)


class Killed(rowan.Case):
    def test_making_a_county_may_be_killed_at_any_time(self):
        """There is no folder then or a whole one, never half a county, and the next try succeeds."""
        began = time.monotonic()
        self.make_county(self.folder / "whole").wait()
        whole = time.monotonic() - began
        chance = random.Random(1)
        data = self.folder / "county"
        left_nothing = 0
        for _ in range(6):
            making = self.make_county(data)
            time.sleep(chance.uniform(0.05, 0.9) * whole)
            making.kill()
            making.wait()
            if data.exists():  # killed, but when all was done
                self.succeed("fsck", "--data", data)
                shutil.rmtree(data)
                data.with_name("county.keyring").unlink()
            else:
                left_nothing += 1
        self.assertGreater(left_nothing, 0)
        self.succeed("demo", "--data", data, "--children", 300)
        self.succeed("fsck", "--data", data)
        self.assertEqual(["county", "county.keyring", "whole", "whole.keyring"],
                         sorted(path.name for path in self.folder.iterdir()))

    @staticmethod
    def make_county(data):
        return subprocess.Popen([rowan.BINARY, "demo", "--data", str(data), "--children", "300"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_every_answer_that_anybody_got_is_in_the_audit_log_after_kill_9(self):
        data = self.demo()
        answered = 0
        for n in range(5):
            before = rowan.audit_entries(data)
            server = self.serve("--demo", "--data", data)
            with concurrent.futures.ThreadPoolExecutor(4) as people:
                looks = [people.submit(self.look_around, server) for _ in range(4)]
                time.sleep(0.5 + 0.1 * n)
                server.kill()
                looked = sum(look.result() for look in looks)
            self.succeed("fsck", "--data", data)
            self.succeed("audit", "verify", "--data", data)
            self.assertGreaterEqual(rowan.audit_entries(data) - before, looked)
            answered += looked
        self.assertGreater(answered, 20, "people were looking when it was killed")

    def test_a_tool_brings_in_what_a_killed_server_left_and_makes_no_file_of_looks(self):
        data = self.demo()
        server = self.serve("--demo", "--data", data)
        browser = server.browser()
        rowan.sign_in(browser)
        self.assertEqual(200, browser.get("/people?q=a").status)
        server.kill()
        with rowan.log_of(data) as database:
            (both,) = database.execute("SELECT count(*) FROM temp.log").fetchone()
        self.succeed("audit", "verify", "--data", data)
        self.assertEqual(both, rowan.audit_entries(data))
        (data / "looks.db").unlink()
        for path in data.glob("looks.db-*"):
            path.unlink()
        self.succeed("fsck", "--data", data)
        self.assertFalse((data / "looks.db").exists(), "it would belong to whoever used the tool")
        (data / "looks.db").write_bytes(b"x" * 8192)
        self.refused("fsck", "--data", data, says="Put it elsewhere and start again")
        (data / "looks.db").unlink()
        self.serve("--demo", "--data", data).stop()
        self.assertTrue((data / "looks.db").exists())

    @staticmethod
    def look_around(server):
        """Searches until the server is gone; how many answers came whole."""
        answers = 0
        try:
            browser = server.browser()
            rowan.sign_in(browser)
            while browser.get("/people?q=a").heading == "Search results":
                answers += 1
        except (OSError, http.client.HTTPException):
            pass
        return answers


class FullDisk(rowan.Case):
    def test_nothing_is_shown_that_cannot_be_recorded_and_all_is_well_when_there_is_room_again(self):
        made = self.demo()
        with rowan.small_disk(64) as disk:
            data = disk / "demo"
            shutil.copytree(made, data)
            shutil.copy(f"{made}.keyring", f"{data}.keyring")
            server = self.serve("--demo", "--data", data)
            browser = server.browser()
            rowan.sign_in(browser)
            self.assertEqual(200, browser.get("/people?q=a").status)
            ballast = rowan.fill(disk)
            # What is left of a page of the write-ahead log may take a few more looks; then there is no room.
            statuses = [browser.get("/people?q=a").status for _ in range(40)]
            self.assertIn(statuses[-1], (503, 507), "a look that cannot be recorded is not answered")
            ballast.unlink()
            self.assertEqual(200, browser.get("/people?q=a").status, "without a restart")
            self.assertEqual(0, server.stop())
            self.succeed("fsck", "--data", data)
            self.succeed("audit", "verify", "--data", data)

    def test_making_a_county_on_a_full_disk_leaves_nothing(self):
        with rowan.small_disk(1) as disk:
            self.refused("demo", "--data", disk / "county", "--children", 200, says="disk|full|space")
            self.assertFalse((disk / "county").exists())
            self.refused("init", "--data", disk / "real", "--scheme", "nowhere")
            self.assertEqual([], list(disk.iterdir()))
