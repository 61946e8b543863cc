// The negative control: pages with known faults, which the checks must see, and a sound one, which they must not touch.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { faultsAtBothWidths, faultsOf, openBrowser, visitor } from "./harness.mjs";

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";
const frame = ({ title = "People known to us – Rowan", head = "", body = "", heading = "<h1>People known to us</h1>" }) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width">
${head}</head><body><header><a href="#main">Skip to main content</a></header><main id="main">${heading}<p>Two children.</p>${body}</main></body></html>`;

// path -> [html, what the checks must say]
const faulty = {
  "/two-headings": [frame({ body: "<h1>Again</h1>" }), /2 h1 elements, not one/],
  "/no-heading": [frame({ heading: "<h2>Small</h2>" }), /0 h1 elements, not one/],
  "/wrong-title": [frame({ title: "Rowan" }), /does not start with the h1/],
  "/same-id": [frame({ body: '<p id="a">1</p><p id="a">2</p>' }), /id a stands twice/],
  "/no-action": [frame({ body: '<form method="post"><button type="submit">Save</button></form>' }), /a form without action/],
  "/inline-script": [frame({ body: "<script>1</script>" }), /an inline script/],
  "/csp": [frame({ body: "<script>1</script>" }), /console: .*Content.Security.Policy/i],
  "/inline-handler": [frame({ body: '<p onclick="x()">a</p>' }), /an inline onclick on <p>/],
  "/inline-style": [frame({ body: '<p style="color: red">a</p>' }), /an inline style on <p>/],
  "/style-element": [frame({ head: "<style>p { color: red }</style>" }), /an inline style element/],
  "/bad-html": [frame({ body: "<p><div>a</div></p>" }), /^(desktop: )?html /],
  "/script-error": [frame({ head: '<script src="/broken.js"></script>' }), /script: broken on purpose/],
  "/missing-image": [frame({ body: '<img src="/none.png" alt="A chart">' }), /none\.png answered 404/],
  "/no-label": [frame({ body: '<form action="/x" method="get"><input type="text" name="q"></form>' }), /axe label/],
  "/low-contrast": [frame({ head: '<link rel="stylesheet" href="/pale.css">' }), /axe color-contrast/],
  "/no-alt": [frame({ body: '<img src="/dot.svg">' }), /axe image-alt/],
  "/no-language": [frame({}).replace(' lang="en"', ""), /does not say that it is in English/],
  "/too-wide": [frame({ head: '<link rel="stylesheet" href="/wide.css">' }), /the page scrolls sideways/],
};
const files = {
  "/broken.js": ["text/javascript", 'throw new Error("broken on purpose");'],
  "/pale.css": ["text/css", "p { color: #ccc; background: #fff; }"],
  "/wide.css": ["text/css", "p { width: 3000px; }"],
  "/dot.svg": ["image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'],
};

let browser, server, origin;
before(async () => {
  server = createServer((request, response) => {
    const [type, content] = files[request.url] ?? ["text/html; charset=utf-8", faulty[request.url]?.[0] ?? frame({})];
    const found = request.url === "/sound" || request.url in faulty || request.url in files;
    response.writeHead(found ? 200 : 404, { "Content-Type": type, "Content-Security-Policy": csp });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

test("a sound page has no faults at either width", async () => {
  const page = await visitor(browser);
  await page.goto(`${origin}/sound`);
  assert.deepEqual(await faultsAtBothWidths(page, "control"), []);
  await page.context().close();
});

test("a page is not blamed for the faults of the page before it", async () => {
  const page = await visitor(browser);
  await page.goto(`${origin}/csp`);
  await page.goto(`${origin}/sound`);
  assert.deepEqual(await faultsOf(page), []);
  await page.context().close();
});

for (const [path, [, expected]] of Object.entries(faulty))
  test(`the fault of ${path} is seen`, async () => {
    const page = await visitor(browser);
    await page.goto(origin + path);
    const faults = await faultsOf(page);
    assert.ok(faults.some((fault) => expected.test(fault)), `seen instead: ${JSON.stringify(faults, null, 2)}`);
    await page.context().close();
  });
