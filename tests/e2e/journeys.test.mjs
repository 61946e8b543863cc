// What people come for, in a browser, from beginning to end: with the mouse, and with the keyboard alone, in a wide window
// and on a phone. Every page on the way is checked as in harness.mjs, those with errors too.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Hand } from "./hand.mjs";
import { faultsOf, openBrowser, signInAs, startRowan, visitor, widths } from "./harness.mjs";

let rowan, browser;
before(async () => {
  rowan = await startRowan({ children: 200 });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await rowan?.stop();
});

const ways = [
  { name: "mouse, wide", keyboard: false, width: widths.desktop, given: "Wilhelmina", family: "Quennell" },
  { name: "keyboard, wide", keyboard: true, width: widths.desktop, given: "Oluwaseun", family: "Brackenbury" },
  { name: "keyboard, phone", keyboard: true, width: widths.phone, given: "Rosalind", family: "Thistlewood" },
];

// Each step is looked at closely once at each width; what mouse and keyboard both pass is the same page.
const looked_at = new Set();

// Somebody at work: their window, their hand, and what was wrong on the pages that they passed.
async function worker(persona, { keyboard = false, width = widths.desktop } = {}) {
  const page = await visitor(browser, { width, hasTouch: width === widths.phone });
  await signInAs(page, rowan, persona);
  const hand = new Hand(page, { keyboard });
  const faults = [];
  return {
    page, hand, faults,
    button: (name) => page.getByRole("button", { name, exact: true }),
    link: (name) => page.getByRole("link", { name, exact: true }),
    answer: (field, value) => page.locator(`input[name="${field}"][value="${value}"]`),
    field: (name) => page.locator(`[name="${name}"]`),
    next: () => hand.go(page.getByRole("button", { name: "Save and continue", exact: true })),
    // The page that is open now is the one that is meant, and nothing is wrong with it.
    at: async (heading, screenshot) => {
      assert.equal((await page.locator("h1").innerText()).replace(/\s+/g, " ").trim(), heading);
      const name = screenshot && `journey-${screenshot}-${width}`;
      if (looked_at.has(name)) return void faults.push(...page.seen.problems.map((problem) => `${heading}: ${problem}`));
      if (name) looked_at.add(name);
      for (const fault of await faultsOf(page, { name })) faults.push(`${heading}: ${fault}`);
    },
    // The error summary has the focus, names these problems in this order, and each line leads to its field.
    mistakes: async (...messages) => {
      await page.waitForFunction(() => document.activeElement?.matches(".govuk-error-summary"));
      const lines = page.locator(".govuk-error-summary__list a");
      assert.deepEqual((await lines.allInnerTexts()).map((line) => line.trim()), messages);
      for (const target of await lines.evaluateAll((links) => links.map((link) => link.getAttribute("href"))))
        assert.equal(await page.locator(target).count(), 1, `the error summary leads to ${target}, which is not there`);
      assert.ok((await page.title()).startsWith("Error: "));
    },
    done: async () => {
      assert.deepEqual(faults, []);
      await page.context().close();
    },
  };
}

const bornAged = (years) => {
  const now = new Date();
  return { day: "1", month: "1", year: String(now.getFullYear() - years) };
};

// From "Make a referral" to its reference, without a mistake. Returns { ref, address }.
async function refer(who, { given, family, age }) {
  const { page, hand, answer, field, next } = who;
  await page.goto(`${rowan.url}/referrals/new`);
  await hand.go(who.button("Start now"));
  await hand.choose(answer("subject_kind", "child"));
  await next();
  await hand.write(field("q").last(), `${given} ${family}`);
  await hand.go(page.getByRole("main").getByRole("button", { name: "Search", exact: true }));
  await hand.choose(answer("person", "none"));
  await next();
  await hand.write(field("given_names"), given);
  await hand.write(field("family_name"), family);
  for (const [part, value] of Object.entries(bornAged(age))) await hand.write(field(`born-${part}`), value);
  await next();
  await hand.choose(answer("reason", "SE"));
  await hand.choose(answer("exploitation", "CSE"));
  await next();
  await next();
  await hand.write(field("narrative"), "She is met after school by a man in a red van.");
  await next();
  await hand.choose(answer("child_aware", "yes"));
  await hand.choose(answer("parent_aware", "no"));
  await next();
  await lastQuestions(who, "lead@school.example");
  await hand.go(who.button("Send referral"));
  return sent(page);
}

