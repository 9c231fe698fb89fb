// --- the comparison -----------------------------------------------------------------------------------------

const { runs, keys, changes, people, texts } = DATA;
const KINDS = ['gained', 'lost', 'mentor', 'more', 'fewer', 'rank', 'joined', 'left'];

const personText = (person) => (people.name[person] || people.id[person]) + ' ' + people.id[person];
const person = (place) =>
  h('span', { class: 'who' }, h('bdi', {}, people.name[place] || people.id[place]),
    people.name[place] ? [' ', h('span', { class: 'id' }, people.id[place])] : null);
const rankBrief = (rank) => (rank ? t('rank.brief', { rank }) : t('rank.none'));

/** The place of each text in the order of the language. */
const orderOf = (all) => {
  const place = new Map([...new Set(all)].sort(collator.compare).map((text, at) => [text, at]));
  return (row) => place.get(all[row]);
};
const numberColumn = (label, of, wide) => ({
  label, num: true, wide, cell: (row) => (of(runs[row]) === null ? '–' : told(of(runs[row]))), sort: (row) => (of(runs[row]) === null ? 1e9 : of(runs[row])),
});
/** Names of keys and cases, which may break behind their dots and dashes. */
const breakable = (text) => text.replace(/[._=/]/g, '$&\u200b');
const runName = (row) => h('bdi', {}, breakable(runs[row].name));
const showChanges = (row) => () => tables.changes.filter(0, row);

function runTable() {
  const settings = keys.map((key, place) => ({
    label: breakable(key), cell: (row) => breakable(runs[row].settings[place]), sort: orderOf(runs.map((run) => run.settings[place])),
  }));
  const haystack = runs.map((run) => fold([run.name, ...run.settings].join(' ')));
  put('runs', {
    rows: range(runs.length), print: true, filters: [],
    search: (token) => (row) => haystack[row].includes(token),
    columns: [
      { label: t('runs.run'), cell: (row) => runName(row), sort: (row) => row },
      numberColumn(t('figure.served'), (run) => run.served),
      numberColumn(t('figure.pairs'), (run) => run.pairs),
      { label: t('figure.profile'), num: true, wide: true, cell: (row) => runs[row].ranks || '–', sort: orderOf(runs.map((run) => run.ranks)) },
      numberColumn(t('figure.mean_rank'), (run) => run.mean),
      numberColumn(t('figure.worst_rank'), (run) => run.worst),
      numberColumn(t('figure.sessions'), (run) => run.sessions),
      numberColumn(t('figure.mentors'), (run) => run.mentors, true),
      { label: t('figure.status'), cell: (row) => runs[row].status, sort: orderOf(runs.map((run) => run.status)) },
      {
        label: t('figure.otherwise'), num: true, sort: (row) => runs[row].otherwise,
        cell: (row) => (runs[row].otherwise ? h('a', { href: '#changes-table', click: showChanges(row) }, told(runs[row].otherwise)) : '0'),
      },
      ...settings,
    ],
  });
}

function changesTable() {
  if (!changes.run.length) return;
  const kinds = KINDS.filter((kind) => changes.kind.includes(kind));
  const side = (column) => (row) =>
    column[row].length ? column[row].flatMap(([mentor, rank], place) => [place ? ', ' : '', person(mentor), ' (' + rankBrief(rank) + ')']) : t('compare.nobody');
  const best = (column) => (row) => (column[row].length ? column[row][0][1] || 998 : 999);
  const haystack = people.id.map((_, place) => fold(personText(place)));
  const held = [...new Set(changes.run)];
  put('changes', {
    rows: range(changes.run.length), print: true,
    search: (token) => {
      const hit = haystack.map((text) => text.includes(token));
      return (row) => hit[changes.person[row]] || [...changes.before[row], ...changes.now[row]].some(([mentor]) => hit[mentor]);
    },
    filters: [
      { label: t('runs.run'), options: held.map((run) => [run, runs[run].name]), test: (row, value) => changes.run[row] === Number(value) },
      { label: t('column.what'), options: kinds.map((kind) => [kind, t('change_kind.' + kind)]), test: (row, value) => changes.kind[row] === value },
    ],
    columns: [
      { label: t('column.mentee'), cell: (row) => person(changes.person[row]), sort: orderOf(changes.person.map(personText)) },
      { label: t('runs.run'), cell: (row) => runName(changes.run[row]), sort: (row) => changes.run[row] },
      { label: t('column.what'), cell: (row) => t('change_kind.' + changes.kind[row]), sort: (row) => KINDS.indexOf(changes.kind[row]) },
      { label: breakable(runs[0].name), cell: side(changes.before), sort: best(changes.before) },
      { label: t('column.now'), cell: side(changes.now), sort: best(changes.now) },
      { label: t('column.explanation'), cell: (row) => texts[changes.why[row]] || '–', sort: orderOf(changes.why.map((why) => texts[why])) },
    ],
  });
}

runTable();
changesTable();
document.getElementById('no-script').remove();
root.dataset.ready = 'yes';
