with disputes as (

    select * from {{ ref('stg_extracts__disputes') }}

),

-- The next level takes the dispute over: what is disputed of a bill counts once.
levelled as (

    select
        *,
        least(
            coalesce(decided_on, {{ end_of_time() }}),
            coalesce(
                lead(filed_on) over (partition by utility_id, bill_id order by filed_on, dispute_id), {{ end_of_time() }}
            )
        ) as ended_on
    from disputes

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
