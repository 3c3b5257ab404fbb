with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind != 'cancel'

),

periods as (

    select * from {{ ref('int_billing__read_periods') }}

),

units as (

    select * from {{ ref('int_billing__service_units') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

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
    where contexts.bill_id is null

),

-- The others lie between the ends: a read without a bill of its own, or one dated a day off. A bill without days has the reads of its date.
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

),

metered as (

    select * from closing
    union all
    select * from within

),

-- Sewer is measured by its own meter where there is one, else by the water that comes in.
measured as (

    select * from metered
    union all
    select
        water.utility_id,
        water.bill_id,
        'sewer' as service,
        water.period_end_on,
        water.unit,
        water.usage_quantity,
        water.meter_size,
        water.is_estimated
    from metered as water
    left join (
        select distinct
            utility_id,
            bill_id
        from metered
        where service = 'sewer'
    ) as own
        on water.utility_id = own.utility_id and water.bill_id = own.bill_id
    where water.service = 'water' and own.bill_id is null

),

summed as (

    select
        utility_id,
        bill_id,
        service,
        max(unit) as unit,
        cast(sum(usage_quantity) as decimal(18, 6)) as usage_quantity,
        max(meter_size) as meter_size,
        max(case when is_estimated then 1 else 0 end) = 1 as is_estimated,
        cast(count(*) as integer) as read_count
    from measured
    group by utility_id, bill_id, service

),

final as (

    select
        summed.utility_id,
        summed.bill_id,
        summed.service,
        units.unit,
        summed.meter_size,
        summed.is_estimated,
        summed.read_count,
        {{ converted('summed.usage_quantity', 'summed.unit', 'units.unit', 'rules') }} as usage_quantity
    from summed
    inner join contexts
        on summed.utility_id = contexts.utility_id and summed.bill_id = contexts.bill_id
    inner join units
        on summed.utility_id = units.utility_id and summed.service = units.service
    inner join rules
        on summed.utility_id = rules.utility_id and contexts.rules_from_on = rules.from_on

)

select * from final
