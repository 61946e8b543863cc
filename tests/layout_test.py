"""The sources are laid out as .clang-format says: `script/lint --fix` lays them out."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FORMAT = "clang-format-19"
NOT_OURS = {"node_modules", ".venv"}


def not_laid_out(files):
    """Those of the files that clang-format would change."""
    checked = subprocess.run([FORMAT, f"--style=file:{ROOT / '.clang-format'}", "--dry-run", "-Werror", *map(str, files)],
                             capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in checked.stderr.splitlines() if "[-Wclang-format-violations]" in line})
    if checked.returncode and not wrong:
        raise AssertionError(checked.stderr)
    return wrong


class Layout(unittest.TestCase):
    def test_every_source_is_laid_out(self):
        files = [path for folder in ("src", "tests", "bench") for path in (ROOT / folder).rglob("*")
                 if path.suffix in (".cpp", ".h") and not NOT_OURS.intersection(path.parts)]
        self.assertGreater(len(files), 400)
        self.assertEqual([], not_laid_out(files), "script/lint --fix lays them out")

    def test_a_source_that_is_not_laid_out_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            crooked = pathlib.Path(folder) / "crooked.cpp"
            crooked.write_text("int  main( ){return 0 ;}\n")
            self.assertEqual([str(crooked)], not_laid_out([crooked]))


if __name__ == "__main__":
    unittest.main()
