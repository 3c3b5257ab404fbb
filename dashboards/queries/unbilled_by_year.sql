-- What was unbilled at the end of each fiscal year: as could be known then, as it turned out, and in the books?
with funds as (

    select
        fiscal_year,
        year_end_on,
        fund,
        sum(known_unbilled_usd) as known_unbilled_usd,
        case when bool_and(unbilled_usd is not null) then sum(unbilled_usd) end as unbilled_usd,
        case when bool_and(unbilled_error_usd is not null) then sum(unbilled_error_usd) end as unbilled_error_usd,
        any_value(fund_books_usd) as books_usd
    from marts.rpt_unbilled_fiscal_year
    where
        utility_id = $utility
        and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
        and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    group by fiscal_year, year_end_on, fund

)

select
    fiscal_year,
    year_end_on,
    sum(known_unbilled_usd) as known_unbilled_usd,
    case when bool_and(unbilled_usd is not null) then sum(unbilled_usd) end as unbilled_usd,
    case when bool_and(unbilled_error_usd is not null) then sum(unbilled_error_usd) end as unbilled_error_usd,
    case when bool_and(books_usd is not null) then sum(books_usd) end as books_usd
from funds
group by fiscal_year, year_end_on
order by fiscal_year
