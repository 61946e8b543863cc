// Drives the real binary in a real browser, and checks every page that is opened: the "checked client".
//
//   let rowan, browser;
//   before(async () => { rowan = await startRowan(); browser = await openBrowser(); });
//   after(async () => { await browser?.close(); await rowan?.stop(); });
//   test("…", async () => {
//     const page = await visitor(browser);             a new person's window, which remembers what went wrong in it
//     await signInAs(page, rowan, "…");
//     assert.deepEqual(await faultsOf(page), []);      HTML, one h1, title, ids, forms, no inline code, CSP, console, axe
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const binary = process.env.ROWAN_BINARY ?? join(root, "build", "src", "rowan");
const screenshots = process.env.ROWAN_SCREENSHOTS ?? join(root, "build", "screenshots");

export const widths = { desktop: 1280, phone: 390 };

// Starts `rowan serve --demo` and resolves when it says where it is open.
export async function startRowan({ children = 60, seed = 1, clock, args = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "rowan-e2e-"));
  const data = join(folder, "demo");
  await finished(spawn(binary, ["demo", "--data", data, "--children", children, "--seed", seed]));
  const time = clock ? ["--clock", clock] : [];
  return serve(folder, data, ["--demo", ...time, ...args]);
}

// The same for a new, real partnership; `keys: false` where no role waits for a security key. `prepare` gets a function
// that runs a command on it, with its input, and resolves with what it said: run(["user", "add", …], "…").
export async function startPartnership({ keys = true, prepare }) {
  const folder = await mkdtemp(join(tmpdir(), "rowan-e2e-"));
  const scheme = keys ? "solihull" : join(folder, "scheme.toml");
  if (!keys) await writeFile(scheme, `${await readFile(join(root, "schemes", "solihull.toml"))}\n[sign_in]\nsecurity_key_roles = []\n`);
  const data = join(folder, "real");
  await finished(spawn(binary, ["init", "--data", data, "--scheme", scheme]));
  await prepare(([name, verb, ...rest], input = "") => finished(spawn(binary, [name, verb, "--data", data, ...rest]), input));
  return serve(folder, data, []);
}

async function serve(folder, data, args) {
  const server = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--data", data, ...args]);
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { url: await addressOf(server), data, stop };
}

function finished(child, input = "") {
  return new Promise((resolve, reject) => {
    let said = "", wrong = "";
    child.stdout.on("data", (text) => (said += text));
    child.stderr.on("data", (text) => (wrong += text));
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(said) : reject(new Error(`rowan ended with ${code}: ${wrong}`))));
  });
}

function addressOf(server) {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr.on("data", (text) => (said += text));
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`the server ended with ${code} before it opened: ${said}`)));
    createInterface({ input: server.stdout }).once("line", (line) => {
      const found = /Rowan is open at (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
      found ? resolve(found[1]) : reject(new Error(`the first line is not an address: ${line}`));
    });
  });
}

