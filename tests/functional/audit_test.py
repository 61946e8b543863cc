"""The audit log seen by somebody else: exported, proved and witnessed with code that shares nothing with Rowan's."""
import json
import sqlite3
import subprocess
import sys
import unittest

from rowan import ROOT, Case

VERIFIER = ROOT / "tests" / "audit_verifier.py"


def verifier(*arguments):
    return subprocess.run([sys.executable, VERIFIER, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)


class Audit(Case):
    def setUp(self):
        super().setUp()
        self.data = self.demo()
        self.key = json.loads(self.succeed("audit", "export", "--data", self.data).splitlines()[0])["public_key"]

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def head(self):
        return json.loads(self.succeed("audit", "head", "--data", self.data, "--format", "json"))

    def prove(self, *arguments):
        return self.write("proof.json", self.succeed("audit", "prove", "--data", self.data, *arguments))


    def test_an_export_verifies_with_other_code_and_a_changed_one_does_not(self):
        export = self.write("export.jsonl", self.succeed("audit", "export", "--data", self.data))
        for options in ((), ("--plain",)):
            done = verifier(export, "--key", self.key, *options)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        lines = export.read_text(encoding="utf-8").splitlines()
        for at, fault in ((5, lambda e: {**e, "leaf": "00" * 32}), (9, lambda e: {**e, "seq": 3}), (len(lines) - 1, lambda e: {**e, "size": e["size"] - 1})):
            changed = lines.copy()
            changed[at] = json.dumps(fault(json.loads(changed[at])))
            done = verifier(self.write("changed.jsonl", "\n".join(changed) + "\n"), "--key", self.key)
            self.assertEqual(1, done.returncode, f"line {at}: {done.stdout}{done.stderr}")

    def test_an_entry_is_proved_to_somebody_who_has_only_the_key(self):
        size = self.head()["size"]
        for entry in (0, 1, size // 2, size - 1):
            proof = self.prove("--entry", entry)
            done = verifier("--proof", proof, "--key", self.key)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            fields = json.loads(proof.read_text(encoding="utf-8"))
            for name, value in (("index", (entry + 1) % size), ("canonical", "AAAA"), ("size", size + 1)):
                done = verifier("--proof", self.write("forged.json", json.dumps({**fields, name: value})), "--key", self.key)
                self.assertEqual(1, done.returncode, f"{name}: {done.stdout}")
        self.refused("audit", "prove", "--data", self.data, "--entry", size)
        self.refused("audit", "prove", "--data", self.data, says="either")

    def test_SECURITY_6_12_a_witness_sees_a_rewritten_past_and_a_rollback(self):
        kept = self.write("kept.jsonl", json.dumps(self.head()) + "\n")
        before = self.head()["size"]
        with sqlite3.connect(self.data / "rowan.db") as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = (self.data / "rowan.db").read_bytes()
        self.succeed("user", "add", "--data", self.data, "--name", "zelda", "--display-name", "Zelda Farthing", "--agency", "SCC", "--roles", "board_member", "--clock", "2030-01-07T09:00:00.000Z",
                     input="tumbling marble quartz lantern\n")
        after = self.head()["size"]
        self.assertGreater(after, before, "nothing was signed, so nothing is shown")
        proof = self.prove("--from", before)
        done = verifier("--proof", proof, "--key", self.key, "--witness", kept, "--keep")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertEqual(after, json.loads(kept.read_text(encoding="utf-8").splitlines()[-1])["size"])
        # Another history of the same length, a proof of another beginning.
        fields = json.loads(proof.read_text(encoding="utf-8"))
        fields["proof"][0] = "00" * 32
        done = verifier("--proof", self.write("forged.json", json.dumps(fields)), "--key", self.key, "--witness", kept)
        self.assertEqual(1, done.returncode)
        # Yesterday's file put back: the log verifies by itself, and the kept head tells.
        (self.data / "rowan.db").write_bytes(copy)
        for more in ("rowan.db-wal", "rowan.db-shm"):
            (self.data / more).unlink(missing_ok=True)
        self.succeed("audit", "verify", "--data", self.data)
        done = verifier("--proof", self.prove("--from", before), "--key", self.key, "--witness", kept)
        self.assertEqual(1, done.returncode)
        self.assertIn("rolled back", done.stdout)
        self.refused("audit", "prove", "--data", self.data, "--from", after)


if __name__ == "__main__":
    unittest.main()
