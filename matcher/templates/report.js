// --- the run ------------------------------------------------------------------------------------------------

const { people, pairs, sessions, choices, verdicts, texts, unmatched, gains, groups, compare } = DATA;
const CONTESTED = ['paired', 'other_choice_taken', 'mentor_full', 'schedule_conflict'];

const count = people.id.length;
const nameOf = (person) => people.name[person] || people.id[person];
const linkTo = (person) => '#person=' + encodeURIComponent(people.id[person]);
const placeOf = new Map(people.id.map((id, person) => [id, person]));
const who = (person) =>
  h('span', { class: 'who' },
    h('a', { href: linkTo(person) }, h('bdi', {}, nameOf(person))),
    people.name[person] ? [' ', h('span', { class: 'id' }, people.id[person])] : null);
const whoAll = (all) => all.flatMap((person, place) => (place ? [', ', who(person)] : [who(person)]));
const functionOf = (person) => (people.function[person] < 0 ? '–' : DATA.functions[people.function[person]]);

let folded = null;
const hay = (person) => {
  folded ??= people.id.map((id, place) => fold(people.name[place] + ' ' + id));
  return folded[person];
};
/** Each person's place in the order of names. */
const byName = once(() => {
  const order = Array.from({ length: count }, (_, person) => person);
  order.sort((a, b) => collator.compare(nameOf(a), nameOf(b)) || a - b);
  const place = new Int32Array(count);
  order.forEach((person, at) => { place[person] = at; });
  return place;
});
const functionOrder = once(() => {
  const order = DATA.functions.map((_, code) => code).sort((a, b) => collator.compare(DATA.functions[a], DATA.functions[b]));
  const place = new Int32Array(DATA.functions.length);
  order.forEach((code, at) => { place[code] = at; });
  return place;
});
const functionSort = (person) => (people.function[person] < 0 ? -1 : functionOrder()[people.function[person]]);

// Offsets of lists that lie one behind the other.
const group = (size, of) => {
  const starts = new Int32Array(size + 1);
  for (const value of of) starts[value + 1] += 1;
  for (let i = 0; i < size; i += 1) starts[i + 1] += starts[i];
  const next = starts.slice(), rows = new Int32Array(of.length);
  for (let row = 0; row < of.length; row += 1) { rows[next[of[row]]] = row; next[of[row]] += 1; }
  return (value) => rows.subarray(starts[value], starts[value + 1]);
};
const choiceMentee = (() => {
  const of = new Int32Array(choices.mentor.length);
  let row = 0;
  choices.each.forEach((each, person) => { of.fill(person, row, row + each); row += each; });
  return of;
})();
const choicesOf = group(count, choiceMentee), asksFor = group(count, choices.mentor);
const asMentee = group(count, pairs.mentee), asMentor = group(count, pairs.mentor);
const leftRow = new Map(unmatched.person.map((person, row) => [person, row]));
const gainRow = new Map(gains.person.map((person, row) => [person, row]));
const listedNumber = (row) => choices.rank[row];

// --- times --------------------------------------------------------------------------------------------------