// Nobody is in danger now, Children's Social Care know, and this is how to reach me.
async function lastQuestions({ hand, answer, field, next }, email) {
  await hand.choose(answer("immediate_danger", "no"));
  await next();
  await hand.choose(answer("csc_question", "already_open"));
  await hand.write(field("csc_ref_open"), "CSC-31");
  await next();
  await hand.write(field("referrer_email"), email);
  await next();
}

async function sent(page) {
  const ref = await page.locator(".govuk-panel strong").innerText();
  assert.match(ref, /^R-\d{4}-\d{4}$/);
  return { ref, address: new URL(page.url()).pathname.replace(/\/sent$/, "") };
}

// S-107 anyone with an account raises a concern; H-118 no level is needed; H-122 the question about Children's Social
// Care; H-119, S-029 the definitions are shown; H-117 so are the procedures; H-239 exploitation, going missing or both.
for (const way of ways)
  test(`S-107 H-117 H-118 H-119 H-122 H-239 S-029 a school refers a young person and comes back to a draft (${way.name})`, { timeout: 900_000 }, async () => {
    let who = await worker("Tomasz Wrenfield", way);
    let { page, hand, answer, field, button, next, at, mistakes } = who;
    const forget = { ...who };
    const shot = (name) => `refer-${name}`;
    await hand.go(page.getByRole("button", { name: "Make a referral" }));
    await at("Make a referral", shot("start"));
    await hand.go(button("Start now"));

    await at("Who or what are you worried about?", shot("about"));
    assert.deepEqual(await page.locator("input[name=subject_kind]").evaluateAll((all) => all.map((one) => one.value)), ["child", "individual", "location"]);
    await next();
    await mistakes("Select who or what you are worried about");
    await at("Who or what are you worried about?", shot("about-error"));
    await hand.choose(answer("subject_kind", "child"));
    await next();

    // Looked for before anybody is written down again.
    await at("Is it one of these?", shot("search"));
    await next();
    await mistakes("Search for the person first");
    await hand.write(page.getByRole("main").locator("[name=q]"), `${way.given} ${way.family}`);
    await hand.go(page.getByRole("main").getByRole("button", { name: "Search", exact: true }));
    await at("Is it one of these?", shot("search-found"));
    await next();
    await mistakes("Select the person, or that you will describe them");
    await at("Is it one of these?", shot("search-error"));
    await hand.choose(answer("person", "none"));
    await next();

    await at("What do you know about the young person?", shot("details"));
    const typed = { given_names: way.given, family_name: `${way.family} & <Sons>`, "born-day": "31", "born-month": "2", "born-year": "2004", phone: "not a phone", postcode: "TA1 1AA" };
    for (const [name, value] of Object.entries(typed)) await hand.write(field(name), value);
    await next();
    await mistakes("Date must be a real date, such as 27 3 2007", "Enter a telephone number, like 07700 900123, 01632 960001 or +44 7700 900123");
    for (const [name, value] of Object.entries(typed)) assert.equal(await field(name).inputValue(), value, `${name} is kept`);
    await at("What do you know about the young person?", shot("details-error"));
    await hand.write(field("family_name"), way.family);
    for (const [part, value] of Object.entries(bornAged(14))) await hand.write(field(`born-${part}`), value);
    await hand.write(field("phone"), "07700 900123");
    await next();

    await at("Why are you referring?", shot("why"));
    assert.match(await page.locator("main").innerText(), /imbalance of power/);
    assert.deepEqual(await page.locator("input[name=reason]").evaluateAll((all) => all.map((one) => one.value)), ["SE", "missing", "both"]);
    const procedures = page.getByRole("link", { name: /child protection procedures/ });
    assert.match(await procedures.getAttribute("href"), /^https:\/\//);
    await next();
    await mistakes("Select why you are referring");
    await at("Why are you referring?", shot("why-error"));
    await hand.choose(answer("reason", "both"));
    await hand.choose(answer("exploitation", "CSE"));
    await next();

    // Left in the middle, and found again by the same person at another computer.
    await at("What do you already know?", shot("known"));
    await hand.choose(answer("something_received", "gifts"));
    await hand.go(button("Save and come back later"));
    await at("My work", shot("work-with-draft"));
    await forget.done();
    who = await worker("Tomasz Wrenfield", way);
    ({ page, hand, answer, field, button, next, at, mistakes } = who);
    await hand.go(page.getByRole("link", { name: `Finish your referral about ${way.given} ${way.family}` }));
    await at("Check your answers", shot("check-unfinished"));
    assert.equal(await button("Send referral").count(), 0, "a referral that is not finished cannot be sent");
    await hand.go(page.getByRole("link", { name: "Go to the first answer that is missing" }));

    await at("What worries you?", shot("worry"));
    await hand.write(field("narrative"), "She is met after school by a man in a red van.");
    await next();
    await at("Check your answers", shot("check-nearly"));
    const mend = (words) => hand.go(page.locator(".govuk-error-summary__list a").filter({ hasText: words }));
    await mend("Select whether the young person knows");
    await at("Who knows about this referral?", shot("aware"));
    await hand.choose(answer("child_aware", "yes"));
    await next();
    await mistakes("Select whether a parent or carer knows about this referral");
    await at("Who knows about this referral?", shot("aware-error"));
    assert.ok(await answer("child_aware", "yes").isChecked());
    await hand.choose(answer("parent_aware", "unsafe_to_tell"));
    await next();
    await mend("immediate danger");
    await at("Is anybody in immediate danger?", shot("danger"));
    await hand.choose(answer("immediate_danger", "yes"));
    await hand.write(field("danger_note"), "He waits outside now; 999 was called.");
    await at("Is anybody in immediate danger?", shot("danger-yes"));
    await next();

    // H-122: the question about Children's Social Care cannot be passed over.
    await mend("Children’s Social Care");
    await at("Has Children’s Social Care been told?", shot("social-care"));
    await next();
    await mistakes("Select whether Children’s Social Care has been told");
    await at("Has Children’s Social Care been told?", shot("social-care-error"));
    await hand.choose(answer("csc_question", "not_needed"));
    await next();
    await mistakes("Say why a referral to Children’s Social Care is not needed");
    await at("Has Children’s Social Care been told?", shot("social-care-no-reason"));
    await hand.choose(answer("csc_question", "referred_now"));
    await hand.write(field("csc_ref_now"), "CSC-77");
    await next();
    await mend("Enter a phone number or an email address");
    await at("Who is referring?", shot("you"));
    assert.equal(await field("referrer_name").inputValue(), "Tomasz Wrenfield");
    await hand.write(field("referrer_email"), "nonsense");
    await next();
    await mistakes("Enter an email address, like name@example.org");
    await at("Who is referring?", shot("you-error"));
    await hand.write(field("referrer_email"), "lead@school.example");
    await next();

    await at("Check your answers", shot("check"));
    for (const said of [way.given, "red van", "CSC-77", "Gifts"]) assert.ok((await page.locator(".govuk-summary-list").innerText()).toLowerCase().includes(said.toLowerCase()), said);
    await hand.go(button("Send referral"));
    await at("Referral sent", shot("sent"));
    const { ref } = await sent(page);
    await hand.go(page.getByRole("link", { name: "See what you sent" }));
    await at(`Your referral ${ref}`, shot("own"));
    await who.done();

    // Immediate danger stands first in the list of the front door, and says so.
    const imogen = await worker("Imogen Achterberg", way);
    await imogen.page.goto(`${rowan.url}/referrals`);
    await imogen.at("Referrals", "referrals");
    const dangers = await imogen.page.locator("tbody tr").evaluateAll((rows) => rows.map((row) => row.innerText.includes("Immediate danger")));
    assert.ok(dangers[0]);
    assert.deepEqual(dangers, [...dangers].sort((a, b) => b - a), "danger first");
    assert.ok((await imogen.page.locator("tbody tr", { hasText: ref }).innerText()).includes("Immediate danger"));
    await imogen.done();
  });

// H-120 those who arrange, facilitate, organise, encourage or allow; H-121 people and places by the same way.
for (const about of ["individual", "location"])
  test(`${about === "individual" ? "H-120 " : ""}H-121 a constable refers ${about === "individual" ? "a person posing risk" : "a location"} by the same form`, { timeout: 600_000 }, async () => {
    const who = await worker("Safiya Bramwell", { width: widths.phone });
    const { page, hand, answer, field, button, next, at, mistakes } = who;
    await page.goto(`${rowan.url}/referrals/new`);
    await hand.go(button("Start now"));
    await hand.choose(answer("subject_kind", about));
    await next();
    if (about === "individual") {
      await hand.write(page.getByRole("main").locator("[name=q]"), "Man with a red van");
      await hand.go(page.getByRole("main").getByRole("button", { name: "Search", exact: true }));
      await hand.choose(answer("person", "none"));
      await next();
      for (const verb of ["exploiting", "arranging", "facilitating", "organising", "encouraging", "allowing"])
        assert.equal(await answer("individual_roles", verb).count(), 1, verb);
      await hand.write(field("known_as"), "Man with a red van");
      await next();
      await at("What do you know about this person?", "individual-error");
      await mistakes("Select what this person does, or “Not known”");
      await hand.choose(answer("individual_roles", "facilitating"));
      await hand.choose(answer("individual_roles", "allowing"));
    } else {
      await next();
      await mistakes("Enter what the place is called, or describe it");
      await at("Where is it?", "location-error");
      await hand.write(field("place_name"), "The car park behind the station");
    }
    await next();
    await hand.choose(answer("reason", "SE"));
    await hand.choose(answer("exploitation", "CSE"));
    await next();
    await next();
    await hand.write(field("narrative"), "Young people get into cars there at night.");
    await next();
    await lastQuestions(who, "officer@police.example");
    await at("Check your answers", `${about}-check`);
    await hand.go(button("Send referral"));
    await at("Referral sent", `${about}-sent`);
    await sent(page);
    await who.done();
  });

// H-171 the sum never decides: whoever judges otherwise says why. H-021 no decision without the child's best interests.
for (const way of ways)
  test(`H-021 H-171 the front door screens with both tools, judges otherwise than the sum, decides and tells the school (${way.name})`, { timeout: 900_000 }, async () => {
    const school = await worker("Tomasz Wrenfield", { width: way.width });
    const children = [
      { given: way.given, family: "Under-Twelve", age: 9, tool: "Screening tool for children under 12", items: ["V01", "V02"],
        mistakes: ["“Living in a chaotic or dysfunctional household”: select whether it is a fact, a report or a gut feeling", "“History of abuse”: select whether it is a fact, a report or a gut feeling"] },
      { given: way.given, family: "Over-Twelve", age: 14, tool: "CSE screening and risk assessment (12 and over)", items: ["V01", "I01"],
        mistakes: ["“Living in a chaotic or dysfunctional household”: select whether it is a fact, a report or a gut feeling", "“Missing from home or care”: select when", "“Missing from home or care”: select whether it is a fact, a report or a gut feeling"] },
    ];
    for (const child of children) Object.assign(child, await refer(school, child));

    const who = await worker("Imogen Achterberg", way);
    const { page, hand, answer, field, button, at, mistakes } = who;
    for (const child of children) {
      const name = `${child.given} ${child.family}`;
      const shot = (step) => `${child.age < 12 ? "under-12" : "over-12"}-${step}`;
      await page.goto(`${rowan.url}/referrals?sort=-received`);
      await hand.go(page.getByRole("link", { name: child.ref, exact: true }));
      await at(name, shot("referral"));
      await hand.go(page.getByRole("button", { name: "Screen", exact: true }));
      await at(`Screen ${name}`, shot("screen-start"));
      assert.ok((await page.locator("main").innerText()).includes(`is ${child.age}. The tool for this age is “${child.tool}”`));
      await hand.go(button("Start screening"));
      await at(`Screening: ${name}`, shot("items"));

      // Said "yes" without when, and without what it rests on: mistakes, and nothing that was typed is lost.
      await hand.choose(answer(child.items[0], "yes"));
      await hand.open(page.locator(`details:has([name="${child.items[0]}-note"]) > summary`));
      await hand.write(field(`${child.items[0]}-note`), "Since the move.");
      await hand.choose(answer(child.items[1], "yes"));
      await hand.go(button("Save and see the result"));
      await mistakes(...child.mistakes);
      await at(`Screening: ${name}`, shot("items-error"));
      assert.equal(await field(`${child.items[0]}-note`).inputValue(), "Since the move.");
      for (const item of child.items) {
        const when = page.locator(`input[name="${item}-when"]`);
        if (await when.count()) await hand.choose(when.first());
        await hand.choose(answer(`${item}-evidence`, "fact"));
      }
      await hand.go(button("Save and see the result"));

      await at(`Result: ${name}`, shot("result"));
      const suggested = /The tool suggests: (.*)\. You decide\./.exec(await page.locator("main").innerText())?.[1];
      assert.ok(suggested, "the page says what the tool suggests");
      await hand.choose(answer("professional_outcome", "3"));
      await hand.choose(answer("mash_referral", "no"));
      await hand.write(field("action"), "Ring the school.");
      await hand.go(button("Complete screening"));
      await mistakes("Say why your judgement differs from what the tool suggests");
      await at(`Result: ${name}`, shot("result-error"));
      assert.equal(await field("action").inputValue(), "Ring the school.");
      assert.ok(await answer("professional_outcome", "3").isChecked());
      await hand.write(field("override_reason"), "The man is new, and much older.");
      await hand.go(button("Complete screening"));
      await at(`Screening of ${name}`, shot("screening"));
      assert.ok((await page.locator("main").innerText()).includes("The man is new, and much older."));
      await hand.go(page.getByRole("link", { name: child.ref, exact: true }));
      await at(name, shot("referral-screened"));

      await hand.go(button("Decide"));
      await at("Decide", shot("decide"));
      await hand.choose(answer("decision", "assessment_s17"));
      await hand.write(field("rationale"), "An unknown adult meets the child.");
      await hand.go(button("Record the decision"));
      await mistakes("Select the level of risk", "Say how this serves the young person’s best interests");
      await at("Decide", shot("decide-error"));
      assert.equal(await field("rationale").inputValue(), "An unknown adult meets the child.");
      await hand.choose(answer("risk_level", "2"));
      await hand.write(field("best_interests"), "She asked for somebody to talk to at school.");
      await hand.go(button("Record the decision"));
      await at(name, shot("decided"));
      await hand.go(button("Tell the referrer"));
      await at("Tell the referrer", shot("tell"));
      await hand.write(field("note"), "Thank you for ringing.");
      await hand.go(button("Tell the referrer"));
      await at(name, shot("told"));
    }
    await who.done();

    // The referrer reads what they were told, and not the front door's reasons.
    const reader = await worker("Tomasz Wrenfield", way);
    for (const child of children) {
      await reader.page.goto(`${rowan.url}/`);
      await reader.at("My work", "work-with-answer");
      await reader.hand.go(reader.page.getByRole("link", { name: `Read the answer to your referral ${child.ref}` }));
      await reader.at(`Your referral ${child.ref}`, "answer");
      const words = await reader.page.locator("main").innerText();
      assert.ok(words.includes("Thank you for ringing."));
      assert.ok(!words.includes("An unknown adult meets the child."));
      await reader.hand.go(reader.button("I have read this"));
      assert.ok((await reader.page.locator("main").innerText()).includes("You read this on"));
    }
    await reader.done();
    await school.done();
  });

test("a data officer mends an extract with a bad line, checks how it was read, and brings it in", { timeout: 600_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "rowan-extract-"));
  const file = async (name, text) => (await writeFile(join(folder, name), text), join(folder, name));
  const who = await worker("Gwen Ashdown");
  const { page, hand, at, button, link } = who;
  await hand.go(link("Extracts"));
  await at("Bring in an extract", "extracts");
  await hand.go(button("Read the file"));
  await who.mistakes("Choose a file that is not empty");
  await at("Bring in an extract", "extracts-error");

  const head = "Pupil Ref,Forename,Surname,DOB,Post Code,Care First\n";
  await page.locator("input[name=file]").setInputFiles(await file("bad.csv", `${head}P-1,Ada,Quillby,01/02/2004,TA1 1AA,x\nP-2,Bo,Quillby,31/02/2005,TA1 1AA,y\n`));
  await hand.go(button("Read the file"));
  await at("Some lines cannot be read", "extract-refused");
  const refused = page.locator("#lines tbody tr", { hasText: "Refused" });
  assert.equal(await refused.count(), 1);
  assert.match(await refused.innerText(), /^3\b/, "it says which line of the file");
  assert.match(await refused.innerText(), /Date of birth: it is not a real date/, "and what is wrong there");
  assert.equal(await page.getByRole("button", { name: /^Bring in all/ }).count(), 0, "nothing can be brought in");
  await hand.go(button("Put this extract aside"));

  await page.locator("input[name=file]").setInputFiles(await file("good.csv", `${head}P-1,Ada,Quillby,01/02/2004,TA1 1AA,x\nP-2,Bo,Quillby,02/03/2005,TA1 1AA,y\n`));
  await hand.go(button("Read the file"));
  await at("Check before you bring it in", "extract-preview");
  assert.ok((await page.locator("main").innerText()).includes("Not read from this file: Pupil Ref, Care First."));
  await hand.open(page.getByText("Which column was read as what"));
  assert.equal(await page.getByLabel("First names", { exact: true }).inputValue(), "Forename");
  await page.getByLabel("Postcode", { exact: true }).selectOption("Post Code");
  await at("Check before you bring it in", "extract-mapping");
  await hand.go(button("Read the file again"));
  await at("Check before you bring it in");
  await hand.go(button("Bring in all 2 lines"));
  await at("The extract has been brought in", "extract-in");
  await hand.go(page.getByRole("link", { name: "Back", exact: true }));
  assert.ok((await page.locator("tbody tr").first().innerText()).includes("Brought in"));
  await who.done();
  await rm(folder, { recursive: true, force: true });
});

