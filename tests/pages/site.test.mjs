// Copyright: (c) 2026, the xivo.xci authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// The documentation site in headless Chromium. SITE is the folder that 'make docs' made; PAGES has the packages for
// Node.js; SCREENSHOTS=1 leaves pictures there.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = resolve(process.env.PAGES);
const site = resolve(process.env.SITE);
const require = createRequire(join(folder, "package.json"));
const puppeteer = (await import(pathToFileURL(require.resolve("puppeteer-core")))).default;
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const DOCSITE = "collection/docsite";
const LOOKED_AT = ["index", `${DOCSITE}/getting_started`, `${DOCSITE}/guide_plan`, `${DOCSITE}/commands`, "collection/xci_user_module"];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]; // the rest are opinions about the theme
let browser;

before(async () => {
  browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    userDataDir: mkdtempSync(join(tmpdir(), "xci-site-")),
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
});
after(() => browser?.close());

for (const name of LOOKED_AT) {
  for (const width of [1280, 390]) {
    test(`${name}, ${width} px: it loads nothing from elsewhere, nothing overflows, and it is accessible`, async () => {
      const page = await browser.newPage();
      const noise = [];
      page.on("pageerror", (error) => noise.push(`error: ${error.message}`));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) noise.push(`request: ${request.url()}`);
      });
      await page.setViewport({ width, height: 900 });
      await page.goto(pathToFileURL(join(site, `${name}.html`)).href, { waitUntil: "load" });
      await new Promise((done) => setTimeout(done, 400)); // the theme wraps wide tables after the page has loaded
      if (process.env.SCREENSHOTS) await page.screenshot({ path: join(folder, `site-${name.replaceAll("/", "-")}-${width}.png`) });
      const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      await page.evaluate(axe);
      const result = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
      assert.deepEqual(noise, []);
      assert.deepEqual(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3)}`), []);
      assert.ok(wide[0] <= wide[1], `${wide[0]} px in ${wide[1]}`);
      await page.close();
    });
  }
}
