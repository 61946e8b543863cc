"""Breaks each access rule in every way of make_mutants.py and sees that the matrix notices (SECURITY.md goal 2).

    kill.py PROGRAM MUTANTS.cpp

A break that nobody notices is printed and makes this fail; so does a program that fails with nothing broken.
"""
import concurrent.futures
import os
import re
import subprocess
import sys

TIME_LIMIT = 300  # seconds for one of them; a rule that is broken into an endless loop is noticed


def passes(program, number):
    environment = dict(os.environ, ROWAN_MUTANT=str(number))
    try:
        # The first failure ends it; what is broken is mostly noticed at the first cell.
        done = subprocess.run([program, "--gtest_throw_on_failure", "--gtest_brief=1"], env=environment, capture_output=True, timeout=TIME_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main():
    program, source = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        sentences = re.findall(r"^// MUTANT (\d+): (.*)$", file.read(), flags=re.M)
    if len(sentences) < 200:
        sys.exit(f"mutation: only {len(sentences)} ways to break the rules were found; make_mutants.py no longer reads access.cpp")
    if not passes(program, 0):
        sys.exit("mutation: the matrix fails with nothing broken")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        alive = [number_and_words for number_and_words, survived in zip(sentences, pool.map(lambda s: passes(program, s[0]), sentences)) if survived]
    for number, words in alive:
        print(f"mutation: nobody noticed {number}: {words}")
    print(f"mutation: {len(sentences) - len(alive)} of {len(sentences)} broken rules were noticed")
    sys.exit(bool(alive))


if __name__ == "__main__":
    main()
