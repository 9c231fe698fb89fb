"""What letters say of a change during the programme, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.model import LetterText


@dataclass(frozen=True)
class ChangeWords:
    """One language. Nobody learns from it who has refused but who has refused himself."""

    templates: Mapping[str, LetterText]
    asked: str
    left: str
    other_left: str
    no_more: str
    """A pair that one of the two has refused, or the lead has forbidden: told alike."""
    cannot: str
    reasons: Mapping[str, str]
    new: Mapping[str, str]
    """How a new pair is announced, by the role of the reader."""
    cancelled: str
    meetings: str
    moves: Mapping[str, str]
    plan: str
    no_plan: Mapping[str, str]


ENGLISH = ChangeWords(
    templates={
        "mentee_changed": LetterText(
            "{programme}: a change in your mentoring",
            """Hello {name},

In the programme "{programme}" something changes for you from {date} on.

{changes}

{plan} {zone}
{sessions}

{next}

Kind regards
{lead}""",
        ),
        "mentor_changed": LetterText(
            "{programme}: a change for you as a mentor",
            """Hello {name},

In the programme "{programme}" something changes for you as a mentor from {date} on.

{changes}

{plan} {zone}
{sessions}

{next}

Kind regards
{lead}""",
        ),
    },
    asked="Your mentoring with {other} has ended, as you asked.",
    left="Your mentoring with {other} has ended, as you no longer take part in the programme.",
    other_left="Your mentoring with {other} has ended: {other} no longer takes part in the programme.",
    no_more="Your mentoring with {other} will not go on.",
    cannot="Your mentoring with {other} cannot go on: {why}.",
    reasons={
        "rule": "a rule of the programme or the calendars no longer allow it",
        "capacity": "there are fewer places than before",
        "lock": "the programme has arranged another pair",
        "schedule": "the calendars no longer leave enough time for its sessions",
        "for_others": "its end gives more people in the programme a mentor",
    },
    new={"mentee": "You will now work with:\n{about}", "mentor": "You will now mentor:\n{about}"},
    cancelled="These sessions are cancelled:",
    meetings="Sessions with {other}:",
    moves={
        "moved": "- {before} becomes {now}",
        "cancelled": "- {before} is cancelled",
        "new": "- {now} is new",
    },
    plan="Planned for you from {date} on: {count}.",
    no_plan={
        "mentee": "You have no further sessions as a mentee.",
        "mentor": "You have no further sessions as a mentor.",
    },
)

RUSSIAN = ChangeWords(
    templates={
        "mentee_changed": LetterText(
            "{programme}: изменение в Вашей паре",
            """Здравствуйте, {name}!

В программе «{programme}» с {date} для Вас кое-что меняется.

{changes}

{plan} {zone}
{sessions}

{next}

С уважением,
{lead}""",
        ),
        "mentor_changed": LetterText(
            "{programme}: изменение для Вас как наставника",
            """Здравствуйте, {name}!

В программе «{programme}» с {date} кое-что меняется для Вас как наставника.

{changes}

{plan} {zone}
{sessions}

{next}

С уважением,
{lead}""",
        ),
    },
    asked="{other}: работа в этой паре завершена, как Вы просили.",
    left="{other}: работа в этой паре завершена, так как Вы больше не участвуете в программе.",
    other_left="{other} больше не участвует в программе, поэтому работа в этой паре завершена.",
    no_more="{other}: работа в этой паре не продолжится.",
    cannot="{other}: работа в этой паре не может продолжаться. Причина: {why}.",
    reasons={
        "rule": "этого больше не позволяют правило программы или календари",
        "capacity": "мест стало меньше",
        "lock": "по решению программы составлена другая пара",
        "schedule": "в календарях больше не хватает времени для встреч",
        "for_others": "так наставник появится у большего числа участников программы",
    },
    new={
        "mentee": "Теперь с Вами работает:\n{about}",
        "mentor": "Теперь с Вами как с наставником работает:\n{about}",
    },
    cancelled="Отменены встречи:",
    meetings="Встречи, {other}:",
    moves={
        "moved": "- было: {before}; стало: {now}",
        "cancelled": "- отменена: {before}",
        "new": "- новая: {now}",
    },
    plan="Запланировано для Вас, начиная с {date}: {count}.",
    no_plan={
        "mentee": "Других встреч с наставником у Вас не запланировано.",
        "mentor": "Других встреч в роли наставника у Вас не запланировано.",
    },
)
