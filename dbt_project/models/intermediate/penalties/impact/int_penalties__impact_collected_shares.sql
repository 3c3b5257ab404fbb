with charged as (

    select * from {{ ref('int_penalties__charged') }}

),

months as (

    select distinct
        utility_id,
        month_no
    from {{ ref('int_penalties__impact_months') }}
    where is_clean

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- A year later most of what will be paid has been.
grown as (

    select charged.*
    from charged
    inner join utilities
        on charged.utility_id = utilities.utility_id and {{ add_months('charged.posted_on', 12) }} <= utilities.as_of_on
    inner join months
        on charged.utility_id = months.utility_id and {{ month_number('charged.posted_on') }} = months.month_no

),

summed as (

    select
        utility_id,
        {{ sum_money('assessed_usd - waived_event_usd - waived_courtesy_usd') }} as assessed_usd,
        {{ sum_money('assessed_usd - waived_event_usd - waived_courtesy_usd - written_off_usd - open_usd') }} as collected_usd
    from grown
    group by utility_id

),

final as (

    select
        utility_id,
        assessed_usd,
        collected_usd,
        cast(case when assessed_usd > 0 then collected_usd / assessed_usd end as decimal(9, 8)) as collected_share
    from summed

)

select * from final
