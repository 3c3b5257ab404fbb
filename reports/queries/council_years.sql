-- What comes in and goes out in the years around, with the scenario's adjustments: totals, and lines added up by section?
select
    fund,
    fiscal_year,
    year_kind,
    case
        when row_kind = 'total' then line
        when section in ('other_revenue', 'non_operating_revenue') then 'other'
        when section_no = 4 then 'uncollectible'
        else section
    end as line,
    min(section_no) as section_no,
    row_kind = 'total' as is_total,
    sum(amount_usd) as amount_usd,
    max(value) as measured_value
from marts.rpt_cash_flow
where
    utility_id = $utility
    and scenario = $scenario
    and path = 'adopted'
    and fiscal_year between $fiscal_year - 3 and $fiscal_year + 5
    and section != 'memo'
    and row_kind != 'test'
    and unit in ('usd', 'percent')
group by
    fund,
    fiscal_year,
    year_kind,
    case
        when row_kind = 'total' then line
        when section in ('other_revenue', 'non_operating_revenue') then 'other'
        when section_no = 4 then 'uncollectible'
        else section
    end,
    row_kind
order by fund, fiscal_year, section_no, is_total
