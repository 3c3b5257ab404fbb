{%- set last_age = 24 -%}
with collected as (

    select * from {{ ref('int_receivables__collected') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

event_months as (

    select * from {{ ref('int_receivables__event_months') }}

),

months as (

    select
        event_months.utility_id,
        event_months.month_no,
        {{ fiscal_year_of('event_months.month_end_on', 'utilities.fiscal_year_start_month') }} as fiscal_year
    from event_months
    inner join utilities
        on event_months.utility_id = utilities.utility_id
    where
        not event_months.has_event
        and {{ month_end_of('event_months.month_no + ' ~ last_age) }} <= utilities.as_of_on

),

final as (

    select
        months.utility_id,
        cast(months.fiscal_year as integer) as fiscal_year,
        cast(count(distinct months.month_no) as integer) as month_count,
        {{ sum_money("case when collected.means = 'billed' then collected.amount_usd when collected.means in ('cancelled', 'credit', 'transferred') then -collected.amount_usd end") }} as collectible_usd,
        {{ sum_money(
            "case when collected.means in ('own_money', 'assistance') and collected.age_months <= " ~ last_age ~ " then collected.amount_usd end"
        ) }} as collected_usd
    from months
    inner join collected
        on months.utility_id = collected.utility_id and months.month_no = collected.billed_month_no
    group by months.utility_id, months.fiscal_year

)

select * from final
