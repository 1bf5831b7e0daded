"""Believable shares of synthetic redeemed rewards."""

from loyalty.states import Source

SOURCES = ((Source.COCKPIT.value, 74), (Source.API.value, 14), (Source.ADMIN.value, 6), (Source.GRANTED.value, 6))
# Of a hundred rewards so many end like this, as far as time and coupon allow it ...
ENDS = (("used", 62), ("kept", 30), ("canceled", 8))
# ... and of a hundred cashbacks.
PAYMENTS = (("success", 84), ("failure", 7), ("pending", 4), ("canceled", 3), ("init", 2))
# Of a hundred used gifts.
SHIPMENTS = (("delivered", 74), ("shipped", 8), ("ordered", 6), ("canceled", 12))
# Of those that may be canceled with their points, those that are.
REFUNDED = 0.7
# Of the customers, those who have earned something since, which they have not touched.
BONUS = 0.4
# A purchase comes so long before the reward that is paid with it, and its points last so long.
BEFORE, LASTS = "interval '10 minutes'", "interval '800 days'"
