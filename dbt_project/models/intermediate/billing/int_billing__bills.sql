{{ config(materialized='view') }}

with bills as (

    select * from {{ ref('stg_extracts__bills') }}

),

extensions as (

    select
        utility_id,
        starts_on,
        known_on,
        extension_days,
        coalesce(ends_on, {{ end_of_time() }}) as ends_on
    from {{ ref('stg_policy__events') }}
    where
        event_kind = 'due_date_extension'
        and extension_days > 0
        and not coalesce(is_printed_on_bill, false)

),

-- An extension holds for bills dated in its window and not before it was announced: what was announced later cannot
-- change what was due earlier.
extended as (

    select
        bills.utility_id,
        bills.bill_id,
        max(extensions.extension_days) as extension_days
    from bills
    inner join extensions
        on
            bills.utility_id = extensions.utility_id
            and bills.billed_on between extensions.starts_on and extensions.ends_on
            and bills.billed_on >= coalesce(extensions.known_on, extensions.starts_on)
    group by bills.utility_id, bills.bill_id

),

final as (

    select
        bills.utility_id,
        bills.bill_id,
        bills.account_id,
        bills.cancels_bill_id,
        bills.bill_kind,
        bills.billing_period,
        bills.delivery,
        bills.budget_amount_usd,
        bills.printed_previous_balance_usd,
        bills.printed_amount_due_usd,
        bills.billed_on,
        bills.due_on as printed_due_on,
        bills.penalty_on,
        bills.service_from_on,
        bills.service_to_on,
        bills._load_id,
        bills._line_number,
        case
            when extended.extension_days is null then bills.due_on
            else {{ add_days('bills.due_on', 'extended.extension_days') }}
        end as due_on
    from bills
    left join extended
        on bills.utility_id = extended.utility_id and bills.bill_id = extended.bill_id

)

select * from final
