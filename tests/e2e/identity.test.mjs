// Signing in at an agency's own identity provider: two real ones, a real browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsOf, openBrowser, startPartnership, visitor } from "./harness.mjs";
import { startProvider } from "./provider.mjs";

const council = "SMBC", police = "WMP";
const people = [
  { name: "ann", shown: "Ann Quillby", agency: council, roles: "front_door" },
  { name: "petra", shown: "Petra Lovage", agency: council, roles: "information_governance" },
  { name: "bob", shown: "Bob Tansy", agency: police, roles: "practitioner" },
];
const codes = {};
let rowan, browser, first, second;

before(async () => {
  [first, second] = await Promise.all([startProvider({ algorithm: "RS256" }), startProvider({ algorithm: "ES256" })]);
  rowan = await startPartnership({
    keys: false,
    prepare: async (run) => {
      for (const [agency, provider] of [[council, first], [police, second]])
        await run(["agency", "bind", "--agency", agency, "--issuer", provider.issuer, "--client", provider.client], `${provider.secret}\n`);
      for (const { name, shown, agency, roles } of people) {
        const said = await run(["user", "add", "--name", name, "--display-name", shown, "--agency", agency, "--roles", roles, "--invite", "--bootstrap"]);
        codes[name] = /code ([A-Z2-7-]{29})/.exec(said)[1];
      }
    },
  });
  first.knows(rowan.url, council);
  second.knows(rowan.url, police);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
  await first?.stop();
  await second?.stop();
});

async function useInvitation(page, provider, name, person, code = codes[name]) {
  provider.person = person;
  await page.goto(`${rowan.url}/sign-in`);
  await page.getByRole("link", { name: "use it here" }).click();
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Invitation code").fill(code);
  await page.getByRole("button", { name: "Go on" }).click();
}
const goOnToAgency = (page) => page.getByRole("button", { name: "Go on to your agency" }).or(page.getByRole("link", { name: "Go on to your agency" })).click();
async function comeInAt(page, agency, provider, person) {
  provider.person = person;
  await page.goto(`${rowan.url}/sign-in`);
  await page.locator(`a[href="/sign-in/agency/${agency}"]`).click();
}
const arrived = (page) => page.waitForURL(`${rowan.url}/`);
const sessionOf = async (page) => (await page.context().cookies(rowan.url)).find(({ name }) => name === "rowan");

test("the sign-in page names the agencies that have a provider, and a wrong code is told kindly", async () => {
  const page = await visitor(browser);
  await page.goto(`${rowan.url}/sign-in`);
  assert.deepEqual(await faultsOf(page, { name: "sign-in-agencies" }), []);
  assert.equal(await page.locator('a[href^="/sign-in/agency/"]').count(), 2);
  await useInvitation(page, first, "ann", "24400320", "AAAA-BBBB");
  assert.equal(page.seen.status, 403);
  assert.match(await page.getByRole("alert").textContent(), /user name or the code is not right/);
  assert.deepEqual(await faultsOf(page, { name: "join" }), []);
  await page.context().close();
});

test("an invitation, the agency's own sign-in, and in: with a cookie that no other site can send", async () => {
  const page = await visitor(browser);
  await useInvitation(page, first, "ann", "24400320");
  assert.deepEqual(await faultsOf(page, { name: "join-agency" }), []);
  await goOnToAgency(page);
  await arrived(page);
  assert.equal(await page.getByText("Ann Quillby").count() > 0, true);
  const session = await sessionOf(page);
  assert.deepEqual([session.sameSite, session.httpOnly], ["Strict", true]);
  assert.equal((await page.context().cookies(rowan.url)).some(({ name }) => name === "rowan-way"), false, "the way's cookie is gone");
  // The invitation is used up.
  const another = await visitor(browser);
  await useInvitation(another, first, "ann", "24400321");
  assert.equal(another.seen.status, 403);
  // From now on: one link.
  await comeInAt(another, council, first, "24400320");
  await arrived(another);
  assert.equal(await another.getByText("Ann Quillby").count() > 0, true);
  await page.context().close();
  await another.context().close();
});

test("whom a provider signs out is signed out of Rowan too", async () => {
  const page = await visitor(browser);
  await comeInAt(page, council, first, "24400320");
  await arrived(page);
  const there = await page.context().newPage();
  await there.goto(`${first.issuer}/session/end`);
  const told = first.told();
  await there.getByRole("button").first().click();
  await told;
  await page.goto(`${rowan.url}/account`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await page.context().close();
});

test("the same number at another agency's provider is another person", async () => {
  const stranger = await visitor(browser);
  await comeInAt(stranger, police, second, "24400320");
  await stranger.waitForURL(`${rowan.url}/sign-in/waiting`);
  await stranger.getByText("you have no account here").first().waitFor();
  assert.equal(await sessionOf(stranger), undefined);
  assert.deepEqual(await faultsOf(stranger, { name: "sign-in-no-account" }), []);
  const bob = await visitor(browser);
  await useInvitation(bob, second, "bob", "24400320");
  await goOnToAgency(bob);
  await arrived(bob);
  assert.equal(await bob.getByText("Bob Tansy").count() > 0, true);
  await stranger.context().close();
  await bob.context().close();
});

test("who proved no second factor does not come in", async () => {
  const page = await visitor(browser);
  first.factors = ["pwd"];
  await comeInAt(page, council, first, "24400320");
  await page.getByText("did not prove who you are").first().waitFor();
  first.factors = ["pwd", "mfa"];
  assert.equal(await sessionOf(page), undefined);
  await page.context().close();
});

test("an answer that this browser did not ask for is refused", async () => {
  const page = await visitor(browser);
  await page.goto(`${rowan.url}/sign-in/agency/${council}/back?code=theirs&state=theirs`);
  assert.equal(page.seen.status, 403);
  await page.getByText("began in another browser").first().waitFor();
  assert.deepEqual(await faultsOf(page, { name: "sign-in-refused" }), []);
  await page.context().close();
});

test("before an emergency one proves again at one's agency that it is oneself", async () => {
  const petra = await visitor(browser);
  await useInvitation(petra, first, "petra", "24400399");
  await goOnToAgency(petra);
  await arrived(petra);
  await petra.goto(`${rowan.url}/protocol`);
  await petra.locator(`#post-${council}`).fill("Director of Children's Services");
  await petra.locator("form", { has: petra.locator(`#post-${council}`) }).getByRole("button").click();
  await petra.context().close();

  const ann = await visitor(browser);
  await comeInAt(ann, council, first, "24400320");
  await arrived(ann);
  await ann.goto(`${rowan.url}/emergency`);
  assert.equal(await ann.getByLabel("Code").count(), 0);
  assert.deepEqual(await faultsOf(ann, { name: "emergency-prove" }), []);
  await ann.locator("#again").click();
  await ann.waitForURL(`${rowan.url}/emergency`);
  await ann.getByText("You have proved that it is you").waitFor();
  assert.deepEqual(await faultsOf(ann, { name: "emergency-proved" }), []);
  await ann.context().close();
});
