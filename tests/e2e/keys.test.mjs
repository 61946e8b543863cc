// Security keys in a real browser, whose own virtual authenticators answer (WebAuthn, through the DevTools protocol).
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { faultsAtBothWidths, openBrowser, startPartnership, visitor } from "./harness.mjs";

const phrase = "tumbling marble quartz lantern";
const secrets = {};
let rowan, browser, site;

before(async () => {
  rowan = await startPartnership({
    prepare: async (run) => {
      for (const [name, shown, roles] of [["alan", "Alan Fenwright", "administrator"], ["anna", "Anna Quillby", "front_door"]]) {
        const said = await run(["user", "add", "--name", name, "--display-name", shown, "--agency", "SMBC", "--roles", roles, "--bootstrap"], `${phrase}\n`);
        secrets[name] = /secret ([A-Z2-7]{32})/.exec(said)[1];
      }
    },
  });
  site = rowan.url.replace("127.0.0.1", "localhost"); // browsers keep keys for names only
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

// What an authenticator app shows (RFC 6238).
function totp(key, steps) {
  let bits = "";
  for (const letter of key) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(steps));
  const mac = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
// A code works once: each is of a step of its own, and the server takes the one before and the one after too. The one before is
// given only while it is taken for ten seconds more, for a slow machine reads it later.
const used = {};
async function code(name) {
  for (;;) {
    const oldest = Math.floor((Date.now() + 10_000) / 30_000) - 1;
    const newest = Math.floor(Date.now() / 30_000) + 1;
    const step = Math.max(oldest, (used[name] ?? 0) + 1);
    if (step <= newest) return totp(secrets[name], (used[name] = step));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

// A key in the browser of this page. It counts, and verifies its person unless told otherwise.
async function plugIn(page, options = {}) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "usb", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
               automaticPresenceSimulation: true, ...options },
  });
  return {
    credentials: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    add: (credential) => devtools.send("WebAuthn.addCredential", { authenticatorId, credential }),
    unplug: () => devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
  };
}
async function comeIn(page, name) {
  await page.goto(`${site}/sign-in`);
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(phrase);
  await page.getByLabel("Code").fill(await code(name));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(`${site}/`);
}
async function addKey(page, name, { with_code } = {}) {
  await page.goto(`${site}/account/keys`);
  await page.getByLabel("Name of the key").fill(name);
  if (with_code) await page.getByLabel("Code").fill(with_code);
  await page.getByRole("button", { name: "Add this key" }).click();
}
const listed = (page) => page.getByRole("row").filter({ has: page.getByRole("link", { name: /^Remove/ }) });
async function statusOf(page, path) {
  await page.goto(`${site}${path}`);
  return page.seen.status;
}

