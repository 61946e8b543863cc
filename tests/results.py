"""The results of the last run: reads the JUnit XML files of build/test-results and counts their cases.

ctest.xml there is ctest's own list. A test that wrote cases left them in <name>.xml, with "-" for each "/" in its
name; a test that wrote none (a plain command, or a program that crashed before it could) counts as one case.

Run as a program it prints what failed, and then one line: "N passed, N failed, N skipped".
"""
import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

Case = collections.namedtuple("Case", "name status detail")  # status: passed, failed or skipped


def _status(case):
    for child in case:
        if child.tag in ("failure", "error"):
            return "failed", child.get("message") or (child.text or "").strip()
    skipped = case.find("skipped")
    if skipped is not None:
        return "skipped", skipped.get("message") or (skipped.text or "").strip()
    if case.get("status") == "fail":
        return "failed", ""
    if case.get("status") in ("notrun", "disabled"):
        return "skipped", "switched off"
    return "passed", ""


def read_file(path):
    """The cases of one JUnit file."""
    cases = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        group, name = case.get("classname", ""), case.get("name", "")
        full = name if group in ("", "test", name) else f"{group}.{name}"
        cases.append(Case(full, *_status(case)))
    return cases


def read(folder):
    """All cases of a run, in the order of ctest's list."""
    folder = pathlib.Path(folder)
    cases = []
    for test in read_file(folder / "ctest.xml"):
        file = folder / (test.name.replace("/", "-") + ".xml")
        inner = read_file(file) if file.exists() else []
        # CTest says "skipped" of a program that it could not find or start: that is a failure.
        broken = test.status == "failed" or (test.status == "skipped" and "SKIP_" not in test.detail)
        if broken and not any(case.status == "failed" for case in inner):
            inner.append(Case(test.name, "failed", test.detail or "ended before it could say what failed"))
        cases += inner or [test]
    return cases


def main(folder):
    try:
        cases = read(folder)
    except (OSError, ElementTree.ParseError) as reason:
        print(f"results: the run left no readable results: {reason}", file=sys.stderr)
        return 1
    count = collections.Counter(case.status for case in cases)
    for case in cases:
        if case.status == "failed":
            print(f"FAILED  {case.name}  {case.detail.splitlines()[0][:150] if case.detail else ''}".rstrip())
    reasons = collections.Counter(case.detail for case in cases if case.status == "skipped")
    for reason, times in reasons.most_common():
        print(f"skipped {times}: {reason.splitlines()[-1][:150] if reason else 'no reason given'}")
    if not cases:
        print("results: no test was run", file=sys.stderr)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
