"""Synthetic customers: the same number is always the same person."""

from config.demo.stories import FIRST_NAMES, LAST_NAMES, TOWNS
from config.load.fill import Loader
from config.load.shares import DAYS
from customers.models import Customer, CustomerToken
from tenancy.search import fold, words_of

# The search words of names are made by the product's own rules, once for each name.
NAMES = (
    "n integer, first text, last text, local text, name_words text[], own_words text[], mail_words text[], words text[]"
)
TOWN = "n integer, street text, city text, province text, postal_code text, country text"
PEOPLE = """
SELECT p.n, {id} AS id, s.first, s.last, s.first || ' ' || s.last AS name,
    s.local || '.' || p.n || '@example.com' AS email, p.phone, regexp_replace(p.phone, '[^0-9+]', '', 'g') AS phone_norm,
    CASE WHEN mod(p.n, 4) = 0 THEN '29' || lpad(p.n::text, 10, '0') ELSE '' END AS card_number,
    t.street, (p.n / %(towns)s %% 20011 + 1)::text AS house_number, t.city, t.province, t.postal_code, t.country, p.at + mod(p.n, 60) * interval '1 second' AS created_at,
    s.name_words, s.own_words, s.mail_words || ARRAY[p.n::text, s.local || '.' || p.n || '@example.com'] AS mail_words,
    s.words || ARRAY[p.n::text, s.local || '.' || p.n || '@example.com']
        || array_remove(ARRAY[regexp_replace(p.phone, '[^0-9]', '', 'g')], '') AS words
FROM (
    SELECT n, %(opened)s + n * (%(now)s - %(opened)s) / greatest(%(customers)s, 1) - interval '1 minute' AS at,
        CASE WHEN mod(n, 5) < 2 THEN format('+1 503 %%s %%s', lpad((n / 10000 %% 1000)::text, 3, '0'),
            lpad((n %% 10000)::text, 4, '0')) ELSE '' END AS phone
    FROM generate_series(0, %(customers)s - 1) AS n
) AS p
JOIN load_name AS s ON s.n = mod(p.n, %(names)s)
JOIN load_town AS t ON t.n = mod(p.n, %(towns)s)
{known}
"""
NEW = {"id": "uuidv7(p.at - clock_timestamp())", "known": ""}
# People are known again by the number in their address.
KNOWN = {"id": "k.id", "known": "JOIN load_known AS k ON k.email = s.local || '.' || p.n || '@example.com'"}
THERE = "SELECT id, email FROM customers_customer WHERE merchant_id = %(merchant)s"
WORDS = """
load_person AS p
CROSS JOIN LATERAL (SELECT unnest(p.words || array_remove(ARRAY[p.card_number], '')) AS word) AS w
"""


def draft_people(loader: Loader) -> None:
    """Keep the merchant's customers by number in the temporary table `load_person`, for the rooms that come after.

    Those that are there already, else so many new ones, first known over the merchant's whole time. `words` has each
    word of theirs once, but the card's number.
    """
    towns = TOWNS["USD"]
    names = [_name(number) for number in range(len(FIRST_NAMES) * len(LAST_NAMES))]
    loader.copy("load_name", NAMES, names)
    loader.copy("load_town", TOWN, [(number, *town) for number, town in enumerate(towns)])
    there = loader.draft("load_known", THERE)
    loader.params |= {"names": len(names), "towns": len(towns), "days": DAYS}
    if there:
        loader.params["customers"] = there
    loader.params["customers"] = loader.draft("load_person", PEOPLE.format(**(KNOWN if there else NEW)))
    loader.run("CREATE UNIQUE INDEX ON load_person (n)")


def load_people(loader: Loader) -> None:
    """Insert the customers that were drafted, with their search words."""
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


def _name(number: int) -> tuple[int, str, str, str, list[str], list[str], list[str], list[str]]:
    first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number // len(FIRST_NAMES)]
    local = "".join(char for char in fold(f"{first}.{last}") if char.isalnum() or char == ".")
    mail = words_of(f"{local}@example.com") - {f"{local}@example.com"}
    full, own = words_of(f"{first} {last}"), words_of(first, last)
    return number, first, last, local, sorted(full), sorted(own), sorted(mail), sorted(own | mail)
