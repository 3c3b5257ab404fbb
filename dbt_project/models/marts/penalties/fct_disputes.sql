with disputes as (

    select * from {{ ref('int_penalties__disputes') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

final as (

    select
        disputes.utility_id,
        disputes.dispute_id,
        disputes.account_id,
        disputes.bill_id,
        disputes.dispute_level as level,
        disputes.level_no,
        disputes.disputed_usd,
        disputes.billed_on,
        disputes.delivery,
        disputes.received_on,
        disputes.deadline_on,
        disputes.filed_on,
        disputes.is_late,
        disputes.is_out_of_order,
        disputes.decided_on,
        disputes.outcome,
        disputes.decided_on is null or disputes.decided_on > utilities.as_of_on as is_undecided,
        {{ days_between('disputes.filed_on', 'least(coalesce(disputes.decided_on, utilities.as_of_on), utilities.as_of_on)') }} as open_days
    from disputes
    inner join utilities
        on disputes.utility_id = utilities.utility_id and disputes.filed_on <= utilities.as_of_on

)

select * from final
