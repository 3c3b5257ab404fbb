"""The command line of ratehouse and the plumbing that every part stands on."""
