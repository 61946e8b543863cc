"""How much the server bears over TLS, as a table in Markdown: `python3 tests/load/figures.py COUNTY [SECONDS]`.

COUNTY is a data folder that `rowan demo` has made; it is copied. The client runs on the same machine and its processor time
is told beside the server's. After all of it the book is compared with what is stored, or the figures would be worth nothing.
"""
import os
import pathlib
import shutil
import sys
import tempfile
import time

import book

ROWS = (  # what, kinds, mix, people, goal
    ("static file, not recorded", ("file",), (0, 0, 0, 100), 32, None),
    ("child's page, recorded", ("read",), (100, 0, 0, 0), 32, (1200, 40)),
    ("child's page, recorded", ("read",), (100, 0, 0, 0), 16, (1200, 40)),
    ("child's page, recorded", ("read",), (100, 0, 0, 0), 8, (1200, 40)),
    ("person at a glance as JSON, recorded", ("glance",), (0, 0, 0, 0, 100), 32, (3000, 20)),
    ("person at a glance as JSON, recorded", ("glance",), (0, 0, 0, 0, 100), 16, (3000, 20)),
    ("search", ("search",), (0, 100, 0, 0), 32, None),
    ("page of a referral saved", ("create", "save", "send"), (0, 0, 100, 0), 32, (800, 50)),
    ("page of a referral saved", ("create", "save", "send"), (0, 0, 100, 0), 16, (800, 50)),
    ("page of a referral saved", ("create", "save", "send"), (0, 0, 100, 0), 200, (800, 50)),
    ("80 reads, 15 searches, 5 writes", ("read", "search", "create", "save", "send"), (80, 15, 5, 0), 200, None),
)


def reached(rate, slowest, goal):
    if goal is None:
        return "-"
    return f"{goal[0]:,}/s, {goal[1]} ms: {'yes' if rate >= goal[0] and slowest <= goal[1] else 'no'}"


def main(county, seconds):
    with tempfile.TemporaryDirectory(prefix="rowan-load-") as folder:
        folder = pathlib.Path(folder)
        data = folder / "county"
        shutil.copytree(county, data)
        shutil.copy(f"{county}.keyring", f"{data}.keyring")
        names = book.add_users(data, 200)
        began = time.monotonic()
        server = book.SecureServer(folder, "--demo", "--data", data)
        print(f"open after {time.monotonic() - began:.2f} s; load {os.getloadavg()[0]:.1f} before it began\n")
        try:
            people = book.Book(data, names)
            print("| What | People | A second | p50 | p99 | Of the static file | Server, client processor time each | Goal | Load |\n" + "|---" * 9 + "|")
            files = 0.0
            for what, kinds, mix, users, goal in ROWS:
                people.work(server, 1, mix, users)
                begun = []
                report = people.work(server, seconds, mix, users, everybody_works=lambda: begun.append(server.processor()))
                used = server.processor() - begun[0]
                count, rate = report.count(*kinds), report.rate(*kinds)
                files = files or rate
                middle = max(report.times[kind][1] for kind in kinds if kind in report.times)
                slowest = max(report.times[kind][2] for kind in kinds if kind in report.times)
                print(f"| {what} | {users} | {rate:,.0f} | {middle:.1f} ms | {slowest:.1f} ms | {rate / files:.3f} | "
                      f"{used / count * 1e6:,.0f} us, {report.numbers['processor'] / count * 1e6:,.0f} us | {reached(rate, slowest, goal)} | "
                      f"{os.getloadavg()[0]:.1f} |", flush=True)
        finally:
            server.kill()
        faults = people.wrong(data)
        began = time.monotonic()
        again = book.SecureServer(folder, "--demo", "--data", data)
        again.get("/sign-in")
        print(f"\nkilled, and answers again after {time.monotonic() - began:.2f} s; book and log agree: {'no' if faults else 'yes'}")
        print("\n".join(faults[:5]))
        again.stop()
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 8))
