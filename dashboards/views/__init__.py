"""The pages: filters, one query each, figures, pictures, tables."""