const DAY = 1440;
const wall = (minute, zone) => {
  const changes = DATA.zones[zone].changes;
  let offset = changes[0][1];
  for (const [from, then] of changes) if (from <= minute) offset = then;
  return minute + offset;
};
const starts = new Int32Array(sessions.start.length);
const days = new Int32Array(sessions.start.length);
const numbers = new Int16Array(sessions.start.length);
{
  let minute = 0;
  const counted = new Int32Array(pairs.mentee.length);
  sessions.start.forEach((step, row) => {
    minute += step;
    starts[row] = minute;
    days[row] = Math.floor(wall(minute, DATA.zone) / DAY);
    counted[sessions.pair[row]] += 1;
    numbers[row] = counted[sessions.pair[row]];
  });
}
const sessionsOf = group(pairs.mentee.length, sessions.pair);
const minutesOf = (row) => (typeof sessions.minutes === 'number' ? sessions.minutes : sessions.minutes[row]);
const dateForm = (options) => new Intl.DateTimeFormat(LANGUAGE === 'en' ? 'en-GB' : LANGUAGE, { timeZone: 'UTC', ...options });
const shortDate = dateForm({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const longDate = dateForm({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const monthName = dateForm({ month: 'long', year: 'numeric' });
const weekdayName = dateForm({ weekday: 'short' });
const weekdayLong = dateForm({ weekday: 'long' });
const at = (form, day) => form.format(new Date(day * DAY * 60000));
const clock = (minute) => {
  const of = ((minute % DAY) + DAY) % DAY;
  return String(Math.floor(of / 60)).padStart(2, '0') + ':' + String(of % 60).padStart(2, '0');
};
const span = (row, zone) => {
  const from = wall(starts[row], zone), to = wall(starts[row] + minutesOf(row), zone);
  return clock(from) + '–' + clock(to);
};
const isoDay = (day) => new Date(day * DAY * 60000).toISOString().slice(0, 10);

// --- sentences ----------------------------------------------------------------------------------------------

const rankText = (rank) => (rank ? t('rank.n', { rank }) : t('rank.none'));
const sentence = (text) => text.charAt(0).toLocaleUpperCase(LANGUAGE) + text.slice(1) + '.';
const rankBrief = (rank) => (rank ? t('rank.brief', { rank }) : t('rank.none'));
const standingText = (standing, decider) =>
  standing === 'some' && decider ? t('standing.some_' + decider) : t('standing.' + (standing || 'unknown'));
const verdictOf = (row) => verdicts[choices.verdict[row]];
const outcomeOf = (row) => verdictOf(row)[0];
const reasonOf = (row) => texts[verdictOf(row)[3]];

/** What became of a choice, and where it stands among the best pairings. */
const became = (row) => {
  const [outcome, standing, decider, text] = verdictOf(row);
  const parts = outcome === 'paired' ? [] : [texts[text]];
  if (outcome === 'mentor_full') {
    const holders = Array.from(asMentor(choices.mentor[row]));
    const said = holders.flatMap((pair, place) =>
      [place ? ', ' : '', who(pairs.mentee[pair]), ' (' + rankBrief(pairs.rank[pair]) + ')']);
    if (holders.length) parts.push(h('span', { class: 'holders' }, ' ', t('choice.holders'), ' ', said, '.'));
  }
  if (standing !== null && CONTESTED.includes(outcome)) {
    parts.push(h('span', { class: 'standing' }, ' ', standingText(standing, decider)));
  }
  return parts;
};

// --- tables -----------------------------------------------------------------------------------------------

/** A search in the names and ids of the people of a row. */
const amongPeople = (...columns) => (token) => {
  const hit = new Uint8Array(count);
  for (let person = 0; person < count; person += 1) hit[person] = hay(person).includes(token) ? 1 : 0;
  return (row) => columns.some((column) => hit[column(row)]);
};
const functionFilter = (...columns) => ({
  label: t('column.function'),
  options: DATA.functions.map((name, code) => [code, name]).sort((a, b) => collator.compare(a[1], b[1])),
  test: (row, value) => columns.some((column) => people.function[column(row)] === Number(value)),
});
const optionsOf = (values, label) => [...new Set(values)].sort((a, b) => a - b).map((value) => [value, label(value)]);
const rankOptions = (ranks) => optionsOf(ranks, (rank) => (rank ? told(rank) : t('rank.none')));
const personColumn = (label, of) => ({ label, cell: (row) => who(of(row)), sort: (row) => byName()[of(row)] });
const functionColumn = (label, of) => ({ label, wide: true, cell: (row) => functionOf(of(row)), sort: (row) => functionSort(of(row)) });

function pairTable() {
  const mentee = (row) => pairs.mentee[row], mentor = (row) => pairs.mentor[row];
  put('pairs', {
    rows: range(pairs.mentee.length), print: true,
    search: amongPeople(mentee, mentor),
    filters: [
      functionFilter(mentee, mentor),
      { label: t('column.rank'), options: rankOptions(pairs.rank), test: (row, value) => pairs.rank[row] === Number(value) },
      { label: t('column.source'), options: [[0, t('source.chosen')], [1, t('source.locked')]], test: (row, value) => pairs.locked[row] === Number(value) },
    ],
    columns: [
      personColumn(t('column.mentee'), mentee),
      functionColumn(t('column.mentee_function'), mentee),
      personColumn(t('column.mentor'), mentor),
      functionColumn(t('column.mentor_function'), mentor),
      { label: t('column.rank'), num: true, cell: (row) => (pairs.rank[row] ? told(pairs.rank[row]) : t('source.locked')), sort: (row) => pairs.rank[row] || 1000 },
      { label: t('column.sessions'), num: true, cell: (row) => told(sessionsOf(row).length), sort: (row) => sessionsOf(row).length },
      { label: t('column.first'), wide: true, cell: (row) => (sessionsOf(row).length ? at(shortDate, days[sessionsOf(row)[0]]) : '–'), sort: (row) => (sessionsOf(row).length ? starts[sessionsOf(row)[0]] : 0) },
    ],
  });
}

function unmatchedTable() {
  const person = (row) => unmatched.person[row];
  const reasons = Object.keys(words).filter((key) => key.startsWith('reason.')).map((key) => key.slice(7));
  const present = reasons.map((reason, place) => [place, t('reason.' + reason)]).filter(([place]) => unmatched.reason.includes(reasons[place]));
  put('unmatched', {
    rows: range(unmatched.person.length), print: true,
    search: amongPeople(person),
    filters: [functionFilter(person), { label: t('column.reason'), options: present, test: (row, value) => unmatched.reason[row] === reasons[Number(value)] }],
    columns: [
      personColumn(t('column.mentee'), person),
      functionColumn(t('column.function'), person),
      ...(unmatched.waiting.some((place) => place) ? [{ label: t('column.waiting'), num: true, cell: (row) => unmatched.waiting[row] || '–', sort: (row) => unmatched.waiting[row] || Infinity }] : []),
      { label: t('column.reason'), cell: (row) => t('reason.' + unmatched.reason[row]), sort: (row) => reasons.indexOf(unmatched.reason[row]) },
      { label: t('column.explanation'), cell: (row) => texts[unmatched.text[row]], sort: (row) => unmatched.text[row] },
      { label: t('column.change'), cell: (row) => changeText(row, true) || '–', sort: (row) => (unmatched.change[row] ? unmatched.change[row][0] : 9) },
    ],
  });
}

function mentorTable() {
  const rows = Int32Array.from(DATA.mentors), free = (row) => people.places[row] - asMentor(row).length;
  put('mentors', {
    rows, order: 5, down: true,
    search: amongPeople((row) => row),
    filters: [
      functionFilter((row) => row),
      { label: t('column.load'), options: [['full', t('load.full')], ['free', t('load.free')], ['none', t('load.none')]],
        test: (row, value) => (value === 'none' ? !asMentor(row).length : value === 'full' ? free(row) <= 0 && asMentor(row).length > 0 : free(row) > 0) },
    ],
    columns: [
      personColumn(t('column.mentor'), (row) => row),
      functionColumn(t('column.function'), (row) => row),
      { label: t('column.places'), num: true, cell: (row) => told(people.places[row]), sort: (row) => people.places[row] },
      { label: t('column.mentees'), num: true, cell: (row) => told(asMentor(row).length), sort: (row) => asMentor(row).length },
      { label: t('column.free'), num: true, cell: (row) => told(Math.max(0, free(row))), sort: free },
      { label: t('column.asked'), num: true, cell: (row) => told(asksFor(row).length), sort: (row) => asksFor(row).length },
      { label: t('column.gain'), cell: (row) => (gainRow.has(row) ? texts[gains.text[gainRow.get(row)]] : '–'), sort: (row) => (gainRow.has(row) ? gains.order[gainRow.get(row)] : -1) },
    ],
  });
}

function sessionTable() {
  const mentee = (row) => pairs.mentee[sessions.pair[row]], mentor = (row) => pairs.mentor[sessions.pair[row]];
  const months = [...new Set(days.map(monthOf))];
  put('sessions', {
    rows: range(starts.length),
    search: amongPeople(mentee, mentor),
    filters: [
      functionFilter(mentee, mentor),
      { label: t('column.month'), options: months.map((month) => [month, monthText(month)]), test: (row, value) => monthOf(days[row]) === Number(value) },
    ],
    columns: [
      { label: t('column.date'), cell: (row) => at(shortDate, days[row]), sort: (row) => starts[row] },
      { label: t('column.time'), num: true, cell: (row) => span(row, DATA.zone), sort: (row) => wall(starts[row], DATA.zone) % DAY },
      personColumn(t('column.mentee'), mentee),
      personColumn(t('column.mentor'), mentor),
      { label: t('column.number'), num: true, cell: (row) => t('number.of', { n: numbers[row], of: sessionsOf(sessions.pair[row]).length }), sort: (row) => numbers[row] },
      { label: t('column.minutes'), num: true, wide: true, cell: (row) => told(minutesOf(row)), sort: minutesOf },
    ],
  });
}

function choiceTable() {
  const mentee = (row) => choiceMentee[row], mentor = (row) => choices.mentor[row];
  const outcomes = [...new Set(verdicts.map((verdict) => verdict[0]))];
  const place = outcomes.map((outcome) => DATA.outcomes.indexOf(outcome));
  const sorted = outcomes.map((_, i) => i).sort((a, b) => place[a] - place[b]);
  const order = new Map(sorted.map((i, at) => [outcomes[i], at]));
  put('choices', {
    rows: range(choices.mentor.length),
    search: amongPeople(mentee, mentor),
    filters: [
      functionFilter(mentee),
      { label: t('column.rank'), options: rankOptions(choices.rank), test: (row, value) => choices.rank[row] === Number(value) },
      { label: t('column.outcome'), options: sorted.map((i) => [i, t('outcome.' + outcomes[i])]), test: (row, value) => outcomeOf(row) === outcomes[Number(value)] },
    ],
    columns: [
      personColumn(t('column.mentee'), mentee),
      { label: t('column.rank'), num: true, cell: (row) => told(choices.rank[row]), sort: listedNumber },
      personColumn(t('column.mentor'), mentor),
      { label: t('column.outcome'), cell: (row) => t('outcome.' + outcomeOf(row)), sort: (row) => order.get(outcomeOf(row)) },
      { label: t('column.reason'), wide: true, cell: (row) => (outcomeOf(row) === 'paired' ? '' : reasonOf(row)), sort: (row) => verdictOf(row)[3] },
    ],
  });
}

function changesTable() {
  if (!compare) return;
  const kinds = ['gained', 'lost', 'mentor', 'more', 'fewer', 'rank', 'joined', 'left'].filter((kind) => compare.kind.includes(kind));
  const side = (mentors, ranks) => (row) =>
    mentors[row].length ? mentors[row].flatMap((mentor, place) => [place ? ', ' : '', who(mentor), ' (' + rankBrief(ranks[row][place]) + ')']) : t('compare.nobody');
  const whys = [...new Set(compare.why)].sort(collator.compare);
  const whyOrder = new Map(whys.map((why, place) => [why, place]));
  put('changes', {
    rows: range(compare.person.length), print: true,
    search: (token) => {
      const person = amongPeople((row) => compare.person[row])(token);
      const hit = (row) => [...compare.before[row], ...compare.now[row]].some((mentor) => hay(mentor).includes(token));
      return (row) => person(row) || hit(row);
    },
    filters: [
      functionFilter((row) => compare.person[row]),
      { label: t('column.what'), options: kinds.map((kind) => [kind, t('change_kind.' + kind)]), test: (row, value) => compare.kind[row] === value },
    ],
    columns: [
      personColumn(t('column.mentee'), (row) => compare.person[row]),
      { label: t('column.what'), cell: (row) => t('change_kind.' + compare.kind[row]), sort: (row) => kinds.indexOf(compare.kind[row]) },
      { label: t('column.before'), cell: side(compare.before, compare.before_rank), sort: (row) => compare.before_rank[row][0] || 999 },
      { label: t('column.now'), cell: side(compare.now, compare.now_rank), sort: (row) => compare.now_rank[row][0] || 999 },
      { label: t('column.explanation'), cell: (row) => compare.why[row] || '–', sort: (row) => whyOrder.get(compare.why[row]) },
    ],
  });
}

// --- the month view -----------------------------------------------------------------------------------------

const monthOf = (day) => { const date = new Date(day * DAY * 60000); return date.getUTCFullYear() * 12 + date.getUTCMonth(); };
const firstOf = (month) => Date.UTC(Math.floor(month / 12), month % 12, 1) / 86400000;
const monthText = (month) => sentence(at(monthName, firstOf(month))).slice(0, -1);

const calendar = (() => {
  const host = document.getElementById('month');
  if (!host || !starts.length) return null;
  const first = monthOf(days[0]), last = monthOf(days[days.length - 1]);
  const all = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  const state = { month: first, day: days[0], person: -1 };
  const select = h('select', { id: 'month-select', change: () => go(Number(select.value)) }, all.map((month) => h('option', { value: String(month) }, monthText(month))));
  const before = h('button', { type: 'button', 'aria-label': t('month.before'), click: () => go(state.month - 1) }, '‹');
  const after = h('button', { type: 'button', 'aria-label': t('month.after'), click: () => go(state.month + 1) }, '›');
  const title = h('h4', { id: 'month-title', class: 'month-title', 'aria-live': 'polite' });
  const only = h('p', { class: 'only', hidden: true });
  const picker = personPicker('month-person', t('month.person'), (person) => { pick(person); });
  const grid = h('table', { class: 'month', 'aria-labelledby': 'month-title' });
  const dayTitle = h('h4', { id: 'day-title', tabindex: '-1' });
  const dayCount = h('p', { class: 'count', role: 'status' });
  const dayList = h('ol', { class: 'day-list' });
  const more = h('button', { type: 'button', class: 'quiet', click: () => { shown += 100; showDay(); } }, t('day.more'));
  let shown = 100;
  host.replaceChildren(
    h('div', { class: 'tools' },
      h('div', { class: 'field' }, h('label', { for: 'month-select' }, t('column.month')), h('div', { class: 'steps' }, before, select, after)),
      picker.element),
    only,
    h('div', { class: 'month-and-day' },
      h('div', {}, title, grid),
      h('section', { class: 'day', 'aria-labelledby': 'day-title' }, dayTitle, dayCount, dayList, more)));

  const mine = () => {
    if (state.person < 0) return null;
    const own = [...asMentee(state.person), ...asMentor(state.person)].flatMap((pair) => Array.from(sessionsOf(pair)));
    return own.sort((a, b) => a - b);
  };
  function counts() {
    const by = new Map();
    for (const row of mine() || range(days.length)) by.set(days[row], (by.get(days[row]) || 0) + 1);
    return by;
  }
  let by = counts();
  function go(month) {
    state.month = Math.min(last, Math.max(first, month));
    const inside = [...by.keys()].filter((day) => monthOf(day) === state.month);
    state.day = inside.length ? Math.min(...inside) : firstOf(state.month);
    shown = 100;
    show();
  }
  function pick(person) {
    state.person = person;
    by = counts();
    only.hidden = person < 0;
    only.replaceChildren(...(person < 0 ? [] : [
      ...rich('month.only', { who: who(person), n: (mine() || []).length }), ' ',
      h('button', { type: 'button', class: 'quiet', click: () => { pick(-1); picker.clear(); } }, t('month.everybody'))]));
    const own = mine();
    go(own && own.length ? monthOf(days[own[0]]) : state.month);
  }
  function show() {
    select.value = String(state.month);
    before.disabled = state.month === first;
    after.disabled = state.month === last;
    title.textContent = monthText(state.month);
    const from = firstOf(state.month), to = firstOf(state.month + 1);
    const most = Math.max(1, ...by.values());
    const head = h('tr', {}, Array.from({ length: 7 }, (_, step) => h('th', { scope: 'col' }, h('abbr', { title: at(weekdayLong, 4 + step) }, at(weekdayName, 4 + step)))));
    const weeks = [];
    for (let monday = from - ((from + 3) % 7); monday < to; monday += 7) {
      weeks.push(h('tr', {}, Array.from({ length: 7 }, (_, step) => dayCell(monday + step, from, to, most))));
    }
    grid.replaceChildren(h('thead', {}, head), h('tbody', {}, weeks));
    showDay();
  }
  function dayCell(day, from, to, most) {
    if (day < from || day >= to) return h('td', { class: 'outside' });
    const held = by.get(day) || 0, of = day - from + 1;
    if (!held) return h('td', { class: 'nothing' }, h('span', { class: 'of' }, String(of)));
    const step = Math.min(5, 1 + Math.floor((5 * Math.log(held)) / Math.log(most + 1)));
    return h('td', {}, h('button', {
      type: 'button', class: 'heat-' + step, 'data-day': isoDay(day),
      'aria-pressed': String(day === state.day),
      'aria-label': t('day.label', { n: held, date: at(longDate, day) }),
      click: () => { state.day = day; shown = 100; show(); grid.querySelector('[aria-pressed="true"]').focus(); },
    }, h('span', { class: 'of' }, String(of)), h('span', { class: 'held' }, told(held))));
  }
  function showDay() {
    const rows = [];
    const own = mine();
    if (own) rows.push(...own.filter((row) => days[row] === state.day));
    else for (let row = lower(days, state.day); row < days.length && days[row] === state.day; row += 1) rows.push(row);
    dayTitle.textContent = at(longDate, state.day);
    dayCount.textContent = t('day.count', { n: rows.length });
    dayList.replaceChildren(...rows.slice(0, shown).map((row) => {
      const pair = sessions.pair[row];
      return h('li', {}, h('time', { datetime: isoDay(days[row]) + 'T' + clock(wall(starts[row], DATA.zone)) }, span(row, DATA.zone)), ' ',
        h('span', { class: 'two' }, who(pairs.mentee[pair]), ' – ', who(pairs.mentor[pair])));
    }));
    more.hidden = rows.length <= shown;
  }
  go(first);
  return { pick: (person) => { pick(person); picker.set(person); } };
})();

function lower(sorted, value) {
  let from = 0, to = sorted.length;
  while (from < to) { const middle = (from + to) >> 1; if (sorted[middle] < value) from = middle + 1; else to = middle; }
  return from;
}

// --- finding a person ---------------------------------------------------------------------------------------

/** A field that suggests people while one types: arrows, Enter and Escape work as in any such list. */
function personPicker(id, label, onPick) {
  const input = h('input', {
    id, type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: 'false', placeholder: t('search.placeholder'),
    'aria-expanded': 'false', 'aria-controls': id + '-list', 'aria-autocomplete': 'list',
  });
  const box = h('ul', { id: id + '-list', role: 'listbox', 'aria-label': label, hidden: true });
  const status = h('p', { class: 'hidden', role: 'status' });
  let found = [], at = -1;
  const close = () => { box.hidden = true; at = -1; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); };
  const choose = (person) => { close(); input.value = nameOf(person); onPick(person); };
  const mark = (place) => {
    at = place;
    [...box.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
    if (at >= 0) { input.setAttribute('aria-activedescendant', box.children[at].id); box.children[at].scrollIntoView({ block: 'nearest' }); }
  };
  const open = () => {
    const tokens = fold(input.value).split(/\s+/).filter(Boolean);
    if (!tokens.length) { close(); status.textContent = ''; return; }
    const exact = placeOf.get(input.value.trim());
    found = exact === undefined ? [] : [exact];
    let all = found.length;
    for (let person = 0; person < count; person += 1) {
      if (person === exact || !tokens.every((token) => hay(person).includes(token))) continue;
      all += 1;
      if (found.length < 8) found.push(person);
    }
    box.replaceChildren(...found.map((person, place) =>
      h('li', { id: id + '-' + place, role: 'option', 'aria-selected': 'false', mousedown: (event) => { event.preventDefault(); choose(person); } },
        h('bdi', {}, nameOf(person)), ' ', h('span', { class: 'id' }, [people.name[person] ? people.id[person] : '', functionOf(person)].filter(Boolean).join(' · ')))));
    status.textContent = t('search.found', { n: all });
    box.hidden = !found.length;
    input.setAttribute('aria-expanded', String(found.length > 0));
    mark(found.length ? 0 : -1);
  };
  input.addEventListener('input', open);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' && found.length && !box.hidden) { event.preventDefault(); mark((at + 1) % found.length); }
    else if (event.key === 'ArrowUp' && found.length && !box.hidden) { event.preventDefault(); mark((at + found.length - 1) % found.length); }
    else if (event.key === 'Enter' && at >= 0 && !box.hidden) { event.preventDefault(); choose(found[at]); }
    else if (event.key === 'Escape') { close(); }
  });
  return {
    element: h('div', { class: 'field picker' }, h('label', { for: id }, label), input, box, status),
    clear() { input.value = ''; close(); },
    set(person) { input.value = nameOf(person); },
  };
}

// --- the page about one person ------------------------------------------------------------------------------

/** The smallest change that would help, in words with a link; brief for a table. */
function changeText(row, brief = false) {
  const change = unmatched.change[row];
  if (!change) return brief || !DATA.knows_change ? null : t('change.none');
  const [kind, mentor, detail] = change;
  const key = ['change.place', 'change.time', 'change.rule', 'change.choice', 'change.other'][kind];
  const said = rich(key, { who: mentor < 0 ? '' : who(mentor), detail: detail < 0 ? '' : texts[detail] });
  return brief ? said : [said, ' ', t('change.stays')];
}

const section = (id, heading, ...children) => h('div', { class: 'card', id }, h('h3', {}, heading), children);
const simpleTable = (label, heads, rows) =>
  h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label },
    h('table', { class: 'data' }, h('caption', { class: 'hidden' }, label),
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell, place) => h(place ? 'td' : 'th', { scope: place ? null : 'row', 'data-label': heads[place] }, h('span', {}, cell))))))));

