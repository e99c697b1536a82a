// Copyright: (c) 2026, the xivo.xci authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
// What the theme leaves out for keyboards and screen readers. It wraps wide tables when the page has loaded.
addEventListener("load", () => setTimeout(() => {
  for (const one of document.querySelectorAll("pre, .wy-table-responsive")) one.tabIndex = 0;
  for (const one of document.querySelectorAll("[role=heading]:not([aria-level])")) one.ariaLevel = "2";
  for (const one of document.querySelectorAll("[aria-role]")) one.removeAttribute("aria-role");
}, 200));
