"""Drives the real binary from outside: its commands, its server, and a browser without script.

Only the standard library. The binary is ROWAN_BINARY, or build/src/rowan.
"""
import atexit
import base64
import contextlib
import functools
import hashlib
import hmac
import html.parser
import http.client
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("ROWAN_BINARY", str(ROOT / "build" / "src" / "rowan"))
OPEN_AT = re.compile(r"Rowan is open at https?://127\.0\.0\.1:(\d+)")


def run(*arguments, timeout=120, input=""):
    """Runs a command to its end: a CompletedProcess with text in stdout and stderr."""
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, input=input)


@functools.cache
def _made_demo(children, seed):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rowan-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    done = run("demo", "--data", folder / "county", "--children", children, "--seed", seed)
    if done.returncode != 0:
        raise AssertionError(f"rowan demo: {done.stderr}")
    return folder / "county"


class Case(unittest.TestCase):
    """A test with a folder of its own, and with words for what the command line promises."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rowan-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def succeed(self, *arguments, **options):
        done = run(*arguments, **options)
        self.assertEqual(0, done.returncode, f"rowan {' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout

    def refused(self, *arguments, says=".", sentences=1, **options):
        """Exit 1, and the reason on stderr: one sentence that says what to do, or a few where there is a list."""
        done = run(*arguments, **options)
        self.assertEqual(1, done.returncode, f"rowan {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        reason = done.stderr.strip()
        self.assertNotEqual("", reason)
        self.assertLessEqual(len(reason.splitlines()), sentences, f"too many words: {reason}")
        self.assertRegex(reason, says)
        return reason

    def wrong_usage(self, *arguments):
        done = run(*arguments)
        self.assertEqual(2, done.returncode, f"rowan {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        self.assertNotEqual("", done.stderr.strip())
        return done.stderr

    def demo(self, children=60, seed=1, name="demo"):
        """A data folder with a small synthetic county, its keyring beside it; made once and copied after that."""
        made = _made_demo(children, seed)
        data = self.folder / name
        shutil.copytree(made, data)
        shutil.copy(f"{made}.keyring", f"{data}.keyring")
        return data

    def scheme_without_keys(self):
        """The scheme of Solihull, where no role waits for a security key: these browsers have none."""
        scheme = self.folder / "scheme.toml"
        own = (ROOT / "schemes" / "solihull.toml").read_text(encoding="utf-8")
        scheme.write_text(own + "\n[sign_in]\nsecurity_key_roles = []\n", encoding="utf-8")
        return scheme

    def serve(self, *arguments, **options):
        server = Server(*arguments, **options)
        self.addCleanup(server.stop)
        return server


class Server:
    """`rowan serve` on a free port. Raises RuntimeError with what it said if it does not open."""

    def __init__(self, *arguments, seconds=30, environment=None):
        self.errors = tempfile.TemporaryFile(mode="w+")
        where = () if "--listen" in arguments else ("--listen", "127.0.0.1:0")
        self.process = subprocess.Popen([BINARY, "serve", *where, *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=self.errors, stdin=subprocess.DEVNULL, text=True,
                                        env={**os.environ, **(environment or {})})
        timer = threading.Timer(seconds, self.process.kill)  # a server that hangs is ended, so that readline returns
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        found = OPEN_AT.search(line)
        if not found:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"the server did not open: {line}{self.said()}")
        self.port = int(found.group(1))

    def said(self):
        """All that it wrote to its log until now; not after stop()."""
        self.errors.seek(0)
        return self.errors.read()

    def browser(self):
        return Browser(self.port)

    def stop(self):
        """Asks it to end, as systemd does, and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.stdout.close()
        self.errors.close()
        return self.process.wait()

    def kill(self):
        """kill -9: no chance to tidy up."""
        self.process.kill()
        self.process.wait()


class Form:
    def __init__(self, attributes):
        self.action, self.method = attributes.get("action", ""), attributes.get("method", "get").lower()
        self.encoding = attributes.get("enctype", "")
        self.fields, self.buttons, self.labels = [], [], []


class Page(html.parser.HTMLParser):
    """An answer: status, headers, text, and of HTML the title, headings, links and forms."""

    def __init__(self, status, headers, body):
        super().__init__()
        self.status, self.headers, self.body = status, headers, body
        self.links, self.forms, self.words, self.ids = [], [], [], []
        self._inside, self._select = [], None
        self.parts = {"title": "", "h1": "", "button": ""}
        if "html" in (headers.get("content-type") or ""):
            self.feed(body)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    @property
    def heading(self):
        return " ".join(self.parts["h1"].split())

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag in ("title", "h1", "script", "style", "button"):
            self._inside.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "form":
            self.forms.append(Form(attributes))
        elif self.forms and tag in ("input", "textarea", "button") and attributes.get("name"):
            kind = attributes.get("type", "text")
            field = (attributes["name"], attributes.get("value", ""))
            if tag == "button" or kind == "submit":
                self.forms[-1].buttons.append(field)
            elif kind not in ("checkbox", "radio", "file") or "checked" in attributes:
                self.forms[-1].fields.append(field)
        elif self.forms and tag == "select":
            self._select = attributes.get("name")
        elif self._select and tag == "option" and "selected" in attributes:
            self.forms[-1].fields.append((self._select, attributes.get("value", "")))

    def handle_endtag(self, tag):
        if tag in self._inside:
            self._inside.remove(tag)
        if tag == "button":
            if self.forms:
                self.forms[-1].labels.append(" ".join(self.parts["button"].split()))
            self.parts["button"] = ""
        if tag == "select":
            self._select = None

    def handle_data(self, data):
        for tag in self._inside:
            if tag in self.parts:
                self.parts[tag] += data
        if not {"script", "style"} & set(self._inside):
            self.words.append(data)


