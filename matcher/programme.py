"""The settings of programme.toml, and the clock and calendar notions that they are written in."""

from __future__ import annotations

import datetime as dt
import re
from difflib import get_close_matches
from string import Formatter
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from matcher.windows_zones import WINDOWS_ZONES

MINUTES_A_DAY = 24 * 60
EPOCH = dt.date(1970, 1, 1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Section(BaseModel):
    """A table of programme.toml: unknown keys are errors, values are not converted from other types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _whole_date(value: object) -> object:
    if isinstance(value, dt.datetime):
        raise ValueError("must be a date without a time, like 2027-01-11")  # noqa: TRY004
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"must be a date like 2027-01-11 (got {value!r})") from None
    return value


Date = Annotated[dt.date, BeforeValidator(_whole_date)]


class Frame(Section):
    """`[programme]`: what it is called, when it runs and on whose clock."""

    name: str = "Mentoring"
    start: Date
    end: Date
    timezone: str = "UTC"
    engagement: Literal["whole", "as-needed"] = "whole"  # as-needed: from the first to the last session of a pair
    latest_start: int = Field(default=0, ge=0, le=731)  # as-needed: days from the start to a first session; 0: any
    language: Literal["en", "ru"] = "en"  # of what people are shown: report, letters, workbook

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        zone = iana_zone(name)
        if zone is None:
            raise ValueError(
                "must be an IANA time zone like 'Europe/Moscow', or its Windows name like 'Russian Standard Time' "
                f"(got {name!r})"
            )
        return zone

    @model_validator(mode="after")
    def _start_before_end(self) -> Frame:
        if self.latest_start and self.engagement == "whole":
            raise ValueError(
                f"latest_start {self.latest_start} needs engagement 'as-needed': whole engagements begin with the "
                "programme"
            )
        if self.end < self.start:
            raise ValueError(f"end {self.end} must not be before start {self.start}")
        if self.start.year < 1980 or self.end.year > 2100:
            raise ValueError(f"start and end must lie between 1980 and 2100 (got {self.start} and {self.end})")
        if (self.end - self.start).days > 731:
            raise ValueError(f"a programme lasts at most two years (got {self.start} to {self.end})")
        return self


class Eligibility(Section):
    """`[eligibility]`: who may mentor whom."""

    levels: tuple[str, ...] = ()
    level_order: Literal["ascending", "descending"] = "ascending"
    same_function_gap: int = Field(default=2, ge=0, le=1000)
    cross_function_gap: int = Field(default=1, ge=0, le=1000)
    line_manager_may_mentor: bool = True
    past_pairs_may_repeat: bool = True

    @field_validator("levels", mode="before")
    @classmethod
    def _list_to_tuple(cls, levels: object) -> object:
        return tuple(levels) if isinstance(levels, list) else levels

    @model_validator(mode="after")
    def _names_or_order(self) -> Eligibility:
        if self.levels and "level_order" in self.model_fields_set:
            raise ValueError("levels are named lowest first, so level_order must not be given as well")
        folded = [fold(level) for level in self.levels]
        if len(set(folded)) < len(folded):
            raise ValueError("levels must not name a level twice")
        if "" in folded:
            raise ValueError("levels must not hold an empty name")
        return self


class Capacity(Section):
    """`[capacity]`: how many at the same time."""

    mentees_per_mentor: int = Field(default=2, ge=1, le=1000)
    mentors_per_mentee: int = Field(default=1, ge=1, le=100)


class Sessions(Section):
    """`[sessions]`: how long, how often, how many."""

    minutes: tuple[int, ...] = (45,)  # longest first
    min_days_between: int = Field(default=14, ge=1, le=366)
    max_months_between: int = Field(default=1, ge=1, le=24)
    month_rule: Literal["both", "rolling", "calendar", "none"] = "both"
    minimum: int = Field(default=1, ge=1, le=731)
    number: Literal["most", "fewest"] | int = "most"
    grid_minutes: int = Field(default=15, ge=1, le=MINUTES_A_DAY)
    pause_minutes: int = Field(default=0, ge=0, le=240)  # before and after each session
    max_per_day: int = Field(default=0, ge=0, le=100)  # sessions of one person, in whichever role; 0 is no limit
    max_per_week: int = Field(default=0, ge=0, le=100)  # Monday to Sunday
    absences: Literal["pause", "re-pair"] = "pause"  # whether the month rule rests while one of a pair is away

    @field_validator("minutes", mode="before")
    @classmethod
    def _lengths(cls, value: object) -> object:
        lengths = value if isinstance(value, list | tuple) else [value]
        if not lengths or not all(type(n) is int and 1 <= n <= MINUTES_A_DAY for n in lengths):
            raise ValueError(
                f"must be a whole number of minutes from 1 to 1440, or a list of them (got {value!r})"
            )
        if len(set(lengths)) < len(lengths):
            raise ValueError(f"must not name a length twice (got {value!r})")
        return tuple(sorted(lengths, reverse=True))

    @field_validator("number", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        if value in ("most", "fewest") or (type(value) is int and 0 <= value <= 731):
            return value
        raise ValueError(f"must be 'most', 'fewest' or a whole number from 0 to 731 (got {value!r})")


Window = tuple[int, int]


def parse_windows(text: str) -> tuple[Window, ...]:
    """Read `"09:00-13:00, 14:00-18:00"` as minutes of the day, sorted, touching windows joined.

    Raises
    ------
    ValueError
        If a window is not `HH:MM-HH:MM` with an end (at most 24:00) after its start.
    """
    windows = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})\s*", part, re.ASCII)
        ends = [parse_clock(clock) for clock in match.groups()] if match else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
            raise ValueError(f"must be windows like '09:00-18:00', end after start (got {part.strip()!r})")
        windows.append((ends[0], ends[1]))
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def parse_clock(text: str) -> int | None:
    """Minutes of the day of `HH:MM`, up to 24:00; None if it is no such time."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", text, re.ASCII)
    if not match:
        return None
    minutes = int(match[1]) * 60 + int(match[2])
    return minutes if int(match[2]) < 60 and minutes <= MINUTES_A_DAY else None


