"""side_by_side.py BUILD RECORDS ROUNDS: what bench/linkage/run does once everything is built and the peers are there.
Each table gives both sides' figures and their ratio; processor seconds are compared, because a shared machine stretches
wall time as it likes. LINKAGE_WORK=DIR keeps the files there and does not ask Splink again what it said there before."""
import csv
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

build, records, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
here = os.path.dirname(os.path.abspath(__file__))
bench = os.path.join(build, "bench", "linkage")
kept = os.environ.get("LINKAGE_WORK")
work = kept or tempfile.mkdtemp(prefix="linkage-")
os.makedirs(work, exist_ok=True)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def program(name, *arguments):
    return json.loads(run(os.path.join(bench, "linkage_" + name), *arguments))


def peer(name, *arguments):
    return run(sys.executable, os.path.join(here, "peers", name), *arguments)


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |", flush=True)


county, clean = os.path.join(work, "county.csv"), os.path.join(work, "clean.csv")
if not os.path.exists(clean):
    run(os.path.join(bench, "linkage_county"), county, str(records))
    with open(county) as source, open(clean, "w", newline="") as target:  # neither side has anything to fold then
        reader, writer = csv.reader(source), csv.writer(target, lineterminator="\n")
        writer.writerow(next(reader))
        for line in reader:
            line[2], line[3] = (line[i].lower().replace("-", "") for i in (2, 3))
            writer.writerow(line)


def same_pairs(theirs, ours):
    """Pairs of both sides, and the largest difference of a weight; None when the sets differ."""
    a, b = np.load(theirs), np.fromfile(ours).reshape(-1, 3)
    b[:, :2] = np.sort(b[:, :2], axis=1)
    key_a, key_b = (x[:, 0] * 2.0 * records + x[:, 1] for x in (a, b))
    order_a, order_b = np.argsort(key_a), np.argsort(key_b)
    if len(a) != len(b) or not np.array_equal(key_a[order_a], key_b[order_b]):
        return len(a), len(b), None
    return len(a), len(b), float(np.abs(a[order_a, 2] - b[order_b, 2]).max())


def compare(rules):
    out = os.path.join(work, rules)
    before = [program("stages", clean)["read"]]  # warms the file, and shows how busy the machine is
    if not os.path.exists(out + ".json"):
        peer("splink_side.py", clean, rules, out)
    splink = json.load(open(out + ".json"))
    given = [program("stages", clean, out + ".toml", out + ".bin")]
    given += [program("stages", clean, out + ".toml") for _ in range(rounds - 1)]
    trained = [program("stages", clean, "train:" + out + ".toml") for _ in range(rounds)]
    theirs, ours, difference = same_pairs(out + ".npy", out + ".bin")
    took = splink["took"]
    print(f"\n### {records:,} records, {rules} rules, {splink['versions']}\n")
    if difference is None:
        print(f"**The pair sets differ: {theirs:,} and {ours:,}.**")
    else:
        print(f"{theirs:,} pairs on both sides, the same ones; weights differ by at most {difference:.1e}.\n")
    row("stage", "Splink, wall / processor s", "Rowan, wall s, best to worst", "Rowan, processor s, best to worst", "ratio of processor s (median)")
    row("---", "---", "---", "---", "---")

    def line(name, their_wall, their_cpu, values):
        walls, cpus = sorted(v[0] for v in values), sorted(v[1] for v in values)
        row(name, f"{their_wall:.1f} / {their_cpu:.1f}", f"{walls[0]:.2f} to {walls[-1]:.2f}", f"{cpus[0]:.2f} to {cpus[-1]:.2f}",
            f"{their_cpu / cpus[len(cpus) // 2]:.1f}")

    line("scoring, same m and u", *took["score"], [g["score"] for g in given])
    line("CSV to clusters, training included", *splink["all"],
         [[sum(t[s][i] for s in ("read", "block", "train", "score", "cluster")) for i in (0, 1)] for t in trained])
    row("peak memory, MiB", splink["peak_mib"], "", max(t["peak_mib"] for t in trained), f"{splink['peak_mib'] / max(t['peak_mib'] for t in trained):.1f}")
    row("clusters, pairwise F1 / B-cubed", f"{splink['quality']['pairwise']} / {splink['quality']['bcubed']}", "", "see below", "")
    return took, before