// A Chromium for one test file, which closes it; nothing in it calls home.
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// A new person's browser window: no cookies, and a page that remembers what went wrong on it.
export async function visitor(browser, { width = widths.desktop, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 }, locale: "en-GB", timezoneId: "Europe/London", ...options,
  });
  const page = await context.newPage();
  const seen = { html: "", status: 0, problems: [] };
  page.seen = seen;
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) Object.assign(seen, { html: "", problems: [] });
  });
  page.on("response", (response) => {
    const isPage = response.request().isNavigationRequest() && response.frame() === page.mainFrame();
    if (isPage) Object.assign(seen, { status: response.status(), html: response.status() < 300 || response.status() >= 400 ? response.text().catch(() => "") : "" });
    else if (response.status() >= 400) seen.problems.push(`${response.url()} answered ${response.status()}`);
  });
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText !== "net::ERR_ABORTED") seen.problems.push(`${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("console", (message) => {
    // Chromium repeats the status of the page itself here; pages that answer 4xx are meant to.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) seen.problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => seen.problems.push(`script: ${error.message}`));
  return page;
}

// The names of the demo's invented people, in the order of the sign-in page.
export async function personas(page, rowan) {
  await page.goto(`${rowan.url}/sign-in`);
  return page.getByRole("main").getByRole("button").allTextContents().then((names) => names.map((name) => name.trim()));
}

// Signs in through the demo's sign-in page as one of its invented people.
export async function signInAs(page, rowan, persona) {
  await page.goto(`${rowan.url}/sign-in`);
  await page.getByRole("main").getByRole("button", { name: persona, exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in" && !url.pathname.endsWith("/demonstration"));
}

const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    "no-dup-id": "error", "no-dup-attr": "error", "no-inline-style": "error", "no-implicit-close": "error",
    "close-order": "error", "deprecated": "error", "unique-landmark": "error", "wcag/h30": "error", "wcag/h32": "error",
    "wcag/h37": "error", "wcag/h63": "error", "wcag/h67": "error", "wcag/h71": "error",
    "doctype-style": "off", "attr-quotes": "off", "void-style": "off",
  },
});

// What is wrong with the page now open: one sentence each, none when all is well. `name` also takes a screenshot.
export async function faultsOf(page, { name } = {}) {
  await page.waitForLoadState("load");
  const faults = [...page.seen.problems];
  const report = await validator.validateString(await page.seen.html);
  for (const { messages } of report.results)
    for (const { ruleId, message, line } of messages) faults.push(`html ${ruleId}: ${message} (line ${line})`);
  faults.push(...(await page.evaluate(houseRules, await page.seen.html)));
  const axe = new AxeBuilder({ page }).setLegacyMode().withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
  for (const { id, help, nodes } of (await axe.analyze()).violations) {
    const places = nodes.filter((node) => !isAcceptedByGovuk(id, node)).map((node) => node.target.join(" "));
    if (places.length) faults.push(`axe ${id}: ${help}: ${places.slice(0, 3).join("; ")}`);
  }
  if (name) await screenshot(page, name);
  return faults;
}

// GOV.UK Frontend says aria-expanded of radios and checkboxes that reveal a question, which screen readers do speak;
// it is outside the letter of ARIA, and they accept that (alphagov/govuk-frontend issue 979).
function isAcceptedByGovuk(id, node) {
  return id === "aria-allowed-attr" && /^<input [^>]*aria-expanded=/.test(node.html) && /type="(radio|checkbox)"/.test(node.html);
}

// The same page at both widths, each with its own screenshot.
export async function faultsAtBothWidths(page, name) {
  const faults = [];
  for (const [device, width] of Object.entries(widths)) {
    await page.setViewportSize({ width, height: 900 });
    await page.reload();
    for (const fault of await faultsOf(page, { name: `${name}-${width}` })) faults.push(`${device}: ${fault}`);
  }
  await page.setViewportSize({ width: widths.desktop, height: 900 });
  return faults;
}

export async function screenshot(page, name) {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

// Runs inside the page. `sent` is the HTML as the server sent it, before any script.
function houseRules(sent) {
  const faults = [];
  const text = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const source = new DOMParser().parseFromString(sent, "text/html");
  const headings = source.querySelectorAll("h1");
  if (headings.length !== 1) faults.push(`${headings.length} h1 elements, not one`);
  else if (!source.title.trim().replace(/^Error: /, "").startsWith(text(headings[0])))
    faults.push(`the title "${source.title.trim()}" does not start with the h1 "${text(headings[0])}"`);
  for (const form of source.querySelectorAll("form:not([action]), form[action='']")) faults.push(`a form without action: ${form.id || form.className}`);
  for (const script of source.querySelectorAll("script:not([src])"))
    if (!/^(application\/(ld\+)?json|importmap)$/.test(script.type)) faults.push("an inline script");
  if (source.querySelector("style")) faults.push("an inline style element");
  for (const element of source.querySelectorAll("*"))
    for (const { name } of element.attributes)
      if (name === "style" || name.startsWith("on")) faults.push(`an inline ${name} on <${element.localName}>`);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) faults.push(`the id ${id} stands twice`);
  if (document.documentElement.lang !== "en") faults.push("the page does not say that it is in English");
  if (document.documentElement.scrollWidth > window.innerWidth + 1) faults.push("the page scrolls sideways");
  return faults;
}
