#!/usr/bin/env python3
"""Verifies an exported audit log without any of Rowan's code (docs/formats/audit-tree.md).

    audit_verifier.py EXPORT [--key HEX] [--witness FILE]...
    audit_verifier.py --proof PROOF --key HEX [--witness FILE [--keep]]

EXPORT is the file that `rowan audit export` writes. --key pins the public key of the log, as printed when the
partnership was set up; without it the key in the export is used, and the answer says so. Each --witness file holds
heads that somebody kept (an agency, the minutes of a meeting), one JSON object a line.

PROOF is what `rowan audit prove` writes: that one entry is in the log, or that the log of a head that was kept is the
beginning of today's. With --keep the new head is added to the witness file when everything holds, so that an agency
needs its file, the key and a proof now and then, and never the log itself.

Exit code: 0 everything holds, 1 something does not, 2 the command or a file cannot be understood.
Needs only the standard library; uses `cryptography` for speed when it is installed.
"""
import argparse
import base64
import binascii
import hashlib
import json
import re
import sys

# --- Ed25519 (RFC 8032), plain and slow ------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z = 2 * a[3] * b[3] * D % P
    w = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, w - z, w + z, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decode_point(octets):
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P != 0 or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verify_plain(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = decode_point(public_key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    return same(multiply(s, BASE), add(r, multiply(h, a)))


def verify_fast(public_key, message, signature):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def choose_verifier():
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
    except ImportError:
        return verify_plain
    return verify_fast


# --- RFC 6962 --------------------------------------------------------------------------------------------------


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def roots_at(leaves, sizes):
    """The root of the first n leaves, for each n in sizes. Works level by level, not leaf by leaf."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    roots = {}
    for size in sizes:
        root, taken = None, size
        # From the smallest complete subtree at the right edge to the largest at the left.
        for level in range(size.bit_length()):
            if size >> level & 1:
                taken -= 1 << level
                part = levels[level][taken >> level]
                root = part if root is None else node_hash(part, root)
        roots[size] = root if root is not None else hashlib.sha256(b"").digest()
    return roots


def verify_inclusion(leaf, index, size, proof, root):
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def verify_consistency(first, second, first_root, second_root, proof):
    if first > second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == hashlib.sha256(b"").digest()
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# --- the export ------------------------------------------------------------------------------------------------


class Unreadable(Exception):
    """A file is not what docs/formats/audit-tree.md describes."""


def hex_bytes(value, size, where):
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{%d}" % (2 * size), value):
        raise Unreadable(f"{where}: expected {2 * size} lower-case hexadecimal digits")
    return bytes.fromhex(value)


def count(value, where):
    if type(value) is not int or value < 0:
        raise Unreadable(f"{where}: expected a whole number")
    return value


class Head:
    def __init__(self, fields, where):
        self.where = where
        self.log_id = hex_bytes(fields.get("log_id"), 32, where)
        self.size = count(fields.get("size"), where)
        self.root = hex_bytes(fields.get("root"), 32, where)
        self.time = count(fields.get("time"), where)
        self.signature = hex_bytes(fields.get("signature"), 64, where)

    def canonical(self):
        lines = ["rowan tree head 1", self.log_id.hex(), str(self.size), self.root.hex(), str(self.time), ""]
        return "\n".join(lines).encode()


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            where = f"{path}, line {number}"
            try:
                fields = json.loads(line)
            except ValueError as error:
                raise Unreadable(f"{where}: {error}") from error
            if not isinstance(fields, dict):
                raise Unreadable(f"{where}: not an object")
            yield where, fields


def read_export(path):
    key, entries, heads = None, [], []
    for where, fields in read_lines(path):
        if "public_key" in fields:
            key = hex_bytes(fields["public_key"], 32, where)
        elif "canonical" in fields:
            try:
                entry = base64.b64decode(fields["canonical"], validate=True)
            except (binascii.Error, TypeError, ValueError) as error:
                raise Unreadable(f"{where}: {error}") from error
            entries.append((where, count(fields.get("seq"), where), entry, hex_bytes(fields.get("leaf"), 32, where)))
        elif "root" in fields:
            heads.append(Head(fields, where))
        else:
            raise Unreadable(f"{where}: neither log, entry nor head")
    return key, entries, heads


def check_entries(entries):
    for index, (where, seq, entry, leaf) in enumerate(entries):
        if seq != index:
            yield f"{where}: entry {index} is missing or out of order (found {seq})"
            return
        if leaf_hash(entry) != leaf:
            yield f"{where}: entry {seq} does not have the hash written beside it"


def check_heads(heads, entries, key, verify):
    log_id = hashlib.sha256(key).digest()
    # The stored leaf hashes are never trusted: everything is computed from the entries themselves.
    leaves = [leaf_hash(entry) for _, _, entry, _ in entries]
    roots = roots_at(leaves, {head.size for head in heads if head.size <= len(leaves)})
    for head in heads:
        if head.log_id != log_id:
            yield f"{head.where}: a head of another log, or signed with another key"
        elif not verify(key, head.canonical(), head.signature):
            yield f"{head.where}: the signature does not fit"
        elif head.size > len(leaves):
            yield f"{head.where}: {head.size} entries were signed for, only {len(leaves)} are here"
        elif roots[head.size] != head.root:
            yield f"{head.where}: the first {head.size} entries are not those that were signed for"


def check_order(heads):
    for before, after in zip(heads, heads[1:]):
        if after.size < before.size or after.time < before.time:
            yield f"{after.where}: this head is older than the one before it"


def check_proof(fields, where, key, kept, verify):
    head = Head(fields, where)
    proof = [hex_bytes(each, 32, where) for each in fields.get("proof", [])]
    if head.log_id != hashlib.sha256(key).digest():
        yield "a proof of another log, or signed with another key"
    elif not verify(key, head.canonical(), head.signature):
        yield "the signature of the proof's head does not fit"
    elif "index" in fields:
        entry = base64.b64decode(fields.get("canonical", ""), validate=True)
        if not verify_inclusion(leaf_hash(entry), count(fields["index"], where), head.size, proof, head.root):
            yield f"entry {fields['index']} is not in the log of {head.size} entries"
    else:
        first = count(fields.get("first"), where)
        before = [each for each in kept if each.size == first]
        if not before:
            yield f"no head of {first} entries was kept"
        for each in before:
            if each.log_id != head.log_id or not verify(key, each.canonical(), each.signature):
                yield f"{each.where}: the kept head is not of this log"
            elif not verify_consistency(first, head.size, each.root, head.root, proof):
                yield f"the log of {first} entries that was kept is not the beginning of the log of {head.size}: the past has been rewritten or rolled back"
    for each in kept:
        if each.size > head.size:
            yield f"{each.where}: {each.size} entries were kept, today's log has {head.size}: it has been rolled back or cut"


def proof_command(options):
    try:
        (where, fields), = read_lines(options.proof)
        key = hex_bytes(options.key.lower(), 32, "--key")
        kept = [Head(each, place) for path in options.witness for place, each in read_lines(path)]
        problems = list(check_proof(fields, where, key, kept, verify_plain if options.plain else choose_verifier()))
    except (OSError, ValueError, Unreadable) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    print("the proof " + ("DOES NOT HOLD" if problems else "holds"))
    if options.keep and not problems and len(options.witness) == 1:
        with open(options.witness[0], "a", encoding="utf-8") as file:
            file.write(json.dumps({name: fields[name] for name in ("log_id", "size", "root", "time", "signature")}) + "\n")
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(description="Verify an exported audit log.")
    parser.add_argument("export", nargs="?")
    parser.add_argument("--proof", help="a proof by `rowan audit prove` instead of an export")
    parser.add_argument("--keep", action="store_true", help="add the proof's head to the witness file when it holds")
    parser.add_argument("--key", help="the pinned public key, 64 hexadecimal digits")
    parser.add_argument("--witness", action="append", default=[], help="a file of heads that somebody kept")
    parser.add_argument("--plain", action="store_true", help="check signatures with this file's own Ed25519")
    options = parser.parse_args()
    if options.proof:
        if not options.key or options.export:
            parser.error("a proof needs --key and no export")
        return proof_command(options)
    if not options.export:
        parser.error("name an export, or a proof with --proof")
    try:
        found_key, entries, heads = read_export(options.export)
        key = hex_bytes(options.key.lower(), 32, "--key") if options.key else found_key
        kept = [Head(fields, where) for path in options.witness for where, fields in read_lines(path)]
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    if key is None or not heads:
        print("cannot be read: there is no public key or no signed head in the export", file=sys.stderr)
        return 2
    problems = list(check_entries(entries)) + list(check_order(heads))
    if found_key is not None and found_key != key:
        problems.append("the public key in the export is not the pinned one")
    problems += check_heads(heads + kept, entries, key, verify_plain if options.plain else choose_verifier())
    for problem in problems:
        print(problem)
    covered = max(head.size for head in heads)
    print(f"{len(entries)} entries, {len(heads)} heads, {len(kept)} kept heads: "
          + ("DOES NOT HOLD" if problems else "holds"))
    if not problems and covered < len(entries):
        print(f"the last {len(entries) - covered} entries are not signed for yet")
    if not options.key:
        print("the key was taken from the export itself: pin it with --key")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
