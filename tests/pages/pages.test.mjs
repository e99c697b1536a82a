// Copyright: (c) 2026, the xivo.xci authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// The pages in headless Chromium. PAGES is the folder that make.py made; SCREENSHOTS=1 leaves pictures there.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = resolve(process.env.PAGES);
const require = createRequire(join(folder, "package.json"));
const puppeteer = (await import(pathToFileURL(require.resolve("puppeteer-core")))).default;
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const facts = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8"));
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const PAGES = ["report", "rapport", "counts", "large", "changes", "plan"];
let browser;

before(async () => {
  browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    userDataDir: mkdtempSync(join(tmpdir(), "xci-pages-")),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
});
after(() => browser?.close());

/** Open a page; fail at any console message, error, and request for anything but itself. */
const open = async (name, { viewport = DESKTOP, scheme = "light", media = "screen" } = {}) => {
  const page = await browser.newPage();
  const noise = [];
  page.on("console", (message) => noise.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => noise.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { noise.push("a dialog"); dialog.dismiss(); });
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  page.on("request", (request) => {
    if (request.url().replace(/#.*/, "") !== url && !request.url().startsWith("data:")) noise.push(`request: ${request.url()}`);
  });
  await page.setViewport(viewport);
  // Both at once: one of the two would take the other back.
  const client = await page.createCDPSession();
  await client.send("Emulation.setEmulatedMedia", { media, features: [{ name: "prefers-color-scheme", value: scheme }] });
  await page.goto(url, { waitUntil: "load" });
  page.done = async () => {
    assert.deepEqual(noise, []);
    await page.close();
  };
  return page;
};

const rows = (page) =>
  page.$$eval("[data-part=users] tbody tr", (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
const type = (page, text) =>
  page.$eval("input[type=search]", (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
const sortBy = (page, place) => page.$$eval("[data-part=users] thead button", (all, at) => all[at].click(), place);

for (const name of PAGES) {
  for (const [scheme, viewport] of [["light", DESKTOP], ["dark", DESKTOP], ["light", PHONE]]) {
    test(`${name}, ${scheme}, ${viewport.width} px: accessible, and nothing overflows`, async () => {
      const page = await open(name, { scheme, viewport });
      const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide[0] <= wide[1], `${wide[0]} px in ${wide[1]}`);
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(background === "rgb(255, 255, 255)", scheme === "light");
      await page.evaluate(axe);
      // Of thousands of changes that are alike, the first ones.
      await page.evaluate(() => document.querySelectorAll(".change:nth-of-type(n+60)").forEach((one) => one.remove()));
      const result = await page.evaluate(() => globalThis.axe.run(document));
      const found = result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3)}`);
      assert.deepEqual(found, []);
      const plain = await page.$$eval("th:not([scope])", (all) => all.length);
      assert.equal(plain, 0);
      await page.done();
    });
  }
}

test("the search and the table are in view when the page opens", async () => {
  for (const viewport of [{ width: 1280, height: 720 }, PHONE]) {
    const page = await open("report", { viewport });
    for (const part of ["input[type=search]", "[data-part=users] tbody tr"]) {
      const box = await (await page.$(part)).boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height < viewport.height, `${part}: ${JSON.stringify(box)}`);
    }
    await page.done();
  }
});

test("a name is found without its accents, also by several words", async () => {
  const page = await open("report");
  await type(page, "lefevre");
  const found = await rows(page);
  assert.ok(found.length > 10 && found.every((row) => row[0].startsWith("Lefèvre")));
  assert.match(await page.$eval(".status", (one) => one.textContent), new RegExp(`^${facts.lefevre} of 3,000 `));
  await type(page, "  ZOE lefèvre ");
  assert.ok((await rows(page)).every((row) => /^Lefèvre.* Zoé$/.test(row[0])));
  await type(page, "nobody is called that");
  assert.deepEqual(await rows(page), []);
  await type(page, "");
  assert.match(await page.$eval(".status", (one) => one.textContent), /^3,000 of 3,000 /);
  await page.done();
});

test("the table is sorted by each column, both ways", async () => {
  const page = await open("report");
  const order = (one, two) => one.length - two.length || (one < two ? -1 : 1);
  for (const down of [false, true]) {
    await sortBy(page, 1);
    const numbers = (await rows(page)).map((row) => row[1]);
    const sorted = [...numbers].sort(order);
    assert.deepEqual(numbers, down ? sorted.reverse() : sorted);
    const said = await page.$$eval("[data-part=users] thead th", (all) => all.map((one) => one.getAttribute("aria-sort")));
    assert.equal(said[1], down ? "descending" : "ascending");
    assert.equal(said.filter(Boolean).length, 1);
  }
  await page.done();
});

test("the table is filtered by entity and by what is odd", async () => {
  const page = await open("report");
  await page.select(".which", "outside");
  const outside = await rows(page);
  assert.equal(outside.length, facts.outsiders);
  assert.ok(outside.every((row) => row[0].startsWith("Numéro")));
  await page.select(".which", "without-number");
  assert.equal((await rows(page)).length, facts.rules.XA10);
  await page.select(".which", "");
  await page.select(".where", "xivo:xivo-littoral");
  assert.ok((await rows(page)).every((row) => row[2].endsWith("@xivo-littoral")));
  await page.done();
});

test("only what is in view of 20,000 users is drawn, and the last of them can be reached", async () => {
  const page = await open("large");
  assert.ok((await rows(page)).length < 100);
  await sortBy(page, 0);
  const [last] = (await rows(page))[0];
  await sortBy(page, 0);
  await page.$eval(".window", (frame) => frame.scrollTo(0, frame.scrollHeight));
  await page.waitForFunction((name) =>
    [...document.querySelectorAll("[data-part=users] tbody tr")].at(-1).cells[0].textContent === name, {}, last);
  const drawn = await page.$$eval("[data-part=users] tbody tr", (all) => all.map((row) => Number(row.ariaRowIndex || row.getAttribute("aria-rowindex"))));
  assert.equal(drawn.at(-1), 20001);
  assert.ok(drawn.length < 100);
  // By keyboard, too.
  await page.focus(".window");
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.querySelector("[data-part=users] tbody tr").getAttribute("aria-rowindex") === "2");
  await page.done();
});

test("20,000 users load in at most a third of the time of a plain table", async () => {
  const seconds = async (name) => {
    const page = await browser.newPage();
    await page.setViewport(DESKTOP);
    const start = performance.now();
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href, { waitUntil: "load", timeout: 120_000 });
    await page.evaluate(() => new Promise((ready) => requestAnimationFrame(() => setTimeout(ready))));
    const time = performance.now() - start;
    await page.close();
    return time;
  };
  const times = { large: [], plain: [] };
  for (let run = 0; run < 5; run++) for (const name of Object.keys(times)) times[name].push(await seconds(name));
  const [large, plain] = Object.values(times).map((all) => all.sort((one, two) => one - two)[2]);
  console.log(`large ${large.toFixed(0)} ms, plain ${plain.toFixed(0)} ms`);
  assert.ok(large <= plain / 3, `${large} ms, plain ${plain} ms`);
});

test("what was planted is on the page", async () => {
  const page = await open("report");
  const shown = await page.$eval("main", (main) => main.textContent);
  for (const [entity, start, end] of facts.between) {
    assert.ok(shown.includes(start === end ? start : `${start}-${end}`), start);
    assert.ok(shown.includes(entity));
  }
  for (let place = 1; place <= facts.outsiders; place++) assert.match(shown, new RegExp(`Dehors Numéro ${place}\\b`));
  assert.ok(shown.includes(`${facts.full.start}-${facts.full.end}`));
  assert.equal(await page.$$eval("svg path.outside", (all) => all.length - 1), facts.outsiders);
  // In two entities each, and once in the legend.
  assert.equal(await page.$$eval("svg rect.common", (all) => all.length - 1), 2 * facts.between.length);
  const findings = await page.$$eval("[aria-labelledby=audit] tbody th", (all) => all.map((one) => one.textContent));
  for (const [rule, count] of Object.entries(facts.rules)) assert.equal(findings.filter((one) => one === rule).length, count);
  await page.done();
});

test("overlapping intervals are below each other", async () => {
  const page = await open("report");
  const places = await page.$$eval("svg rect.common", (all) => all.slice(1).map((one) => one.getAttribute("x")));
  assert.equal(new Set(places).size, facts.between.length);
  await page.done();
});

test("markup in names stays text, and no secret is on a page", async () => {
  for (const name of PAGES) {
    const page = await open(name);
    assert.equal(await page.$$eval("img, [onerror], script:not([type]):not(:last-of-type)", (all) => all.length), 0);
    const source = readFileSync(join(folder, `${name}.html`), "utf8");
    assert.ok(!source.includes(facts.secret) && !/cti-u0/.test(source));
    await page.done();
  }
  const page = await open("report");
  await type(page, "robert");
  assert.equal((await rows(page))[0][0], `${facts.hostile} Robert`);
  await page.done();
});

test("a page of counts has no table of users", async () => {
  const page = await open("counts");
  assert.equal(await page.$("[data-part=users]"), null);
  assert.ok(!(await page.content()).includes("Lefèvre"));
  await page.done();
});

test("a page is in the language that is asked for", async () => {
  const page = await open("rapport");
  assert.equal(await page.$eval("html", (one) => one.lang), "fr");
  assert.match(await page.$eval(".status", (one) => one.textContent), /^3\s000 utilisateurs sur 3\s000$/);
  await page.done();
});

for (const name of ["changes", "plan"]) test(`${name}: 5,000 changes are searched, filtered and scrolled`, async () => {
  const page = await open(name);
  const shown = () => page.$$eval(".change", (all) => all.filter((one) => !one.hidden).length);
  assert.equal(await shown(), facts.changes);
  await page.$eval("input[value=update]", (box) => box.click());
  assert.equal(await shown(), facts.changes / 5);
  await page.$eval("input[value=update]", (box) => box.click());
  await type(page, "lefevre");
  const found = await shown();
  assert.ok(found > 10 && found < facts.changes / 10, `${found}`);
  await type(page, "");
  // What is not in view costs nothing: a jump to the end draws a few of them.
  const drawn = await page.evaluate(async () => {
    scrollTo(0, document.body.scrollHeight);
    await new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(ready)));
    return [...document.querySelectorAll(".change")].filter((one) => one.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length;
  });
  assert.ok(drawn > 0 && drawn < 100, `${drawn} are drawn`);
  await page.done();
});

test("the whole table is printed", async () => {
  const page = await open("report");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal((await rows(page)).length, 3000);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.ok((await rows(page)).length < 100);
  await page.done();
});

test("screenshots", { skip: !process.env.SCREENSHOTS }, async () => {
  const tall = { width: 1280, height: 1600 };
  const shots = [
    ["report", "desktop", { viewport: tall }], ["report", "dark", { viewport: tall, scheme: "dark" }],
    ["report", "phone", { viewport: PHONE }], ["rapport", "print", { viewport: { width: 800, height: 1130 }, media: "print" }],
    ["counts", "desktop", { viewport: tall }], ["large", "desktop", {}], ["changes", "desktop", {}],
    ["changes", "phone", { viewport: PHONE }], ["changes", "dark", { scheme: "dark" }],
    ["plan", "desktop", {}], ["plan", "phone", { viewport: PHONE }], ["plan", "dark", { scheme: "dark" }],
    ["plan", "print", { viewport: { width: 800, height: 1130 }, media: "print" }],
  ];
  for (const [name, kind, how] of shots) {
    const page = await open(name, how);
    for (const part of ["", "plan", "sites", "audit", "usable", "drift"]) {
      if (part && !(await page.$(`#${part}`))) continue;
      await page.evaluate((id) => document.getElementById(id)?.scrollIntoView(), part);
      await page.screenshot({ path: join(folder, `${[name, kind, part].filter(Boolean).join("-")}.png`) });
    }
    await page.done();
  }
});
