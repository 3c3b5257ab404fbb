-- Bills that would have been there at a month end and were not: service delivered and not yet billed.
with restated as (

    select * from {{ ref('int_penalties__impact_restated_bills') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

suspensions as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'billing_suspension' and episode_id is not null

),

-- Of several suspensions before one bill the latest is named.
caused as (

    select
        accounts.utility_id,
        restated.account_key,
        restated.bill_id,
        restated.part_no,
        restated.restated_on,
        restated.issued_on,
        restated.amount_usd,
        suspensions.episode_id,
        suspensions.event_id,
        row_number() over (
            partition by restated.account_key, restated.bill_id, restated.part_no order by suspensions.event_no desc
        ) as event_rank
    from restated
    inner join accounts
        on restated.account_key = accounts.account_key
    inner join suspensions
        on accounts.utility_id = suspensions.utility_id and restated.issued_on >= suspensions.starts_on

),

at_month_ends as (

    select
        *,
        {{ explode_range(month_number('restated_on'), month_number('issued_on') ~ ' - 1') }} as month_no
    from caused
    where event_rank = 1

),

final as (

    select
        utility_id,
        episode_id,
        account_key,
        event_id as covered_by,
        {{ month_end_of('month_no') }} as month_end_on,
        {{ sum_money('amount_usd') }} as amount_usd
    from at_month_ends
    group by utility_id, episode_id, account_key, event_id, month_no

)

select * from final
