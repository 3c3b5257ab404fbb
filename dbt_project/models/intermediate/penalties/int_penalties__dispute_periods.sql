with disputes as (

    select * from {{ ref('stg_extracts__disputes') }}

),

cancellations as (

    select
        utility_id,
        bill_id,
        cancelled_on
    from {{ ref('int_billing__bills') }}
    where cancelled_on is not null

),

-- The next level takes the dispute over: what is disputed of a bill counts once, and not after the bill is cancelled.
levelled as (

    select
        disputes.*,
        least(
            coalesce(disputes.decided_on, {{ end_of_time() }}),
            coalesce(cancellations.cancelled_on, {{ end_of_time() }}),
            coalesce(
                lead(disputes.filed_on) over (
                    partition by disputes.utility_id, disputes.bill_id order by disputes.filed_on, disputes.dispute_id
                ), {{ end_of_time() }}
            )
        ) as ended_on
    from disputes
    left join cancellations
        on disputes.utility_id = cancellations.utility_id and disputes.bill_id = cancellations.bill_id

),

final as (

    select
        utility_id,
        account_id,
        dispute_id,
        bill_id,
        filed_on as from_on,
        ended_on as to_on,
        disputed_usd
    from levelled
    where filed_on < ended_on

)

select * from final
