"""What a synthetic merchant sells and gives: more of everything than the demo has."""

from config.demo.stories import BREW, FunnelStory, ListingStory, MerchantStory, ProductStory, PromotionStory

PRODUCTS = 60
FUNNELS = 12
THINGS = ("Kettle", "Filter", "Mug", "Grinder", "Scale", "Carafe", "Dripper", "Tin", "Tamper", "Jug")
SHADES = ("sage", "sand", "slate", "white", "copper", "walnut")
PROMOTIONS = (
    PromotionStory("$10 gift card", "digital", "10.00", "Thank you, {first_name}.", codes=500, prefix="LOAD"),
    PromotionStory("Tote bag", "physical", "14.00", "On its way.", item="Canvas tote bag, natural"),
    PromotionStory("Online class", "digital", "25.00", "See you in class.", fixed_code="CLASS-2026"),
    PromotionStory("Free bag of beans", "digital", "12.00", "Enjoy.", codes=500, prefix="BEAN"),
)


def story_of(number: int) -> MerchantStory:
    """Return the story of the merchant `load-<number>`."""
    return MerchantStory(
        slug=f"load-{number}",
        name=f"Load {number}",
        time_zone="America/Los_Angeles",
        locale="en_US",
        currency="USD",
        accent="#3b55d9",
        staff=BREW.staff,
        products=tuple(_product(place) for place in range(PRODUCTS)),
        promotions=PROMOTIONS,
        funnels=tuple(_funnel(place) for place in range(FUNNELS)),
        feedback=BREW.feedback,
    )


def sku_of(place: int) -> str:
    """Return the SKU of the product at a place in the catalogue."""
    return f"LD-{place:03}"


def _product(place: int) -> ProductStory:
    thing, shade = THINGS[place % len(THINGS)], SHADES[place // len(THINGS) % len(SHADES)]
    listings = (
        ListingStory("amazon", "US", f"B0LOAD{place:04}", f"https://www.amazon.com/dp/B0LOAD{place:04}"),
        _second(place),
    )
    return ProductStory(f"{thing}, {shade}", sku_of(place), f"{9 + place % 70}.95", listings)


def _second(place: int) -> ListingStory:
    marketplace, path = (("ebay", "itm"), ("walmart", "ip"), ("etsy", "listing"))[place % 3]
    number = f"3555{place:08}"
    return ListingStory(marketplace, "US", number, f"https://www.{marketplace}.com/{path}/{number}")


def _funnel(place: int) -> FunnelStory:
    promotion = PROMOTIONS[place % len(PROMOTIONS)].name
    products = range(place * 5, place * 5 + 5)
    return FunnelStory(
        f"thanks-{place + 1}",
        f"Thank-you card {place + 1}",
        promotion,
        tuple(sku_of(one % PRODUCTS) for one in products),
        order_number="optional" if place % 4 == 2 else "required",  # noqa: PLR2004 - a few of them
    )
