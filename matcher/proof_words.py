"""What the report and the workbook of results say of goals and proofs, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str | Mapping[str, str]] = {
    "notice.cut_short": (
        "The search was ended early, by its time limit or by hand. The same input may give another answer "
        "next time."
    ),
    "verdict.proven": (
        "Proven: no other pairing that keeps the rules gives more mentees a mentor, and none that serves as "
        "many has better ranks."
    ),
    "verdict.proven_priority": (
        "Proven: no other pairing that keeps the rules gives more mentees a mentor, none that serves as many is "
        "better for those who go first, and none as good in both has better ranks."
    ),
    "verdict.going_on": "As many pairs go on as can, and that comes first: it is about answers in which they do.",
    "verdict.certified": "The proof is in certificate.json; 'matcher verify' follows it without the solver.",
    "verdict.solver": "The solver has proven it.",
    "verdict.mentees": (
        "Proven: no other pairing that keeps the rules gives more mentees a mentor. Not everything after that"
        " is proven: the table says what."
    ),
    "verdict.open": (
        "Not proven: there may be a pairing that gives more mentees a mentor. The table says what is known."
    ),
    "goal.mentees": "Most mentees with a mentor",
    "goal.pairs": "Most pairs",
    "goal.priority": (
        "Most of the mentees who go first: by priority, then by how often in a row they were left out"
    ),
    "goal.of_class": "{number} of {of} ({name})",
    "goal.kept": "Most pairs that go on",
    "goal.moved": "Fewest planned sessions that are not held as planned",
    "goal.unlisted": "Fewest pairs that are on nobody's list any more",
    "goal.rank_generous": (
        "Best ranks: as few pairs as possible at the worst rank, then at the second worst, and so on"
    ),
    "goal.rank_greedy": "Best ranks: as many first choices as possible, then second choices, and so on",
    "goal.rank_min_cost": "Best ranks: the least sum of all ranks",
    "goal.sessions_most": "Most sessions",
    "goal.sessions_fewest": "Fewest sessions",
    "goal.sessions_wanted": (
        "Sessions of each pair close to the number wanted: how many there are too many or too few"
    ),
    "goal.minutes": "Most minutes",
    "goal.preferred": "Most sessions in the preferred hours",
    "goal.regularity": "Most sessions on the same weekday at the same time as the one before",
    "goal.at_rank": "{number} at rank {rank}",
    "state.certified": "Proven",
    "state.solver": "Proven",
    "state.open": "Not proven",
    "proven.mentees": "No other pairing that keeps the rules gives more mentees a mentor.",
    "proven.kept": "No other answer that keeps the rules lets more pairs go on.",
    "proven.kept_after": "No answer with as many mentees lets more pairs go on.",
    "proven.mentees_after": "No answer in which as many pairs go on gives more mentees a mentor.",
    "proven.moved": "No answer as good in the goals above holds more sessions as planned.",
    "proven.unlisted": "No answer as good in the goals above has fewer pairs that nobody lists.",
    "proven.pairs": "No pairing with as many mentees has more pairs.",
    "proven.priority": "No pairing with as many pairs is better for those who go first.",
    "proven.rank": "No pairing with as many pairs has better ranks.",
    "proven.rank_priority": "No pairing as good in the goals above has better ranks.",
    "proven.sessions_most": "No answer as good in the goals above has more sessions.",
    "proven.sessions_fewest": "No answer as good in the goals above has fewer sessions.",
    "proven.sessions_wanted": "No answer as good in the goals above comes closer to the number wanted.",
    "proven.minutes": "No answer as good in the goals above has more minutes.",
    "proven.preferred": "No answer as good in the goals above has more sessions in the preferred hours.",
    "proven.regularity": "No answer as good in the goals above has more regular sessions.",
    "proven.certified": "certificate.json holds the proof, which can be followed without the solver.",
    "open.most": "More than {bound} are impossible; whether anything between is possible is not known.",
    "open.least": "Fewer than {bound} are impossible; whether anything between is possible is not known.",
    "open.unknown": "Whether there is anything better is not known.",
    "about.draw": (
        "What is still equally good is settled by a draw with the seed {seed}, so that nobody loses every "
        "quarter because of his name or id."
    ),
    "about.again": "The same files give the same result again.",
}
RUSSIAN: Mapping[str, str | Mapping[str, str]] = {
    "notice.cut_short": (
        "Поиск был остановлен раньше времени: сработал предел времени или его прервали. Те же данные могут в "
        "другой раз дать другой ответ."
    ),
    "verdict.proven": (
        "Доказано: никакое другое распределение по правилам не даёт наставника большему числу подопечных, и "
        "ни одно, которое даёт наставника стольким же, не имеет лучших рангов."
    ),
    "verdict.proven_priority": (
        "Доказано: никакое другое распределение по правилам не даёт наставника большему числу подопечных, ни одно "
        "из равных по этому числу не лучше для тех, кто идёт первым, и ни одно из равных и в этом не имеет лучших "
        "рангов."
    ),
    "verdict.going_on": (
        "Продолжают встречи столько пар, сколько может, и это главное: речь об ответах, в которых их столько же."
    ),
    "verdict.certified": "Доказательство лежит в certificate.json; «matcher verify» проверяет его без решателя.",
    "verdict.solver": "Это доказал решатель.",
    "verdict.mentees": (
        "Доказано: никакое другое распределение по правилам не даёт наставника большему числу подопечных. "
        "Остальное доказано не полностью: что именно, сказано в таблице."
    ),
    "verdict.open": (
        "Не доказано: возможно, есть распределение, при котором наставника получает больше подопечных. Что "
        "известно, сказано в таблице."
    ),
    "goal.mentees": "Как можно больше подопечных с наставником",
    "goal.pairs": "Как можно больше пар",
    "goal.priority": (
        "Как можно больше подопечных из тех, кто идёт первым: по приоритету, затем по числу кварталов подряд без "
        "наставника"
    ),
    "goal.of_class": "{number} из {of} ({name})",
    "goal.kept": "Как можно больше пар продолжают встречи",
    "goal.moved": "Как можно меньше запланированных встреч перенесено или отменено",
    "goal.unlisted": "Как можно меньше пар, которых больше нет ни в чьём списке",
    "goal.rank_generous": (
        "Лучшие ранги: как можно меньше пар на худшем ранге, затем на втором с конца и так далее"
    ),
    "goal.rank_greedy": "Лучшие ранги: как можно больше первых пожеланий, затем вторых и так далее",
    "goal.rank_min_cost": "Лучшие ранги: наименьшая сумма всех рангов",
    "goal.sessions_most": "Как можно больше встреч",
    "goal.sessions_fewest": "Как можно меньше встреч",
    "goal.sessions_wanted": "Число встреч каждой пары близко к желаемому: сколько встреч лишних или недостающих",
    "goal.minutes": "Как можно больше минут",
    "goal.preferred": "Как можно больше встреч в предпочтительные часы",
    "goal.regularity": "Как можно больше встреч в тот же день недели и то же время, что предыдущая",
    "goal.at_rank": "{number} на ранге {rank}",
    "state.certified": "Доказано",
    "state.solver": "Доказано",
    "state.open": "Не доказано",
    "proven.mentees": "Никакое другое распределение по правилам не даёт наставника большему числу подопечных.",
    "proven.kept": "Ни в каком другом ответе по правилам не продолжает встречи большее число пар.",
    "proven.kept_after": "Ни в одном ответе с тем же числом подопечных не продолжает встречи большее число пар.",
    "proven.mentees_after": (
        "Ни один ответ, в котором продолжают столько же пар, не даёт наставника большему числу подопечных."
    ),
    "proven.moved": "Ни один ответ, столь же хороший по целям выше, не сохраняет больше запланированных встреч.",
    "proven.unlisted": "Ни в одном ответе, столь же хорошем по целям выше, таких пар не меньше.",
    "proven.pairs": "Ни одно распределение с тем же числом подопечных не имеет больше пар.",
    "proven.priority": "Ни одно распределение с тем же числом пар не лучше для тех, кто идёт первым.",
    "proven.rank": "Ни одно распределение с тем же числом пар не имеет лучших рангов.",
    "proven.rank_priority": "Ни одно распределение, столь же хорошее по целям выше, не имеет лучших рангов.",
    "proven.sessions_most": "Ни один ответ, столь же хороший по целям выше, не имеет больше встреч.",
    "proven.sessions_fewest": "Ни один ответ, столь же хороший по целям выше, не имеет меньше встреч.",
    "proven.sessions_wanted": "Ни один ответ, столь же хороший по целям выше, не ближе к желаемому числу.",
    "proven.minutes": "Ни один ответ, столь же хороший по целям выше, не имеет больше минут.",
    "proven.preferred": (
        "Ни один ответ, столь же хороший по целям выше, не имеет больше встреч в предпочтительные часы."
    ),
    "proven.regularity": "Ни один ответ, столь же хороший по целям выше, не имеет больше регулярных встреч.",
    "proven.certified": "Доказательство в certificate.json можно проследить без решателя.",
    "open.most": "Больше {bound} невозможно; возможно ли что-то между, неизвестно.",
    "open.least": "Меньше {bound} невозможно; возможно ли что-то между, неизвестно.",
    "open.unknown": "Есть ли что-то лучше, неизвестно.",
    "about.draw": (
        "То, что остаётся одинаково хорошим, решает жребий с числом {seed}, чтобы никто не "
        "проигрывал каждый квартал из-за имени или номера."
    ),
    "about.again": "Те же файлы дают тот же результат.",
}