test("an administrator adds a key, and only then is one", async () => {
  const page = await visitor(browser);
  const key = await plugIn(page);
  await comeIn(page, "alan");
  assert.match(await page.locator("main").innerText(), /works only with a security key: Administrator/);
  assert.equal(await statusOf(page, "/accounts"), 404);
  // By keyboard alone, and not without a code.
  await page.goto(`${site}/account/keys`);
  assert.deepEqual(await faultsAtBothWidths(page, "account-keys"), []);
  await page.getByLabel("Name of the key").focus();
  await page.keyboard.type("Blue key");
  await page.keyboard.press("Enter");
  await page.getByText("The code is not right").first().waitFor();
  assert.equal((await key.credentials()).length, 1, "the key itself was willing");
  await addKey(page, "Blue key", { with_code: await code("alan") });
  await listed(page).first().waitFor();
  assert.equal(await listed(page).count(), 1);
  assert.deepEqual(await faultsAtBothWidths(page, "account-keys-one"), []);
  assert.equal(await statusOf(page, "/accounts"), 200);
  // Signed out and in again with nothing but the key.
  const [credential] = (await key.credentials()).slice(-1);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "sign in with it" }).click();
  assert.deepEqual(await faultsAtBothWidths(page, "sign-in-key"), []);
  await page.getByRole("button", { name: "Use your security key" }).press("Enter");
  await page.waitForURL(`${site}/`);
  assert.equal(await statusOf(page, "/accounts"), 200);

  // A copy of it, in another browser: the key has counted on since.
  const thief = await visitor(browser);
  const copy = await plugIn(thief);
  await copy.add({ ...credential, signCount: 0 });
  await thief.goto(`${site}/sign-in/key`);
  await thief.getByRole("button", { name: "Use your security key" }).click();
  await thief.getByText("Rowan does not know this key").first().waitFor();
  assert.equal(thief.seen.status, 403);
  await thief.context().close();

  // A step that a stolen session must not take: with the key, where a code was enough before.
  await page.goto(`${site}/agencies/WMP`);
  assert.match(await page.locator("main").innerText(), /You have proved that it is you/);
  await page.getByRole("button", { name: "Shut this agency out now" }).click();
  await page.waitForURL(`${site}/agencies`);

  // A second key; then the first is removed, and opens nothing any more.
  await key.unplug();
  const second = await plugIn(page, { transport: "internal" });
  await addKey(page, "My telephone");
  await page.getByRole("link", { name: "Remove My telephone" }).waitFor(); // Blue key stood there before, too
  assert.equal(await listed(page).count(), 2);
  await page.getByRole("link", { name: "Remove Blue key" }).click();
  assert.deepEqual(await faultsAtBothWidths(page, "account-keys-remove"), []);
  await page.getByRole("button", { name: "Remove this key" }).click();
  await page.waitForURL(`${site}/account/keys`);
  assert.equal(await listed(page).count(), 1);
  const lost = await visitor(browser);
  await (await plugIn(lost)).add({ ...credential, signCount: 99 });
  await lost.goto(`${site}/sign-in/key`);
  await lost.getByRole("button", { name: "Use your security key" }).click();
  await lost.getByText("Rowan does not know this key").first().waitFor();
  await lost.context().close();
  assert.equal((await second.credentials()).length, 1);
  await page.context().close();
});

test("a key that does not ask who holds it, and one that is not there, do nothing", async () => {
  const page = await visitor(browser);
  const key = await plugIn(page, { isUserVerified: false });
  await comeIn(page, "anna");
  assert.doesNotMatch(await page.locator("main").innerText(), /works only with a security key/);
  await addKey(page, "Grey key", { with_code: "000000" });
  await page.getByText(/No key answered|cannot ask for a PIN/).waitFor();
  assert.equal(new URL(page.url()).pathname, "/account/keys");
  await key.unplug();
  const empty = await plugIn(page);
  await page.goto(`${site}/account/keys/prove`);
  assert.match(await page.locator("main").innerText(), /You have no security key yet/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(`${site}/sign-in/key`);
  await page.getByRole("button", { name: "Use your security key" }).click();
  await page.getByText("No key answered").waitFor();
  await empty.unplug();
  await page.context().close();
});

test("whose role needs no key may have one, and prove with it", async () => {
  const page = await visitor(browser);
  await plugIn(page);
  await comeIn(page, "anna");
  await addKey(page, "Anna's key", { with_code: await code("anna") });
  await listed(page).first().waitFor();
  await page.goto(`${site}/account/keys/prove?next=/account`);
  assert.deepEqual(await faultsAtBothWidths(page, "prove"), []);
  await page.getByRole("button", { name: "Use your security key" }).click();
  await page.waitForURL(`${site}/account`);
  await page.context().close();
});

test("under a number no key is asked for, and it is said why", async () => {
  const page = await visitor(browser);
  await page.goto(`${rowan.url}/sign-in/key`);
  assert.match(await page.locator("main").innerText(), /open Rowan by its name/);
  assert.deepEqual(await faultsAtBothWidths(page, "sign-in-key-number"), []);
  await page.context().close();
});
