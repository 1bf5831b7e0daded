"""What is given by itself: in the act, by the job, once."""
