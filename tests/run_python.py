"""Runs unittest files: `run_python.py FILE_OR_FOLDER…` (of a folder: every *_test.py in it).

Where the environment names a file in ROWAN_RESULTS, the cases are written there as JUnit XML.
"""
import os
import pathlib
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree


class Recorder(unittest.TextTestResult):
    """Prints as unittest does, and keeps each case for the XML file."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.suite = ElementTree.Element("testsuite", name="python")
        self.case = None

    def startTest(self, test):
        super().startTest(test)
        group, _, name = test.id().rpartition(".")
        self.case = self._case(group, name)
        self.began = time.monotonic()

    def stopTest(self, test):
        self.case.set("time", f"{time.monotonic() - self.began:.3f}")
        self.case = None
        super().stopTest(test)

    def _case(self, group, name):
        return ElementTree.SubElement(self.suite, "testcase", classname=group, name=name)

    def _note(self, tag, text, test=None):
        case = self.case
        if case is None:  # no case has begun: setUpClass or setUpModule speaks
            case = self._case("", str(test))
        ElementTree.SubElement(case, tag, message=text.strip().splitlines()[-1]).text = text

    def addFailure(self, test, problem):
        super().addFailure(test, problem)
        self._note("failure", self.failures[-1][1])

    def addError(self, test, problem):
        super().addError(test, problem)
        self._note("error", self.errors[-1][1], test)

    def addSubTest(self, test, subtest, problem):
        super().addSubTest(test, subtest, problem)
        if problem is not None:
            text = "".join(map(str, problem[1].args)) or repr(problem[1])
            self._note("failure", f"{subtest}\n{text}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note("skipped", reason, test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._note("failure", "was expected to fail, and passed")


def load(path):
    if path.is_dir():
        return unittest.defaultTestLoader.discover(str(path), pattern="*_test.py")
    sys.path.insert(0, str(path.parent))
    return unittest.defaultTestLoader.loadTestsFromName(path.stem)


def main(paths):
    suite = unittest.TestSuite(load(pathlib.Path(path).resolve()) for path in paths)
    result = unittest.TextTestRunner(resultclass=Recorder, verbosity=2).run(suite)
    if "ROWAN_RESULTS" in os.environ:
        file = pathlib.Path(os.environ["ROWAN_RESULTS"])
        file.parent.mkdir(parents=True, exist_ok=True)
        ElementTree.ElementTree(result.suite).write(file, encoding="utf-8")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
