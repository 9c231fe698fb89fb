"""What letters say, in each language: the templates that matcher has, and the pieces that fill them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale

from matcher import letter_change_words
from matcher.letter_change_words import ChangeWords
from matcher.model import LetterText


@dataclass(frozen=True)
class Words:
    """One language. Braces are filled in by code; names stand where their form never changes."""

    locale: str
    templates: Mapping[str, LetterText]
    team: str
    level: str
    both: str
    """Joins two names."""
    sessions: Mapping[str, str]
    """How many, by the form that a number asks for."""
    levels: Mapping[str, str]
    zone: str
    choice: str
    was_choice: str
    was_arranged: str
    was_both: str
    arranged: str
    asked: str
    higher: str
    one_by_one: str
    empty_list: str
    outcomes: Mapping[str, str]
    """What became of a choice, told to who made it: of others only whether they had place and time."""
    reasons: Mapping[str, str]
    keep: str
    suggested: str
    hours: str
    further: str
    waits: str
    changes: ChangeWords

    def number(self, forms: Mapping[str, str], number: int) -> str:
        """Fill a number into the form that it asks for."""
        plural = Locale.parse(self.locale).plural_form(number)
        return forms.get(plural, forms["other"]).format(number)

    def ranked(self, rank: int) -> str:
        """Name a choice by its rank.

        >>> [ENGLISH.ranked(rank) for rank in (1, 2, 3, 4, 11, 22)]
        ['1st choice', '2nd choice', '3rd choice', '4th choice', '11th choice', '22nd choice']
        """
        ending = Locale.parse(self.locale).ordinal_form(rank)
        return self.choice.format(rank, {"one": "st", "two": "nd", "few": "rd"}.get(ending, "th"))

    def joined(self, names: list[str]) -> str:
        """Join names: "A", "A and B", "A, B and C"."""
        return f" {self.both} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


ENGLISH = Words(
    locale="en_GB",
    templates={
        "mentee_paired": LetterText(
            "{programme}: you will work with {mentor}",
            """Hello {name},

In the programme "{programme}" ({start} to {end}) you will work with:
{mentors}

{reason}

We have planned {count} for you. {zone}
{sessions}

{next}

Kind regards
{lead}""",
        ),
        "mentee_unmatched": LetterText(
            "{programme}: no mentor for you this time",
            """Hello {name},

We are sorry: in the programme "{programme}" ({start} to {end}) we could not give you a mentor this time. You \
should know why.

{reason}

{next}

Kind regards
{lead}""",
        ),
        "mentor": LetterText(
            "{programme}: you will mentor {mentee}",
            """Hello {name},

In the programme "{programme}" ({start} to {end}) you will mentor:
{mentees}

We have planned {count} for you. {zone}
{sessions}

{next}

Kind regards
{lead}""",
        ),
        "mentor_free": LetterText(
            "{programme}: nobody was paired with you this time",
            """Hello {name},

In the programme "{programme}" ({start} to {end}) colleagues could ask for you as a mentor. As the wishes and \
calendars of all came together, nobody was paired with you this time. That is no judgement of you.

{next}

