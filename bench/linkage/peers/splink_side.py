"""splink_side.py FILE.csv loose|tight OUT: Splink on DuckDB with its own stock comparisons, each stage in wall and
processor seconds. Leaves OUT.json (the figures), OUT.toml (the same rules, levels, m and u as a model for `rowan link`)
and OUT.npy (every pair it scored: record numbers and match weight). FILE has clean names: lower case, letters only."""
import json
import math
import re
import resource
import sys
import time

import duckdb
import numpy as np
import splink
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

path, rules, out = sys.argv[1:4]
took = {}


def stage(name, work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    took[name] = [round(time.perf_counter() - wall, 3), round(time.process_time() - cpu, 3)]
    return result


OUTWARD = "split_part(postcode, ' ', 1)"
RULES = {  # Splink's expressions, and the same as parts of our model
    "given name, surname, year": (["given_name", "surname", "substr(date_of_birth, 1, 4)"], "given family birth_year"),
    "surname and date": (["surname", "date_of_birth"], "family exact_birth"),
    "given name and date": (["given_name", "date_of_birth"], "given exact_birth"),
    "postcode and given name": (["postcode", "given_name"], "postcode given"),
    "postcode and surname": (["postcode", "surname"], "postcode family"),
    "date and outward postcode": (["date_of_birth", OUTWARD], "exact_birth outward"),
}
if rules == "loose":
    RULES["surname[4] and given name[2]"] = (["substr(surname, 1, 4)", "substr(given_name, 1, 2)"], "family_four given_two")

connection = duckdb.connect()
connection.execute("PRAGMA threads=2")


def load():
    connection.execute(f"CREATE TABLE county AS SELECT * FROM read_csv('{path}', header=true, all_varchar=true)")


stage("read", load)
settings = SettingsCreator(
    link_type="dedupe_only",
    unique_id_column_name="record_id",
    comparisons=[
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
        cl.PostcodeComparison("postcode"),
        cl.ExactMatch("sex"),
    ],
    blocking_rules_to_generate_predictions=[block_on(*parts) for parts, _ in RULES.values()],
    retain_matching_columns=False,
    retain_intermediate_calculation_columns=False,
)
linker = Linker("county", settings, db_api=DuckDBAPI(connection))
training = linker.training
stage("lambda", lambda: training.estimate_probability_two_random_records_match(
    [block_on("given_name", "surname", "date_of_birth"), block_on("given_name", "postcode", "date_of_birth")], recall=0.7))
stage("u", lambda: training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1))
stage("em", lambda: [training.estimate_parameters_using_expectation_maximisation(block_on("given_name", "surname")),
                     training.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth", OUTWARD))])
pairs = stage("score", lambda: linker.inference.predict())
clusters = stage("cluster", lambda: linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95))

peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

# What one question costs: one pair, and one record against all.
records = connection.execute("SELECT * FROM county LIMIT 40").df().to_dict("records")


def each(name, work, count):
    times = []
    for i in range(count):
        start = time.perf_counter()
        work(i)
        times.append(time.perf_counter() - start)
    times.sort()
    took[name] = [times[len(times) // 2], times[-1]]


each("pair", lambda i: linker.inference.compare_two_records(records[i], records[i + 1]).as_record_dict(), 10)
for record in records:
    record["record_id"] = "asked"
each("lookup", lambda i: linker.inference.find_matches_to_new_records([records[i]], [block_on(*p) for p, _ in list(RULES.values())[:6]]).as_record_dict(), 7)

weights = connection.execute(
    f"SELECT CAST(substr(record_id_l, 2) AS DOUBLE) l, CAST(substr(record_id_r, 2) AS DOUBLE) r, match_weight w FROM {pairs.physical_name}").fetchnumpy()
np.save(out + ".npy", np.stack([np.minimum(weights["l"], weights["r"]), np.maximum(weights["l"], weights["r"]), weights["w"]], axis=1))

truth = connection.execute(
    f"SELECT c.cluster_id, t.person FROM {clusters.physical_name} c JOIN county t USING (record_id)").fetchnumpy()
model = linker.misc.save_model_to_json(None)


def quality(cluster, person):
    """Pairwise and B-cubed F1."""
    _, c = np.unique(np.asarray(cluster, dtype=str), return_inverse=True)
    _, p = np.unique(np.asarray(person, dtype=str), return_inverse=True)
    in_c, in_p = np.bincount(c).astype(float), np.bincount(p).astype(float)
    both, counts = np.unique(c.astype(np.int64) * len(in_p) + p, return_counts=True)
    right, found, there = [float((n * (n - 1) / 2).sum()) for n in (counts.astype(float), in_c, in_p)]
    b_precision = float((counts.astype(float) ** 2 / in_c[both // len(in_p)]).sum() / len(c))
    b_recall = float((counts.astype(float) ** 2 / in_p[both % len(in_p)]).sum() / len(c))
    f1 = lambda a, b: 2 * a * b / (a + b)
    return {"pairwise": round(f1(right / found, right / there), 4), "precision": round(right / found, 4),
            "recall": round(right / there, 4), "bcubed": round(f1(b_precision, b_recall), 4)}


TESTS = [(r'"?(\w+?)_l"? = "?\w+_r"?$', "same"), (r"jaro_winkler_similarity\(.*\) >= ([0-9.]+)$", "jaro_winkler"),
         (r"damerau_levenshtein\(.*\) <= 1$", "typing_error"), (r"ABS\(EPOCH.*<= ([0-9.]+)$", "within_days")]
FIELDS = {"given_name": "given_name", "surname": "family_name", "date_of_birth": "date_of_birth", "postcode": "postcode", "sex": "sex"}


def test_of(column, level, seen):
    sql = level["sql_condition"]
    if sql == "ELSE":
        return "different", 0
    if column == "postcode" and "regexp" in sql.lower():
        return ["sector", "outward", "area"][seen], 0
    for pattern, test in TESTS:
        found = re.search(pattern, sql)
        if found:
            limit = float(found.group(1)) if test in ("jaro_winkler", "within_days") else 1 if test == "typing_error" else 0
            return test, limit / 86400 if test == "within_days" else limit
    raise SystemExit("no test for " + sql)


prior = model["probability_two_random_records_match"]
toml = ["format = 1", 'name = "Splink’s"', f"prior = {prior!r}", f"prior_same_source = {prior!r}", "sibling_pairs = 0.0",
        "plain_frequency = true", ""]
for name, (_, parts) in RULES.items():
    toml += ["[[rule]]", f'name = "{name}"', "parts = [" + ", ".join(f'"{p}"' for p in parts.split()) + "]", ""]
for comparison in model["comparisons"]:
    column = comparison["output_column_name"]
    toml += ["[[field]]", f'field = "{FIELDS[column]}"']
    levels, postcodes = [], 0
    for level in comparison["comparison_levels"]:
        if level.get("is_null_level"):
            continue
        test, limit = test_of(column, level, postcodes)
        postcodes += test in ("sector", "outward")
        if level.get("tf_adjustment_column"):
            toml.append("term_frequency = true")
        if "m_probability" not in level or "u_probability" not in level:
            raise SystemExit(f"{column}: a level without m or u: {level['sql_condition']}")
        levels.append(f"  {{ test = \"{test}\", limit = {limit!r}, m = {level['m_probability']!r}, u = {level['u_probability']!r} }},")
    toml += ["levels = ["] + levels + ["]", ""]
with open(out + ".toml", "w") as file:
    file.write("\n".join(toml))
stages = {k: v for k, v in took.items() if k not in ("pair", "lookup")}
with open(out + ".json", "w") as file:
    json.dump({"versions": f"Splink {splink.__version__}, DuckDB {duckdb.__version__}", "rules": rules, "took": took,
               "all": [round(sum(v[i] for v in stages.values()), 2) for i in (0, 1)], "pairs": len(weights["w"]),
               "quality": quality(truth["cluster_id"], truth["person"]),
               "peak_mib": peak}, file, indent=1)
print(open(out + ".json").read())
