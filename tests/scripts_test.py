"""script/coverage and the counting behind the last line of script/test, on small made-up results."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import results  # noqa: E402  (tests/results.py)

GTEST = """<testsuites><testsuite name="WorkingDays">
<testcase name="S_070_runs_over_the_clock_change" status="run" classname="WorkingDays"/>
<testcase name="H_133_stops_at_holidays" status="run" classname="WorkingDays"><failure message="off by one"/></testcase>
<testcase name="S_071_waits" status="run" classname="WorkingDays"><skipped message="skipped: not at hand"/></testcase>
<testcase name="S_072_S_073_two_at_once" status="run" classname="WorkingDays"/>
<testcase name="S_074_switched_off" status="notrun" classname="WorkingDays"/>
</testsuite></testsuites>"""
NODE = """<testsuites><testsuite name="people">
<testcase name="finds a child by nickname [H-122], S-070" classname="test"/>
</testsuite></testsuites>"""


def run_of(folder, ctest, **files):
    """Lays out a results folder as script/test leaves it; `ctest` is name -> inner XML of ctest's own case."""
    cases = "".join(f'<testcase name="{name}" classname="{name}" status="{status}">{inner}</testcase>'
                    for name, (status, inner) in ctest.items())
    (pathlib.Path(folder) / "ctest.xml").write_text(f"<testsuite>{cases}</testsuite>")
    for name, text in files.items():
        (pathlib.Path(folder) / f"{name.replace('_', '-')}.xml").write_text(text)


