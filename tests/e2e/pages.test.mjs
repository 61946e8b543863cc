// Walks through the demo as each of its people, along the links that they see. Every page that a link leads to opens;
// every kind of page is looked at closely at both widths, by the first person who finds it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsAtBothWidths, openBrowser, personas, signInAs, startRowan, visitor } from "./harness.mjs";

let rowan, browser;
before(async () => {
  rowan = await startRowan();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

// "/people/7f3k…/looks" and "/people/9x2c…/looks" are one kind of page.
const kindOf = (url) => url.pathname.split("/").map((part) => (/^[\w-]{16,}$/.test(part) && /\d/.test(part) ? "{id}" : part)).join("/");
const nameOf = (kind) => kind.replaceAll(/[{}]/g, "").replaceAll("/", "-").replace(/^-/, "") || "front";

async function linksOf(page) {
  const all = await page.locator("a[href]:not([download])").evaluateAll((links) => links.map((link) => link.href));
  return all.map((href) => new URL(href)).filter((url) => url.origin === rowan.url && !/\.(csv|xlsx|json|ics|pdf)$/.test(url.pathname));
}

test("the sign-in page has no faults and offers a dozen people", async () => {
  const page = await visitor(browser);
  assert.ok((await personas(page, rowan)).length >= 12);
  assert.deepEqual(await faultsAtBothWidths(page, "sign-in"), []);
  await page.context().close();
});

test("every page that a person's links lead to opens, and every kind of page is without fault", { timeout: 1_200_000 }, async (t) => {
  const start = await visitor(browser);
  const people = await personas(start, rowan);
  await start.context().close();
  const looked_at = new Set();
  for (const persona of people)
    await t.test(persona, async () => {
      const page = await visitor(browser);
      await signInAs(page, rowan, persona);
      const faults = [];
      const seen = new Set([kindOf(new URL(page.url()))]);
      const queue = [new URL(page.url())];
      for (let url = queue.shift(); url; url = queue.shift()) {
        if (url.href !== page.url()) await page.goto(url.href);
        const kind = kindOf(url);
        if (page.seen.status !== 200) faults.push(`${url.pathname}${url.search} answered ${page.seen.status}`);
        if (!looked_at.has(kind)) {
          looked_at.add(kind);
          for (const fault of await faultsAtBothWidths(page, nameOf(kind))) faults.push(`${kind} ${fault}`);
        }
        for (const link of await linksOf(page)) {
          if (seen.has(kindOf(link))) continue;
          seen.add(kindOf(link));
          queue.push(link);
        }
      }
      assert.deepEqual(faults, []);
      await page.context().close();
    });
});

test("whoever is not signed in is asked to, and a page that is not there says so", async () => {
  const page = await visitor(browser);
  await page.goto(`${rowan.url}/people`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await signInAs(page, rowan, (await personas(page, rowan))[0]);
  await page.goto(`${rowan.url}/no-such-page`);
  assert.equal(page.seen.status, 404);
  assert.deepEqual(await faultsAtBothWidths(page, "not-there"), []);
  await page.context().close();
});

test("pages work without script", async () => {
  const page = await visitor(browser, { javaScriptEnabled: false });
  await signInAs(page, rowan, (await personas(page, rowan))[0]);
  assert.equal(await page.locator("h1").count(), 1);
  await page.context().close();
});
