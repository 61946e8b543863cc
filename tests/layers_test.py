"""The order of the house. Reads the rooms and what each stands on from src/CMakeLists.txt, then every #include in src/.

A room includes itself and what stands below it; a header of ours includes only ours and the standard library; a
library is included only in the rooms that are its home; a folder of src/ is a room.
"""
import pathlib
import re
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOM = re.compile(r"^\s*rowan_room\(\s*(\w+)([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
STANDARD = re.compile(r"^[a-z_0-9]+$")  # <vector>, <cstdint>: no folder, no ending
OF_SYSTEM = re.compile(r"^(sys|netinet|arpa)/|^(fcntl|unistd|signal|poll|netdb|termios|pwd|grp|dirent|stdlib|sched|dlfcn)\.h$")

# Each library and the rooms that may know it. Whoever brings in a library gives it a home here.
HOMES = {
    "fmt/": {"base"},
    "date/": {"base"},
    "unicode/": {"base"},
    "sodium": {"crypto"},
    "openssl/": {"crypto", "http"},
    "curl/": {"http"},
    "fido.h": {"webauthn"},
    "fido/": {"webauthn"},
    "sqlite3.h": {"database"},
    "libpq-fe.h": {"database"},
    "boost/json": {"formats"},
    "boost/asio": {"http"},
    "boost/beast": {"http"},
    "boost/unordered": {"linkage", "insight"},
    "immintrin.h": {"linkage"},  # the compiler's own: the instruction set is chosen at run time
    "tbb/": {"linkage"},
    "oneapi/tbb": {"linkage"},
    "oneapi/tbb/rw_mutex.h": {"linkage", "people"},  # std::shared_mutex keeps writers waiting
    "seccomp.h": {"sandbox"},
    "toml++/": {"formats"},  # formats/toml.inc, which three rooms include
    "CLI/": {"app"},
    "mpi.h": {"app"},  # in a module of its own, loaded where mpirun is
}


def rooms_of(root):
    """Room -> the rooms it may include (itself among them), from src/CMakeLists.txt. `app` may include all."""
    stands_on = {}
    for room, rest in ROOM.findall((root / "src" / "CMakeLists.txt").read_text()):
        above = re.search(r"ABOVE((?:\s+[a-z]\w*)*)", rest)
        below = set(above.group(1).split()) if above else set()
        unknown = below - stands_on.keys()
        if unknown:
            raise ValueError(f"{room} stands on {sorted(unknown)}, which must be listed before it")
        stands_on[room] = {room}.union(*(stands_on[name] for name in below))
    stands_on["app"] = {"app"} | stands_on.keys()
    return stands_on


def faults_of(root):
    """One sentence for each thing that is out of order under root/src."""
    rooms = rooms_of(root)
    faults = []
    for file in sorted((root / "src").rglob("*")):
        if file.suffix not in (".h", ".cpp"):
            continue
        name = file.relative_to(root / "src")
        room = name.parts[0]
        if len(name.parts) == 1 or room not in rooms:
            faults.append(f"{name} is not in a room")
            continue
        for mark, header in INCLUDE.findall(file.read_text()):
            if mark == '"':
                target = header.split("/")[0]
                if target not in rooms:
                    faults.append(f"{name} includes {header}, which names no room")
                elif target not in rooms[room]:
                    faults.append(f"{name} includes {header}, but {room} does not stand on {target}")
            elif STANDARD.match(header) or OF_SYSTEM.match(header) and file.suffix == ".cpp":
                continue
            elif file.suffix == ".h":
                faults.append(f"{name} is a header and includes <{header}>: keep libraries in .cpp files")
            else:
                homes = set().union(*(where for prefix, where in HOMES.items() if header.startswith(prefix)))
                if room not in homes:
                    faults.append(f"{name} includes <{header}>, whose home is {sorted(homes) or 'not named in HOMES'}")
    return faults


class Layers(unittest.TestCase):
    def test_every_include_goes_down(self):
        self.assertEqual([], faults_of(ROOT))

    def test_rooms_were_read(self):
        rooms = rooms_of(ROOT)
        self.assertIn("base", rooms["people"], "what is below what is below counts")
        self.assertNotIn("people", rooms["html"])
        self.assertGreater(sum(1 for _ in (ROOT / "src").rglob("*.h")), 5)


class NegativeControl(unittest.TestCase):
    """A small house with one fault in each test: the reader must see it, and nothing else."""

    def faults(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            files = {"CMakeLists.txt": "rowan_room(base USES x::y)\nrowan_room(html ABOVE base)\nrowan_room(cases ABOVE html)\n",
                     "base/a.h": "#include <vector>\n", **files}
            for name, text in files.items():
                (root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
                (root / "src" / name).write_text(text)
            return faults_of(root)

    def test_a_sound_house_has_no_faults(self):
        self.assertEqual([], self.faults({"cases/b.cpp": '#include "html/x.h"\n#include "base/a.h"\n#include <unistd.h>\n',
                                          "app/main.cpp": '#include "cases/b.h"\n#include <CLI/CLI.hpp>\n'}))

    def test_an_upward_edge_is_seen(self):
        self.assertEqual(["base/b.cpp includes html/x.h, but base does not stand on html"],
                         self.faults({"base/b.cpp": '  #  include "html/x.h"\n'}))

    def test_nothing_stands_on_app(self):
        self.assertEqual(1, len(self.faults({"cases/b.cpp": '#include "app/config.h"\n'})))

    def test_a_library_in_a_header_is_seen(self):
        self.assertEqual(["base/b.h is a header and includes <fmt/format.h>: keep libraries in .cpp files"],
                         self.faults({"base/b.h": "#include <fmt/format.h>\n"}))

    def test_a_library_away_from_home_is_seen(self):
        self.assertEqual(["html/b.cpp includes <sqlite3.h>, whose home is ['database']"],
                         self.faults({"html/b.cpp": "#include <sqlite3.h>\n"}))

    def test_an_include_without_a_room_is_seen(self):
        self.assertEqual(["base/b.cpp includes a.h, which names no room"], self.faults({"base/b.cpp": '#include "a.h"\n'}))

    def test_a_folder_that_is_no_room_is_seen(self):
        self.assertEqual(["utils/b.cpp is not in a room"], self.faults({"utils/b.cpp": ""}))

    def test_a_room_listed_before_its_ground_is_seen(self):
        with self.assertRaisesRegex(ValueError, "html stands on"):
            self.faults({"CMakeLists.txt": "rowan_room(html ABOVE base)\nrowan_room(base)\n"})


if __name__ == "__main__":
    unittest.main()
