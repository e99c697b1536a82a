// Copyright: (c) 2026, the xivo.xci authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// Take the pictures of the documentation from the pages of the demo and of jobs.   usage: pictures.mjs DEMO JOBS PICTURES
// PAGES is the folder that has the packages for Node.js.

import { mkdirSync, mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [demo, jobs, pictures] = process.argv.slice(2).map((name) => resolve(name));
const require = createRequire(join(resolve(process.env.PAGES), "package.json"));
const puppeteer = (await import(pathToFileURL(require.resolve("puppeteer-core")))).default;
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  userDataDir: mkdtempSync(join(tmpdir(), "xci-pictures-")),
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
mkdirSync(pictures, { recursive: true });
const takes = [
  ...["report", "plan"].map((name) => ({ folder: demo, name, fullPage: false })),
  ...["people", "renumber", "leave"].map((name) => ({ folder: jobs, name, fullPage: true })),
];
for (const { folder, name, fullPage } of takes) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 720 });
  await page.goto(pathToFileURL(join(folder, `${name}.html`)).href, { waitUntil: "load" });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}
await browser.close();
