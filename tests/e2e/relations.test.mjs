// Somebody of an agency that knows nothing of a child is asked to a meeting about them, sees the record, and after it was ended
// sees what is not there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hand } from "./hand.mjs";
import { faultsAtBothWidths, openBrowser, signInAs, startRowan, visitor } from "./harness.mjs";

let rowan, browser;
before(async () => {
  rowan = await startRowan({ children: 120 });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

const faults = [];
async function worker(persona, keyboard = false) {
  const page = await visitor(browser);
  await signInAs(page, rowan, persona);
  return { page, hand: new Hand(page, { keyboard }), words: () => page.locator("main").innerText() };
}
const check = async (page, screenshot) => faults.push(...(await faultsAtBothWidths(page, screenshot)).map((fault) => `${screenshot}: ${fault}`));

test("asked to a meeting with the keyboard alone, seen on My work, and over when it is ended", { timeout: 600_000 }, async () => {
  const imogen = await worker("Imogen Achterberg", true), ravi = await worker("Ravi Castellow");
  // Somebody whom housing knows nothing of and who is at no risk, or there would be a signpost: among those of common names.
  const all = [];
  for (const name of ["Oliver", "Amelia", "Jack", "Olivia", "Harry", "Isla", "George", "Emily"]) {
    await imogen.page.goto(`${rowan.url}/search?q=${name}`);
    all.push(...(await imogen.page.locator('main a[href^="/people/"]').evaluateAll((links) => links.map((link) => link.getAttribute("href")))));
  }
  let address;
  for (const each of all) {
    await ravi.page.goto(rowan.url + each);
    if (ravi.page.seen.status === 404) {
      address = each;
      break;
    }
  }
  assert.ok(address, "a housing officer sees everybody whom a search finds");
  const absent = await ravi.words();

  await imogen.page.goto(rowan.url + address);
  await imogen.hand.go(imogen.page.getByRole("link", { name: "Who works with this person" }));
  await check(imogen.page, "relations");
  const form = imogen.page.locator('form[action$="/relations/meeting"]');
  await form.locator("select").selectOption({ label: await form.locator("option", { hasText: "Ravi Castellow" }).innerText() });
  await imogen.hand.write(form.locator('[name="why"]'), "Where he can live");
  await imogen.hand.go(form.getByRole("button"));
  const line = imogen.page.locator(".govuk-error-summary__list a").first();
  assert.equal((await line.innerText()).trim(), "Date must include a day, a month and a year");
  assert.equal(await imogen.page.locator(await line.getAttribute("href")).count(), 1);
  assert.equal(await form.locator('[name="why"]').inputValue(), "Where he can live");
  await check(imogen.page, "relations-mistake");
  // In three days, whenever this runs: any of the next 92 will do.
  const [year, month, day] = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10).split("-");
  for (const [part, value] of [["day", day], ["month", month], ["year", year]]) await imogen.hand.write(form.locator(`[name="day-${part}"]`), value);
  await imogen.hand.go(form.getByRole("button"));
  assert.ok((await imogen.words()).includes("Takes part in the meeting on"));
  await check(imogen.page, "relations-given");

  await ravi.page.goto(`${rowan.url}/`);
  await check(ravi.page, "work-shared");
  await ravi.hand.go(ravi.page.locator(`a[href="${address}"]`).first());
  assert.equal(ravi.page.seen.status, 200);
  assert.ok((await ravi.page.locator("body").innerText()).includes("because you take part in a meeting about this person. Purpose: Where he can live."));

  await imogen.hand.go(imogen.page.getByRole("button", { name: /^End this for Ravi/ }));
  await ravi.page.goto(rowan.url + address);
  assert.equal(ravi.page.seen.status, 404);
  assert.equal(await ravi.words(), absent, "what may not be seen is what is not there");
  assert.deepEqual(faults, []);
});