function personPage(person) {
  const zone = people.zone[person], mentors = Array.from(asMentee(person)), mentees = Array.from(asMentor(person));
  const listed = Array.from(choicesOf(person)), asked = Array.from(asksFor(person)), left = leftRow.get(person);
  const facts = [[t('column.id'), people.id[person]]];
  if (people.function[person] >= 0) {
    facts.push([t('column.function'), functionOf(person)], [t('column.level'), people.level[person]], [t('column.zone'), DATA.zones[zone].name]);
  }
  const parts = [
    h('p', { class: 'back' }, h('a', { href: '#top', click: (event) => { if (opened) { event.preventDefault(); history.back(); } } }, '← ', t('person.back'))),
    h('h2', { id: 'person-title', tabindex: '-1' }, h('bdi', {}, nameOf(person))),
    h('dl', { class: 'facts' }, facts.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value)))),
    people.known[person] ? null : h('p', { class: 'notice' }, t('person.unknown')),
  ];
  if (mentors.length) {
    parts.push(section('person-mentors', t('person.mentors', { n: mentors.length }), mentors.map((pair) => pairCard(pair, pairs.mentor[pair], listed))));
  } else if (left !== undefined) {
    parts.push(unmatchedCard(person, left));
  }
  if (listed.length) {
    parts.push(section('person-choices', t('person.choices'),
      simpleTable(t('person.choices'), [t('column.rank'), t('column.mentor'), t('column.outcome'), t('person.why')],
        listed.map((row) => [told(choices.rank[row]), who(choices.mentor[row]), t('outcome.' + outcomeOf(row)), became(row)])),
      listed.some((row) => CONTESTED.includes(outcomeOf(row))) ? h('p', { class: 'note' }, DATA.best) : null));
  } else if (mentors.length || left !== undefined) {
    parts.push(section('person-choices', t('person.choices'), h('p', {}, t('person.no_choices'))));
  }
  if (drawn(person, listed, left)) {
    const place = people.turn[person];
    parts.push(section('person-draw', t('draw.title'),
      place ? h('p', { class: 'big' }, t('draw.number', { n: place, of: DATA.drawn })) : null,
      h('p', {}, left !== undefined && unmatched.reason[left] === 'draw' ? t('draw.lost') : t('draw.open')),
      h('p', { class: 'note' }, t('draw.how', { seed: String(DATA.seed) }))));
  }
  if (mentees.length || asked.length) parts.push(mentorCard(person, mentees, asked));
  const meetings = [...mentors, ...mentees].flatMap((pair) => Array.from(sessionsOf(pair))).sort((a, b) => a - b);
  if (mentors.length || mentees.length) parts.push(meetingCard(person, [...mentors, ...mentees], meetings));
  const change = compare ? compare.person.indexOf(person) : -1;
  if (change >= 0) parts.push(section('person-compare', t('person.compare'), h('p', {}, comparedText(change))));
  return parts;
}