Kind regards
{lead}""",
        ),
        **letter_change_words.ENGLISH.templates,
    },
    team="The mentoring team",
    level="level {}",
    both="and",
    sessions={"one": "{} session", "other": "{} sessions"},
    levels={"one": "{} level", "other": "{} levels"},
    zone="All times are on your own clock ({}).",
    choice="{}{} choice",
    was_choice="{mentor} was your {choice}.",
    was_arranged="The pair with {mentor} was arranged by the programme.",
    was_both="{mentor} was your {choice}; the programme had fixed this pair beforehand.",
    arranged="arranged by the programme",
    asked="asked for you as a mentor",
    higher="Why it was no choice higher on your list:",
    one_by_one="Your choices one by one:",
    empty_list="Your list names nobody.",
    outcomes={
        "self": "nobody can be his own mentor",
        "unknown_mentor": "nobody in the list of employees has this id",
        "forbidden": "a decision taken earlier in the programme stands against this pair",
        "refused": "a decision taken earlier in the programme stands against this pair",
        "past": "you were a pair before, and this programme asks for new pairs",
        "reverse_pair": "in this programme you are the mentor of the two",
        "does_not_mentor": "takes no mentees in this programme",
        "line_manager": "this programme does not pair people with their own line managers",
        "same_function_gap": "in your own function a mentor must stand at least {levels} above you",
        "cross_function_gap": "a mentor from another function must stand at least {levels} above you",
        "no_common_time": "your calendars have too little free time in common for the sessions",
        "never_together": "the two of you never take part in the programme at the same time",
        "other_choice_taken": "was not needed, as you have a mentor",
        "mentor_full": "all places went to colleagues",
        "schedule_conflict": "a place was left, but no series of sessions fitted into both calendars",
    },
    reasons={
        "no_eligible_choice": "The rules of the programme stand against every choice on your list.",
        "no_common_time": (
            "With the mentors whom the rules allow, you have too little free time in common for the sessions."
        ),
        "mentors_full": (
            "The places with the mentors on your list are fewer than needed, and this time they went to others. "
            "That is no judgement of you or of your choices: the programme aims at a mentor for as many people as "
            "possible."
        ),
        "schedule_conflict": (
            "A mentor on your list has a place left, but no series of sessions fitted into both calendars beside "
            "what is planned already."
        ),
        "draw": (
            "There was another solution, just as good, in which you would have had a mentor. Between equally good "
            "ones a draw decides, and this time it did not fall on you. The draw favours nobody, and we can show "
            "you how it was made."
        ),
    },
    keep=(
        "Please keep these times free. If one of them does not suit you, or if you would rather not go on with "
        "the pair, reply to this message: both of you may say so at any time."
    ),
    suggested=(
        "What you can do now: these colleagues are not on your list, the rules allow them, and as things stand "
        "each has a free place and enough free time in common with you:\n{}\n"
        "If you would like to work with one of them, reply to this message."
    ),
    hours="If you can offer other hours for sessions, tell us which: that may already help.",
    further=(
        "What you can do now: reply to this message and name further mentors with whom you would like to work."
    ),
    waits=(
        "There is nothing for you to do. If somebody needs a mentor during the programme, we may come back to you."
    ),
    changes=letter_change_words.ENGLISH,
)

RUSSIAN = Words(
    locale="ru",
    templates={
        "mentee_paired": LetterText(
            "{programme}: наставник — {mentor}",
            """Здравствуйте, {name}!

В программе «{programme}» (с {start} по {end}) с Вами работает:
{mentors}

{reason}

Для Вас запланировано: {count}. {zone}
{sessions}

{next}

С уважением,
{lead}""",
        ),
        "mentee_unmatched": LetterText(
            "{programme}: в этот раз без наставника",
            """Здравствуйте, {name}!

К сожалению, в программе «{programme}» (с {start} по {end}) в этот раз мы не смогли найти Вам наставника. Вам \
важно знать, почему.

{reason}

{next}

С уважением,
{lead}""",
        ),
        "mentor": LetterText(
            "{programme}: Ваши встречи в роли наставника",
            """Здравствуйте, {name}!

В программе «{programme}» (с {start} по {end}) Вы — наставник. С Вами работает:
{mentees}

Для Вас запланировано: {count}. {zone}
{sessions}

{next}

С уважением,
{lead}""",
        ),
        "mentor_free": LetterText(
            "{programme}: в этот раз без подопечных",
            """Здравствуйте, {name}!

В программе «{programme}» (с {start} по {end}) коллеги могли выбрать Вас наставником. Пожелания и календари всех \
участников сложились так, что в этот раз пары с Вами нет. Это не оценка Вас.

{next}