class Browser:
    """A person's browser without script: keeps cookies, follows redirects, fills in forms."""

    scheme = "http"

    def __init__(self, port):
        self.port, self.cookies = port, {}
        self.page = None

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def _once(self, method, path, body=None, headers=None):
        connection = self.connect()
        try:
            headers = {"Host": f"127.0.0.1:{self.port}", **(headers or {})}
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            if method == "POST":
                headers.setdefault("Origin", f"{self.scheme}://127.0.0.1:{self.port}")
                headers.setdefault("Sec-Fetch-Site", "same-origin")
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    content_of = rest.split(";")[0]
                    if content_of and "max-age=0" not in value.lower():
                        self.cookies[key.strip()] = content_of
                    else:
                        self.cookies.pop(key.strip(), None)
            return Page(answer.status, answer.headers, content.decode("utf-8", "replace"))
        finally:
            connection.close()

    def _follow(self, path, page):
        for _ in range(10):
            if page.status not in (301, 302, 303):
                break
            path = urllib.parse.urljoin(path, page.headers["location"])
            page = self._once("GET", path)
        page.path = path
        self.page = page
        return page

    def get(self, path):
        return self._follow(path, self._once("GET", path))

    def post(self, path, fields, follow=True):
        body = urllib.parse.urlencode(fields)
        page = self._once("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        return self._follow(path, page) if follow else page

    def submit(self, action, button=None, **fields):
        """Sends the form of this page whose action contains `action`, with what stands in it, changed by `fields`."""
        form = next((form for form in self.page.forms if action in (form.action or self.page.path)), None)
        if form is None:
            raise AssertionError(f"no form for {action} on {self.page.path}: {[form.action for form in self.page.forms]}")
        values = [(name, value) for name, value in form.fields if name not in fields]
        for name, value in fields.items():
            values += [(name, each) for each in (value if isinstance(value, list) else [value])]
        if button:
            values.append(button)
        path = urllib.parse.urljoin(self.page.path, form.action or self.page.path)
        if form.method == "post":
            return self.post(path, values)
        return self.get(path + "?" + urllib.parse.urlencode(values))


class SecureBrowser(Browser):
    """The same over TLS, with whatever certificate."""

    scheme = "https"

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=ssl._create_unverified_context())


def sign_in(browser, name="Imogen Achterberg"):
    """Comes into the demo as one of its invented people."""
    page = browser.get("/sign-in")
    for form in page.forms:
        if name in form.labels:
            return browser.post(form.action, form.fields)
    raise AssertionError(f"nobody called {name} on the sign-in page: {page.text}")


def totp(key, ahead=0):
    """What an authenticator app shows for this key, so many seconds from now (RFC 6238)."""
    step = int(time.time() + ahead) // 30
    mac = hmac.digest(base64.b32decode(key), step.to_bytes(8, "big"), "sha1")
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def audit_entries(data):
    """How many entries the audit log of a folder holds; no server may be open on it."""
    database = sqlite3.connect(pathlib.Path(data) / "rowan.db")
    try:
        return database.execute("SELECT count(*) FROM audit_entry").fetchone()[0]
    finally:
        database.close()


@contextlib.contextmanager
def log_of(data):
    """A folder's database, to be read: `log` is the audit log with the looks that wait for it in looks.db, as the next start of
    Rowan brings them in."""
    columns = "user_id, at, act, subject_kind, subject_id, outcome, detail"
    database = sqlite3.connect(f"file:{pathlib.Path(data) / 'rowan.db'}?mode=ro", uri=True)
    waiting = pathlib.Path(data) / "looks.db"
    try:
        database.execute(f"CREATE TEMP TABLE log AS SELECT {columns} FROM audit_entry")
        if waiting.exists():  # a copy that was not opened yet has none
            database.execute("ATTACH ? AS looks", (f"file:{waiting}?mode=ro",))
            database.execute(f"INSERT INTO temp.log SELECT {columns} FROM looks.look WHERE id > "
                             "coalesce((SELECT brought FROM main.look_file JOIN looks.look_file USING (id)), 0)")
        yield database
    finally:
        database.close()


def content_hash(folder):
    """One digest of the names and bytes of all files of a folder."""
    digest = hashlib.sha256()
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def small_disk(megabytes):
    """A folder on a disk of its own of that size; needs root."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("skipped: only root can make a small disk")
    folder = tempfile.mkdtemp(prefix="rowan-disk-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        os.rmdir(folder)
        raise unittest.SkipTest("skipped: this machine does not let tests mount a small disk")
    try:
        yield pathlib.Path(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        os.rmdir(folder)


def fill(folder):
    """Fills the disk of this folder to the last byte and returns the file that does it."""
    ballast = pathlib.Path(folder) / "ballast"
    with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast
