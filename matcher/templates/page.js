// --- the data -----------------------------------------------------------------------------------------------

const DATA = JSON.parse(document.getElementById('data').textContent);
const { words } = DATA;
const LANGUAGE = DATA.language;
const ROWS_A_PAGE = 25;
const ROWS_IN_PRINT = 1000;

const collator = new Intl.Collator(LANGUAGE, { numeric: true, sensitivity: 'base' });
const plural = new Intl.PluralRules(LANGUAGE);
const number = new Intl.NumberFormat(LANGUAGE);
const list = new Intl.ListFormat(LANGUAGE, { type: 'conjunction' });

const told = (value) => (typeof value === 'number' ? number.format(value) : value);
const template = (key, values) => {
  const entry = words[key];
  return typeof entry === 'string' ? entry : entry[plural.select(values.n)] || entry.other;
};
const t = (key, values = {}) =>
  template(key, values).replace(/\{(\w+)\}/g, (all, name) => (name in values ? told(values[name]) : all));

/** The text of a key with nodes in place of some placeholders. */
const rich = (key, values) => {
  const parts = template(key, values).split(/\{(\w+)\}/);
  return parts.map((part, place) => (place % 2 ? (values[part] instanceof Object ? values[part] : told(values[part])) : part));
};

/** An element: attributes by name, functions as listeners, text only as text. */
const h = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
};

const fold = (text) => text.toLocaleLowerCase(LANGUAGE).replace(/ё/g, 'е').normalize('NFKC');
const once = (make) => { let made; return () => (made ??= make()); };

// --- tables -------------------------------------------------------------------------------------------------

const tables = {};

/**
 * A table that can be searched, filtered and sorted and shows one page of its rows at a time.
 *
 * spec: columns with label, cell(row), sort(row) -> number and `num` for figures; rows, an array of row numbers;
 * search(token) -> test of a row; filters with label, options and test(row, value); print: whether paper shows it.
 */
function makeTable(host, spec) {
  const state = { text: '', chosen: spec.filters.map(() => ''), column: -1, down: false, page: 0 };
  const keys = new Map();
  let rows = spec.rows, printing = false;
  const status = h('p', { class: 'count', role: 'status' });
  const body = h('tbody');
  const heads = spec.columns.map((column, place) =>
    h('th', { scope: 'col', class: (column.num ? 'num ' : '') + (column.wide ? 'wide' : '') },
      h('button', { type: 'button', class: 'sort', click: () => sortBy(place) }, column.label, h('span', { class: 'arrow', 'aria-hidden': 'true' })),
      h('span', { class: 'on-paper' }, column.label)));
  const input = h('input', { type: 'search', id: spec.name + '-search', autocomplete: 'off', spellcheck: 'false', input: () => { state.text = input.value; update(); } });
  const selects = spec.filters.map((filter, place) => {
    const id = spec.name + '-filter-' + place;
    const select = h('select', { id, change: () => { state.chosen[place] = select.value; update(); } },
      h('option', { value: '' }, t('filter.all')),
      filter.options.map(([value, label]) => h('option', { value: String(value) }, label)));
    return h('div', { class: 'field' }, h('label', { for: id }, filter.label), select);
  });
  // Where rows are stacked, on a phone, there are no column heads to sort by.
  const sorter = h('select', { id: spec.name + '-sort', change: () => {
    const [place, down] = sorter.value.split(' ');
    state.column = sorter.value ? Number(place) : -1;
    state.down = down === 'down';
    update();
  } }, h('option', { value: '' }, '–'), spec.columns.flatMap((column, place) => [
    h('option', { value: place + ' up' }, column.label + ' ↑'), h('option', { value: place + ' down' }, column.label + ' ↓')]));
  const clear = h('button', { type: 'button', class: 'quiet', click: () => reset() }, t('filter.clear'));
  const before = h('button', { type: 'button', click: () => turn(-1) }, t('page.before'));
  const after = h('button', { type: 'button', click: () => turn(1) }, t('page.after'));
  const where = h('span', { class: 'where' });
  const pager = h('div', { class: 'pager' }, before, where, after);
  const empty = h('p', { class: 'empty', hidden: true }, t('table.nothing'));
  const grid = h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': spec.label },
    h('table', { class: 'data' }, h('caption', { class: 'hidden' }, spec.label), h('thead', {}, h('tr', {}, heads)), body));
  const cut = h('p', { class: 'cut', hidden: true });
  host.replaceChildren(
    h('div', { class: 'tools', role: 'search', 'aria-label': spec.label },
      h('div', { class: 'field grow' }, h('label', { for: input.id }, t('search.label')), input), selects,
      h('div', { class: 'field sorter' }, h('label', { for: sorter.id }, t('sort.label')), sorter), clear),
    status, grid, empty, cut, pager);

  function update() {
    const tokens = fold(state.text).split(/\s+/).filter(Boolean).map((token) => spec.search(token));
    const tests = spec.filters.map((filter, place) => state.chosen[place] && ((row) => filter.test(row, state.chosen[place]))).filter(Boolean);
    const all = [...tokens, ...tests];
    rows = all.length ? spec.rows.filter((row) => all.every((test) => test(row))) : spec.rows.slice();
    order();
    state.page = 0;
    show();
  }
  function order() {
    if (state.column < 0) return;
    const key = keyOf(state.column), sign = state.down ? -1 : 1;
    rows.sort((a, b) => sign * (key[a] - key[b]) || a - b);
  }
  function keyOf(place) {
    if (!keys.has(place)) {
      const size = spec.rows.length ? spec.rows.reduce((most, row) => Math.max(most, row), 0) + 1 : 0;
      const key = new Float64Array(size);
      for (const row of spec.rows) key[row] = spec.columns[place].sort(row);
      keys.set(place, key);
    }
    return keys.get(place);
  }
  function sortBy(place) {
    state.down = state.column === place && !state.down;
    state.column = place;
    update();
  }
  function turn(step) {
    state.page += step;
    show();
    grid.scrollTop = 0;
    host.scrollIntoView({ block: 'start' });
    if (document.activeElement === document.body) (step > 0 ? before : after).focus();
  }
  function reset() {
    input.value = state.text = '';
    state.chosen.fill('');
    selects.forEach((field) => { field.querySelector('select').value = ''; });
    update();
  }
  function show() {
    const pages = Math.max(1, Math.ceil(rows.length / ROWS_A_PAGE));
    const first = printing ? 0 : state.page * ROWS_A_PAGE;
    const shown = rows.slice(first, printing ? ROWS_IN_PRINT : first + ROWS_A_PAGE);
    body.replaceChildren(...Array.from(shown, (row) =>
      h('tr', {}, spec.columns.map((column, place) =>
        h(place ? 'td' : 'th', { scope: place ? null : 'row', class: (column.num ? 'num ' : '') + (column.wide ? 'wide' : ''), 'data-label': column.label }, h('span', {}, column.cell(row)))))));
    sorter.value = state.column < 0 ? '' : state.column + (state.down ? ' down' : ' up');
    heads.forEach((head, place) => {
      if (state.column === place) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    const whole = rows.length === spec.rows.length;
    status.textContent = whole ? t('count.all', { n: rows.length }) : t('count.some', { n: spec.rows.length, found: rows.length });
    where.textContent = rows.length ? t('page.where', { from: first + 1, to: first + shown.length, of: rows.length }) : '';
    before.disabled = state.page === 0;
    after.disabled = state.page >= pages - 1;
    pager.hidden = pages === 1;
    grid.hidden = !rows.length;
    empty.hidden = Boolean(rows.length);
    clear.hidden = whole && !state.text && state.chosen.every((value) => !value);
    cut.hidden = !printing || rows.length <= ROWS_IN_PRINT;
    cut.textContent = t('print.cut', { n: ROWS_IN_PRINT, of: rows.length });
  }
  const api = {
    print(on) { if (spec.print) { printing = on; show(); } },
    filter(place, value) { reset(); state.chosen[place] = String(value); selects[place].querySelector('select').value = String(value); update(); },
  };
  tables[spec.name] = api;
  if (spec.order !== undefined) { state.column = spec.order; state.down = Boolean(spec.down); }
  update();
  return api;
}

const range = (size) => Int32Array.from({ length: size }, (_, row) => row);
const put = (name, spec) => {
  const host = document.querySelector('[data-table="' + name + '"]');
  if (host) makeTable(host, { name, label: host.dataset.label, ...spec });
};

// --- light and dark, print ----------------------------------------------------------------------------------

const root = document.documentElement, toggle = document.getElementById('theme');
const dark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches);
const nameToggle = () => { toggle.textContent = dark() ? t('theme.light') : t('theme.dark'); };
const kept = (theme) => { try { return theme ? localStorage.setItem('theme', theme) : localStorage.getItem('theme'); } catch { return null; } };
if (['dark', 'light'].includes(kept())) root.dataset.theme = kept();
toggle.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; kept(root.dataset.theme); nameToggle(); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameToggle);
nameToggle();
document.getElementById('print').addEventListener('click', () => window.print());
for (const element of document.querySelectorAll('.script')) element.hidden = false;
// Beside a chart that has a card for itself there is room for its table.
if (matchMedia('(min-width: 64rem)').matches) for (const table of document.querySelectorAll('.alone > .as-table')) table.open = true;
const printing = (on) => { for (const table of Object.values(tables)) table.print(on); };
window.addEventListener('beforeprint', () => printing(true));
window.addEventListener('afterprint', () => printing(false));
