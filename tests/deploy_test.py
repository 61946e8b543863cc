"""What deploy/ asks of the machine that runs Rowan (SECURITY.md 9.7: exposure of the service at most 2.0)."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

UNIT = pathlib.Path(__file__).resolve().parent.parent / "deploy" / "rowan.service"
MOST = 2.0


def exposure(text):
    with tempfile.TemporaryDirectory() as folder:
        unit = pathlib.Path(folder) / "rowan.service"
        unit.write_text(text)
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
                              capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    found = re.search(r"Overall exposure level for rowan\.service: ([\d.]+)", done.stdout)
    if not found:
        raise AssertionError(done.stdout + done.stderr)
    return float(found.group(1))


class Service(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "skipped: systemd-analyze is not at hand")
    def test_the_service_is_shut_in(self):
        text = UNIT.read_text()
        self.assertLessEqual(exposure(text), MOST)
        # A unit without its walls must be seen as such, or this test sees nothing.
        open_house = re.sub(r"^(Protect|Private|Restrict|SystemCall|Capability|NoNew)\w+=.*\n", "", text, flags=re.MULTILINE)
        self.assertGreater(exposure(open_house), MOST)

    def test_it_may_shut_itself_in(self):
        """Its own walls need calls that are in no group of Debian 12's systemd; without them it would be EPERM, and no walls."""
        allowed = re.findall(r"(?m)^SystemCallFilter=([^~\n]*)$", UNIT.read_text())
        self.assertLessEqual({"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"}, set(" ".join(allowed).split()))

    def test_no_secret_stands_in_the_unit(self):
        self.assertNotRegex(UNIT.read_text(), r"(?i)password|secret=|postgres://")


if __name__ == "__main__":
    unittest.main()
