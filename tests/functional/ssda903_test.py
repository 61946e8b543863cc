"""The SSDA903's Missing file under the sector's own rules (PyPI csc-validator-be-903): none of them finds anything in what
Rowan writes, and each finds the fault that is seeded for it."""
import importlib
import io
import pathlib
import site

import rowan

RULES = ("564", "565", "566", "567", "570", "571", "574", "586", "1004", "1005", "1006")
YEARS = {"collection_start": "01/04/{}", "collection_end": "31/03/{}"}

for packages in pathlib.Path(__file__).parent.glob(".venv/lib/python*/site-packages"):
    site.addsitedir(str(packages))  # script/setup put them there
try:
    import pandas
    MODULES = {code: importlib.import_module(f"lac_validator.rules.lac2022_23.rule_{code}") for code in RULES}
except ImportError:
    MODULES = None


def faults(text, year):
    """The codes of the rules that find something."""
    found = set()
    for code, module in MODULES.items():
        table = pandas.read_csv(io.StringIO(text), dtype=str)
        years = {name: day.format(year + (name == "collection_end")) for name, day in YEARS.items()}
        if any(module.validate({"Missing": table, "metadata": years}).values()):
            found.add(code)
    return found


class Missing(rowan.Case):
    def export(self, data, year, *more):
        return self.succeed("export", "ssda903-missing", "--data", data, "--year", year, *more)

    def test_the_file_has_the_columns_of_the_return(self):
        data = self.demo()
        text = self.export(data, 2020)
        self.assertEqual("CHILD,DOB,MISSING,MIS_START,MIS_END", text.splitlines()[0])
        out = self.folder / "missing.csv"
        self.assertEqual("", self.export(data, 2020, "--out", out))
        self.assertEqual(text, out.read_text())
        self.wrong_usage("export", "nonsense", "--data", data)

    def test_annex_a_has_its_headings_and_a_line_a_child(self):
        data = self.demo()
        text = self.succeed("export", "annex-a-missing", "--data", data)
        lines = text.splitlines()
        self.assertTrue(lines[0].startswith("Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),"))
        self.assertIn("Was the child offered a Return Interview after their last missing episode (Y/N)?", lines[0])
        self.assertGreater(len(lines), 1)
        self.refused("export", "annex-a-missing", "--data", data, "--as-at", "yesterday")

    def test_the_sectors_rules_find_nothing_in_it(self):
        if MODULES is None:
            self.skipTest("csc-validator-be-903 is not at hand: script/setup installs it")
        data = self.demo()
        lines = 0
        for year in range(2015, 2030):
            text = self.export(data, year)
            lines += len(text.splitlines()) - 1
            self.assertEqual(set(), faults(text, year), year)
        self.assertGreater(lines, 10)

    def test_each_rule_finds_the_fault_that_is_seeded_for_it(self):
        if MODULES is None:
            self.skipTest("csc-validator-be-903 is not at hand: script/setup installs it")
        head = "CHILD,DOB,MISSING,MIS_START,MIS_END\n"
        sound = "1,05/05/2003,M,01/06/2017,05/06/2017\n"
        self.assertEqual(set(), faults(head + sound, 2017))
        for code, line in (("574", "1,05/05/2003,M,03/06/2017,08/06/2017"), ("567", "2,05/05/2003,M,05/06/2017,01/06/2017"),
                           ("571", "2,05/05/2003,M,05/06/2017,01/06/2018"), ("586", "2,05/05/2018,M,05/06/2017,06/06/2017"),
                           ("1004", "2,05/05/2003,M,2017-06-05,06/06/2017"), ("1006", "2,05/05/2003,X,05/06/2017,06/06/2017")):
            with self.subTest(code=code):
                self.assertIn(code, faults(head + sound + line + "\n", 2017))
