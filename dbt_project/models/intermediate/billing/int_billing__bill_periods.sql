with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind != 'cancel'

),

periods as (

    select * from {{ ref('int_billing__read_periods') }}

),

-- Nearly every period ends on the day on which its bill's service does.
closing as (

    select
        contexts.utility_id,
        contexts.bill_id,
        periods.service,
        periods.period_end_on,
        periods.unit,
        periods.usage_quantity,
        periods.meter_size,
        periods.is_estimated
    from contexts
    inner join periods
        on
            contexts.utility_id = periods.utility_id
            and contexts.account_id = periods.account_id
            and contexts.service_to_on = periods.period_end_on

),

left_over as (

    select periods.*
    from periods
    left join contexts
        on
            periods.utility_id = contexts.utility_id
            and periods.account_id = contexts.account_id
            and periods.period_end_on = contexts.service_to_on
            and contexts.cancelled_on is null
    where contexts.bill_id is null

),

-- The others lie between the ends: a read without a bill of its own or whose bill was cancelled, or one dated a day off. A bill without days
-- has the reads of its date.
within as (

    select
        contexts.utility_id,
        contexts.bill_id,
        left_over.service,
        left_over.period_end_on,
        left_over.unit,
        left_over.usage_quantity,
        left_over.meter_size,
        left_over.is_estimated
    from contexts
    inner join left_over
        on
            contexts.utility_id = left_over.utility_id
            and contexts.account_id = left_over.account_id
            and left_over.period_end_on > coalesce(contexts.service_from_on, {{ add_days('contexts.billed_on', '-1') }})
            and left_over.period_end_on <= coalesce(contexts.service_to_on, contexts.billed_on)
    where
        (contexts.bill_kind != 'rebill' or contexts.service_to_on is null)
        and (contexts.service_to_on is null or contexts.service_to_on != left_over.period_end_on)

),

-- A rebill may take the place of several bills, and so has the periods that closed them.
rebilled as (

    select
        contexts.utility_id,
        contexts.bill_id,
        periods.service,
        periods.period_end_on,
        periods.unit,
        periods.usage_quantity,
        periods.meter_size,
        periods.is_estimated
    from contexts
    inner join periods
        on
            contexts.utility_id = periods.utility_id
            and contexts.account_id = periods.account_id
            and contexts.service_from_on < periods.period_end_on
            and contexts.service_to_on > periods.period_end_on
    where contexts.bill_kind = 'rebill'

),

final as (

    select * from closing
    union all
    select * from within
    union all
    select * from rebilled

)

select * from final
