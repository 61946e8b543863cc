"""What must not be written, where a search can see it. Each gate has a line that it must catch, and one it must let by."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "cmake", "script", "schemes", "assets", "deps", "bench", "deploy", "docs")
NOT_OURS = {"node_modules", ".venv", "corpus", "__pycache__"}


class Gate:
    def __init__(self, why, pattern, where, caught, let_by):
        self.why, self.pattern, self.where = why, re.compile(pattern, re.MULTILINE), where
        self.caught, self.let_by = caught, let_by


def cpp(path):
    return path.startswith("src/") and path.endswith((".h", ".cpp"))


GATES = [
    Gate("coroutines live in src/http only: g++ 12.2 miscompiles them where nobody watches",
         r"\bco_(await|return|yield|spawn)\b", lambda path: cpp(path) and not path.startswith("src/http/"),
         "    co_await write(socket);", "    // as in http, where co is awaited"),
    Gate("no shell and no other program is started", r"\b(std::system|popen|posix_spawnp?|exec[lv]p?e?|v?fork)\s*\(", cpp,
         '    std::system("ls");', "    throw std::system_error(errno);"),
    Gate("SQL goes through database::Session", r"\b(sqlite3_(exec|prepare\w*)|PQ(exec|prepare|sendQuery)\w*)\s*\(",
         lambda path: cpp(path) and not path.startswith("src/database/"),
         '    sqlite3_exec(db, "DELETE", 0, 0, 0);', "    session.execute(sql);"),
    Gate("SQL is never put together from strings; database::Statement joins constant pieces",
         r"\"[^\"\n]*\b(SELECT|INSERT INTO|DELETE FROM|UPDATE|WHERE|ORDER BY)\b[^\"\n]*\"s?\s*\+", cpp,
         '    auto sql = "SELECT id FROM child WHERE area = " + area;', '    log("selected " + name);'),
    Gate("std::regex overflows the stack on long input and is slow", r"\bstd::regex\b|#include <regex>", cpp,
         "    std::regex pattern(text);", "    // no regex here"),
    Gate("C string functions that do not know how long the target is",
         r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca)\s*\(", cpp, "    strcpy(a, b);", "    snprintf(a, 9, b);"),
    Gate("chance comes from base::random_bytes", r"\b(s?rand|drand48)\s*\(\s*\)", cpp, "    int n = rand();",
         "    auto key = SecretKey::random();"),
    Gate("namespaces are named", r"using namespace std\s*;", cpp, "using namespace std;", "using namespace std::chrono;"),
    Gate("work is finished before it is committed", r"\b(TO[D]O|FIX[M]E|XX[X]|not implemente[d])\b",
         lambda path: True, "// TO" + "DO later", 'mkdtemp("rowan-' + "X" * 6),
    Gate("no path of somebody's machine", r"(?<![\w./])/(home|root|Users|wor[k])/\w",
         lambda path: True, "see /home/" + "me/x", "work/life"),
    Gate("no test is switched off", r"\bDISABLED[_]|\b(test|it|describe)\.(ski[p]|onl[y])\(", lambda path: path.startswith("tests/"),
         "TEST(A, DISABLED" + "_b)", "GTEST_SKIP()"),
]


def files():
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.suffix != ".png" and not NOT_OURS & set(file.parts):
                yield file.relative_to(ROOT).as_posix(), file


class Gates(unittest.TestCase):
    def test_nothing_is_written_that_must_not_be(self):
        found = []
        for path, file in files():
            text = None
            for gate in GATES:
                if not gate.where(path):
                    continue
                if text is None:
                    text = file.read_bytes().decode("utf-8", "replace")
                for hit in gate.pattern.finditer(text):
                    line = text.count("\n", 0, hit.start()) + 1
                    found.append(f"{path}:{line}: {hit.group().strip()}: {gate.why}")
        self.assertEqual([], found, "\n" + "\n".join(found))

    def test_every_gate_catches_its_fault_and_nothing_else(self):
        for gate in GATES:
            with self.subTest(gate=gate.why):
                self.assertRegex(gate.caught, gate.pattern)
                self.assertNotRegex(gate.let_by, gate.pattern)

    def test_the_gates_read_the_sources(self):
        self.assertGreater(sum(1 for path, _ in files() if cpp(path)), 20)


if __name__ == "__main__":
    unittest.main()
