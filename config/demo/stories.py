"""Who the demo merchants are: their products, promotions, funnels and the voices of their customers."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ListingStory:
    """Where a product is sold."""

    marketplace: str
    region: str
    listing_id: str
    url: str


@dataclass(frozen=True)
class ProductStory:
    """Something that the merchant sells."""

    title: str
    sku: str
    price: str
    listings: tuple[ListingStory, ...]


@dataclass(frozen=True)
class PromotionStory:
    """A gift; `codes` is the number of codes in its pool, nought where it has none."""

    name: str
    kind: str
    value: str
    message: str
    codes: int = 0
    prefix: str = ""
    fixed_code: str = ""
    item: str = ""


@dataclass(frozen=True)
class FunnelStory:
    """A campaign: a page that asks for a claim and promises a gift."""

    slug: str
    name: str
    promotion: str
    skus: tuple[str, ...]
    order_number: str = "required"
    min_feedback: int = 0
    state: str = "open"
    claims: int = 20


@dataclass(frozen=True)
class MerchantStory:
    """A merchant and everything that its demo begins with."""

    slug: str
    name: str
    time_zone: str
    locale: str
    currency: str
    accent: str
    staff: dict[str, str]
    products: tuple[ProductStory, ...]
    promotions: tuple[PromotionStory, ...]
    funnels: tuple[FunnelStory, ...]
    feedback: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...] = field(default=())


def _amazon(region: str, asin: str, domain: str) -> ListingStory:
    return ListingStory("amazon", region, asin, f"https://www.{domain}/dp/{asin}")


def _ebay(item: str) -> ListingStory:
    return ListingStory("ebay", "US", item, f"https://www.ebay.com/itm/{item}")


def _etsy(item: str) -> ListingStory:
    return ListingStory("etsy", "US", item, f"https://www.etsy.com/listing/{item}")


def _walmart(item: str) -> ListingStory:
    return ListingStory("walmart", "US", item, f"https://www.walmart.com/ip/{item}")


BREW = MerchantStory(
    slug="brew-bloom",
    name="Brew & Bloom",
    time_zone="America/Los_Angeles",
    locale="en_US",
    currency="USD",
    accent="#3b55d9",
    staff={"owner": "Ada Novak", "admin": "Marcus Hale", "agent": "Ines Fournier", "viewer": "Tom Okafor"},
    products=(
        ProductStory(
            "Pour-over kettle 0.9 l, gooseneck spout",
            "BB-KET-09",
            "49.95",
            (_amazon("US", "B0BBKET090", "amazon.com"), _ebay("355501234567")),
        ),
        ProductStory(
            "Paper filters, 100 pcs",
            "BB-FIL-100",
            "5.95",
            (_amazon("US", "B0BBFIL100", "amazon.com"), _walmart("1900412345")),
        ),
        ProductStory(
            "Café mug, sage", "BB-MUG-SG", "14.50", (_amazon("US", "B0BBMUGSG0", "amazon.com"), _etsy("1440012345"))
        ),
        ProductStory("Hand grinder, steel burr", "BB-GRD-01", "79.00", (_amazon("US", "B0BBGRD010", "amazon.com"),)),
        ProductStory(
            "House blend, whole bean 1 kg",
            "BB-HSE-1K",
            "24.90",
            (_amazon("US", "B0BBHSE1K0", "amazon.com"), _walmart("1900498765")),
        ),
    ),
    promotions=(
        PromotionStory(
            "$10 gift card", "digital", "10.00", "Thank you for telling us how it brews.", codes=160, prefix="BREW"
        ),
        PromotionStory(
            "Barista class, 30 minutes online", "digital", "25.00", "See you in class.", fixed_code="CLASS-2026"
        ),
        PromotionStory(
            "Canvas tote bag", "physical", "14.00", "Your tote is on its way.", item="Canvas tote bag, natural"
        ),
        PromotionStory("Free bag of beans", "digital", "12.00", "Enjoy the beans.", codes=24, prefix="BEAN"),
    ),
    funnels=(
        FunnelStory(
            "thank-you",
            "Thank-you card",
            "$10 gift card",
            ("BB-KET-09", "BB-FIL-100", "BB-MUG-SG", "BB-GRD-01"),
            min_feedback=20,
            claims=52,
        ),
        FunnelStory("tote", "Canvas tote autumn", "Canvas tote bag", ("BB-KET-09", "BB-GRD-01"), claims=18),
        FunnelStory(
            "barista-class",
            "Barista class",
            "Barista class, 30 minutes online",
            ("BB-GRD-01",),
            order_number="optional",
            claims=11,
        ),
        FunnelStory("beans", "Beans for a friend", "Free bag of beans", ("BB-HSE-1K",), claims=22),
        FunnelStory("summer-2026", "Summer iced coffee", "Free bag of beans", ("BB-HSE-1K",), state="closed", claims=8),
        FunnelStory("winter-warmers", "Winter warmers", "$10 gift card", ("BB-MUG-SG",), state="upcoming", claims=0),
    ),
    feedback=(
        "The spout pours slowly enough for a proper bloom. Best kettle I have owned.",
        "Arrived in two days and well packed. The lid is a little loose when full.",
        "Good filters, no paper taste after one rinse.",
        "Lovely colour, but smaller than I thought from the pictures.",
        "Grinds evenly for V60. Loud at six in the morning, my flatmates say.",
        "The handle came with a scratch. It works well otherwise.",
        "Bought a second one for my sister.",
        "Honest coffee, fresh roast date on the bag.",
        "Not hot enough after ten minutes, I expected better insulation.",
        "My second order, same quality as the first.",
    ),
)

NORTH = MerchantStory(
    slug="north-trail",
    name="North Trail",
    time_zone="Europe/Berlin",
    locale="en_GB",
    currency="EUR",
    accent="#1f6f54",
    staff={"owner": "Greta Lindqvist", "admin": "Jonas Weber", "agent": "Mila Kowalska", "viewer": "Pavel Dvorak"},
    products=(
        ProductStory(
            "Trail bottle 1 l, steel",
            "NT-BOT-10",
            "29.00",
            (_amazon("DE", "B0NTBOT100", "amazon.de"), _ebay("355509876543")),
        ),
        ProductStory(
            "Merino socks, two pairs",
            "NT-SOC-02",
            "24.50",
            (_amazon("DE", "B0NTSOC020", "amazon.de"), _etsy("1550098765")),
        ),
        ProductStory("Head torch 400 lm", "NT-TOR-40", "39.90", (_amazon("UK", "B0NTTOR400", "amazon.co.uk"),)),
    ),
    promotions=(
        PromotionStory("€8 voucher", "digital", "8.00", "Walk on.", codes=80, prefix="TRAIL"),
        PromotionStory("Repair kit", "physical", "11.00", "Your kit is on its way.", item="Pocket repair kit"),
    ),
    funnels=(
        FunnelStory(
            "welcome", "Welcome to the trail", "€8 voucher", ("NT-BOT-10", "NT-SOC-02"), min_feedback=10, claims=26
        ),
        FunnelStory(
            "repair-kit", "Repair, do not replace", "Repair kit", ("NT-TOR-40",), order_number="optional", claims=10
        ),
    ),
    feedback=(
        "Keeps tea warm until the summit.",
        "Socks stayed dry for three days in Norway.",
        "The torch is bright, the strap could be softer.",
        "Dented on the first day. The bottle still does its work.",
        "Exactly as described.",
        "I wish there were a bigger size.",
    ),
)

STORIES = (BREW, NORTH)

FIRST_NAMES = (
    "Duncan", "Isaac", "Filip", "Gilbert", "Erica", "Georges", "Justine", "Philippa", "Adrianna", "Yusuf", "Paula", "Oskar",
    "Mei", "Tariq", "Nora", "Samuel", "Lucía", "Hanna", "Rafael", "Ingrid", "Kofi", "Beatrix", "Dmitri", "Aoife",
    "Chen", "Marta", "Elliot", "Zofia", "Leon", "Priya",
)  # fmt: skip
LAST_NAMES = (
    "Andrews", "Benoit", "Gajownik", "Dos Santos", "Moore", "Millet", "Barnes", "Delattre", "Latek", "Demir", "Cook", "Lund",
    "Tanaka", "Haddad", "Petrov", "Okonkwo", "García", "Weiss", "Silva", "Berg", "Mensah", "O'Neill", "Volkov", "Murphy",
    "Wei", "Kowalczyk", "Hughes", "Król", "Fischer", "Sharma",
)  # fmt: skip
TOWNS = {
    "USD": (
        ("1420 NW Lovejoy St", "Portland", "OR", "97209", "US"),
        ("88 Valencia St", "San Francisco", "CA", "94103", "US"),
        ("511 E Pine St", "Seattle", "WA", "98122", "US"),
        ("2309 S Congress Ave", "Austin", "TX", "78704", "US"),
        ("47 Orchard St", "New York", "NY", "10002", "US"),
    ),
    "EUR": (
        ("Ehrenstraße 12", "Köln", "", "50672", "DE"),
        ("Kastanienallee 77", "Berlin", "", "10435", "DE"),
        ("Rue Mercière 5", "Lyon", "", "69002", "FR"),
        ("ul. Nowa 3", "Kraków", "", "31-056", "PL"),
        ("Södra Vägen 21", "Göteborg", "", "412 54", "SE"),
    ),
}
