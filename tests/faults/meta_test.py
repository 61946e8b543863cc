"""Every harness goes red where something is lost (SECURITY.md goal 45): each is run here once on a program that forgets the last
look that it acknowledged (tests/faults/forgetful.py) and that says that all is sound, and must fail, by its own count.

What else each harness must see is shown by the negative controls inside it (docs/reliability.md).
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

from ledger import rowan

FOLDER = pathlib.Path(__file__).resolve().parent
TESTS = FOLDER.parent
# Each harness that trusts the ledger, with one of its tests, made short.
HARNESSES = {
    "faults/kill_test.py": ("Kills.test_what_was_acknowledged_is_there_once_after_each_kill", {"ROWAN_KILLS": "4"}),
    "faults/power_test.py": ("Cuts.test_what_was_acknowledged_is_there_once_after_each_cut", {"ROWAN_CUTS": "4"}),
    "faults/errors_test.py": ("FailingDisk.test_an_interrupted_write_is_written", {}),
    "faults/truncate_test.py": ("Truncated.test_a_server_that_closes", {}),
    "faults/drill_test.py": ("Drill.test_all_that_was_acknowledged_is_there_again_on_an_empty_machine", {}),
    "load/load_test.py": ("Load.test_what_is_acknowledged_is_stored_and_what_is_shown_is_in_the_log", {"ROWAN_LOAD_SECONDS": "2"}),
    "functional/proxy_test.py": ("BehindTheProxy.test_people_work_on_while_one_server_is_updated_and_the_other_killed", {}),
    "cluster/cluster_test.py": ("Cluster.test_the_duty_is_handed_over", {}),
}
LOST = re.compile(r"look person \w+: acknowledged \d+ times, and \d+ times in the log")


def run(harness, binary):
    """The harness's own test in a process of its own: its exit code and all that it said."""
    test, shorter = HARNESSES[harness]
    file = TESTS / harness
    done = subprocess.run([sys.executable, "-m", "unittest", f"{file.stem}.{test}"], cwd=file.parent, capture_output=True, text=True,
                          timeout=900, env={**os.environ, **shorter, "ROWAN_HONEST": rowan.BINARY, "ROWAN_BINARY": str(binary)})
    return done.returncode, done.stdout + done.stderr


class EveryHarness(unittest.TestCase):
    def test_goes_red_where_one_look_is_forgotten(self):
        skipped = []
        for harness in HARNESSES:
            with self.subTest(harness):
                code, said = run(harness, FOLDER / "forgetful.py")
                if "skipped=1" in said:
                    skipped.append(harness)
                    continue
                self.assertEqual(1, code, said)
                self.assertRegex(said, r"FAILED \(failures=\d+\)")
                self.assertRegex(said, LOST)
        print(f"{len(HARNESSES) - len(skipped)} of {len(HARNESSES)} harnesses went red; not at hand here: {skipped}", flush=True)
        self.assertLess(len(skipped), len(HARNESSES) - 2)

    def test_is_in_the_list(self):
        """Whoever writes a new harness that trusts the ledger adds it above."""
        trusting = {f"{file.parent.name}/{file.name}" for folder in ("faults", "load", "cluster", "functional")
                    for file in (TESTS / folder).glob("*_test.py")
                    if re.search(r"^(import|from) (ledger|book|errors_test)\b", file.read_text(), re.MULTILINE)}
        self.assertEqual(trusting - {"faults/meta_test.py"}, set(HARNESSES))

    def test_the_same_harness_is_green_on_the_honest_program(self):
        """Or what is red above might be red for another reason."""
        code, said = run("faults/kill_test.py", rowan.BINARY)
        self.assertEqual(0, code, said)


if __name__ == "__main__":
    unittest.main()
