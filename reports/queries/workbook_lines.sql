-- What does a fund receive, spend and hold, with the rates as they are and as adjusted?
select
    fund,
    path,
    fiscal_year,
    year_kind,
    line,
    title,
    category,
    is_pledged,
    lien,
    amount_usd,
    fixed_usd,
    rate_share,
    origin,
    sort
from l
order by fund, path, sort, category, line, fiscal_year
