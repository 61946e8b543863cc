"""What must not hurt: two servers on one folder, a killed process, a full disk."""
import concurrent.futures
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
        """What is left is either no folder, or one that `rowan serve` takes: never half a county."""
        chance = random.Random(1)
        for n in range(6):
            data = self.folder / f"county{n}"
            making = subprocess.Popen([rowan.BINARY, "demo", "--data", str(data), "--children", "200"],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.01, 1.0))
            making.kill()
            making.wait()
            if data.exists():
                self.succeed("fsck", "--data", data)

    def test_signing_in_and_looking_may_be_killed_at_any_time(self):
        """Every answer that a person got is in the audit log when the server comes back."""
        data = self.demo()
        for n in range(5):
            server = self.serve("--demo", "--data", data)
            with concurrent.futures.ThreadPoolExecutor(4) as people:
                looks = [people.submit(self.look_around, server) for _ in range(4)]
                time.sleep(0.2 + 0.15 * n)
                server.kill()
                for look in looks:
                    look.result()
            self.succeed("fsck", "--data", data)
            self.succeed("audit", "verify", "--data", data)

    @staticmethod
    def look_around(server):
        browser = server.browser()
        try:
            while True:
                browser.get("/")
        except OSError:
            pass
        except Exception as cut_short:  # http.client has several names for an answer that ends in the middle
            if "http" not in type(cut_short).__module__:
                raise


class FullDisk(rowan.Case):
    def test_a_full_disk_is_said_and_survived(self):
        made = self.demo()
        with rowan.small_disk(64) as disk:
            data = disk / "demo"
            shutil.copytree(made, data)
            shutil.copy(f"{made}.keyring", f"{data}.keyring")
            server = self.serve("--demo", "--data", data)
            ballast = rowan.fill(disk)
            statuses = {server.browser().get("/").status for _ in range(3)}
            self.assertLessEqual(statuses, {200, 503, 507}, "the front page needs no disk, or says that there is none")
            ballast.unlink()
            self.assertEqual(200, server.browser().get("/").status)
            self.assertEqual(0, server.stop())
            self.succeed("fsck", "--data", data)
            self.succeed("audit", "verify", "--data", data)

    def test_making_a_county_on_a_full_disk_leaves_nothing(self):
        with rowan.small_disk(1) as disk:
            self.refused("demo", "--data", disk / "county", "--children", 200, says="disk|full|space")
            self.assertFalse((disk / "county").exists())
            self.refused("init", "--data", disk / "real", "--scheme", "nowhere")
            self.assertEqual([], list(disk.iterdir()))
