"""keys_side.py FILE.csv KEYS: anonlink on the keys that bench/linkage/keys wrote, clkhash on the same records; one core."""
import csv
import json
import sys
import time

import anonlink
from bitarray import bitarray
from clkhash import clk
from clkhash.comparators import NgramComparison
from clkhash.field_formats import FieldHashingProperties, StringSpec
from clkhash.field_formats import BitsPerTokenStrategy
from clkhash.schema import Schema

path, keys = sys.argv[1:3]


def cpu(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def read(name):
    with open(name, "rb") as file:
        raw = file.read()
    all_keys = [bitarray(endian="little") for _ in range(len(raw) // 128)]
    for i, key in enumerate(all_keys):
        key.frombytes(raw[i * 128:(i + 1) * 128])
    return all_keys[: len(all_keys) // 2], all_keys[len(all_keys) // 2:]


def compare(sides, threshold):
    return anonlink.candidate_generation.find_candidate_pairs(sides, anonlink.similarities.dice_coefficient_accelerated, threshold)


random = read(keys + ".random")
compared, candidates = cpu(lambda: compare(random, 0.7))
real = read(keys)
solved, groups = cpu(lambda: anonlink.solving.greedy_solve(compare(real, 0.6)))
found = {"compared_a_second": len(random[0]) * len(random[1]) / compared, "alike": len(candidates[0]),
         "solve_seconds": solved, "matched": len(list(groups))}

with open(path) as file:
    rows = [(r["given_name"], r["surname"], r["date_of_birth"], r["postcode"]) for _, r in zip(range(20000), csv.DictReader(file))]
properties = FieldHashingProperties(comparator=NgramComparison(2), strategy=BitsPerTokenStrategy(10))
fields = [StringSpec(name, properties, regex=".*") for name in ("given", "family", "birth", "postcode")]
took, _ = cpu(lambda: clk.generate_clks(rows, Schema(fields, 1024), "secret", validate=False, max_workers=1))
found["encoded_a_second"] = len(rows) / took
print(json.dumps(found))
