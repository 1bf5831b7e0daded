"""What customers see: the public pages of a funnel and the tracker of a claim."""
