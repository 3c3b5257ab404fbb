"""The commands of `ratehouse`, grouped by what they touch; `ratehouse.cli` puts them together."""
