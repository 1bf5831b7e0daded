"""What may be done to points, rewards and redeemed rewards. Only these modules write this room's tables."""
