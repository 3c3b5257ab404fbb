with lines as (

    select * from {{ ref('int_finance__lines') }}
    where
        path = 'existing_rates'
        and year_kind != 'later'
        and category in (
            'operating_expense', 'debt_service', 'rate_funded_capital', 'transfer', 'reserve_contribution', 'other_operating_revenue', 'non_operating_revenue'
        )

),

settings as (

    select * from {{ ref('int_finance__settings') }}

),

penalties as (

    select * from {{ ref('int_finance__measured_penalties') }}

),

final as (

    select
        lines.utility_id,
        lines.fund,
        lines.scenario,
        lines.fiscal_year,
        lines.category || ':' || lines.line as line,
        lines.year_kind,
        case when lines.category in ('other_operating_revenue', 'non_operating_revenue') then 'other_revenue' else lines.category end as section,
        lines.category,
        lines.title,
        lines.lien,
        lines.is_pledged,
        case when lines.category in ('other_operating_revenue', 'non_operating_revenue') then -lines.amount_usd else lines.amount_usd end as amount_usd,
        -- A payment in lieu of taxes that is a percent is solved with the rates: what is needed without it stands here.
        case when lines.category in ('other_operating_revenue', 'non_operating_revenue') then -lines.fixed_usd else lines.fixed_usd end as need_usd,
        -- What the ledger of accounts says of the penalties that the books have.
        -penalties.measured_usd as measured_usd,
        lines.origin,
        cast(case lines.category
            when 'operating_expense' then 1000
            when 'debt_service' then 2000
            when 'rate_funded_capital' then 3000
            when 'transfer' then 4000
            when 'reserve_contribution' then 5000
            else 6000
        end + lines.sort as integer) as sort
    from lines
    inner join settings
        on lines.utility_id = settings.utility_id
    left join penalties
        on
            lines.utility_id = penalties.utility_id
            and lines.fund = penalties.fund
            and lines.fiscal_year = penalties.fiscal_year
            and settings.penalty_line = lines.line

)

select * from final
