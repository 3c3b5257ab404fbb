with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind != 'cancel'

),

years as (

    select * from {{ ref('int_finance__test_years') }}

),

-- What has no days of service stands on the day of the bill.
placed as (

    select
        contexts.utility_id,
        contexts.bill_id,
        contexts.account_key,
        contexts.customer_class,
        contexts.billed_on,
        years.test_year,
        years.from_on,
        years.through_on,
        contexts.service_days is not null as has_service_days,
        coalesce(contexts.service_days, 1) as service_days,
        case when contexts.service_days is not null then contexts.service_from_on else {{ add_days('contexts.billed_on', '-1') }} end as service_from_on,
        case when contexts.service_days is not null then contexts.service_to_on else contexts.billed_on end as service_to_on,
        case when contexts.billed_on between years.from_on and years.through_on then 1 else 0 end
        - case when contexts.cancelled_on between years.from_on and years.through_on then 1 else 0 end as dated_count,
        contexts.billed_on <= years.as_of_on and coalesce(contexts.cancelled_on > years.as_of_on, true) as is_standing
    from contexts
    inner join years
        on contexts.utility_id = years.utility_id

),

final as (

    select *
    from placed
    where dated_count != 0 or (is_standing and service_to_on >= from_on and service_from_on < through_on)

)

select * from final
