with cases as (

    select * from {{ ref('int_penalties__impact_shutoff_cases') }}

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'shutoff_moratorium'

),

fees as (

    select * from {{ ref('int_penalties__fee_postings') }}
    where fee_kind in ('disconnect_fee', 'reconnect_fee')

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

-- Whole months without a moratorium, and after one without: shut-offs that it put off come then.
clean_months as (

    select
        utilities.utility_id,
        month_ends.month_no
    from utilities
    inner join month_ends
        on
            month_ends.month_no > {{ month_number('utilities.first_posted_on') }}
            and month_ends.month_end_on <= utilities.as_of_on
    left join events
        on
            utilities.utility_id = events.utility_id
            and month_ends.month_no >= {{ month_number('events.starts_on') }}
            and month_ends.month_no <= {{ month_number('events.ends_on') }} + 1
    where events.event_id is null

),

ordered as (

    select
        *,
        lag(month_no) over (partition by account_key order by month_no) as previous_month_no
    from cases

),

spells as (

    select
        ordered.utility_id,
        count(*) as spell_count,
        {{ sum_money('ordered.fees_usd') }} as spell_fees_usd
    from ordered
    inner join clean_months
        on ordered.utility_id = clean_months.utility_id and ordered.month_no = clean_months.month_no
    where coalesce(ordered.month_no > ordered.previous_month_no + 1, true)
    group by ordered.utility_id

),

charged as (

    select
        fees.utility_id,
        {{ sum_money('fees.charged_usd - fees.waived_usd') }} as charged_usd
    from fees
    inner join clean_months
        on fees.utility_id = clean_months.utility_id and {{ month_number('fees.occurred_on') }} = clean_months.month_no
    group by fees.utility_id

),

month_counts as (

    select
        utility_id,
        count(*) as month_count
    from clean_months
    group by utility_id

),

final as (

    select
        spells.utility_id,
        cast(month_counts.month_count as integer) as clean_month_count,
        cast(spells.spell_count as integer) as spell_count,
        spells.spell_fees_usd,
        coalesce(charged.charged_usd, cast(0 as decimal(18, 2))) as charged_usd,
        cast(least(100, {{ percentage('coalesce(charged.charged_usd, 0)', 'spells.spell_fees_usd') }}) as decimal(18, 4)) as charged_pct
    from spells
    inner join month_counts
        on spells.utility_id = month_counts.utility_id
    left join charged
        on spells.utility_id = charged.utility_id

)

select * from final
