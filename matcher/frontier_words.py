"""Trade-offs in words, English or Russian: for the terminal and the page."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.frontier_points import RANKS, Figures, Front, Frontier, Point
from matcher.wording import Entry, Wording

ENGLISH: Mapping[str, Entry] = {
    "page": "What more mentees cost",
    "lead": (
        "The first goal of the programme is that as many mentees as possible have a mentor. Each picture shows "
        "what that goal costs: of all pairings that have a schedule, none is better than a proven point. Which "
        "point is right is for you to say; the programme takes the one with the most mentees."
    ),
    "own": "the programme as it is",
    "own.figures": "As it is: {mentees} of {of} mentees have a mentor, sum of ranks {sum}.",
    "mentees": "Mentees with a mentor",
    "title.ranks": "Mentees against ranks",
    "title.worst-rank": "Mentees against the worst rank",
    "title.sessions": "Mentees against sessions",
    "title.load": "Mentees against the mentors' load",
    "value.ranks": "Least sum of ranks",
    "value.worst-rank": "Worst rank allowed",
    "value.sessions": "Sessions of a pair, at least",
    "value.load": "Mentees of a mentor, at most",
    "at.ranks": {"one": "with a sum of ranks of {n}", "other": "with a sum of ranks of {n}"},
    "at.worst-rank": {"one": "at rank {n} only", "other": "at rank {n} or better"},
    "at.sessions": {"one": "with at least {n} session each", "other": "with at least {n} sessions each"},
    "at.load": {"one": "with at most {n} mentee a mentor", "other": "with at most {n} mentees a mentor"},
    "point": {"one": "{n} mentee {at}", "other": "{n} mentees {at}"},
    "fewer": {"one": "{n} mentee fewer", "other": "{n} mentees fewer"},
    "saves": {"one": "{fewer} saves {n} rank", "other": "{fewer} saves {n} ranks"},
    "save": {"one": "{fewer} save {n} rank", "other": "{fewer} save {n} ranks"},
    "floor": {
        "one": "At {n} mentee all but locked pairs have the best rank there is; leaving out more helps no one.",
        "other": "At {n} mentees all but locked pairs have the best rank there is; leaving out more helps no one.",
    },
    "own_more": "The programme as it is has a sum of {own}; --set {setting} gets the least.",
    "no_price": "Nothing can be won here by giving up mentees.",
    "free": "All of them can be had {at}, stricter than the programme as it is.",
    "none": "Nobody can be paired, so there is nothing to trade.",
    "picked": "{n} of {of} values were looked at; between them the line is not known.",
    "impossible": "{at}: the locked pairs cannot keep that.",
    "no_solution": "{at}: the time limit came before any answer.",
    "column.fewer": "Fewer mentees",
    "column.profile": "Pairs at each rank",
    "column.sessions": "Sessions",
    "column.setting": "To get it",
    "column.proof": "Proof",
    "column.front": "On the line",
    "proof.optimal": "proven",
    "proof.at_least": "at least {n}, not proven",
    "proof.at_most": "at most {n}, not proven",
    "proof.open": "not proven",
    "proof.impossible": "impossible beside the locks",
    "proof.no_solution": "no answer in time",
    "yes": "yes",
    "no": "no",
    "beaten": "no: another point has as many at a better value",
    "complete": "This is the whole trade-off: every point is proven, and no pairing lies beyond.",
    "incomplete": "What is not proven, or was left out, may lie beyond the line.",
    "interrupted": "It was interrupted: what had not been looked at by then is missing.",
    "chart.own": "the programme as it is",
    "chart.best": "no pairing has more at that value",
    "chart.other": "another point has as many at a better value",
    "set": "Set on top of programme.toml: {keys}",
    "foot": "Seed of the draw {seed}. The same figures are in frontier.csv beside this page. How it works and "
    "what is proven: docs/frontier.md.",
    "as_table": "The points",
    "chart.whole": "No pairing lies beyond the line",
    "chart.part": "The points that were looked at",
}
RUSSIAN: Mapping[str, Entry] = {
    "page": "Чего стоит большее число подопечных",
    "lead": (
        "Первая цель программы: чтобы наставник был у как можно большего числа подопечных. Каждый график "
        "показывает цену этой цели: из всех распределений с расписанием ни одно не лучше доказанной точки. Какая "
        "точка верна, решаете вы; программа берёт ту, где подопечных больше всего."
    ),
    "own": "программа как она есть",
    "own.figures": "Как есть: наставник есть у {mentees} из {of} подопечных, сумма рангов {sum}.",
    "mentees": "Подопечные с наставником",
    "title.ranks": "Подопечные и ранги",
    "title.worst-rank": "Подопечные и худший ранг",
    "title.sessions": "Подопечные и встречи",
    "title.load": "Подопечные и нагрузка наставников",
    "value.ranks": "Наименьшая сумма рангов",
    "value.worst-rank": "Худший допустимый ранг",
    "value.sessions": "Встречи пары, не меньше",
    "value.load": "Подопечные у наставника, не больше",
    "at.ranks": {"one": "сумма рангов {n}", "other": "сумма рангов {n}"},
    "at.worst-rank": {"one": "ранг не хуже {n}", "other": "ранг не хуже {n}"},
    "at.sessions": {"one": "не меньше {n} встречи у каждой пары", "other": "не меньше {n} встреч у каждой пары"},
    "at.load": {
        "one": "не больше {n} подопечного у наставника",
        "other": "не больше {n} подопечных у наставника",
    },
    "point": {
        "one": "{n} подопечный: {at}",
        "few": "{n} подопечных: {at}",
        "many": "{n} подопечных: {at}",
        "other": "{n} подопечных: {at}",
    },
    "fewer": {"one": "на {n} подопечного меньше", "other": "на {n} подопечных меньше"},
    "saves": {"one": "{fewer}: сумма рангов меньше на {n}", "other": "{fewer}: сумма рангов меньше на {n}"},
    "save": {"one": "{fewer}: сумма рангов меньше на {n}", "other": "{fewer}: сумма рангов меньше на {n}"},
    "floor": {
        "one": "При {n} подопечном ранги уже лучшие, кроме закреплённых пар; дальше никто не выигрывает.",
        "other": "При {n} подопечных ранги уже лучшие, кроме закреплённых пар; дальше никто не выигрывает.",
    },
    "own_more": "У программы как она есть сумма {own}; наименьшую даёт --set {setting}.",
    "no_price": "Отказом от подопечных здесь ничего не выиграть.",
    "free": "Строже, чем программа как она есть, без потерь: {at}.",
    "none": "Пар нет, менять нечего.",
    "picked": "Рассмотрено значений: {n} из {of}; между ними линия неизвестна.",
    "impossible": "{at}: закреплённые пары этого не допускают.",
    "no_solution": "{at}: время вышло раньше, чем нашёлся ответ.",
    "column.fewer": "Подопечных меньше на",
    "column.profile": "Пары по рангам",
    "column.sessions": "Встречи",
    "column.setting": "Как получить",
    "column.proof": "Доказательство",
    "column.front": "На линии",
    "proof.optimal": "доказано",
    "proof.at_least": "не меньше {n}, не доказано",
    "proof.at_most": "не больше {n}, не доказано",
    "proof.open": "не доказано",
    "proof.impossible": "невозможно при закреплённых парах",
    "proof.no_solution": "ответа за это время нет",
    "yes": "да",
    "no": "нет",
    "beaten": "нет: у другой точки столько же при лучшем значении",
    "complete": "Это весь выбор: каждая точка доказана, и ни одно распределение не лежит за линией.",
    "incomplete": "Что не доказано или пропущено, может лежать за линией.",
    "interrupted": "Расчёт был прерван: чего он к тому времени не рассмотрел, здесь нет.",
    "chart.own": "программа как она есть",
    "chart.best": "больше при этом значении не бывает",
    "chart.other": "у другой точки столько же при лучшем значении",
    "set": "Задано поверх programme.toml: {keys}",
    "foot": "Зерно жребия {seed}. Те же цифры в файле frontier.csv рядом. Как это считается и что доказано: "
    "docs/frontier.md.",
    "as_table": "Точки",
    "chart.whole": "Ни одно распределение не лежит за линией",
    "chart.part": "Рассмотренные точки",
}
OWN: Mapping[str, Mapping[str, Entry]] = {"en": ENGLISH, "ru": RUSSIAN}


class Words(Wording):
    """Tells everything of trade-offs in one language.

    >>> Words("en").at("sessions", 3)
    'at least 3 sessions each'
    """

    def __init__(self, language: str) -> None:
        super().__init__(language, {f"frontier.{key}": text for key, text in OWN[language].items()})

    def say(self, key: str, /, **values: str | int) -> str:
        """One of the texts of this module."""
        return self(f"frontier.{key}", **values)

    def at(self, axis: str, value: int) -> str:
        """What holds at a value."""
        return self.say(f"at.{axis}", n=value)

    def proof(self, point: Point) -> str:
        """What is proven of a point."""
        if point.status != "feasible":
            return self.say(f"proof.{point.status}")
        if point.bound is None:
            return self.say("proof.open")
        return self.say("proof.at_least" if point.axis == RANKS else "proof.at_most", n=point.bound)

    def profile(self, point: Point) -> str:
        """How many pairs are at each rank."""
        if point.figures is None:
            return ""
        counts = enumerate(point.figures.profile, start=1)
        return ", ".join(f"{rank}: {self.number(count)}" for rank, count in counts if count)


# --- what a front says ----------------------------------------------------------------------------------------


def tell(words: Words, front: Front, own: Figures) -> list[str]:
    """A front in a few sentences, beside the figures of the programme as it is."""
    with_figures = [point for point in front.points if point.mentees is not None]
    if not with_figures:
        return [words.say("none"), *_without(words, front)]
    best = [point for point in with_figures if point.front]
    first = best[0] if best else with_figures[0]
    told = _ranks(words, best, own) if front.axis == RANKS else _steps(words, with_figures[0], best)
    if len(best) < 2:
        free = first.value != with_figures[0].value
        told.append(words.say("no_price") if not free else words.say("free", at=words.at(front.axis, first.value)))
    if len(front.points) < front.values and front.axis == RANKS:
        told.append(words.say("picked", n=len(front.points), of=front.values))
    return [*told, *_without(words, front)]


def _ranks(words: Words, best: list[Point], own: Figures) -> list[str]:
    """What the first mentee fewer saves, what all of them save."""
    first, last = best[0], best[-1]
    told = [_sentence(_point(words, first))]
    if first.setting and own.rank_sum > first.value:
        told.append(words.say("own_more", own=own.rank_sum, setting=first.setting))
    steps = list(dict.fromkeys([best[1], best[len(best) // 2], last])) if len(best) > 1 else []
    saved = []
    for point in steps:
        fewer = (first.mentees or 0) - (point.mentees or 0)
        key = "saves" if fewer == 1 else "save"
        saved.append(words.say(key, fewer=words.say("fewer", n=fewer), n=first.value - point.value))
    if saved:
        told.append(_sentence("; ".join(saved)))
        told.append(words.say("floor", n=last.mentees or 0))
    return told


def _steps(words: Words, own: Point, best: list[Point]) -> list[str]:
    """Point by point, how many mentees fewer than at the first."""
    said = []
    for point in best:
        fewer = (own.mentees or 0) - (point.mentees or 0)
        said.append(_point(words, point) + (f" ({words.say('fewer', n=fewer)})" if fewer else ""))
    return [_sentence("; ".join(said))]


def _point(words: Words, point: Point) -> str:
    said = words.say("point", n=point.mentees or 0, at=words.at(point.axis, point.value))
    return f"{said} ({words.proof(point)})" if point.status == "feasible" else said


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _without(words: Words, front: Front) -> list[str]:
    """The values for which there is no answer."""
    return [
        _sentence(words.say(point.status, at=words.at(front.axis, point.value)).removesuffix("."))
        for point in front.points
        if point.status in {"impossible", "no_solution"}
    ]


def lines(frontier: Frontier) -> list[str]:
    """What the terminal says: each trade-off in a few sentences."""
    words = Words("en")
    own = frontier.own
    told = [words.say("own.figures", mentees=own.mentees, of=frontier.mentees, sum=own.rank_sum)]
    for front in frontier.fronts:
        told.append(f"{words.say(f'title.{front.axis}')}:")
        told += [f"  {sentence}" for sentence in tell(words, front, own)]
    if frontier.interrupted:
        told.append(words.say("interrupted"))
    return told