С уважением,
{lead}""",
        ),
        **letter_change_words.RUSSIAN.templates,
    },
    team="Команда программы наставничества",
    level="уровень {}",
    both="и",
    sessions={"one": "{} встреча", "few": "{} встречи", "many": "{} встреч", "other": "{} встречи"},
    levels={"one": "{} уровень", "few": "{} уровня", "many": "{} уровней", "other": "{} уровня"},
    zone="Время указано по Вашим часам ({}).",
    choice="{}-й выбор",
    was_choice="{mentor} — Ваш {choice}.",
    was_arranged="{mentor} — эта пара составлена по решению программы.",
    was_both="{mentor} — Ваш {choice}; эта пара составлена по решению программы.",
    arranged="по решению программы",
    asked="просит Вас о наставничестве",
    higher="Почему не выше по Вашему списку:",
    one_by_one="Что стало с каждым Вашим выбором:",
    empty_list="В Вашем списке нет ни одного имени.",
    outcomes={
        "self": "быть наставником самому себе нельзя",
        "unknown_mentor": "такого номера нет в списке сотрудников",
        "forbidden": "эта пара невозможна по решению, принятому в программе ранее",
        "refused": "эта пара невозможна по решению, принятому в программе ранее",
        "past": "вы уже были парой, а программа предполагает новые пары",
        "reverse_pair": "в этой паре наставник — Вы",
        "does_not_mentor": "в этой программе не берёт подопечных",
        "line_manager": "программа не соединяет сотрудников с их непосредственными руководителями",
        "same_function_gap": "в Вашей функции наставник должен быть выше Вас как минимум на {levels}",
        "cross_function_gap": "наставник из другой функции должен быть выше Вас как минимум на {levels}",
        "no_common_time": "в ваших календарях слишком мало общего свободного времени для встреч",
        "never_together": "Вы двое не участвуете в программе в одно и то же время",
        "other_choice_taken": "не потребовалось: наставник у Вас есть",
        "mentor_full": "все места достались коллегам",
        "schedule_conflict": "место оставалось, но встречи не поместились в оба календаря",
    },
    reasons={
        "no_eligible_choice": "По правилам программы не подходит ни один вариант из Вашего списка.",
        "no_common_time": (
            "С теми наставниками, кого допускают правила, у Вас слишком мало общего свободного времени для встреч."
        ),
        "mentors_full": (
            "Мест у наставников из Вашего списка меньше, чем нужно, и в этот раз они достались другим. Это не "
            "оценка Вас или Вашего выбора: программа стремится найти наставника как можно большему числу "
            "участников."
        ),
        "schedule_conflict": (
            "У наставника из Вашего списка осталось место, но рядом с тем, что уже запланировано, встречи не "
            "поместились в оба календаря."
        ),
        "draw": (
            "Было и другое, ничуть не худшее решение, в котором у Вас был бы наставник. Между равными решениями "
            "выбирает жребий, и в этот раз он выпал не Вам. Жребий никому не отдаёт предпочтения, и мы можем "
            "показать, как он проводился."
        ),
    },
    keep=(
        "Пожалуйста, сохраните это время свободным. Если какая-то встреча Вам не подходит или Вы не хотите "
        "продолжать работу в этой паре, ответьте на это письмо: каждый из вас может сказать об этом в любое время."
    ),
    suggested=(
        "Что можно сделать сейчас: этих коллег нет в Вашем списке, но их допускают правила, и на сегодня у "
        "каждого есть свободное место и достаточно общего с Вами времени:\n{}\n"
        "Если Вы хотели бы работать с кем-то из них, ответьте на это письмо."
    ),
    hours="Если Вы можете предложить для встреч другие часы, напишите какие: возможно, этого уже хватит.",
    further=(
        "Что можно сделать сейчас: ответьте на это письмо и назовите других наставников, с кем Вы хотели бы "
        "работать."
    ),
    waits=(
        "От Вас сейчас ничего не требуется. Если во время программы кому-то понадобится наставник, мы, возможно, "
        "обратимся к Вам."
    ),
    changes=letter_change_words.RUSSIAN,
)

LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "ru": RUSSIAN}
