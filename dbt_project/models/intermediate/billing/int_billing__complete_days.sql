with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind = 'regular'

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- Groups that still have customers; one that was merged into another is not waited for.
groups_in_use as (

    select distinct
        periods.utility_id,
        coalesce(periods.billing_group, '') as billing_group
    from periods
    inner join utilities
        on
            periods.utility_id = utilities.utility_id
            and utilities.as_of_on >= periods.from_on
            and utilities.as_of_on < periods.to_on
    where periods.account_status not in ('final', 'inactive')

),

-- From where to where the bills of a group reach.
reached as (

    select
        contexts.utility_id,
        coalesce(contexts.billing_group, '') as billing_group,
        min(contexts.billed_on) as first_billed_on,
        min(case when contexts.service_days > 0 then {{ add_days('contexts.service_from_on', '1') }} else contexts.billed_on end) as from_on,
        max(case when contexts.service_days > 0 then contexts.service_to_on else contexts.billed_on end) as through_on
    from contexts
    inner join utilities
        on contexts.utility_id = utilities.utility_id and contexts.billed_on <= utilities.as_of_on
    group by contexts.utility_id, coalesce(contexts.billing_group, '')

),

begun as (

    select
        utility_id,
        min(from_on) as first_on
    from reached
    group by utility_id

),

final as (

    select
        reached.utility_id,
        min(reached.first_billed_on) as first_billed_on,
        max(case when reached.from_on <= {{ add_months('begun.first_on', '2') }} then reached.from_on end) as from_on,
        min(
            case
                when groups_in_use.billing_group is not null and reached.through_on > {{ add_months('utilities.as_of_on', '-12') }}
                    then reached.through_on
            end
        ) as through_on
    from reached
    inner join begun
        on reached.utility_id = begun.utility_id
    inner join utilities
        on reached.utility_id = utilities.utility_id
    left join groups_in_use
        on reached.utility_id = groups_in_use.utility_id and reached.billing_group = groups_in_use.billing_group
    group by reached.utility_id

)

select * from final
