"""What README.md and docs/ say, held against the program and the sources, where that is cheap: every link leads
somewhere, every path of the architecture exists, every command and option is one that the program knows, every test
that is named is there, and the tables of rooms and roles are those of the code.

The binary is ROWAN_BINARY, or build/src/rowan.
"""
import functools
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("ROWAN_BINARY", str(ROOT / "build" / "src" / "rowan"))
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"^(?:src|tests|docs|cmake|script|schemes|assets|deps|bench)(?:/[\w.-]+)*/?$")
TEST = re.compile(r"^[A-Z][a-z]\w*\.\w+$")
NO_COMMAND = {"rowan tree head 1", "rowan sealed file 1"}  # first lines of texts that are signed
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def pages(root=ROOT):
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def anchor(heading):
    """The way GitHub names a heading."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).strip().lower()).replace(" ", "-")


def dead_links(page):
    text = FENCE.sub("", page.read_text())
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, part = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists():
            yield f"{page.name}: {target}"
        elif part and part not in {anchor(line) for line in re.findall(r"^#+ (.*)$", there.read_text(), re.MULTILINE)}:
            yield f"{page.name}: {target} has no such heading"


def commands(text):
    """Each `rowan …` of a page, as a list of words: in code spans, and lines of code blocks (\\ carries on)."""
    spans = SPAN.findall(FENCE.sub("", text))
    blocks = FENCE.findall(text) + re.findall(r"(?:^    .*\n?)+", text, re.MULTILINE)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line.split() for line in spans + lines if re.match(r"rowan\s+[a-z-]", line) and line not in NO_COMMAND]


@functools.cache
def help_of(*words):
    done = subprocess.run([BINARY, *words, "--help"], capture_output=True, text=True, timeout=60)
    return done.stdout if done.returncode == 0 else ""


def fault_of(words, known=help_of):
    """Why the program would not understand this; None when it would."""
    command, rest = words[1], words[2:]
    if command.startswith("--"):
        return None if command in known() else f"rowan has no {command}"
    if not re.search(rf"^  {re.escape(command)} ", known(), re.MULTILINE):
        return f"rowan has no command {command}"
    spoken = known(command)
    if not re.search(r"^Usage:", spoken, re.MULTILINE):  # "rowan user add|list|…": its parts have help of their own
        if not rest or rest[0].startswith("-"):
            return None if rest == ["--help"] else f"rowan {command} is given without saying which part"
        if not re.search(rf"\b{re.escape(rest[0])}\b", spoken):
            return f"rowan {command} has no {rest[0]}"
        spoken = known(command, rest[0])
    elif rest and f"rowan {command} {rest[0]} " in spoken:  # "rowan link encode": another command beside the files
        spoken = known(command, rest[0])
    for option in OPTION.findall(" ".join(rest)):
        if option != "--help" and not re.search(rf"{option}(?![\w-])", spoken):
            return f"{' '.join(words[:3])} has no {option}"
    return None


def roles_of(source):
    """Role -> (permissions, works at the front door), from src/partnership/access.cpp."""
    found = re.findall(r'\{"(\w+)",\s+"[^"]*",\s+\{([^}]*)\}(,\s+true)?\}', source)
    return {role: (set(re.findall(r"P::(\w+)", permissions)), bool(door)) for role, permissions, door in found}


def roles_told(text):
    """The same, from the table of docs/security.md whose head begins with "Role"."""
    lines = iter(text.splitlines())
    cells = lambda line: [cell.strip() for cell in line.strip().strip("|").split("|")]  # noqa: E731
    head = next(cells(line) for line in lines if line.startswith("| Role |"))
    told = {}
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            break
        role, *marks = cells(line)
        told[role.removesuffix("*").strip()] = ({name for name, mark in zip(head[1:], marks) if mark}, role.endswith("*"))
    return told


def named_tests():
    text = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("*_test.*") if file.suffix in (".cpp", ".py"))
    cpp = re.findall(r"(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*(\w+),\s*(\w+)", text)
    python = [(case, test) for case, body in re.findall(r"^class (\w+)\(.*?\):\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
              for test in re.findall(r"def (test_\w+)", body)]
    return {f"{suite}.{name}" for suite, name in cpp + python}


class Links(unittest.TestCase):
    def test_every_relative_link_leads_somewhere(self):
        self.assertEqual([], [fault for page in pages() for fault in dead_links(page)])

    def test_every_path_named_in_code_exists(self):
        missing = [f"{page.name}: {span}" for page in pages() for span in SPAN.findall(FENCE.sub("", page.read_text()))
                   if PATH.match(span) and "NNNN" not in span and not (ROOT / span).exists()]
        self.assertEqual([], missing)

    def test_every_decision_is_in_the_list_and_numbered_once(self):
        folder = ROOT / "docs" / "decisions"
        files = sorted(file.name for file in folder.glob("[0-9]*.md"))
        self.assertEqual([f"{n:04}" for n in range(1, len(files) + 1)], [name[:4] for name in files])
        self.assertEqual(files, LINK.findall((folder / "README.md").read_text()))


class Program(unittest.TestCase):
    def setUp(self):
        if not pathlib.Path(BINARY).exists():
            self.skipTest("skipped: the program is not built")

    def test_every_command_and_option_is_known_to_the_program(self):
        faults = [f"{page.name}: {fault}" for page in pages() for words in commands(page.read_text()) if (fault := fault_of(words))]
        self.assertEqual([], faults)

    def test_the_readme_names_every_command(self):
        told = {words[1] for words in commands((ROOT / "README.md").read_text())}
        known = re.findall(r"^  (\w+) ", help_of().partition("Commands:")[2], re.MULTILINE)
        self.assertGreater(len(known), 9)
        self.assertEqual(set(), set(known) - told)

    def test_options_beside_a_command_in_the_readme_are_its_own(self):
        for line in (ROOT / "README.md").read_text().splitlines():
            if not line.startswith("| `rowan "):
                continue
            words = SPAN.search(line).group(1).split()
            for option in (span for span in SPAN.findall(line) if span.startswith("--")):
                with self.subTest(line=line):
                    self.assertIsNone(fault_of([*words, option]))


class Sources(unittest.TestCase):
    def test_the_demonstration_is_where_the_readme_says(self):
        folder = re.search(r"data of the demonstration are in `([\w/]+)`", (ROOT / "README.md").read_text()).group(1)
        self.assertIn(f'"{folder}"', (ROOT / "src" / "app" / "command_serve.cpp").read_text())

    def test_the_table_of_rooms_is_the_plan(self):
        plan = re.findall(r"^rowan_room\((\w+)\s*([^)]*)\)", (ROOT / "src" / "CMakeLists.txt").read_text(), re.MULTILINE)
        stands_on = {room: set(re.findall(r"[a-z_]+", re.split(r"USES|EXTRA", rest)[0].replace("ABOVE", ""))) for room, rest in plan}
        text = (ROOT / "docs" / "architecture.md").read_text()
        told = re.findall(r"^\| `(\w+)` \| (.*) \|$", text.partition("| Room | Stands on |")[2].partition("\n\n")[0], re.MULTILINE)
        self.assertEqual([*stands_on, "app"], [room for room, _ in told])
        for room, below in told[:-1]:
            with self.subTest(room=room):
                self.assertEqual(stands_on[room], set(re.findall(r"`(\w+)`", below)))

    def test_the_drawing_has_every_room_in_the_order_of_the_plan(self):
        plan = re.findall(r"^rowan_room\((\w+)", (ROOT / "src" / "CMakeLists.txt").read_text(), re.MULTILINE)
        drawn = re.findall(r"^   │ ([a-z]+)  ", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
        self.assertEqual(["app", *reversed(plan)], drawn)

    def test_the_table_of_roles_is_that_of_the_code(self):
        coded = roles_of((ROOT / "src" / "partnership" / "access.cpp").read_text())
        self.assertGreater(len(coded), 10)
        self.assertEqual(coded, roles_told((ROOT / "docs" / "security.md").read_text()))

    def test_every_test_that_is_named_is_there(self):
        known = named_tests()
        named = {span for page in pages() for span in SPAN.findall(page.read_text()) if TEST.match(span)}
        self.assertGreater(len(named), 10)
        self.assertEqual(set(), named - known)


class NegativeControl(unittest.TestCase):
    def known(self, *words):
        return {(): "Commands:\n  serve     open\n  user      add\n  link      find\n", ("serve",): "Usage: rowan serve\n  --data TEXT\n",
                ("user",): "rowan user add|list --data DIR\n", ("user", "add"): "Usage: rowan user add\n  --name TEXT\n", ("link",): "Usage: rowan link\nrowan link encode is another\n",
                ("link", "encode"): "  --project TEXT\n"}[words]

    def test_a_wrong_command_or_option_is_seen(self):
        for line in ("rowan serv", "rowan serve --dat x", "rowan serve --data-x", "rowan user", "rowan user remove", "rowan user add --roles a",
                     "rowan link --project x", "rowan link encode --name x", "rowan --versions"):
            with self.subTest(line=line):
                self.assertIsNotNone(fault_of(line.split(), self.known))
        for line in ("rowan serve --data x", "rowan user add --name x", "rowan user --help", "rowan serve --help",
                     "rowan link encode a.csv --project x"):
            with self.subTest(line=line):
                self.assertIsNone(fault_of(line.split(), self.known))

    def test_commands_are_found_in_spans_and_blocks(self):
        text = "Use `rowan serve --demo`.\n\n    rowan user add \\\n        --name x\n\n```\nrowan fsck\n```\nNot rowan alone.\n"
        self.assertEqual([["rowan", "serve", "--demo"], ["rowan", "fsck"], ["rowan", "user", "add", "--name", "x"]], commands(text))

    def test_a_changed_role_is_seen(self):
        source = '{"analyst", "Analyst", {P::see_profile}},\n{"front_door", "Front door", {P::refer,\n P::decide}, true},'
        table = "| Role | refer | decide | see_profile |\n|---|---|---|---|\n| analyst | | | ✓ |\n| front_door * | ✓ | ✓ | |\n"
        self.assertEqual(roles_of(source), roles_told(table))
        self.assertNotEqual(roles_of(source), roles_told(table.replace("| ✓ | ✓ | |", "| ✓ | | |")))
        self.assertNotEqual(roles_of(source), roles_told(table.replace(" *", "")))

    def test_headings_are_named_as_github_does(self):
        self.assertEqual("who-knows-which-child-table-1", anchor("Who knows which child (Table 1)"))


class Asvs(unittest.TestCase):
    """docs/asvs.md answers each item of levels 1 and 2 of ASVS 5.0.0, once. The numbers are the standard's: how many items
    of a section are of these levels; they come first in each."""

    SECTIONS = {"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
                "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
                "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
                "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2,
                "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1,
                "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
                "16.3": 4, "16.4": 3, "16.5": 3}

    def answered(self):
        """What stands in the first column of the tables, above the last chapter, which is about level 3."""
        text = (ROOT / "docs" / "asvs.md").read_text().split("## Level 3")[0]
        for cell in re.findall(r"^\| ([\d., ]+) \|", text, re.MULTILINE):
            yield from cell.split(", ")

    def test_every_item_of_levels_1_and_2_is_answered_once(self):
        wanted = {f"{section}.{number}" for section, items in self.SECTIONS.items() for number in range(1, items + 1)}
        self.assertEqual(253 - 7, len(wanted), "the other seven are of chapter 17, which cannot apply")
        given = []
        for each in self.answered():
            given += [item for item in wanted if item == each or item.startswith(each + ".")]
        self.assertEqual(set(), wanted - set(given), "not answered")
        self.assertEqual([], sorted(item for item in set(given) if given.count(item) > 1), "answered twice")


if __name__ == "__main__":
    unittest.main()
