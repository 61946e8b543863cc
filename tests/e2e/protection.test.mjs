// Who may see a record, in a browser: protected and lifted again, named by information governance, a safe address, and
// two who were decided to be different people. Every page on the way is checked as in harness.mjs, at both widths.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Hand } from "./hand.mjs";
import { faultsAtBothWidths, faultsOf, openBrowser, signInAs, startRowan, visitor } from "./harness.mjs";

let rowan, browser;
before(async () => {
  rowan = await startRowan({ children: 120 });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

async function worker(persona, { keyboard = false } = {}) {
  const page = await visitor(browser);
  await signInAs(page, rowan, persona);
  const faults = [];
  const heading = async () => (await page.locator("h1").innerText()).replace(/\s+/g, " ").trim();
  return {
    page,
    hand: new Hand(page, { keyboard }),
    button: (name) => page.getByRole("button", { name, exact: true }),
    words: () => page.locator("main").innerText(),
    at: async (title, screenshot) => {
      assert.ok((await heading()).includes(title), `${await heading()} is not ${title}`);
      for (const fault of await (screenshot ? faultsAtBothWidths(page, screenshot) : faultsOf(page))) faults.push(`${title}: ${fault}`);
    },
    // The first line of the error summary, which leads to its field.
    mistake: async (message) => {
      const line = page.locator(".govuk-error-summary__list a").first();
      assert.equal((await line.innerText()).trim(), message);
      const target = await line.getAttribute("href");
      assert.equal(await page.locator(target).count(), 1, `the error summary leads to ${target}, which is not there`);
      faults.push(...(await faultsOf(page)).map((fault) => `${message}: ${fault}`));
    },
    done: async () => {
      assert.deepEqual(faults, []);
      await page.context().close();
    },
  };
}

// The people of the analyst's list, whom the front door may open; each test takes one of its own.
let next = 0;
async function somebody(page) {
  await page.goto(`${rowan.url}/profile/known-to-agencies/list`);
  const all = await page.locator("tbody tr a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.ok(all.length > next, "nobody is left in the list");
  return all[next++];
}

test("a record is restricted with the keyboard alone, another is named, governance sees no more than the reference", { timeout: 600_000 }, async () => {
  const imogen = await worker("Imogen Achterberg", { keyboard: true });
  const address = await somebody(imogen.page);
  await imogen.page.goto(rowan.url + address);
  const name = (await imogen.page.locator(".govuk-summary-list__value").first().innerText()).trim();
  await imogen.hand.go(imogen.page.getByRole("link", { name: "Who may see this record" }));
  await imogen.at("Who may see this record", "protection");
  await imogen.hand.go(imogen.button("Change the protection"));
  await imogen.mistake("Choose how to protect the record");
  await imogen.hand.choose(imogen.page.locator('input[name="sensitivity"][value="restricted"]'));
  await imogen.hand.go(imogen.button("Change the protection"));
  await imogen.mistake("Enter why.");
  await imogen.hand.choose(imogen.page.locator('input[name="sensitivity"][value="restricted"]'));
  await imogen.hand.write(imogen.page.locator("#reason"), "Her aunt works for the council");
  await imogen.hand.go(imogen.button("Change the protection"));
  await imogen.at("Who may see this record", "protection-restricted");
  assert.ok((await imogen.words()).includes("Her aunt works for the council"));

  const martha = await worker("Martha Quillfeather");
  await martha.page.goto(rowan.url + address);
  assert.equal(martha.page.seen.status, 404);
  await martha.page.goto(`${rowan.url}/search?q=${encodeURIComponent(name)}`);
  assert.equal(await martha.page.locator(`a[href="${address}"]`).count(), 0);

  const petra = await worker("Petra Songhurst");
  await petra.page.goto(`${rowan.url}/protected`);
  await petra.at("Protected records", "protected");
  const seen = await petra.words();
  assert.ok(!seen.includes(name) && !seen.includes("Her aunt"), "governance reads neither a name nor a reason");
  const form = petra.page.locator(`form[action="/protected/${address.split("/").pop()}/name"]`);
  await form.locator("select").selectOption({ label: await form.locator("option", { hasText: "Martha Quillfeather" }).innerText() });
  await form.locator('[name="reason"]').fill("Manages the case");
  await petra.hand.go(form.getByRole("button"));
  await petra.at("Protected records");

  await martha.page.goto(rowan.url + address);
  assert.equal(martha.page.seen.status, 200);
  assert.ok((await martha.page.locator("body").innerText()).includes("because you are named on this protected record"));
  await martha.page.goto(`${rowan.url}${address}/protection`);
  await martha.page.locator("#reason").fill("The aunt has left");
  await martha.page.locator('input[name="sensitivity"][value="ordinary"]').check();
  await martha.hand.go(martha.button("Change the protection"));
  await martha.at("Who may see this record", "protection-lifted");
  for (const who of [imogen, martha, petra]) await who.done();
});

test("a safe address shows to those who are named, and leads nobody to the person", { timeout: 600_000 }, async () => {
  const imogen = await worker("Imogen Achterberg");
  const row = (who, key) => who.page.locator(".govuk-summary-list__row", { has: who.page.locator("dt", { hasText: key }) }).locator("dd").innerText();
  let address, postcode;
  do {
    address = await somebody(imogen.page);
    await imogen.page.goto(rowan.url + address);
    postcode = await row(imogen, "Postcode");
  } while (!/\d/.test(postcode));
  await imogen.page.goto(`${rowan.url}${address}/protection`);
  await imogen.page.locator('input[name="sensitivity"][value="safe_address"]').check();
  await imogen.page.locator("#reason").fill("Fled from home");
  await imogen.hand.go(imogen.button("Change the protection"));
  await imogen.page.goto(rowan.url + address);
  assert.equal(await row(imogen, "Postcode"), postcode, "she who is named reads it");

  const dev = await worker("Dev Raithatha");
  await dev.page.goto(rowan.url + address);
  await dev.at(await dev.page.locator("h1").innerText(), "safe-address");
  const words = await dev.words();
  assert.ok(words.includes("Safe address: shown only to those who are named on this record"));
  assert.ok(!words.includes(postcode), "who is not named does not");
  await dev.page.goto(`${rowan.url}/search?q=${encodeURIComponent(postcode)}`);
  assert.equal(await dev.page.locator(`a[href="${address}"]`).count(), 0);
  for (const who of [imogen, dev]) await who.done();
});

test("two who were decided to be different people are put before somebody again", { timeout: 600_000 }, async () => {
  const imogen = await worker("Imogen Achterberg");
  const { page, hand } = imogen;
  await page.goto(`${rowan.url}/matches`);
  const action = await page.locator('form[action^="/matches/"]').getAttribute("action");
  await page.locator('[name="reason"]').fill("Cousins");
  await hand.go(page.getByRole("button", { name: /^Different people/ }));
  // Saying "same" now leads to the decision that stands in the way: the back button, and the same pair again.
  const csrf = await page.locator('main form input[name="csrf"], main form input[type="hidden"]').first().getAttribute("name");
  const token = await page.locator(`main form input[name="${csrf}"]`).first().inputValue();
  assert.ok(token);
  await page.evaluate(([to, names]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = to;
    for (const [name, value] of names) {
      const field = document.createElement("input");
      field.name = name;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }, [action, [[csrf, token], ["verdict", "same"]]]);
  const link = page.locator('main a[href^="/kept-apart/"]').last();
  await link.waitFor();
  await hand.go(link);
  await imogen.at("Decided to be different people", "kept-apart");
  assert.ok((await imogen.words()).includes("Cousins"));
  await hand.go(imogen.button("Undo this decision"));
  await imogen.mistake("Enter why they may be the same person after all.");
  await page.locator('[name="reason"]').fill("One person, spelt twice");
  const decision = new URL(page.url()).pathname;
  await hand.go(imogen.button("Undo this decision"));
  assert.match(new URL(page.url()).pathname, /^\/people\//);
  await page.goto(rowan.url + decision);
  assert.equal(page.seen.status, 404);
  await imogen.done();
});

test("somebody close is declared with the keyboard alone, the record is gone, two officers lift it", { timeout: 600_000 }, async () => {
  const dev = await worker("Dev Raithatha");
  const address = await somebody(dev.page);
  await dev.page.goto(rowan.url + address);
  const name = await dev.page.locator(".govuk-summary-list__row", { has: dev.page.locator("dt", { hasText: /^\s*Name\s*$/ }) }).locator("dd").innerText();
  const ref = /P-\d+/.exec(await dev.words())[0];

  const martha = await worker("Martha Quillfeather", { keyboard: true });
  await martha.page.goto(rowan.url + address);
  assert.equal(martha.page.seen.status, 200);
  await martha.page.goto(`${rowan.url}/account`);
  await martha.at("Your account", "account");
  await martha.hand.go(martha.page.getByRole("link", { name: "Tell Rowan whom and where to keep from you" }));
  await martha.at("People and places close to you", "interests");
  await martha.hand.write(martha.page.locator("#vehicle"), "AB1? CDE");
  await martha.hand.go(martha.page.locator('form:has(#vehicle)').getByRole("button"));
  await martha.mistake("Enter a whole registration, like AB12 CDE.");
  await martha.hand.write(martha.page.locator("#vehicle"), "ab12 cde");
  await martha.hand.go(martha.page.locator('form:has(#vehicle)').getByRole("button"));
  assert.match(await martha.words(), /AB12CDE, since/);
  await martha.hand.write(martha.page.locator("#name"), "Somebody");
  await martha.hand.go(martha.page.locator('form:has(#name)').getByRole("button"));
  await martha.mistake("Enter a first name and a family name.");
  await martha.hand.write(martha.page.locator("#name"), name.trim());
  await martha.hand.go(martha.page.locator('form:has(#name)').getByRole("button"));
  await martha.at("People and places close to you", "interests-declared");
  await martha.page.goto(rowan.url + address);
  assert.equal(martha.page.seen.status, 404);
  await martha.page.goto(`${rowan.url}/search?q=${encodeURIComponent(ref)}`);
  assert.equal(await martha.page.locator(`a[href="${address}"]`).count(), 0);

  const petra = await worker("Petra Songhurst"), piers = await worker("Piers Lovelock");
  await petra.page.goto(rowan.url);
  await petra.hand.go(petra.page.getByRole("link", { name: /conflicts? of interest/ }));
  await petra.at("Conflicts of interest", "conflicts");
  const row = (who) => who.page.locator("tr", { hasText: ref }).filter({ hasText: "Martha Quillfeather" });
  assert.ok(!(await petra.words()).includes(name.trim()), "the officer reads no name of a child");
  await petra.hand.go(row(petra).getByRole("button", { name: /I have read this/ }));
  await petra.hand.open(row(petra).getByText("Ask for it to be lifted"));
  await petra.hand.go(row(petra).getByRole("button", { name: "Ask another officer" }));
  await petra.mistake("Enter why this seal should be lifted.");
  await petra.hand.open(row(petra).getByText("Ask for it to be lifted"));
  await row(petra).getByLabel("Why it should be lifted").fill("She declared a namesake");
  await petra.hand.go(row(petra).getByRole("button", { name: "Ask another officer" }));
  assert.equal(await row(petra).getByRole("button", { name: /^Lift it/ }).count(), 0, "lifting takes two");
  await piers.page.goto(`${rowan.url}/conflicts`);
  await piers.at("Conflicts of interest", "conflicts-asked");
  await piers.hand.go(row(piers).getByRole("button", { name: /^Lift it/ }));
  await martha.page.goto(rowan.url + address);
  assert.equal(martha.page.seen.status, 200);
  for (const who of [dev, martha, petra, piers]) await who.done();
});

test("a record is opened in an emergency with the keyboard alone, and the look is reviewed", { timeout: 600_000 }, async () => {
  const dev = await worker("Dev Raithatha"), bea = await worker("Bea Lanyon", { keyboard: true });
  let address, ref;
  do {
    address = await somebody(dev.page);
    await dev.page.goto(rowan.url + address);
    ref = /P-\d+/.exec(await dev.words())[0];
    await bea.page.goto(rowan.url + address);
  } while (bea.page.seen.status === 200 && (await bea.words()).includes(ref));

  await bea.page.goto(`${rowan.url}/search?q=${ref}`);
  await bea.hand.go(bea.page.getByRole("link", { name: "open it in an emergency" }));
  await bea.at("Open a record in an emergency", "emergency");
  await bea.hand.go(bea.button("Open the record"));
  await bea.mistake("Enter whom you need to see");
  await bea.hand.write(bea.page.locator("#words"), ref);
  await bea.hand.go(bea.button("Open the record"));
  await bea.mistake("Select what kind of emergency it is");
  await bea.hand.choose(bea.page.locator('input[name="category"][value="missing"]'));
  await bea.hand.write(bea.page.locator("#reason"), "Not home since yesterday, and it is freezing");
  await bea.hand.go(bea.button("Open the record"));
  assert.equal(new URL(bea.page.url()).pathname, address);
  assert.ok((await bea.page.locator("body").innerText()).includes("because you opened this record in an emergency"));

  const petra = await worker("Petra Songhurst");
  await petra.page.goto(rowan.url);
  await petra.hand.go(petra.page.getByRole("link", { name: /emergency looks?$/ }).last());
  await petra.at("Emergency looks", "emergencies");
  await petra.hand.go(petra.button(`Record the review of Bea Lanyon, ${ref}`));
  await petra.mistake("Select whether it was justified");
  await petra.page.locator('input[name="outcome"][value="justified"]').check();
  await petra.page.locator('input[name="note"]').fill("The home confirms it");
  await petra.hand.go(petra.button(`Record the review of Bea Lanyon, ${ref}`));
  await petra.at("Emergency looks", "emergencies-reviewed");
  for (const who of [dev, bea, petra]) await who.done();
});