const drawn = (person, listed, left) =>
  (left !== undefined && unmatched.reason[left] === 'draw') || listed.some((row) => verdictOf(row)[1] === 'some' && verdictOf(row)[2] === 'draw');

function pairCard(pair, other, listed) {
  const better = listed.filter((row) => choices.rank[row] < pairs.rank[pair] && outcomeOf(row) !== 'paired');
  const why = pairs.locked[pair] ? t('why.locked') : better.length ? t('why.better', { n: better.length }) : t('why.best');
  return h('div', { class: 'pair' },
    h('p', { class: 'big' }, who(other)),
    h('p', {}, sentence(rankText(pairs.rank[pair])) + ' ' + why + ' ' + (pairs.standing[pair] === null ? '' : standingText(pairs.standing[pair], pairDecider(pair)))));
}

function pairDecider(pair) {
  const row = Array.from(choicesOf(pairs.mentee[pair])).find((row) => choices.mentor[row] === pairs.mentor[pair]);
  return row === undefined ? '' : verdictOf(row)[2];
}

function contestText(places, others) {
  if (!DATA.left) return [t('contest.places', { n: places }), ' ', t('contest.others', { n: others })];
  const left = places ? t('contest.left', { n: places }) : t('contest.full');
  return others ? [left, ' ', t(places ? 'contest.others' : 'contest.others_only', { n: others })] : [left];
}

