with lines as (

    select * from {{ ref('int_finance__lines') }}
    where
        path = 'existing_rates'
        and year_kind != 'later'
        and category in (
            'operating_expense', 'debt_service', 'rate_funded_capital', 'transfer', 'reserve_contribution', 'other_operating_revenue', 'non_operating_revenue'
        )

),

final as (

    select
        utility_id,
        fund,
        scenario,
        fiscal_year,
        category || ':' || line as line,
        year_kind,
        case when category in ('other_operating_revenue', 'non_operating_revenue') then 'other_revenue' else category end as section,
        category,
        title,
        lien,
        is_pledged,
        case when category in ('other_operating_revenue', 'non_operating_revenue') then -amount_usd else amount_usd end as amount_usd,
        -- A payment in lieu of taxes that is a percent is solved with the rates: what is needed without it stands here.
        case when category in ('other_operating_revenue', 'non_operating_revenue') then -fixed_usd else fixed_usd end as need_usd,
        origin,
        cast(case category
            when 'operating_expense' then 1000
            when 'debt_service' then 2000
            when 'rate_funded_capital' then 3000
            when 'transfer' then 4000
            when 'reserve_contribution' then 5000
            else 6000
        end + sort as integer) as sort
    from lines

)

select * from final