test("same person?: keys 1, 2 and 3 answer, and an answer can be undone", { timeout: 600_000 }, async () => {
  const who = await worker("Imogen Achterberg");
  const { page, hand, at, link } = who;
  await hand.go(link("Same person?"));
  const waiting = async () => Number(/(\d+) pairs wait/.exec(await page.locator("main").innerText())?.[1] ?? 1);
  const pair = () => page.locator("main form[action^='/matches/']").getAttribute("action");
  const press = async (key) => {
    const before = await page.evaluate(() => performance.timeOrigin);
    await page.keyboard.press(key);
    await page.waitForFunction((then) => performance.timeOrigin > then && document.readyState === "complete", before);
  };
  await at("Same person?", "same-person");
  const first = await waiting();
  assert.ok(first > 3, `only ${first} pairs wait`);
  const linked = await pair();
  const cell = (heading) => page.locator("main tbody tr", { has: page.locator("th", { hasText: heading }) }).locator("td").first().innerText();
  const words = `${await cell("First names")} ${await cell("Family name")}`;
  await press("1");
  await at("Same person?", "same-person-next");
  assert.ok((await waiting()) < first);
  const second = await pair();
  assert.notEqual(second, linked);
  const before = await waiting();
  await press("2");
  assert.equal(await waiting(), before - 1, "different: this pair never waits again");
  const third = await pair();
  await press("3");
  assert.equal(await waiting(), before - 1, "not sure: it waits on");
  assert.notEqual(await pair(), third, "but another is put before her now");

  // The two that were said to be one person are taken apart again, and never proposed again.
  await page.goto(`${rowan.url}/search?q=${encodeURIComponent(words)}`);
  const found = page.locator("tbody tr a").first();
  await hand.go(found);
  const name = await page.locator("h1").innerText();
  await hand.open(page.getByText("Links between these records"));
  await at(name, "undo-link");
  await page.getByLabel("They are different people: never propose this again").first().check();
  await page.getByLabel("Why", { exact: true }).first().fill("Twins");
  const links = await page.getByRole("button", { name: "Undo this link" }).count();
  await hand.go(page.getByRole("button", { name: "Undo this link" }).first());
  assert.ok((await page.getByRole("button", { name: "Undo this link", includeHidden: true }).count()) < links);
  await who.done();
});

