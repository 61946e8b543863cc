// Hostile and awkward text through every field of every form, in a real browser: no script of it runs, no markup of it
// becomes part of a page, no answer is an error of the server, and what is shown again is what was typed.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { openBrowser, personas, signInAs, startRowan, visitor } from "./harness.mjs";

// Where an attribute, an element, a script, a comment, a title or a text area would end early; each leaves a mark if it
// becomes part of a page.
const mark = '<b data-naughty="1">x</b>';
const own = [
  `"'>${mark}`, `</textarea>${mark}`, `</title>${mark}`, `</option></select>${mark}`, `-->${mark}`, `]]>${mark}`, `</script>${mark}`,
  '" data-naughty="1', "' data-naughty='1", '" onfocus=alert(1) autofocus data-naughty="1', `"><img src=x onerror=alert(1) data-naughty=1>`,
  `<svg onload=alert(1) data-naughty="1">`, `<script data-naughty="1">alert(1)</script>`, `<scr\u0000ipt>alert(1)</scr\u0000ipt>`, "javascript:alert(1)",
  "&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;lt;b&amp;gt;", "${7*7} {{7*7}} <%= 7*7 %> #{7*7}", "=cmd|' /C calc'!A0", "Robert'); DROP TABLE person;--",
  "' OR 1=1 --", "$1 %s %n \\0 \\x00", "a\u202eb\u202c", "\ufeffbegins", "Zoë 👩‍👧‍👦 O’Neill-Ó Súilleabháin", "e\u0301 becomes é", "ﷺ".repeat(20), "x".repeat(5000),
];
const strings = [...own, ...createRequire(import.meta.url)("big-list-of-naughty-strings/blns.json")].filter((text) => text.trim());
const rounds = 3; // submissions of each form, each with other strings in each field

// As src/base/text.h says: what nobody can see as a character is dropped, and white space is one space.
const tidy = (text) => text.normalize("NFC").replace(/(?![\t\n\r])\p{Cc}/gu, "").replace(/\p{White_Space}+/gu, " ").trim();
// A field that says the day and the time until somebody writes into it; a search, which is for so many letters at most.
const isOwn = (name, value, sent) => /^[\d:]{1,5}$/.test(value) || (name === "q" && tidy(sent).startsWith(tidy(value)) && [...value].length >= 199);
const kindOf = (path) => path.split("/").map((part) => (/^[\w-]{16,}$/.test(part) && /\d/.test(part) ? "{id}" : part)).join("/");
const fields = 'textarea, input[type="text"], input[type="search"], input[type="tel"], input[type="email"], input:not([type])';

let rowan, browser;
before(async () => {
  rowan = await startRowan({ children: 20 });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

// The forms of the page now open in which something can be written.
const formsOf = (page) =>
  page.locator("form").evaluateAll((forms, fields) => forms.map((form, at) => ({ at, action: new URL(form.action).pathname,
    names: [...form.querySelectorAll(fields)].map((field) => field.name) })).filter((form) => form.names.length), fields);
// What stands in the fields of these names.
const written = (page, names) =>
  page.locator(fields).evaluateAll((all, names) => Object.fromEntries(all.filter((field) => names.includes(field.name)).map((field) => [field.name, field.value])), names);

// Fills the form, whatever the page's own checks say, and sends it. What stood in its fields then.
async function send(page, at, texts) {
  const sent = await page.evaluate(([at, fields, texts]) => {
    const form = document.forms[at], out = {};
    form.querySelectorAll(fields).forEach((field, n) => {
      field.value = field.localName === "textarea" ? texts.slice(n).concat(texts.slice(0, n)).join("\n") : texts[n % texts.length];
      out[field.name] = field.value;
    });
    for (const choice of form.querySelectorAll("select")) if (!choice.value) choice.selectedIndex = choice.options.length - 1;
    const groups = new Set();
    for (const choice of form.querySelectorAll('input[type="radio"], input[type="checkbox"]'))
      if (!groups.has(choice.name)) groups.add(choice.name) && (choice.checked = true);
    const button = form.querySelector("button[name]");
    if (button) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    return out;
  }, [at, fields, texts]);
  await Promise.all([page.waitForNavigation(), page.evaluate((at) => HTMLFormElement.prototype.submit.call(document.forms[at]), at)]);
  return sent;
}

// What the text has done to the page now open.
async function harm(page, where) {
  const found = page.seen.problems.filter((problem) => !/answered 4/.test(problem)).map((problem) => `${where}: ${problem}`);
  if (page.seen.status >= 500) found.push(`${where} answered ${page.seen.status}`);
  if (await page.locator("[data-naughty], main script, main iframe, main object, main embed").count()) found.push(`${where}: text became part of the page`);
  return found;
}

test("no form runs, mangles or falls over what is written into it", { timeout: 1_500_000 }, async (t) => {
  const start = await visitor(browser);
  const people = await personas(start, rowan);
  await start.context().close();
  const tried = new Set();
  let next = 0;
  for (const persona of people)
    await t.test(persona, async () => {
      const page = await visitor(browser);
      const faults = [];
      page.on("dialog", (dialog) => {
        faults.push(`${page.url()} ran: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await signInAs(page, rowan, persona);
      const seen = new Set(), queue = [page.url()];
      for (let url = queue.shift(); url; url = queue.shift()) {
        await page.goto(url);
        const { pathname } = new URL(url);
        faults.push(...(await harm(page, pathname)));
        for (const link of await page.locator("main a[href], nav a[href]").evaluateAll((links) => links.map((link) => link.href))) {
          const to = new URL(link);
          if (to.origin !== rowan.url || /\.(csv|xlsx|json|ics|pdf)$|\/export$/.test(to.pathname) || seen.has(kindOf(to.pathname))) continue;
          seen.add(kindOf(to.pathname));
          queue.push(link);
        }
        for (const form of await formsOf(page)) {
          const kind = [kindOf(pathname), kindOf(form.action), ...form.names].join(" ");
          if (tried.has(kind)) continue;
          tried.add(kind);
          for (let round = 0; round < rounds; ++round) {
            await page.goto(url);
            if (!(await formsOf(page)).some(({ at, names }) => at === form.at && names.join() === form.names.join())) break;
            const before = await written(page, form.names);
            const texts = Array.from({ length: 12 }, (_, n) => strings[(next + n) % strings.length]);
            next += 12;
            const sent = await send(page, form.at, texts);
            const where = `${persona} ${kind}, round ${round}`;
            faults.push(...(await harm(page, where)));
            if (new URL(page.url()).pathname === "/sign-in") await signInAs(page, rowan, persona);
            // Shown again at once, with what is wrong, or on the form when it is opened again.
            for (const shown of [await written(page, form.names), await page.goto(url).then(() => written(page, form.names))])
              for (const [name, value] of Object.entries(shown))
                if (value && value !== before[name] && tidy(value) !== tidy(sent[name]) && !isOwn(name, value, sent[name]))
                  faults.push(`${where}: ${name} shows ${JSON.stringify(value).slice(0, 200)}, sent was ${JSON.stringify(sent[name]).slice(0, 200)}`);
            faults.push(...(await harm(page, `${where}, opened again`)));
          }
        }
      }
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  assert.ok(tried.size >= 20, `only ${tried.size} forms: ${[...tried].join("; ")}`);
  assert.ok(next >= strings.length, "some strings were never sent");
  t.diagnostic(`${tried.size} forms, ${strings.length} strings, ${next} sent`);
});
