
// --- what a rematch has changed -----------------------------------------------------------------------------

const { rematch } = DATA;
const rematchTime = (span, zone) => {
  if (!span) return '';
  const from = wall(span[0], zone), to = wall(span[1], zone);
  return at(shortDate, Math.floor(from / DAY)) + ', ' + clock(from) + '–' + clock(to);
};
const rematchMove = ([kind, before, now], zone) =>
  t('rematch_move.' + kind, { before: rematchTime(before, zone), now: rematchTime(now, zone) });
const rematchCounts = (row) =>
  ['kept', 'moved', 'cancelled', 'new'].flatMap((kind, place) =>
    (rematch.counts[row][place] ? [t('rematch_sessions.' + kind, { number: rematch.counts[row][place] })] : [])).join(', ') || '–';
const rematchKinds = ['ended', 'new', 'moved'].filter((kind) => rematch.kind.includes(kind));
const rematchWhys = new Map([...new Set(rematch.why)].sort(collator.compare).map((why, place) => [why, place]));

put('rematch', {
  rows: range(rematch.mentee.length), print: true,
  search: amongPeople((row) => rematch.mentee[row], (row) => rematch.mentor[row]),
  filters: [
    functionFilter((row) => rematch.mentee[row], (row) => rematch.mentor[row]),
    { label: t('column.what'), options: rematchKinds.map((kind) => [kind, t('rematch_kind.' + kind)]), test: (row, value) => rematch.kind[row] === value },
  ],
  columns: [
    personColumn(t('column.mentee'), (row) => rematch.mentee[row]),
    personColumn(t('column.mentor'), (row) => rematch.mentor[row]),
    { label: t('column.what'), cell: (row) => t('rematch_kind.' + rematch.kind[row]), sort: (row) => rematchKinds.indexOf(rematch.kind[row]) },
    { label: t('column.explanation'), cell: (row) => rematch.why[row] || '–', sort: (row) => rematchWhys.get(rematch.why[row]) },
    { label: t('column.sessions'), cell: rematchCounts, sort: (row) => rematch.moves[row].length },
  ],
});

/** On somebody's own page: what changes for him, on his own clock. */
function rematchCard() {
  const fragment = location.hash.slice(1);
  const person = fragment.startsWith('person=') ? placeOf.get(decoded(fragment.slice(7))) : undefined;
  const own = Array.from(range(rematch.mentee.length)).filter((row) => [rematch.mentee[row], rematch.mentor[row]].includes(person));
  if (!own.length) return;
  const zone = people.zone[person];
  page.querySelector('.facts').after(section('person-rematch', t('rematch.title', { date: rematch.date }),
    h('ul', {}, own.map((row) => h('li', {},
      who(rematch.mentee[row] === person ? rematch.mentor[row] : rematch.mentee[row]), ': ', t('rematch_kind.' + rematch.kind[row]), '. ',
      rematch.kind[row] === 'moved' ? null : rematch.why[row],
      rematch.moves[row].length ? h('ul', {}, rematch.moves[row].map((move) => h('li', {}, rematchMove(move, zone)))) : null))),
    zone === DATA.zone ? null : h('p', { class: 'note' }, t('clock.one', { programme: DATA.zones[zone].name }))));
}
window.addEventListener('hashchange', rematchCard);
rematchCard();
