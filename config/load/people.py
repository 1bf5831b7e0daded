"""Synthetic customers: the same number is always the same person."""

from config.demo.stories import FIRST_NAMES, LAST_NAMES, TOWNS
from config.load.fill import Loader
from config.load.shares import DAYS
from customers.models import Customer, CustomerToken
from tenancy.search import fold, words_of

# The search words of names are made by the product's own rules, once for each name.
NAMES = "n integer, first text, last text, local text, name_words text[], own_words text[], mail_words text[]"
TOWN = "n integer, street text, city text, province text, postal_code text, country text"
PEOPLE = """
SELECT p.n, uuidv7(p.at - clock_timestamp()) AS id, s.first, s.last, s.first || ' ' || s.last AS name,
    s.local || '.' || p.n || '@example.com' AS email, p.phone, regexp_replace(p.phone, '[^0-9+]', '', 'g') AS phone_norm,
    CASE WHEN mod(p.n, 4) = 0 THEN '29' || lpad(p.n::text, 10, '0') ELSE '' END AS card_number,
    t.street, (p.n / %(towns)s %% 20011 + 1)::text AS house_number, t.city, t.province, t.postal_code, t.country, p.at + mod(p.n, 60) * interval '1 second' AS created_at,
    s.name_words, s.own_words, s.mail_words || ARRAY[p.n::text, s.local || '.' || p.n || '@example.com'] AS mail_words
FROM (
    SELECT n, %(opened)s + n * (%(now)s - %(opened)s) / greatest(%(customers)s, 1) - interval '1 minute' AS at,
        CASE WHEN mod(n, 5) < 2 THEN format('+1 503 %%s %%s', lpad((n / 10000 %% 1000)::text, 3, '0'),
            lpad((n %% 10000)::text, 4, '0')) ELSE '' END AS phone
    FROM generate_series(0, %(customers)s - 1) AS n
) AS p
JOIN load_name AS s ON s.n = mod(p.n, %(names)s)
JOIN load_town AS t ON t.n = mod(p.n, %(towns)s)
"""
WORDS = """
load_person AS p CROSS JOIN LATERAL (SELECT DISTINCT unnest(p.own_words || p.mail_words
    || array_remove(ARRAY[ltrim(p.phone_norm, '+'), p.card_number], '')) AS word) AS w
"""


def load_people(loader: Loader) -> None:
    """Insert so many customers with their search words, first known over the merchant's whole time.

    Leaves them in the temporary table `load_person`, by number, for the rooms that come after.
    """
    towns = TOWNS["USD"]
    names = [_name(number) for number in range(len(FIRST_NAMES) * len(LAST_NAMES))]
    loader.copy("load_name", NAMES, names)
    loader.copy("load_town", TOWN, [(number, *town) for number, town in enumerate(towns)])
    loader.params |= {"names": len(names), "towns": len(towns), "days": DAYS}
    loader.draft("load_person", PEOPLE)
    loader.run("CREATE UNIQUE INDEX ON load_person (n)")
    same = (
        "id",
        "email",
        "phone",
        "phone_norm",
        "card_number",
        "street",
        "house_number",
        "city",
        "province",
        "postal_code",
        "country",
    )
    given = {name: name for name in (*same, "created_at")}
    loader.fill(Customer, given | {"email_norm": "email", "first_name": "first", "last_name": "last"}, "load_person")
    loader.fill(CustomerToken, {"row_id": "p.id", "token": "w.word"}, WORDS)


def _name(number: int) -> tuple[int, str, str, str, list[str], list[str], list[str]]:
    first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number // len(FIRST_NAMES)]
    local = "".join(char for char in fold(f"{first}.{last}") if char.isalnum() or char == ".")
    mail = words_of(f"{local}@example.com") - {f"{local}@example.com"}
    return number, first, last, local, sorted(words_of(f"{first} {last}")), sorted(words_of(first, last)), sorted(mail)