function unmatchedCard(person, row) {
  const items = [h('p', { class: 'big' }, t('reason.' + unmatched.reason[row])), h('p', {}, texts[unmatched.text[row]])];
  if (unmatched.competitors[row] !== null && unmatched.places[row] !== null) {
    items.push(h('h4', {}, t('contest.title')), h('p', {}, ...contestText(unmatched.places[row], unmatched.competitors[row])));
    if (unmatched.contested[row].length) items.push(h('p', {}, t('contest.mentors'), ' ', whoAll(unmatched.contested[row]), '.'));
  }
  const short = groups[unmatched.group[row]];
  if (short) items.push(h('p', {}, t(DATA.left ? 'group.text_left' : 'group.text', { number: unmatched.group[row], mentees: short[1], mentors: short[0], places: short[2], shortage: short[3] })));
  const change = changeText(row);
  const suggested = unmatched.suggestions[row];
  if (change || suggested) items.push(h('h4', {}, t('change.title')));
  if (change) items.push(h('p', {}, change));
  if (suggested) items.push(h('p', {}, suggested.length ? [t('suggestions.some', { n: suggested.length }), ' ', whoAll(suggested), '.'] : t('suggestions.none')));
  if (unmatched.waiting[row]) items.push(h('p', {}, t('waiting.place', { number: unmatched.waiting[row], of: unmatched.person.length })));
  return section('person-unmatched', t('person.unmatched'), items);
}

