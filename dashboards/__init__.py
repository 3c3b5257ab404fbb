"""Pages that show what the published build says; they decide nothing."""
