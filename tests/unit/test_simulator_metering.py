@pytest.mark.parametrize("which", ["twins", "town"])
def test_no_row_names_what_is_delivered_later(request, which):
    folder = request.getfixturevalue(which)
    folder = folder[0] if which == "twins" else folder
    names = (("reads", "meter_id", "meters"), ("source_accounts", "account_id", "accounts"))
    for entity, column, target in names:
        known: set[str] = set()
        for path in sorted(folder.glob("*/bills.parquet")):
            here = path.parent
            known |= set(pl.read_parquet(here / f"{target}.parquet")[column])
            if (here / f"{entity}.parquet").exists():
                rows = pl.read_parquet(here / f"{entity}.parquet")
                assert set(rows[column].drop_nulls()) <= known
        assert len(known) > 400