function mentorCard(person, mentees, asked) {
  const taken = new Set(mentees.map((pair) => pairs.mentee[pair])), vain = asked.filter((row) => !taken.has(choiceMentee[row]));
  const items = [h('p', {}, t('mentor.places', { n: people.places[person] }), ' ', t('mentor.has', { n: mentees.length }), ' ', t('mentor.asked', { n: asked.length }))];
  if (mentees.length) {
    items.push(h('ul', {}, mentees.map((pair) =>
      h('li', {}, who(pairs.mentee[pair]), ': ' + rankText(pairs.rank[pair]) + (pairs.locked[pair] ? ', ' + t('source.locked') : '') + '.' +
        (pairs.standing[pair] === null ? '' : ' ' + standingText(pairs.standing[pair], pairDecider(pair)))))));
  }
  if (gainRow.has(person)) items.push(h('p', {}, t('mentor.gain'), ' ', texts[gains.text[gainRow.get(person)]]));
  if (vain.length) {
    items.push(h('h4', {}, t('mentor.vain', { n: vain.length })),
      simpleTable(t('mentor.vain', { n: vain.length }), [t('column.mentee'), t('column.rank'), t('column.outcome'), t('mentor.instead')],
        vain.map((row) => {
          const instead = Array.from(asMentee(choiceMentee[row]));
          return [who(choiceMentee[row]), told(choices.rank[row]), t('outcome.' + outcomeOf(row)),
            instead.length ? whoAll(instead.map((pair) => pairs.mentor[pair])) : t('mentor.nobody')];
        })));
  }
  return section('person-mentor', t('person.mentor'), items);
}