DayKind = Literal["off", "worked", "short"]


class Day(Section):
    """An entry of `[[calendar.days]]`: a date that is not what its weekday says."""

    country: str = ""
    date: Date
    kind: DayKind
    end: str = ""

    @model_validator(mode="after")
    def _end_as_needed(self) -> Day:
        closing_time(self.kind, self.end)
        return self

    @property
    def closes(self) -> int:
        """The minute of the day at which work is over."""
        return closing_time(self.kind, self.end)


def closing_time(kind: DayKind, end: str) -> int:
    """Minute of the day at which work is over on a special day, 24:00 where nothing is said; ValueError if bad."""
    if not end:
        if kind == "short":
            raise ValueError("a short day needs an end like 15:00")
        return MINUTES_A_DAY
    if kind == "off":
        raise ValueError(f"a day off has no end (got {end!r}); leave it blank, or say short")
    minutes = parse_clock(end)
    if not minutes:
        raise ValueError(f"{end!r} is not a time like 15:00")
    return minutes


class Calendar(Section):
    """`[calendar]`: when everybody works unless availability.csv says otherwise.

    `country` and those of the `days` are as written until the cohort is read, then in one spelling.
    """

    working_days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = WEEKDAYS[:5]  # type: ignore[assignment]
    working_hours: str = "09:00-18:00"
    lunch: str = ""
    preferred_hours: str = ""
    country: str = ""
    days: tuple[Day, ...] = ()

    @field_validator("working_days", "days", mode="before")
    @classmethod
    def _list_to_tuple(cls, days: object) -> object:
        return tuple(days) if isinstance(days, list) else days

    @field_validator("working_hours")
    @classmethod
    def _windows(cls, text: str) -> str:
        parse_windows(text)
        return text

    @field_validator("lunch", "preferred_hours")
    @classmethod
    def _windows_or_none(cls, text: str) -> str:
        if text.strip():
            parse_windows(text)
        return text.strip()

    @property
    def windows(self) -> tuple[Window, ...]:
        """Working hours as minutes of the day."""
        return parse_windows(self.working_hours)

    @property
    def lunch_windows(self) -> tuple[Window, ...]:
        """When nobody is asked to meet, as minutes of the day; empty for no such time."""
        return parse_windows(self.lunch) if self.lunch else ()

    @property
    def preferred_windows(self) -> tuple[Window, ...]:
        """When sessions are liked best, as minutes of the day; empty where no hours are preferred."""
        return parse_windows(self.preferred_hours) if self.preferred_hours else ()


class Goals(Section):
    """`[goals]`: what "best ranks" means and the seed of the draw."""

    rank: Literal["generous", "greedy", "min-cost"] = "generous"
    seed: int = Field(default=0, ge=0, le=2**63 - 1)


class Rematch(Section):
    """`[rematch]`: what may change when a plan is repaired during the quarter.

    `forced`: a pair that nobody refused ends only where it cannot go on. `for-more-mentees`: also where that gives
    more mentees a mentor.
    """

    end_pairs: Literal["forced", "for-more-mentees"] = "forced"


ADDRESS_PART = r"[^\s@<>()\[\]:;,\\\"\x00-\x1f\x7f]"
PLACEHOLDERS = ("mentee", "mentor", "number", "of", "programme", "pair")


def placeholders_of(template: str) -> list[str]:
    """What stands between the braces of a template, as written; ValueError where a brace has no other.

    >>> placeholders_of("{mentee!r} and {mentor}, {{so}}")
    ['mentee!r', 'mentor']
    """
    return [
        f"{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}"
        for _, name, form, conversion in Formatter().parse(template)
        if name is not None
    ]


