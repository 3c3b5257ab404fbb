with postings as (

    select * from {{ ref('int_penalties__postings') }}

),

settled as (

    select * from {{ ref('int_penalties__settled') }}

),

waivers as (

    select
        account_key,
        bill_id,
        min(posted_on) as posted_on,
        min(service) as service,
        -sum(case when event_id is not null then amount_usd else 0 end) as event_usd,
        -sum(case when event_id is null then amount_usd else 0 end) as courtesy_usd
    from postings
    where adjustment_kind = 'penalty_waiver'
    group by account_key, bill_id

),

-- The penalties of a bill in the order in which they came; a waiver that has none to reduce stands alone.
penalties as (

    select
        account_key,
        utility_id,
        account_id,
        bill_id,
        penalty_on,
        posted_on,
        adjustment_id,
        service,
        amount_usd as assessed_usd,
        coalesce(sum(amount_usd) over (
            partition by account_key, bill_id order by posted_on, adjustment_id
            rows between unbounded preceding and 1 preceding
        ), 0) as before_usd,
        lead(adjustment_id) over (partition by account_key, bill_id order by posted_on, adjustment_id) is null as is_last
    from postings
    where adjustment_kind = 'penalty'

),

lone_waivers as (

    select distinct
        postings.account_key,
        postings.utility_id,
        postings.account_id,
        postings.bill_id,
        postings.penalty_on
    from postings
    left join penalties
        on postings.account_key = penalties.account_key and postings.bill_id = penalties.bill_id
    where postings.adjustment_kind = 'penalty_waiver' and penalties.account_key is null

),

charged as (

    select * from penalties
    union all
    select
        lone_waivers.account_key,
        lone_waivers.utility_id,
        lone_waivers.account_id,
        lone_waivers.bill_id,
        lone_waivers.penalty_on,
        waivers.posted_on,
        cast(null as varchar) as adjustment_id,
        waivers.service,
        cast(0 as decimal(18, 2)) as assessed_usd,
        0 as before_usd,
        true as is_last
    from lone_waivers
    inner join waivers
        on lone_waivers.account_key = waivers.account_key and lone_waivers.bill_id = waivers.bill_id

),

known as (

    select
        charged.*,
        coalesce(settled.written_off_usd, 0) as settled_by_write_off_usd,
        coalesce(settled.open_usd, 0) as unsettled_usd,
        coalesce(waivers.event_usd, 0) as event_usd,
        coalesce(waivers.courtesy_usd, 0) as courtesy_usd
    from charged
    left join waivers
        on charged.account_key = waivers.account_key and charged.bill_id = waivers.bill_id
    left join settled
        on charged.account_key = settled.account_key and charged.adjustment_id = settled.adjustment_id

),

-- Waivers of events come first, courtesies take what they leave; what exceeds all penalties of the bill stands with the last.
waived as (

    select
        *,
        {{ waived_of('event_usd', '0', 'event_usd') }} as waived_event_usd,
        {{ waived_of('event_usd + courtesy_usd', 'event_usd', 'courtesy_usd') }} as waived_courtesy_usd
    from known

),

left_over as (

    select
        *,
        greatest(0, assessed_usd - waived_event_usd - waived_courtesy_usd) as owed_usd
    from waived

),

final as (

    select
        utility_id, account_key, account_id, bill_id, penalty_on, adjustment_id, posted_on, service, assessed_usd,
        {{ as_money('waived_event_usd') }} as waived_event_usd,
        {{ as_money('waived_courtesy_usd') }} as waived_courtesy_usd,
        {{ as_money('least(settled_by_write_off_usd, owed_usd)') }} as written_off_usd,
        {{ as_money('least(unsettled_usd, owed_usd - least(settled_by_write_off_usd, owed_usd))') }} as open_usd
    from left_over

)

select * from final