function meetingCard(person, own, meetings) {
  const zone = people.zone[person], other = people.known[person] && meetings.some((row) => wall(starts[row], zone) !== wall(starts[row], DATA.zone));
  const heads = [t('column.date'), t('column.time')];
  if (other) heads.push(t('column.own_time'));
  heads.push(t('column.with'), t('column.number'));
  const rows = meetings.map((row) => {
    const pair = sessions.pair[row], partner = pairs.mentee[pair] === person ? pairs.mentor[pair] : pairs.mentee[pair];
    const cells = [at(shortDate, days[row]), span(row, DATA.zone)];
    if (other) {
      const day = Math.floor(wall(starts[row], zone) / DAY);
      cells.push((day === days[row] ? '' : at(shortDate, day) + ', ') + span(row, zone));
    }
    return [...cells, who(partner), t('number.of', { n: numbers[row], of: sessionsOf(pair).length })];
  });
  const why = own.map((pair) => {
    const partner = pairs.mentee[pair] === person ? pairs.mentor[pair] : pairs.mentee[pair];
    return pairs.number[pair] < 0 ? null : h('li', {}, who(partner), ': ', texts[pairs.number[pair]]);
  }).filter(Boolean);
  return section('person-sessions', t('person.sessions'),
    h('p', {}, other ? t('clock.two', { programme: DATA.zones[DATA.zone].name, own: DATA.zones[zone].name }) : t('clock.one', { programme: DATA.zones[DATA.zone].name })),
    meetings.length ? simpleTable(t('person.sessions'), heads, rows) : h('p', {}, t('person.no_sessions')),
    why.length ? [h('h4', {}, t('person.number')), h('ul', {}, why)] : null,
    meetings.length && calendar ? h('p', {}, h('a', { href: '#calendar', click: () => calendar.pick(person) }, t('person.calendar'))) : null);
}

