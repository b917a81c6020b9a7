"""The childcare managers' day in the back office: who comes, who is there, what waits for a decision."""
