with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind != 'cancel'

),

charged as (

    select
        charged_services.utility_id,
        charged_services.bill_id,
        charged_services.service,
        contexts.account_id,
        contexts.billed_on,
        contexts.service_from_on,
        contexts.service_to_on,
        contexts.cancelled_on
    from {{ ref('int_billing__charged_services') }} as charged_services
    inner join contexts
        on charged_services.utility_id = contexts.utility_id and charged_services.bill_id = contexts.bill_id

),

bill_usage as (

    select * from {{ ref('int_billing__bill_usage') }}

),

bills as (

    select * from {{ ref('int_billing__bills') }}

),

-- Whose meter ran; sewer only where the bill has no charges to tell whether it is taken.
metered as (

    select
        bill_usage.utility_id,
        bill_usage.bill_id,
        bill_usage.service
    from bill_usage
    inner join bills
        on bill_usage.utility_id = bills.utility_id and bill_usage.bill_id = bills.bill_id
    where bills.charge_count = 0 or bill_usage.service != 'sewer'

),

numbered as (

    select
        utility_id,
        account_id,
        bill_id,
        row_number() over (partition by utility_id, account_id order by coalesce(service_to_on, billed_on), bill_id) as bill_no
    from contexts
    where cancelled_on is null

),

placed as (

    select
        charged.utility_id,
        charged.account_id,
        charged.service,
        numbered.bill_no,
        lag(numbered.bill_no) over (
            partition by charged.utility_id, charged.account_id, charged.service
            order by numbered.bill_no
        ) as previous_bill_no
    from charged
    inner join numbered
        on charged.utility_id = numbered.utility_id and charged.bill_id = numbered.bill_id

),

-- What stands on the bill before and on the bill after is expected on the one between.
between_two as (

    select
        placed.utility_id,
        numbered.bill_id,
        placed.service
    from placed
    inner join numbered
        on
            placed.utility_id = numbered.utility_id
            and placed.account_id = numbered.account_id
            and placed.bill_no - 1 = numbered.bill_no
    where placed.bill_no - placed.previous_bill_no = 2

),

asked as (

    select * from metered
    union
    select * from between_two

),

uncharged as (

    select
        asked.utility_id,
        asked.bill_id,
        asked.service,
        contexts.account_id,
        contexts.billed_on,
        contexts.service_from_on,
        contexts.service_to_on
    from asked
    inner join contexts
        on asked.utility_id = contexts.utility_id and asked.bill_id = contexts.bill_id
    left join charged
        on asked.utility_id = charged.utility_id and asked.bill_id = charged.bill_id and asked.service = charged.service
    where charged.bill_id is null

),

-- A city may send one bill a service: what another bill charges for these days is not missing.
final as (

    select distinct
        uncharged.utility_id,
        uncharged.bill_id,
        uncharged.service
    from uncharged
    left join charged as others
        on
            uncharged.utility_id = others.utility_id
            and uncharged.account_id = others.account_id
            and uncharged.service = others.service
            and others.cancelled_on is null
            and coalesce(others.service_from_on, {{ add_days('others.billed_on', '-1') }}) < coalesce(uncharged.service_to_on, uncharged.billed_on)
            and coalesce(others.service_to_on, others.billed_on) > coalesce(uncharged.service_from_on, {{ add_days('uncharged.billed_on', '-1') }})
    where others.bill_id is null

)

select * from final
