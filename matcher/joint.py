"""Pairing and schedule together: pair, schedule, cut, until the schedule bears the pairing out.

Every pairing on the way is the optimum of a relaxation of the joint problem (all rules on pairs, and only the
schedule conflicts found so far), so its values are bounds; the first whose schedule keeps what was promised of
it is the optimum. Places alone are a flow. Where its pairing meets a schedule conflict, CP-SAT settles the
choices that hang together with it, as long as goals 1 to 3 can stay at what places allow. Where they cannot,
one of the pairs in conflict must go: the search branches on which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.clusters import Cluster, Clusters, mutual_pairs, violated
from matcher.cuts import Cut, Plan
from matcher.drawn import Closed, Drawn, Found
from matcher.goals import Bounds, Figures, figures
from matcher.local import Basis, Local
from matcher.model import BoolArray, IntArray
from matcher.pairing import rank_order
from matcher.relaxation import Problem, Relaxation

BRANCHES = 64
"""After so many branches CP-SAT takes over all goals that conflicts touch."""

SMALL = 500
"""With so many candidates at most CP-SAT is quick: an eighth of the branches will do."""

DOUBTS = 100
"""With more conflicts than this whose price is in doubt branching would have no end."""

LARGE = 2000
"""With more open candidates than this in a part, branching is quicker than CP-SAT where prices are in doubt."""


@dataclass
class Joint:
    """The search for the joint optimum, and what it has proven so far.

    `plan` is the best plan found; it starts as the locks' own. `closed` tells that goals 1 to 5 and the draw are
    settled. `drawn` are mentees whom only the draw left without a mentor, all of them where `drawn_known`.
    `by_places` is a best pairing by places alone, as a Boolean per candidate, `root` all that places alone allow.
    `bounds` holds a bound on each
    level given that those before it are at theirs, as far as known.
    """

    problem: Problem
    tell: Callable[[str], None]
    plan: Plan
    cuts: list[Cut] = field(default_factory=list, init=False)
    rounds: int = field(default=0, init=False)
    branches: int = field(default=0, init=False)
    closed: bool = field(default=False, init=False)
    drawn_known: bool = field(default=False, init=False)
    bounds: tuple[int, ...] = field(default=(), init=False)
    by_places: BoolArray = field(init=False)
    root: Relaxation = field(init=False)
    local: Local = field(init=False)
    mutual: tuple[Cut, ...] = field(init=False)
    _open: dict[frozenset[tuple[int, bool]], Relaxation] = field(default_factory=dict, init=False)
    _whole: dict[frozenset[tuple[int, bool]], Relaxation] = field(default_factory=dict, init=False)
    _done: list[Closed] = field(default_factory=list, init=False)
    _obstacle: Cut | None = field(default=None, init=False)
    _split: tuple[Relaxation, int] | None = field(default=None, init=False)
    _drawn: Drawn = field(init=False)
    _places: tuple[int, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Begin with nothing known but the locks."""
        self.by_places = self.problem.pairs.locked
        self.local = Local(self.problem)
        self._drawn = Drawn(self.problem, self._conflicts, self._again)
        self.mutual = mutual_pairs(self.problem.pairs, self.problem.possible.tolist())

    def search(self, *, drawn: bool = True) -> None:
        """Close all goals, the most promising branch first, until no other can hold anything better.

        Where `drawn` asks for it, also find out whom only the draw left out.
        """
        self.root = root = Relaxation(self.problem, {})
        most = self._known(dict(enumerate(root.values)), "mentees")
        self.tell(f"at most {most} mentees can have a mentor by places alone")
        self._places = self.bounds = root.values
        self.by_places = root.chosen
        self._open[frozenset()] = root
        while self._open and not self.problem.clock.over:
            if self.branches >= self._most_branches:
                self._join()
            decided = max(self._open, key=lambda key: self._open[key].values)
            relaxation = self._open[decided]
            if self._done and relaxation.values < max(closed.values for closed in self._done):
                break
            del self._open[decided]
            closed = self._close(relaxation, root)
            if closed is not None:
                self._done.append(closed)
            elif not self.problem.clock.over:
                self._branch(relaxation)
        if self._done and not self.problem.clock.over:
            self._conclude(drawn=drawn)

    def _close(self, relaxation: Relaxation, root: Relaxation) -> Closed | None:
        """The best solution within a relaxation; with too many branches, the best of all.

        None if goals 1 to 3 cannot stay at the relaxation's values, or at the limit.
        """
        closed = self._pricing(relaxation)
        if closed is None and not self._must_branch() and self._split is None:
            self._obstacle = None  # at this depth, with nothing priced, only what cannot be borne is in the way
            plain = relaxation.with_prices(()) if relaxation.priced else relaxation
            closed = self._at_depth(plain, self.problem.price)
            moved = self.problem.place("moved")
            if closed is None and moved is not None and self._must_move():
                self.tell("planned sessions have to move: leaving to CP-SAT which")
                self._obstacle = None
                whole = Relaxation(self.problem, relaxation.decided) if relaxation.decided else plain
                closed = self._at_depth(whole, moved)
        if closed is not None or self._split is not None or self.problem.clock.over:
            return closed
        if self.branches < self._most_branches:
            return None
        self.tell(f"{self.branches} branches are enough: leaving every goal that conflicts touch to CP-SAT")
        self._open.clear()
        for depth in range(self.problem.price - 1, -1, -1):
            closed = self._at_depth(root, depth)
            if closed is not None or self.problem.clock.over:
                return closed
        raise AssertionError("no pairing at all keeps the locks, which were scheduled: a bug")

    def _join(self) -> None:
        """Put together what was split only because of what conflicts cost: CP-SAT can tell that, too."""
        self._open = {
            frozenset(part.decided.items()): part
            for part in (self._whole.get(key, relaxation) for key, relaxation in self._open.items())
        }
        self._whole.clear()

    @property
    def _most_branches(self) -> int:
        if self.problem.waves is not None:  # places are too generous a bound, and CP-SAT knows better
            return 0
        return BRANCHES // (8 if len(self.problem.possible) <= SMALL else 1)

    def _branch(self, relaxation: Relaxation) -> None:
        """Split what a relaxation allows, so that its conflict cannot be or its price is known."""
        whole = self._whole.get(frozenset(relaxation.decided.items()))
        if self._split is not None:
            priced, pair = self._split
            cuts = self._to_be_borne(priced)
            self.tell(f"whether two people are paired changes what {len(cuts)} conflicts cost: trying both")
            parts = [priced.given(pair, chosen=chosen, cuts=cuts) for chosen in (True, False)]
            whole = whole or relaxation
        elif self._must_branch():
            assert self._obstacle is not None  # noqa: S101 - for the type checker
            free = [pair for pair in self._obstacle.pairs if not relaxation.is_held(pair)]
            self.tell(f"{len(self._obstacle.pairs)} pairs cannot all be, and cannot be avoided: one has to go")
            parts = [relaxation.without(pair) for pair in free]
        else:
            raise AssertionError("goals 1 to 3 cannot be held and no conflict says why: a bug")
        for part in parts:
            key = frozenset(part.decided.items()) if part else frozenset()
            if part and key not in self._open:
                self.branches += 1
                self._open[key] = part
                if whole:
                    self._whole[key] = whole
        self.bounds = self._bound_of_all([])

    def _conclude(self, *, drawn: bool) -> None:
        """Pick the best solution, by the draw among equals, and perhaps see whom only the draw left out."""
        top = max(closed.values for closed in self._done)
        equal = [closed for closed in self._done if closed.values == top]
        possible, draw = self.problem.possible, self.problem.draw
        pairs = self.problem.pairs.subset(possible)
        best = max(equal, key=lambda one: draw.key(pairs, one.found.chosen[possible])) if equal[1:] else equal[0]
        self.plan, self.bounds, self.closed = dict(best.plan), best.values, True
        for closed in equal if drawn else ():
            self._drawn.find(closed, best.found)
        self.drawn_known = drawn and not self.problem.clock.over and not self._drawn.doubt

    def ties(self) -> Relaxation | None:
        """The pairings among which the draw picked the best one; None if that is not known."""
        top = [closed for closed in self._done if closed.values == self.bounds]
        relaxation = top[0].basis.relaxation if self.closed and len(top) == 1 else None
        return relaxation if relaxation and relaxation.values == self.bounds else None

    @property
    def drawn(self) -> set[int]:
        """Mentees whom only the draw left without a mentor, as far as known."""
        return self._drawn.people

    def _pricing(self, relaxation: Relaxation) -> Closed | None:
        """Close the goals with conflicts that cost sessions priced, as more of them are found.

        None, and `_obstacle` tells why: a conflict that cannot be borne, or one that cannot be priced beside
        others; or `_split` tells on what to branch so that it can.
        """
        level, free, tried = self.problem.price, set[Cut](), set[frozenset[tuple[Cut, int]]]()
        self._split = None
        while not self.problem.clock.over:
            self._obstacle = None
            for depth in (level + 2, level + 1):
                closed = self._at_depth(relaxation, depth)
                if closed is not None:
                    return closed
            self._obstacle = self._unavoidable(relaxation) or self._obstacle
            if self._must_branch() or self._must_move():
                return None
            inexact = [group for group in relaxation.priced if not group.exact(relaxation.chosen)]
            free.update(cut for group in inexact for cut in group.gained(relaxation.chosen))
            borne = self._to_be_borne(relaxation)
            self._split = self._to_split(relaxation, [cut for group in inexact for cut in group.cuts])
            if self._split is not None:
                return None
            priced = relaxation.prices(borne, free=free)
            key = frozenset((cut, amount) for group in priced for cut, amount in group.charged.items())
            if key in tried or sum(len(group.cuts) for group in priced) < len(borne):
                self._split = self._to_split(relaxation, borne)
                return None
            tried.add(key)
            relaxation = relaxation.with_prices(priced)
        return None

    def _to_split(self, relaxation: Relaxation, cuts: Sequence[Cut]) -> tuple[Relaxation, int] | None:
        """The candidate on which the most of some conflicts depend, if too much hangs together for CP-SAT.

        And if there are few of them: each takes branches of its own.
        """
        if not 0 < len(cuts) <= DOUBTS or self.branches >= self._most_branches:
            return None
        face = relaxation.face(self.problem.price)
        clusters = Clusters(self.problem.pairs, face, relaxation.chosen, relaxation.possible.tolist())
        often = Counter(pair for cut in cuts for pair in cut.pairs if clusters.part[pair] >= 0)
        if not often or max(np.bincount(clusters.part[clusters.part >= 0])[clusters.part[list(often)]]) <= LARGE:
            return None
        return relaxation, max(sorted(often), key=lambda pair: often[pair])

    def _unavoidable(self, relaxation: Relaxation) -> Cut | None:
        """A conflict that cannot be borne none of whose pairs can go while goals 1 to 3 stay, if there is one."""
        never = [cut for cut in (*self.mutual, *self.cuts) if cut.loss is None]
        return next(
            (
                cut
                for cut in violated(never, relaxation.chosen, {})
                if not any(relaxation.can_do_without(pair) for pair in cut.pairs)
            ),
            None,
        )

    def _must_branch(self) -> bool:
        """Whether what stood in the way is a conflict that cannot be borne."""
        return self._obstacle is not None and self._obstacle.loss is None

    def _must_move(self) -> bool:
        """Whether what stood in the way is a conflict that moves planned sessions: later goals cannot bear it."""
        return self._obstacle is not None and self._obstacle.moves > 0

    def _to_be_borne(self, relaxation: Relaxation) -> list[Cut]:
        """The conflicts that are priced or that the relaxation's pairing has, and others about their candidates.

        The latter may bear losses together with them.
        """
        borne = {cut for group in relaxation.priced for cut in group.cuts}
        known = [cut for cut in self.cuts if cut.loss and not cut.moves]
        borne.update(violated(known, relaxation.chosen, relaxation.borne(relaxation.chosen)))
        pairs, size = {pair for cut in borne for pair in cut.pairs}, -1
        while size < len(pairs):
            size = len(pairs)
            pairs |= {p for cut in known if not pairs.isdisjoint(cut.pairs) for p in cut.pairs}
        return relaxation.may_be([cut for cut in known if not pairs.isdisjoint(cut.pairs)])

    # --- the loop -----------------------------------------------------------------------------------------------

    def _at_depth(self, relaxation: Relaxation, depth: int) -> Closed | None:
        """Close the goals after the first `depth`, which are held at their best by places alone.

        None if that cannot be beside the schedule conflicts (with a depth), or when the clock ran out.
        """
        face, level = relaxation.face(depth), self.problem.price
        basis = Basis(relaxation, depth, level + 1, face, relaxation.chosen, None)
        if depth <= level and self._loop(basis) is None:
            return None
        basis = replace(basis, goals=level + 2, tie=self.problem.draw)
        return self._loop(basis)

    def _loop(self, basis: Basis, *, beside: Found | None = None) -> Closed | None:
        """Pair, schedule and cut until the schedule bears the pairing out; None if there is none or at the limit.

        With `beside`, a pairing that has its schedule, another is looked for that is as good: only what differs is
        scheduled, and nothing is noted of it but its conflicts.
        """
        pairs, planner = self.problem.pairs, self.problem.planner
        clusters = Clusters(pairs, basis.face, basis.chosen, basis.relaxation.possible.tolist())
        while not self.problem.clock.over:
            found = self._settle(basis, clusters)
            if found is None:
                return None
            if broken := violated((*self.mutual, *self.cuts), found.chosen, found.losses):
                shared = [cut for cut in broken if cut.loss and basis.relaxation.shares(cut)]
                if shared:  # it may bear a loss together with priced ones: to be priced with them
                    self._obstacle = shared[0]
                    return None
                if not clusters.add(broken):
                    raise AssertionError("clusters were settled with conflicts that they were to avoid: a bug")
                continue
            chosen = np.nonzero(found.chosen)[0].tolist()
            near = None if beside is None else np.nonzero(found.chosen != beside.chosen)[0]
            plan, cuts = planner.settle(chosen, found.losses, near)
            values = self._bounds(basis, found)
            if beside is None:
                self._note(values, found, plan, cuts)
            if not all(answer.proven for answer in found.answers):
                return None
            if not cuts:
                bears_out = beside is not None or self._borne_out(values, chosen, planner.price(plan, chosen))
                return Closed(basis, found, values, plan) if bears_out else None
            more = [wider for cut in cuts if (wider := self._wider(cut))]
            self._add([*cuts, *more])
        return None

    def _wider(self, cut: Cut) -> Cut | None:
        """What a conflict between pairs that fill a mentor's places says of all his candidates.

        None unless it is about how many sessions he may have: then it is had by any that fill his places, if each
        could have as many sessions alone.
        """
        pairs, index = self.problem.pairs, list(cut.pairs)
        mentor = int(pairs.mentor[index[0]])
        places = int(self.problem.cohort.employees.capacity[mentor])
        if cut.loss is None or len(index) != places or (pairs.mentor[index] != mentor).any():
            return None
        mine = self.problem.possible[pairs.mentor[self.problem.possible] == mentor]
        least, loss = self.problem.planner.overload(mentor, index)
        enough = mine[self.problem.planner.most(mine) >= least]
        return Cut(tuple(enough.tolist()), loss, places) if loss > 0 and len(enough) > places else None

    def _settle(self, basis: Basis, clusters: Clusters) -> Found | None:
        """The basis with its clusters settled; None if one of them cannot be."""
        now = clusters.all()
        if now is None:
            self._obstacle = self._obstacle or clusters.unavoidable
            return None
        touched = {pair for cluster in now for pair in cluster.pairs}  # fixed ones may be in several
        chosen, losses = basis.chosen.copy(), {p: loss for p, loss in basis.losses.items() if p not in touched}
        answers = []
        for cluster in now:
            answer = self.local.solve(cluster, basis)
            if answer is None:
                self._obstacle = self._why(cluster, basis)
                return None
            answers.append(answer)
            chosen[list(cluster.pairs)] = False
            chosen[list(answer.chosen)] = True
            losses.update(answer.losses)
        if not basis.relaxation.exact(chosen):
            return None
        return Found(chosen, losses | basis.relaxation.borne(chosen), now, tuple(answers))

    def _why(self, cluster: Cluster, basis: Basis) -> Cut | None:
        """A conflict of a cluster that cannot be settled, which the basis has; one that can be borne, if any."""
        face = basis.face
        cuts = [cut for cut in cluster.cuts if face is None or face.forbids(cut)]
        mine = [cut for cut in cuts if np.count_nonzero(basis.chosen[list(cut.pairs)]) >= cut.number]
        return max(mine, key=lambda cut: cut.loss is not None, default=None)

    def _note(self, values: tuple[int, ...], found: Found, plan: Plan, cuts: Sequence[Cut]) -> None:
        """Remember what a round has shown."""
        self._keep(plan)
        self.rounds += 1
        self.bounds = self._bound_of_all([values])
        open_pairs = sum(len(cluster.open) for cluster in found.clusters)
        beside = f" ({open_pairs} choices settled beside conflicts)" if open_pairs else ""
        conflicts = "1 new schedule conflict" if len(cuts) == 1 else f"{len(cuts)} new schedule conflicts"
        self.tell(f"round {self.rounds}: {int(found.chosen.sum())} pairs{beside}, {conflicts}")

    def _bounds(self, basis: Basis, found: Found) -> tuple[int, ...]:
        """A bound on each level given that those before it are at theirs, as far as the clusters' answers go."""
        bounds = list(basis.relaxation.values[: basis.depth])
        for place in range(basis.depth, basis.goals):
            at = place - basis.depth
            mine = [answer.bounds[at] if at < len(answer.bounds) else None for answer in found.answers]
            if any(bound is None for bound in mine):
                break
            rest = basis.relaxation.values[place] - sum(
                self._by_places(basis.relaxation, place, cluster) for cluster in found.clusters
            )
            bounds.append(rest + sum(bound for bound in mine if bound is not None))
            if any(answer.values[at : at + 1] != answer.bounds[at : at + 1] for answer in found.answers):
                break
        return tuple(bounds)

    def _by_places(self, relaxation: Relaxation, place: int, cluster: Cluster) -> int:
        """What a cluster has of a level's value by places alone."""
        index = np.array(cluster.open, dtype=np.int64)
        fixed = np.setdiff1d(cluster.pairs, index).astype(np.int64)
        people = len(self.problem.cohort.employees)
        level = relaxation.levels[place].of(index).but_for(self.problem.pairs.mentee[fixed], people)
        return level.value(self.problem.pairs.subset(index), relaxation.chosen[index])

    def _bound_of_all(self, vectors: list[tuple[int, ...]]) -> tuple[int, ...]:
        """What holds for the branch at hand (`vectors`) and for all others: level by level the best of any."""
        vectors = [
            *vectors,
            *(relaxation.values for relaxation in self._open.values()),
            *(closed.values for closed in self._done),
        ]
        bounds: list[int] = []
        while vectors and all(len(vector) > len(bounds) for vector in vectors):
            place = len(bounds)
            bounds.append(max(vector[place] for vector in vectors))
            vectors = [vector for vector in vectors if vector[place] == bounds[place]]
        return tuple(bounds)

    def _borne_out(self, values: tuple[int, ...], chosen: Sequence[int], price: int | None) -> bool:
        """Whether the schedule's price is the one that the levels promised; it is unless the clock ran out."""
        level, moved = self.problem.price, self.problem.place("moved")
        promised = -values[level] if level < len(values) else None
        if promised is not None and moved is not None and price is not None:
            planned = self.problem.planner.planned_in_all(chosen)
            promised -= (planned + values[moved]) * self.problem.planner.prices.planned
        if price != promised and not self.problem.clock.over:
            raise AssertionError(f"the schedule costs {price}, not {promised}, and no cut says why: a bug")
        return price == promised

    def _again(self, basis: Basis, found: Found) -> Found | None:
        closed = self._loop(basis, beside=found)
        return None if closed is None else closed.found

    def _conflicts(self, chosen: BoolArray, losses: Mapping[int, int], near: IntArray) -> Sequence[Cut]:
        """What stands in the way of a pairing, known or new; only groups near some candidates are scheduled."""
        known = violated((*self.mutual, *self.cuts), chosen, losses)
        if known:
            return known
        _, cuts = self.problem.planner.settle(np.nonzero(chosen)[0].tolist(), losses, near)
        if cuts:
            self._add(cuts)
        return cuts

    def _add(self, cuts: Sequence[Cut]) -> None:
        new = [cut for cut in dict.fromkeys(cuts) if cut not in self.cuts]
        if not new:
            raise AssertionError("the same schedule conflicts came back: a bug")
        self.cuts += new

    def _keep(self, plan: Plan) -> None:
        """Remember the plan if it is at least as good as the best so far and holds every lock."""
        if all(pair in plan for pair in np.nonzero(self.problem.pairs.locked)[0].tolist()):
            programme = self.problem.cohort.programme
            if self.figures(plan).better_first(programme) >= self.figures(self.plan).better_first(programme):
                self.plan = dict(plan)

    def figures(self, plan: Plan) -> Figures:
        """What a plan achieves."""
        return figures(self.problem.pairs, self.problem.planner, plan, self.problem.classes)

    # --- what is proven -----------------------------------------------------------------------------------------

    def proven_bounds(self) -> Bounds:
        """What the levels prove about the goals."""
        known = dict(enumerate(self.bounds))
        price = known.get(self.problem.price)
        return Bounds(
            kept=self._kept(known),
            mentees=self._known(known, "mentees"),
            pairs=self._known(known, "pairs"),
            moved=self._known(known, "moved"),
            unlisted=self._unlisted(known),
            classes=self._class_bound(known),
            pairs_by_places=self._known(dict(enumerate(self._places)), "pairs"),
            ranks=self._rank_bound(known),
            price=None if price is None else -price,
            regular=known.get(self.problem.price + 1) if self.closed else None,
        )

    def _kept(self, known: Mapping[int, int]) -> int | None:
        """How many pairs can go on at most."""
        if self.problem.agreed is None:  # all that can do so are locked
            return int((self.problem.pairs.agreed & self.problem.planner.alone.possible).sum())
        return self._known(known, "kept")

    def _unlisted(self, known: Mapping[int, int]) -> int | None:
        """How few pairs without a rank there can be, below zero; without a level for them all have them alike."""
        if self.problem.place("unlisted") is not None:
            return self._known(known, "unlisted")
        return -int((self.problem.pairs.rank[list(self.plan)] == 0).sum())

    def _known(self, known: Mapping[int, int], name: str) -> int | None:
        """What is known of the level of a name."""
        place = self.problem.place(name)
        return None if place is None else known.get(place)

    def _class_bound(self, known: Mapping[int, int]) -> tuple[int, ...] | None:
        """The priority levels' bounds, and what they leave for the last class; None unless all are known."""
        places = [place for place, level in enumerate(self.problem.levels) if level.name == "priority"]
        reached = [bound for place in places if (bound := known.get(place)) is not None]
        mentees = self._known(known, "mentees")
        if mentees is None or len(reached) < len(places):
            return None
        return (*reached, mentees - sum(reached)) if places else ()

    def _rank_bound(self, known: Mapping[int, int]) -> dict[int, int] | None:
        """The rank levels' bounds as a count per rank; None unless all of them are known."""
        kind, pairs = self.problem.cohort.programme.goals.rank, self._known(known, "pairs")
        places = [place for place, level in enumerate(self.problem.levels) if level.name == "rank"]
        reached = [abs(bound) for place in places if (bound := known.get(place)) is not None]
        if pairs is None or len(reached) < len(places):
            return None
        if kind == "min-cost":
            return {reached[0]: 1}  # one pair at the sum, which is all that this goal is about
        order = rank_order(kind, self.problem.pairs.rank[self.problem.possible])
        counts = dict(zip(order, reached, strict=False))
        # Locks that were no choice have no rank, nor have pairs that go on and are no longer listed.
        unlisted = self._unlisted(known)
        if unlisted is None:
            return None
        for last in order[len(reached) :]:
            counts[last] = pairs + unlisted - sum(reached)
        return counts
