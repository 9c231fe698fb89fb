"""A flow chart of pairs: functions of mentees on the left, of mentors on the right, bands between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from matcher.chart_data import Flows
from matcher.chart_frame import GAP, LINE, TEXT, Canvas, Chart, Drawing, assembled, legend
from matcher.chart_words import Words
from matcher.svg import clean, tag, text_width, wrapped

LARGEST, LARGEST_NARROW = 12, 8  # functions on each side; the others are one
MARK = "\u200e"  # what follows reads from left to right
NODE = 10  # width of a function's bar
HEIGHT = 360  # of all bars of one side together


@dataclass(frozen=True)
class Node:
    """A function on one side, or all others: name, pairs, the top of its bar, and the slot that it stands in."""

    name: str
    pairs: int
    top: float = 0
    slot: tuple[float, float] = (0, 0)


@dataclass(frozen=True)
class Ribbon:
    """Pairs from a node on the left to one on the right, within one function or across."""

    left: int
    right: int
    own: bool
    pairs: int


@dataclass(frozen=True)
class Flow:
    """The functions of both sides from top to bottom, and the ribbons between their places."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


def flow_chart(data: Flows, *, ident: str, language: str, title: str = "") -> Chart:
    """Draw who mentors whom by function; the table has all functions, the most pairs first."""
    words, total = Words(language), sum(data.pairs)
    names = [clean(name) or words["unknown"] for name in data.names]
    entries = sorted(
        zip(data.pairs, data.mentee, data.mentor, strict=True), key=lambda entry: (-entry[0], entry[1:])
    )
    own = sum(pairs for pairs, mentee, mentor in entries if mentee == mentor and data.names[mentee])
    most, mentee, mentor = entries[0] if entries else (0, -1, -1)
    return assembled(
        words,
        ident,
        title or words["flow"],
        summary=words.say(
            "flow-summary",
            pairs=total,
            own=own,
            share=words.share(own, total),
            mentee=names[mentee],
            mentor=names[mentor],
            most=most,
        ),
        draw=lambda canvas: draw_flow(canvas, data, words),
        head=(words["from"], words["to"], words["pairs"], words("column.share")),
        rows=[(names[a], names[b], words.count(pairs), words.share(pairs, total)) for pairs, a, b in entries],
    )


# --- what is drawn ------------------------------------------------------------------------------------------


def flow_of(flows: Flows, largest: int, words: Words) -> Flow:
    """Choose the largest functions of each side, those that are on both in the same order."""
    sides = (_totals(flows.mentee, flows.pairs), _totals(flows.mentor, flows.pairs))
    both = {code: sides[0].get(code, 0) + sides[1].get(code, 0) for code in sides[0].keys() | sides[1].keys()}

    def order(code: int) -> tuple[int, str, int]:
        return -both[code], flows.names[code], code

    left, right = (_shown(totals, order, largest) for totals in sides)
    ribbons: dict[tuple[int, int, bool], int] = {}
    for mentee, mentor, pairs in zip(flows.mentee, flows.mentor, flows.pairs, strict=True):
        own = mentee == mentor and flows.names[mentee] != ""
        key = left[mentee], right[mentor], own
        ribbons[key] = ribbons.get(key, 0) + pairs
    found = tuple(Ribbon(*key, pairs) for key, pairs in sorted(ribbons.items()))
    return Flow(_nodes(left, sides[0], flows, words), _nodes(right, sides[1], flows, words), found)


def _totals(codes: Sequence[int], pairs: Sequence[int]) -> dict[int, int]:
    totals: dict[int, int] = {}
    for code, count in zip(codes, pairs, strict=True):
        totals[code] = totals.get(code, 0) + count
    return totals


def _shown(totals: dict[int, int], order: Callable[[int], tuple[int, str, int]], largest: int) -> dict[int, int]:
    """The place of each function from top to bottom; a single one beyond the largest is shown by its name."""
    ranked = sorted(totals, key=lambda code: (-totals[code], order(code)))
    kept = sorted(ranked[:largest], key=order)
    rest = ranked[largest:]
    return {code: place for place, code in enumerate(kept)} | dict.fromkeys(rest, len(kept))


def _nodes(places: dict[int, int], totals: dict[int, int], flows: Flows, words: Words) -> tuple[Node, ...]:
    members: dict[int, list[int]] = {}
    for code, place in places.items():
        members.setdefault(place, []).append(code)
    nodes = []
    for place in sorted(members):
        codes = members[place]
        name = clean(flows.names[codes[0]]) or words["unknown"]
        name = words.say("other", count=len(codes)) if len(codes) > 1 else name
        nodes.append(Node(name, sum(totals[code] for code in codes)))
    return tuple(nodes)


# --- drawing ------------------------------------------------------------------------------------------------