class Invitations(Section):
    """`[invitations]`: what the calendar entries of sessions say, and who sends them."""

    organiser_name: str = ""
    organiser_email: str = ""
    title: str = "Mentoring: {mentee} and {mentor}"
    description: str = "{programme}"
    location: str = ""
    link: str = ""
    reminder_minutes: int = Field(default=15, ge=0, le=28 * MINUTES_A_DAY)

    @field_validator("organiser_email")
    @classmethod
    def _address(cls, text: str) -> str:
        if text and not is_email(text):
            raise ValueError(f"must be an e-mail address like 'mentoring@company.example' (got {text!r})")
        return text

    @field_validator("title", "description", "location", "link")
    @classmethod
    def _known_placeholders(cls, template: str) -> str:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        try:
            found = placeholders_of(template)
        except ValueError:
            raise ValueError(f"a brace opens or closes no placeholder like {known} (got {template!r})") from None
        for name in found:
            if name not in PLACEHOLDERS:
                raise ValueError(f"unknown placeholder {{{name}}}; known are {known} (got {template!r})")
        return template

    @field_validator("title")
    @classmethod
    def _some_title(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("must not be blank: it is what people see in their calendars")
        return title

    @field_validator("link")
    @classmethod
    def _web_address(cls, link: str) -> str:
        if link and not re.fullmatch(r"https?://[^\s/?#\"<>\\\x00-\x1f]+([/?#][^\s\"<>\\\x00-\x1f]*)?", link):
            raise ValueError(f"must be a web address like 'https://meet.example/{{pair}}' (got {link!r})")
        return link

    @model_validator(mode="after")
    def _name_with_address(self) -> Invitations:
        if self.organiser_name and not self.organiser_email:
            raise ValueError("organiser_name needs organiser_email beside it")
        return self


class Output(Section):
    """`[output]`: how the CSV files are written."""

    delimiter: Literal[",", ";", "\t"] = ","


class Input(Section):
    """`[input]`: how the tables are to be read where they do not tell."""

    slash_dates: Literal["", "day first", "month first"] = ""


COLUMNS = (
    *("employee_id", "name", "email", "function", "level", "manager_id", "timezone", "country", "max_mentees"),
    *("first_day", "last_day", "priority", "sessions_wanted"),
    *("mentee_id", "rank", "mentor_id", "choice", "day", "start", "end", "date", "kind", "status", "last_session"),
    *("since", "by"),
    *("language", "subject", "text"),
)


def _column(name: str) -> str:
    if name not in COLUMNS and not re.fullmatch(r"choice_[1-9][0-9]?", name):
        close = get_close_matches(name, COLUMNS, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f"; columns are {', '.join(COLUMNS)}"
        raise ValueError(f"there is no column of this name{hint}")
    return name


def _titles(value: object) -> object:
    titles = [value] if isinstance(value, str) else value
    return tuple(titles) if isinstance(titles, list) else titles


ColumnTitles = dict[Annotated[str, AfterValidator(_column)], Annotated[tuple[str, ...], BeforeValidator(_titles)]]
"""`[columns]`: what else columns of the tables are called, by their names; `choice` is followed by a number."""


class Programme(Section):
    """Everything programme.toml says, defaults filled in."""

    frame: Frame = Field(alias="programme")
    eligibility: Eligibility = Eligibility()
    capacity: Capacity = Capacity()
    sessions: Sessions = Sessions()
    calendar: Calendar = Calendar()
    goals: Goals = Goals()
    rematch: Rematch = Rematch()
    output: Output = Output()
    invitations: Invitations = Invitations()
    input: Input = Input()
    columns: ColumnTitles = Field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The clock on which dates of sessions are counted."""
        return ZoneInfo(self.frame.timezone)

    @property
    def days(self) -> int:
        """Number of dates from start to end, both included."""
        return (self.frame.end - self.frame.start).days + 1


NO_PLACES = ("localtime", "posixrules", "Factory")
"""Files in time zone databases that are the zone of no place: what they are, another computer reads otherwise."""


def is_timezone(name: str) -> bool:
    """Whether `name` is an IANA time zone that the time zone database knows."""
    if name in NO_PLACES:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_email(text: str) -> bool:
    """Whether `text` looks like one bare e-mail address, without a name, brackets or a second address."""
    return re.fullmatch(rf"{ADDRESS_PART}{{1,128}}@{ADDRESS_PART}{{1,253}}", text) is not None


def iana_zone(name: str) -> str | None:
    """The IANA time zone of this name, or of this Windows name in any case; None if it is neither."""
    return name if is_timezone(name) else _WINDOWS.get(fold(name))


def fold(text: str) -> str:
    """The form in which functions and level names are compared: trimmed, single spaces, without case."""
    return " ".join(text.split()).casefold()


_WINDOWS = {fold(name): zone for name, zone in WINDOWS_ZONES.items()}


def day_number(date: dt.date) -> int:
    """Days from 1970-01-01 to `date`."""
    return (date - EPOCH).days


def day_date(number: int) -> dt.date:
    """The date that lies `number` days after 1970-01-01."""
    return EPOCH + dt.timedelta(days=int(number))


def midnight_of(programme: Programme, day: int) -> int:
    """The first instant of a date (days since 1970-01-01) on the programme's clock."""
    midnight = dt.datetime.combine(day_date(day), dt.time(), programme.zone)
    return int(midnight.timestamp()) // 60