took, _ = compare("loose")
compare("tight")

print("\n### Rowan's own rules and model, CSV to persons (`rowan link --truth`)\n")
row("run", "wall s", "processor s", "peak MiB", "pairs compared", "pairwise F1", "B-cubed F1", "blocking recall", "with a sibling, of persons")
row("---", "---", "---", "---", "---", "---", "---", "---", "---")
rowan = os.path.join(build, "src", "rowan")
for i in range(min(rounds, 3)):
    usage = os.path.join(work, "usage")
    said = json.loads(run("/usr/bin/time", "-f", "%e %U %S %M", "-o", usage, rowan, "link", county, "--truth", "person", "--format", "json",
                          "--clusters", os.path.join(work, "clusters.csv")))
    wall, user, system, peak = open(usage).read().split()
    q = said["quality"]
    bcubed = 2 * q["bcubed_precision"] * q["bcubed_recall"] / (q["bcubed_precision"] + q["bcubed_recall"])
    row(i + 1, wall, f"{float(user) + float(system):.2f}", int(peak) // 1024, f"{said['compared']:,}", f"{q['f1']:.4f}", f"{bcubed:.4f}",
        f"{q['blocking_recall']:.4f}", f"{q['with_sibling']:,} of {q['persons']:,}")
print("\nCalibration of those pairs, by tenths of the probability:\n")
row("said", "turned out", "pairs")
row("---", "---", "---")
for t in q["calibration"]:
    if t["pairs"]:
        row(f"{t['expected'] / t['pairs']:.3f}", f"{t['right'] / t['pairs']:.3f}", f"{t['pairs']:,}")

print("\nAnd by deciles of those pairs, ten groups of as many, from the least likely to the likeliest:\n")
row("said", "turned out", "pairs")
row("---", "---", "---")
weights = os.path.join(work, "weights.bin")
program("stages", county, "", weights)
with open(county) as source:
    lines = csv.DictReader(source)
    person = np.zeros(records + 1, dtype="U16")
    for line in lines:
        person[int(line["record_id"][1:])] = line["person"]
pairs = np.fromfile(weights).reshape(-1, 3)
likely = 1 / (1 + 2 ** -pairs[:, 2])
right = person[pairs[:, 0].astype(int)] == person[pairs[:, 1].astype(int)]
for tenth in np.array_split(np.argsort(likely, kind="stable"), 10):
    row(f"{likely[tenth].mean():.4f}", f"{right[tenth].mean():.4f}", f"{len(tenth):,}")

print("\n### One question\n")
print(f"Splink: one record against all {1000 * took['lookup'][0]:.0f} ms, one pair {1000 * took['pair'][0]:.0f} ms (median). Rowan:\n")
print(run(os.path.join(bench, "linkage_lookup"), county))

print("### Keys, one core\n")
keys = os.path.join(work, "keys")
ours = [program("keys", clean, keys) for _ in range(rounds)]
theirs = json.loads(peer("keys_side.py", clean, keys))
row("question", "peer", "Rowan, worst to best", "ratio (median)")
row("---", "---", "---", "---")
for name, key, digits in (("pairs compared a second, 1024 bits, Dice 0.7 (anonlink)", "compared_a_second", 0),
                          ("25,000 x 25,000 real keys at 0.6, one to one, s (anonlink)", "solve_seconds", 2),
                          ("records encoded a second (clkhash)", "encoded_a_second", 0)):
    mine = sorted(o[key] for o in ours)
    middle = mine[len(mine) // 2]
    ratio = theirs[key] / middle if key == "solve_seconds" else middle / theirs[key]
    row(name, f"{theirs[key]:,.{digits}f}", f"{mine[0]:,.{digits}f} to {mine[-1]:,.{digits}f}", f"{ratio:.1f}")
print(f"\nPairs matched one to one: {theirs['matched']:,} and {ours[0]['matched']:,}.\n")
print("### Attack on the keys\n\n```\n" + run(os.path.join(bench, "linkage_attack"), county) + "```")
