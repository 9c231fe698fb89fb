"""Why pairs end or begin and sessions move, as sentences in English and Russian."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache

from matcher.programme import Programme, day_date
from matcher.rematch_changes import Change, Ending, Move, Why
from matcher.wording import Wording

ENGLISH: Mapping[str, str | Mapping[str, str]] = {
    "why.refused": "One of the two has refused to go on{since}.",
    "why.refused_by": "{who} has refused to go on{since}.",
    "why.declined": "One of the two has declined{since}.",
    "why.declined_by": "{who} has declined{since}.",
    "why.forbidden": "Ruled out by the programme lead.",
    "why.left": "No longer in the programme: {who}.",
    "why.rule": "A rule or a calendar stands in the way: {what}.",
    "why.capacity": "{who} has no place left for this pair.",
    "why.lock": "The programme lead has fixed {pair} instead.",
    "why.schedule": "No time is left beside the other sessions of the two.",
    "why.for_others": "Ended so that more mentees have a mentor.",
    "why.lost_mentor": "After the end of the pair with {who}.",
    "why.place_free": "A place is free after the end of the pair with {who}.",
    "why.waited": "Still needed a mentor.",
    "why.not_free": "not free at that time any more: {who}",
    "why.made_room": "made room for {pair}",
    "why.rules": "follows the other dates of the pair",
    "why.pair_ended": "the pair has ended",
    "why.added": "one more session fits",
    "why.new_pair": "the pair is new",
    "why.since": " (since {date})",
    "why.and": "{one} and {other}",
    "move.moved": "{before} becomes {now}: {why}.",
    "move.cancelled": "{before} is cancelled: {why}.",
    "move.new": "{now} is new: {why}.",
}
RUSSIAN: Mapping[str, str | Mapping[str, str]] = {
    "why.refused": "Один из двоих отказался продолжать{since}.",
    "why.refused_by": "Отказ продолжать: {who}{since}.",
    "why.declined": "Один из двоих не дал согласия{since}.",
    "why.declined_by": "Не дано согласие: {who}{since}.",
    "why.forbidden": "Исключено руководителем программы.",
    "why.left": "Больше не участвует в программе: {who}.",
    "why.rule": "Мешает правило или календарь: {what}.",
    "why.capacity": "Не осталось места для этой пары: {who}.",
    "why.lock": "Руководитель программы закрепил другую пару: {pair}.",
    "why.schedule": "Не осталось времени рядом с другими встречами этих двоих.",
    "why.for_others": "Завершено, чтобы наставник был у большего числа подопечных.",
    "why.lost_mentor": "После завершения пары: {who}.",
    "why.place_free": "Освободилось место после завершения пары: {who}.",
    "why.waited": "Наставник ещё был нужен.",
    "why.not_free": "в это время больше не свободен: {who}",
    "why.made_room": "время уступлено паре: {pair}",
    "why.rules": "вслед за другими датами пары",
    "why.pair_ended": "пара завершена",
    "why.added": "поместилась ещё одна встреча",
    "why.new_pair": "новая пара",
    "why.since": " (с {date})",
    "why.and": "{one} и {other}",
    "move.moved": "{before} перенесена на {now}: {why}.",
    "move.cancelled": "{before} отменена: {why}.",
    "move.new": "{now} — новая: {why}.",
}
LANGUAGES = {"en": ENGLISH, "ru": RUSSIAN}


class Sentences:
    """Tells the reasons of a rematch in the language of the programme."""

    def __init__(self, programme: Programme, label: Callable[[str], str]) -> None:
        language = programme.frame.language
        self.words, self.label, self.zone = Wording(language, LANGUAGES[language]), label, programme.zone
        # The sessions of a pair that ends or begins share their reason; many sessions start at the same time.
        self._why, self._time, self._move = cache(self._reason), cache(self._moment), cache(self._told)

    def of_change(self, change: Change) -> str:
        """Why a pair ends or begins, or which of its sessions are otherwise; "" where nothing is."""
        if change.change == "kept" or change.why is None:
            return ""
        if change.change == "moved":
            return " ".join(map(self.of_move, change.moves))
        return self._why(change.why)

    def of_ending(self, ending: Ending) -> str:
        """Why a pair ends."""
        return self._why(ending.why)

    def of_move(self, move: Move) -> str:
        """What becomes of a session, and why."""
        before, now = (None if one is None else one[1].start for one in (move.before, move.now))
        return self._move(move.change, before, now, move.why)

    def _told(self, change: str, before: int | None, now: int | None, why: Why) -> str:
        was, is_now = ("" if start is None else self._time(start) for start in (before, now))
        return self.words(f"move.{change}", before=was, now=is_now, why=self._why(why))

    def _reason(self, why: Why) -> str:
        names = list(map(self.label, why.people))
        since = "" if why.since is None else self.words("why.since", date=day_date(why.since).isoformat())
        key = f"why.{why.code}"
        if names and self.words.has(f"{key}_by"):
            key = f"{key}_by"
        return self.words(
            key, who=", ".join(names), pair=self._pair(names), what=self._what(why.detail), since=since
        )

    def _pair(self, names: list[str]) -> str:
        return self.words("why.and", one=names[0], other=names[1]) if len(names) == 2 else ", ".join(names)

    def _what(self, outcome: str) -> str:
        return self.words.code("outcome", outcome) if outcome else ""

    def _moment(self, instant: int) -> str:
        start = dt.datetime.fromtimestamp(instant * 60, self.zone)
        return start.strftime("%Y-%m-%d %H:%M")