function comparedText(row) {
  const before = compare.before[row];
  const said = before.length ? before.flatMap((mentor, place) => [place ? ', ' : '', who(mentor), ' (' + rankBrief(compare.before_rank[row][place]) + ')']) : [t('compare.nobody')];
  return [t('change_kind.' + compare.kind[row]), '. ', t('compare.before'), ' ', said, '. ', compare.why[row]];
}

// --- which page is open -------------------------------------------------------------------------------------

const report = document.getElementById('report'), page = document.getElementById('person'), title = document.title;
let scrolled = 0, opener = null, opened = false, clicked = false;

function route() {
  const fragment = location.hash.slice(1);
  const name = fragment.startsWith('person=') ? decoded(fragment.slice(7)) : null;
  if (name === null) { closePerson(fragment); return; }
  if (!report.hidden) { scrolled = window.scrollY; }
  const person = placeOf.get(name);
  page.replaceChildren(...(person === undefined
    ? [h('p', { class: 'back' }, h('a', { href: '#top' }, '← ', t('person.back'))), h('h2', { id: 'person-title', tabindex: '-1' }, t('person.nobody')), h('p', {}, t('person.nobody_text', { id: name }))]
    : personPage(person)).filter(Boolean));
  report.hidden = true;
  page.hidden = false;
  document.title = (person === undefined ? t('person.nobody') : nameOf(person)) + ' – ' + title;
  window.scrollTo(0, 0);
  document.getElementById('person-title').focus({ preventScroll: true });
}
function closePerson(fragment) {
  if (page.hidden) return;
  page.hidden = true;
  page.replaceChildren();
  report.hidden = false;
  document.title = title;
  const target = fragment && document.getElementById(fragment);
  if (clicked && target) { target.scrollIntoView(); return; }
  window.scrollTo(0, scrolled);
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
}
const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  (page.hidden ? report : page).focus();
});
document.addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#"]');
  clicked = Boolean(link);
  if (link && link.hash.startsWith('#person=')) { opener = report.hidden ? opener : link; opened = true; }
});
window.addEventListener('popstate', () => { setTimeout(() => { clicked = false; }); });
window.addEventListener('hashchange', route);

// --- begin --------------------------------------------------------------------------------------------------

document.getElementById('finder').append(personPicker('find', t('search.person'), (person) => { opened = true; opener = document.getElementById('find'); location.hash = linkTo(person); }).element);
for (const link of document.querySelectorAll('[data-reason]')) {
  link.addEventListener('click', () => {
    const reasons = Object.keys(words).filter((key) => key.startsWith('reason.')).map((key) => key.slice(7));
    tables.unmatched.filter(1, reasons.indexOf(link.dataset.reason));
  });
}
pairTable();
unmatchedTable();
mentorTable();
sessionTable();
choiceTable();
changesTable();
route();
document.getElementById('no-script').remove();
root.dataset.ready = 'yes';