def draw_flow(canvas: Canvas, flows: Flows, words: Words) -> Drawing:
    """Draw bands as wide as they have pairs; every bar has so much room that its name never meets another."""
    flow = flow_of(flows, LARGEST_NARROW if canvas.narrow else LARGEST, words)
    scale = HEIGHT / sum(node.pairs for node in flow.left)
    y, items = legend(canvas, [(_swatch(OWN), words["own"]), (_swatch(ACROSS), words["across"])])
    margin = round(canvas.width * (0.33 if canvas.narrow else 0.29))
    heads = [
        tag("text", line, x=x, y=y + LINE * (place + 1) - 4, text_anchor=anchor, font_weight=600)
        for x, anchor, key in ((0, "start", "from"), (canvas.width, "end", "to"))
        for place, line in enumerate(wrapped(words[key], TEXT, canvas.width / 2 - GAP, 2))
    ]
    y += LINE * (2 if canvas.narrow else 1) + 4
    sides = [_stacked(nodes, scale, y, margin, words) for nodes in (flow.left, flow.right)]
    bottom = max(side[-1].slot[1] for side in sides)
    items = [
        *items,
        *heads,
        *_ribbons(canvas, Flow(tuple(sides[0]), tuple(sides[1]), flow.ribbons), scale, margin),
    ]
    for nodes, x, bar, anchor in (
        (sides[0], margin - GAP, margin, "end"),
        (sides[1], canvas.width - margin + GAP, canvas.width - margin - NODE, "start"),
    ):
        items += [tag("rect", x=bar, y=node.top, width=NODE, height=node.pairs * scale) for node in nodes]
        labels = [text for node in nodes for text in _label(node, label_lines(node, margin - GAP, words), x)]
        items.append(tag("g", *labels, text_anchor=anchor))
    return bottom + 4, items


OWN = {"stroke": "var(--chart-1)", "stroke-opacity": "0.85"}
ACROSS = {"stroke": "var(--chart-3)", "stroke-opacity": "0.4"}


def _swatch(line: Mapping[str, str]) -> dict[str, str]:
    return {key.replace("stroke", "fill"): value for key, value in line.items()}


def label_lines(node: Node, room: float, words: Words) -> list[str]:
    """The name with its pairs on one line, or on two or three; the mark keeps the number behind any script."""
    figure = words.count(node.pairs)
    if text_width(f"{node.name} {figure}", TEXT) <= room:
        return [f"{node.name}{MARK} {figure}"]
    lines = wrapped(node.name, TEXT, room, 2)
    if text_width(f"{lines[-1]} {figure}", TEXT) <= room:
        return [*lines[:-1], f"{lines[-1]}{MARK} {figure}"]
    return [*lines, figure]


def _stacked(nodes: Sequence[Node], scale: float, top: float, margin: float, words: Words) -> list[Node]:
    """Place bars below one another, each in the middle of a slot in which its label has room."""
    placed = []
    for node in nodes:
        bar = node.pairs * scale
        height = max(bar, (LINE - 2) * len(label_lines(node, margin - GAP, words)) + 2) + 4
        placed.append(Node(node.name, node.pairs, top + (height - bar) / 2, (top, top + height)))
        top += height
    return placed


def _label(node: Node, lines: Sequence[str], x: float) -> list[Markup]:
    y = round(sum(node.slot) / 2 - (LINE - 2) * (len(lines) - 1) / 2 + 4.5, 1)
    return [tag("text", line, x=x, y=y + (LINE - 2) * place) for place, line in enumerate(lines)]


def _ribbons(canvas: Canvas, flow: Flow, scale: float, margin: float) -> list[Markup]:
    """Draw the bands, those across functions first; at each bar they stand in the order of their other ends."""
    start, end = margin + NODE, canvas.width - margin - NODE
    tops: list[dict[Ribbon, float]] = [{}, {}]
    for side, nodes in enumerate((flow.left, flow.right)):
        offsets = [node.top for node in nodes]
        for ribbon in sorted(flow.ribbons, key=lambda ribbon: (ribbon.left, ribbon.right)[1 - side]):
            place = (ribbon.left, ribbon.right)[side]
            tops[side][ribbon] = offsets[place]
            offsets[place] += ribbon.pairs * scale
    drawn: dict[bool, list[Markup]] = {False: [], True: []}
    across, middle = end - start, (end - start) // 2
    for ribbon in flow.ribbons:
        width = ribbon.pairs * scale
        left, right = (tops[side][ribbon] + width / 2 for side in (0, 1))
        # To tenths, and from where the path is: a large company has well over a hundred of them.
        path = f"M{start} {left:.1f}c{middle} 0 {middle} {right - left:.1f} {across} {right - left:.1f}"
        drawn[ribbon.own].append(tag("path", d=path, stroke_width=width))
    return [tag("g", *drawn[own], fill="none", **paint) for own, paint in ((False, ACROSS), (True, OWN))]
