"use strict";
(() => {
  const fold = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae");
  const words = (text) => fold(text).split(/\s+/).filter(Boolean);
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const counted = (element, shown, all) => {
    const values = { shown: numbers.format(shown), all: numbers.format(all) };
    element.textContent = element.dataset.text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  };

  /* The table of users: its rows are data, of which those in view are drawn. */
  const EXTRA = 12;
  const users = (root) => {
    const { entities, rows } = JSON.parse(document.getElementById("users-data").textContent);
    const [search, where, which] = ["search", "where", "which"].map((name) => root.querySelector(`.${name}`));
    const frame = root.querySelector(".window");
    const table = frame.querySelector("table");
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const [above, below] = frame.querySelectorAll(".space");
    const status = root.querySelector(".status");
    const place = new Map(rows.map((row, index) => [row, index]));
    const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    const tests = {
      outside: (row) => row[3],
      "without-number": (row) => !row[1],
      "with-login": (row) => row[login],
      "without-login": (row) => !row[login],
    };
    const cells = heads.map((head) => head.dataset.cell);
    const login = Number(root.dataset.login);
    const texts = {
      name: (row) => row[0],
      number: (row) => row[1],
      entity: (row) => entities[row[2]][0],
    };
    const text = (row, cell) => (texts[cell] ? texts[cell](row) : row[cell]);
    const orders = {
      name: (one, two) => place.get(one) - place.get(two),
      number: (one, two) => one[1].length - two[1].length || (one[1] < two[1] ? -1 : one[1] > two[1] ? 1 : 0),
      entity: (one, two) => one[2] - two[2],
    };
    let haystacks = null;
    let shown = rows;
    let sorted = { cell: "name", down: false };
    let height = 0;
    let drawn = "";
    let whole = false;

    const line = (row, index) => {
      const tr = document.createElement("tr");
      tr.setAttribute("aria-rowindex", index + 2);
      for (const cell of cells) {
        const td = document.createElement(cell === "name" ? "th" : "td");
        if (cell === "name") td.scope = "row";
        if (cell === "number" && row[3]) td.className = "bad";
        td.textContent = td.title = text(row, cell);
        tr.append(td);
      }
      return tr;
    };
    const draw = () => {
      if (!height && shown.length) {
        body.replaceChildren(line(shown[0], 0));
        height = body.rows[0].getBoundingClientRect().height || 34;
      }
      const fits = Math.ceil(frame.clientHeight / (height || 34)) + 2 * EXTRA;
      const most = Math.max(0, shown.length - fits);
      const first = whole ? 0 : Math.min(most, Math.max(0, Math.floor(frame.scrollTop / (height || 34)) - EXTRA));
      const last = whole ? shown.length : Math.min(shown.length, first + fits);
      if (drawn === `${first}-${last}`) return;
      drawn = `${first}-${last}`;
      body.replaceChildren(...shown.slice(first, last).map((row, index) => line(row, first + index)));
      above.style.height = `${first * height}px`;
      below.style.height = `${(shown.length - last) * height}px`;
    };
    const apply = () => {
      const wanted = words(search.value);
      if (wanted.length && !haystacks) {
        haystacks = new Map(rows.map((row) => [row, fold(cells.map((cell) => text(row, cell)).join("\n"))]));
      }
      const [scope, value] = where.value.split(/:(.*)/s);
      const test = tests[which.value];
      shown = rows.filter(
        (row) =>
          (!scope || (scope === "entity" ? row[2] === Number(value) : entities[row[2]][1] === value)) &&
          (!test || test(row)) &&
          wanted.every((word) => haystacks.get(row).includes(word)),
      );
      if (sorted.cell !== "name" || sorted.down) {
        const order = orders[sorted.cell] || ((one, two) => collator.compare(one[sorted.cell], two[sorted.cell]));
        shown.sort((one, two) => (sorted.down ? -1 : 1) * order(one, two) || orders.name(one, two));
      }
      table.setAttribute("aria-rowcount", shown.length + 1);
      counted(status, shown.length, rows.length);
      frame.scrollTop = 0;
      drawn = "";
      draw();
    };
    heads.forEach((head) => {
      head.querySelector("button").addEventListener("click", () => {
        sorted = { cell: head.dataset.cell, down: sorted.cell === head.dataset.cell && !sorted.down };
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
        apply();
      });
    });
    const print = (now) => {
      whole = now;
      drawn = "";
      draw();
    };
    search.addEventListener("input", apply);
    where.addEventListener("change", apply);
    which.addEventListener("change", apply);
    frame.addEventListener("scroll", draw, { passive: true });
    window.addEventListener("resize", draw);
    window.addEventListener("beforeprint", () => print(true));
    window.addEventListener("afterprint", () => print(false));
    apply();
  };

  /* The changes of a plan: all of them are in the page, and those that are not wanted are hidden. */
  const changes = (root) => {
    const search = root.querySelector("input[type=search]");
    const boxes = [...root.querySelectorAll("input[type=checkbox]")];
    const status = root.querySelector(".status");
    const every = [...root.querySelectorAll(".change")];
    let haystacks = null;
    const apply = () => {
      const wanted = words(search.value);
      if (wanted.length && !haystacks) haystacks = new Map(every.map((one) => [one, fold(one.textContent)]));
      const actions = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      let shown = 0;
      for (const one of every) {
        const fits = actions.has(one.dataset.action) && wanted.every((word) => haystacks.get(one).includes(word));
        one.hidden = !fits;
        shown += fits;
      }
      counted(status, shown, every.length);
    };
    search.addEventListener("input", apply);
    boxes.forEach((box) => box.addEventListener("change", apply));
    apply();
  };

  document.querySelectorAll("[data-part=users]").forEach(users);
  document.querySelectorAll("[data-part=changes]").forEach(changes);
})();