test("S-053 the search box finds in any order, and of somebody at risk in another agency says only whom to contact", { timeout: 600_000 }, async () => {
  // Somebody whom one agency alone knows to be at risk today, with an NHS number; the front door may see them all. The
  // year's list also holds those whose flag has been cleared since, and of them nobody else is told.
  const imogen = await worker("Imogen Achterberg");
  await imogen.page.goto(`${rowan.url}/profile/known-to-agencies/list?one-agency=yes`);
  const people = await imogen.page.locator("tbody tr:has(a)").evaluateAll((rows) => rows.map((row) => ({ href: row.querySelector("a").getAttribute("href"), agencies: row.cells[4].innerText })));
  let child;
  for (const each of people) {
    if (/Police|Council/.test(each.agencies)) continue;
    await imogen.page.goto(rowan.url + each.href);
    const row = (key) => imogen.page.locator(".govuk-summary-list__row", { has: imogen.page.locator("dt", { hasText: new RegExp(`^\\s*${key}\\s*$`) }) }).locator("dd").innerText();
    const nhs = await row("NHS number");
    if (!/^[\d ]+$/.test(nhs) || !(await imogen.page.locator("td", { hasText: /^\s*In force\s*$/ }).count())) continue;
    child = { name: await row("Name"), nhs, agency: each.agencies };
    break;
  }
  assert.ok(child, "nobody to look for");

  // Names in any order; "/" leads to the box.
  await imogen.page.keyboard.press("/");
  await imogen.page.waitForFunction(() => document.activeElement?.hasAttribute("data-search-key"));
  const before = await imogen.page.evaluate(() => performance.timeOrigin);
  await imogen.page.keyboard.insertText(child.name.split(" ").reverse().join(" ").toLowerCase());
  await imogen.page.keyboard.press("Enter");
  await imogen.page.waitForFunction((then) => performance.timeOrigin > then && document.readyState === "complete", before);
  await imogen.at("Search results", "search");
  assert.ok((await imogen.page.locator("tbody").innerText()).includes(child.name));
  await imogen.done();

  const safiya = await worker("Safiya Bramwell", { width: widths.phone });
  await safiya.page.goto(`${rowan.url}/search?q=${encodeURIComponent(child.name)}`);
  assert.ok(!(await safiya.page.locator("main").innerText()).includes("Known to another agency"), "a name alone is not enough to ask about everybody");
  await safiya.page.goto(`${rowan.url}/search?q=${encodeURIComponent(child.nhs)}`);
  await safiya.at("Search results", "signpost");
  const words = await safiya.page.locator("main").innerText();
  assert.ok(words.includes("Known to another agency") && words.includes("Contact"), words);
  assert.ok(child.agency.split(", ").some((agency) => words.includes(agency)), `${words} is not about ${child.agency}`);
  assert.ok(!words.includes(child.name), "the signpost names nobody");
  await safiya.page.goto(`${rowan.url}/search?q=zzzz+nobody`);
  await safiya.at("Search results", "search-nothing");
  assert.ok((await safiya.page.locator("main").innerText()).includes("make a referral"));
  await safiya.done();
});