class Results(unittest.TestCase):
    def setUp(self):
        keep = tempfile.TemporaryDirectory()
        self.addCleanup(keep.cleanup)
        self.folder = keep.name

    def run_script(self, *command):
        return subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True)

    def lay_usual_run(self):
        run_of(self.folder, {"unit/base": ("fail", "<failure/>"), "e2e": ("run", ""), "layers": ("run", "")},
               unit_base=GTEST, e2e=NODE)

    def test_coverage_counts_passing_tests_by_id(self):
        self.lay_usual_run()
        done = self.run_script(ROOT / "script/coverage", "--results", self.folder)
        self.assertEqual(0, done.returncode, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(433, len(lines))
        table = {line.split("\t")[0]: line.split("\t")[1:] for line in lines}
        self.assertEqual(["S-001", "S-171", "H-001", "H-262"], [list(table)[n] for n in (0, 170, 171, 432)])
        self.assertEqual(["2", "WorkingDays.S_070_runs_over_the_clock_change,finds a child by nickname [H-122]; S-070"],
                         table["S-070"])
        self.assertEqual("1", table["H-122"][0])
        self.assertEqual("1", table["S-072"][0])
        self.assertEqual("1", table["S-073"][0])
        for failed_skipped_or_absent in ("H-133", "S-071", "S-074", "H-001"):
            self.assertEqual(["0", ""], table[failed_skipped_or_absent])

    def test_coverage_lists_what_is_missing(self):
        self.lay_usual_run()
        missing = self.run_script(ROOT / "script/coverage", "--missing", "--results", self.folder).stdout.split()
        self.assertEqual(433 - 4, len(missing))
        self.assertIn("H-133", missing)
        self.assertNotIn("S-070", missing)

    def test_coverage_refuses_an_id_that_does_not_exist(self):
        run_of(self.folder, {"x": ("run", "")}, x=GTEST.replace("S_070", "S_172"))
        done = self.run_script(ROOT / "script/coverage", "--results", self.folder)
        self.assertEqual(1, done.returncode)
        self.assertIn("no such requirement: S-172", done.stderr)

    def test_coverage_does_not_count_a_name_that_failed_on_one_database(self):
        run_of(self.folder, {"a": ("run", ""), "b": ("fail", "<failure/>")}, a=GTEST,
               b=GTEST.replace('change" status="run" classname="WorkingDays"/>',
                               'change" status="run" classname="WorkingDays"><failure/></testcase>'))
        found = self.run_script(ROOT / "script/coverage", "--results", self.folder).stdout
        self.assertIn("S-070\t0\t\n", found)

    def test_coverage_without_results_says_what_to_do(self):
        done = self.run_script(ROOT / "script/coverage", "--results", self.folder)
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn("run script/test first", done.stderr)

    def test_the_last_line_sums_all_harnesses(self):
        self.lay_usual_run()
        done = self.run_script(ROOT / "tests/results.py", self.folder)
        self.assertEqual(1, done.returncode)
        self.assertEqual("4 passed, 1 failed, 2 skipped", done.stdout.splitlines()[-1])
        self.assertIn("FAILED  WorkingDays.H_133_stops_at_holidays  off by one", done.stdout)

    def test_a_program_that_crashed_without_a_word_is_a_failure(self):
        run_of(self.folder, {"unit/base": ("fail", '<failure message="SEGFAULT"/>'), "layers": ("run", "")})
        done = self.run_script(ROOT / "tests/results.py", self.folder)
        self.assertEqual("1 passed, 1 failed, 0 skipped", done.stdout.splitlines()[-1])

    def test_a_program_that_crashed_after_its_results_is_a_failure(self):
        run_of(self.folder, {"e2e": ("fail", '<failure message="Timeout"/>')}, e2e=NODE)
        self.assertEqual("1 passed, 1 failed, 0 skipped",
                         self.run_script(ROOT / "tests/results.py", self.folder).stdout.splitlines()[-1])

    def test_a_program_that_was_not_built_is_a_failure(self):
        run_of(self.folder, {"unit/base": ("notrun", '<skipped message="Unable to find executable"/>')})
        self.assertEqual("0 passed, 1 failed, 0 skipped",
                         self.run_script(ROOT / "tests/results.py", self.folder).stdout.splitlines()[-1])

    def test_a_run_of_no_test_fails(self):
        run_of(self.folder, {})
        self.assertEqual(1, self.run_script(ROOT / "tests/results.py", self.folder).returncode)

    def test_the_python_runner_writes_what_it_saw(self):
        folder = pathlib.Path(self.folder)
        (folder / "made_up_test.py").write_text(
            "import unittest\n"
            "class T(unittest.TestCase):\n"
            "    def test_S_001_good(self): pass\n"
            "    def test_bad(self): self.fail('no')\n"
            "    def test_worse(self): raise KeyError('x')\n"
            "    def test_part(self):\n"
            "        with self.subTest(n=1): self.fail('one part')\n"
            "    @unittest.skip('not at hand')\n"
            "    def test_later(self): pass\n"
            "class U(unittest.TestCase):\n"
            "    @classmethod\n"
            "    def setUpClass(cls): raise OSError('no server')\n"
            "    def test_never(self): pass\n")
        done = subprocess.run([sys.executable, ROOT / "tests/run_python.py", folder], capture_output=True, text=True,
                              env={"ROWAN_RESULTS": str(folder / "out.xml")})
        self.assertEqual(1, done.returncode)
        self.assertEqual({"made_up_test.T.test_S_001_good": "passed", "made_up_test.T.test_bad": "failed",
                          "made_up_test.T.test_worse": "failed", "made_up_test.T.test_part": "failed",
                          "made_up_test.T.test_later": "skipped", "setUpClass (made_up_test.U)": "failed"},
                         {case.name: case.status for case in results.read_file(folder / "out.xml")})


class Setup(unittest.TestCase):
    def test_setup_refuses_an_unknown_option(self):
        done = subprocess.run([ROOT / "script/setup", "--all"], capture_output=True, text=True)
        self.assertEqual(1, done.returncode)
        self.assertIn("unknown option '--all'", done.stderr)

    def test_a_second_setup_does_nothing_and_is_quick(self):
        # The first may have to install what the tests need: a clone whose tests are run by ctest has none of it yet.
        subprocess.run([ROOT / "script/setup"], check=True, capture_output=True, timeout=900)
        done = subprocess.run([ROOT / "script/setup"], capture_output=True, text=True, timeout=120)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    def test_script_test_refuses_an_unknown_group(self):
        done = subprocess.run([ROOT / "script/test", "everything"], capture_output=True, text=True)
        self.assertEqual(2, done.returncode)


if __name__ == "__main__":
    unittest.main()
