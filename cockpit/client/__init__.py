"""The customers' own pages under /c/<merchant>/: points, rewards, claims, history, profile. Nobody of the staff is here."""
