-- What stands in the multi-year table?
select
    fund,
    path,
    line,
    fiscal_year,
    section,
    title,
    amount_usd,
    section_no,
    sort
from f
where row_kind in ('line', 'total')
order by fund, path, section_no, sort, line, fiscal_year
