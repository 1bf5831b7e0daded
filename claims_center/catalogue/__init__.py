"""What staff keep: products, promotions and funnels."""
