// One night: reported on a phone with the keyboard, found, back, confirmed; offered and declined, the parents asked,
// accepted later, held beside the young person with the network cut in the middle, and what is done as a result.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsOf, openBrowser, personas, signInAs, startRowan, visitor, widths } from "./harness.mjs";

let rowan, browser;
before(async () => {
  rowan = await startRowan();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

const london = (at) =>
  Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", day: "numeric", month: "numeric", year: "numeric" })
    .formatToParts(at).map(({ type, value }) => [type, value]));
const yesterday = london(new Date(Date.now() - 36 * 3_600_000));

async function as(name, options) {
  const page = await visitor(browser, options);
  const all = await personas(page, rowan);
  await signInAs(page, rowan, all.find((persona) => persona.includes(name)));
  return page;
}

// Types into a field by its name, with the keyboard alone.
async function type(page, name, words) {
  await page.locator(`[name="${name}"]`).first().focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(words);
}
async function choose(page, name, value) {
  const box = page.locator(`[name="${name}"][value="${value}"]`);
  await box.focus();
  await page.keyboard.press("Space");
  assert.ok(await box.isChecked(), `${name} ${value}`);
}
async function when(page, prefix, time) {
  for (const part of ["day", "month", "year"]) await type(page, `${prefix}-${part}`, yesterday[part]);
  await type(page, `${prefix}-time`, time);
}
async function press(page, name) {
  const button = page.getByRole("main").getByRole("button", { name, exact: true });
  await button.focus();
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}
async function change(page, path, time, prefix, button, more = async () => {}) {
  const at = page.url();
  await page.goto(`${at}/${path}`);
  if (time) await when(page, prefix, time);
  await more();
  assert.deepEqual(await faultsOf(page), [], path);
  await press(page, button);
  assert.equal(page.url(), at);
}

test("S-070 a night, from the report to what is done because of what the young person said", { timeout: 900_000 }, async () => {
  const police = await as("Safiya", { width: widths.phone });
  const bea = await as("Bea");
  const asked = [];
  bea.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await bea.goto(`${rowan.url}/missing`);
  await bea.locator("[data-watch]").waitFor();

  // Reported: on a phone, with the keyboard, and not without the day.
  await police.goto(`${rowan.url}/missing/report?new=yes`);
  assert.deepEqual(await faultsOf(police, { name: "missing-report-390" }), []);
  await type(police, "given_names", "Perpetua");
  await type(police, "family_name", "Nightingale");
  await type(police, "born-day", "3");
  await type(police, "born-month", "5");
  await type(police, "born-year", String(Number(yesterday.year) - 15));
  await choose(police, "context", "home");
  await type(police, "last_seen", "In her bedroom; the window was open");
  await choose(police, "risk", "high");
  await police.getByText("More that helps to find them").focus();
  await police.keyboard.press("Enter");
  await type(police, "home_postcode", "ta1 9zz");
  await press(police, "Report missing");
  assert.equal(await police.locator(".govuk-error-summary").count(), 1, "the time is asked for");
  assert.match(await police.locator(".govuk-error-summary").textContent(), /postcode file does not have TA1 9ZZ/);
  assert.deepEqual(await faultsOf(police, { name: "missing-report-wrong-390" }), []);
  assert.equal(await police.locator('[name="home_postcode"]').inputValue(), "ta1 9zz", "what was typed is kept");
  await choose(police, "home_postcode_right", "TA1 9ZZ");
  await when(police, "missing_from", "02:00");
  await press(police, "Report missing");
  const episode = new URL(police.url()).pathname;
  assert.match(episode, /^\/missing\/[\w-]{16,}$/);
  assert.deepEqual(await faultsOf(police, { name: "missing-episode-390" }), []);

  // Somebody else's board brings itself up to date, without a word about it from them.
  await bea.getByRole("link", { name: /Perpetua Nightingale/ }).waitFor({ timeout: 20_000 });
  assert.match(await bea.locator("[data-watch-status]").textContent(), /Something has changed/);
  assert.ok(asked.includes("/missing/events") && !asked.includes("/missing/stamp"), "told by the server, not by asking");
  assert.match(await bea.title(), /new/);
  assert.deepEqual(await faultsOf(bea, { name: "missing-board" }), []);

  // Somebody takes it, on the wall; the mark goes from every board.
  const wall = await as("Imogen");
  await wall.goto(`${rowan.url}/missing?wall=yes`);
  const card = wall.locator(".rowan-card--new", { hasText: "Perpetua Nightingale" });
  assert.deepEqual(await faultsOf(wall, { name: "missing-wall" }), []);
  await Promise.all([wall.waitForEvent("load"), card.getByRole("button", { name: /We deal with this/ }).click()]);
  await bea.locator(".rowan-card:not(.rowan-card--new)", { hasText: "Perpetua Nightingale" }).waitFor({ timeout: 20_000 });

  await change(police, "found", "06:10", "found_at", "Record that they are found", async () => {
    await police.locator("[name=found_place]").selectOption({ label: "The railway station" });
    await type(police, "found_where", "At the railway station");
    await police.getByText("Names, vehicles and places for intelligence").click();
    await type(police, "vehicles", "A dark hatchback, AB12 CDE");
    await police.getByLabel("Only on conditions").check();
    await type(police, "conditions", "Ask the duty sergeant before it is used");
    await choose(police, "harm", "no");
  });
  await change(police, "returned", "07:00", "returned_at", "Record their return");
  await change(police, "confirmed", "08:00", "confirmed_at", "Confirm");
  await change(police, "check", "08:30", "safe_and_well_at", "Record the check", () => type(police, "safe_and_well", "She was cold and quiet."));
  assert.match(await police.locator("main").textContent(), /Safe, confirmed by the police/);
  // What came up with code C is there for the police, with its conditions, and not for another agency's interviewer.
  assert.match(await police.locator("main").textContent(), /AB12 CDE.*On conditions \(C\).*Ask the duty sergeant/s);
  await bea.goto(`${rowan.url}${episode}`);
  assert.doesNotMatch(await bea.locator("main").textContent(), /AB12|duty sergeant before|Kept for intelligence/);

  // Offered, and declined in her own words; the parents are asked; then she thinks again.
  await bea.goto(`${rowan.url}/missing/interviews`);
  assert.match(await bea.locator("main").textContent(), /Perpetua Nightingale/);
  assert.deepEqual(await faultsOf(bea, { name: "missing-queue" }), []);
  await bea.goto(`${rowan.url}${episode}/offer`);
  assert.deepEqual(await faultsOf(bea, { name: "missing-offer" }), []);
  await when(bea, "at", "10:00");
  await choose(bea, "method", "phone");
  await choose(bea, "result", "declined");
  await press(bea, "Record the offer");
  assert.equal(await bea.locator(".govuk-error-summary").count(), 1, "a no needs her reason");
  await type(bea, "declined_reason", "Nobody ever does anything");
  await press(bea, "Record the offer");
  const interview = new URL(bea.url()).pathname;
  assert.match(interview, /^\/missing\/interviews\//);
  assert.match(await bea.locator("main").textContent(), /Nobody ever does anything/);
  assert.deepEqual(await faultsOf(bea, { name: "missing-declined" }), []);
  await when(bea, "at", "11:00");
  await choose(bea, "method", "phone");
  await choose(bea, "result", "accepted");
  await press(bea, "Record what the parents answered");
  await bea.goto(`${rowan.url}${interview}?ask=child`);
  await when(bea, "at", "12:00");
  await choose(bea, "method", "face_to_face");
  await choose(bea, "result", "accepted");
  await press(bea, "Record what they answered");

  // Held: saved as typed; the network goes and comes back, and nothing is lost.
  await press(bea, "Hold the interview");
  const notes = bea.url();
  assert.deepEqual(await faultsOf(bea, { name: "missing-notes" }), []);
  await when(bea, "completed_at", "13:00");
  await choose(bea, "place", "neutral");
  await type(bea, "own_words", "I wanted some quiet.");
  await bea.getByText(/Draft saved at/).waitFor({ timeout: 15_000 });
  await bea.context().setOffline(true);
  await type(bea, "before", "They had shouted all evening.");
  await bea.getByText(/could not save the draft just now/).waitFor({ timeout: 15_000 });
  assert.equal(await bea.locator("[name=before]").inputValue(), "They had shouted all evening.");
  await bea.context().setOffline(false);
  await type(bea, "during", "I walked about.");
  await bea.getByText(/Draft saved at/).waitFor({ timeout: 15_000 });
  await bea.goto(`${rowan.url}/`);
  await bea.goto(notes);
  assert.equal(await bea.locator("[name=before]").inputValue(), "They had shouted all evening.");
  await type(bea, "parent_view", "They are sorry.");
  await choose(bea, "themes", "home_unsafe");
  await press(bea, "Complete the interview");
  assert.equal(await bea.locator(".govuk-error-summary").count(), 1, "what is done as a result?");
  assert.deepEqual(await faultsOf(bea), []);
  await type(bea, "action-home_unsafe", "A family worker visits this week");
  await type(bea, "who-home_unsafe", "Family support");
  await press(bea, "Complete the interview");
  assert.equal(new URL(bea.url()).pathname, interview);
  const said = await bea.locator("main").textContent();
  assert.match(said, /A family worker visits this week/);
  assert.match(said, /I wanted some quiet\./);
  assert.deepEqual(await faultsOf(bea, { name: "missing-held" }), []);
  await bea.goto(`${rowan.url}/missing/interviews`);
  assert.doesNotMatch(await bea.locator("main").textContent(), /Perpetua/);

  // The coordinator sees both clocks met, and the figures and their lists.
  const dev = await as("Dev");
  await dev.goto(`${rowan.url}${episode}`);
  assert.equal(await dev.getByText("In time", { exact: true }).count(), 2);
  await dev.goto(`${rowan.url}/profile/missing?from=${yesterday.year}-01-01&to=${yesterday.year}-12-31`);
  assert.deepEqual(await faultsOf(dev, { name: "missing-tables" }), []);
  await dev.getByRole("link", { name: "Mend them" }).click();
  assert.deepEqual(await faultsOf(dev, { name: "missing-list" }), []);
  for (const [path, name] of [["places", "missing-places"], ["gaps", "missing-gaps"], ["questions", "missing-questions"]]) {
    await dev.goto(`${rowan.url}/profile/missing/${path}?from=${Number(yesterday.year) - 2}-01-01&to=${yesterday.year}-12-31`);
    assert.deepEqual(await faultsOf(dev, { name }), [], path);
  }
  await dev.goto(`${rowan.url}/missing/intelligence`);
  assert.deepEqual(await faultsOf(dev, { name: "missing-held-list" }), []);
  await dev.getByRole("link", { name: /dark hatchback/ }).first().click();
  assert.match(await dev.locator("main").textContent(), /Perpetua Nightingale/);
  assert.match(await dev.locator("main").textContent(), /Ask the duty sergeant before it is used/);
  assert.deepEqual(await faultsOf(dev, { name: "missing-held-thing" }), []);

  // A pattern on one page, wide and on a phone; the repeat trigger waits for a decision, and "not now" needs its reason.
  await dev.goto(rowan.url);
  await dev.getByRole("link", { name: /Decide on a strategy discussion/ }).first().click();
  assert.deepEqual(await faultsOf(dev, { name: "missing-pattern" }), []);
  await dev.setViewportSize({ width: widths.phone, height: 800 });
  assert.deepEqual(await faultsOf(dev, { name: "missing-pattern-390" }), []);
  await type(dev, "reason", "The network meets on Monday");
  await press(dev, "Not now");
  assert.match(await dev.locator("main").textContent(), /No strategy discussion: decided on/);
  for (const page of [police, bea, dev, wall]) await page.context().close();
});

// How long practised hands take, by the keystroke-level model (Card, Moran and Newell 1980): 1.35 s to think of each
// step, 1.1 s to point at it, 0.1 s to press; 0.33 s a letter, as people write on phones (Palin and others 2019: 36 words
// a minute). What the server and the browser take is measured and added.
class Hands {
  seconds = 0;
  async press(page, locator, opens = false) {
    this.seconds += 1.35 + 1.1 + 0.1;
    const before = performance.now();
    await Promise.all([opens ? page.waitForEvent("load") : undefined, locator.click()]);
    if (opens) this.seconds += (performance.now() - before) / 1000;
  }
  async write(page, name, words) {
    const field = page.getByRole("main").locator(`[name="${name}"]`);
    await this.press(page, field);
    this.seconds += 0.33 * words.length;
    await field.fill(words);
  }
}

test("A child whom Rowan knows is reported missing on a phone in under a minute, and found in under another", { timeout: 300_000 }, async () => {
  const page = await as("Safiya", { width: widths.phone });
  await page.goto(`${rowan.url}/missing`);
  const main = page.getByRole("main");
  const now = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit" }).format(new Date());

  const report = new Hands();
  await report.press(page, main.getByRole("button", { name: "Report somebody missing" }), true);
  await report.write(page, "q", "Perpetua");
  await report.press(page, main.getByRole("button", { name: "Find them" }), true);
  await report.press(page, main.getByRole("link", { name: /Nightingale/ }), true);
  await report.press(page, page.locator('[name="context"][value="home"]'));
  for (const part of ["day", "month", "year"])
    if ((await page.locator(`[name="missing_from-${part}"]`).inputValue()) !== yesterday[part])
      await report.write(page, `missing_from-${part}`, yesterday[part]);
  await report.write(page, "missing_from-time", "22:00");
  await report.write(page, "last_seen", "In the park by the river, with two girls");
  await report.press(page, main.getByRole("button", { name: "Report missing" }), true);
  assert.match(new URL(page.url()).pathname, /^\/missing\/[\w-]{16,}$/, await main.textContent());
  console.log(`reported in ${report.seconds.toFixed(0)} s`);
  assert.ok(report.seconds < 60, `${report.seconds} s`);

  const found = new Hands();
  await found.press(page, main.getByRole("button", { name: "They have been found" }), true);
  await found.write(page, "found_at-time", now);
  await found.write(page, "found_where", "At her aunt's house");
  await found.press(page, main.getByRole("button", { name: "Record that they are found" }), true);
  assert.match(await main.textContent(), /At her aunt/);
  console.log(`found in ${found.seconds.toFixed(0)} s`);
  assert.ok(found.seconds < 60, `${found.seconds} s`);
});
