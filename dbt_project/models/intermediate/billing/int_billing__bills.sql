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

totals as (

    select * from {{ ref('int_billing__charge_totals') }}

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

-- What a cancel bill without charges of its own takes off: few rows, so that the totals need not be joined to themselves.
mirrored as (

    select
        bills.bill_id as cancel_bill_id,
        totals.*
    from bills
    inner join totals
        on bills.utility_id = totals.utility_id and bills.cancels_bill_id = totals.bill_id
    where bills.bill_kind = 'cancel'

),

cancellations as (

    select
        utility_id,
        cancels_bill_id as bill_id,
        min(billed_on) as cancelled_on
    from bills
    where bill_kind = 'cancel'
    group by utility_id, cancels_bill_id

),

-- A cancel bill without charges is read as the cancelled bill's with the sign turned.
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
        cancellations.cancelled_on,
        coalesce(totals.charge_count, 0) as charge_count,
        {% for amount in services() + ['amount', 'revenue'] -%}
            {{ as_money('coalesce(totals.' ~ amount ~ '_usd, -mirrored.' ~ amount ~ '_usd, 0)') }} as {{ amount }}_usd,
        {% endfor -%}
        {% for service in services() -%}
            {{ as_money('coalesce(totals.' ~ service ~ '_revenue_usd, -mirrored.' ~ service ~ '_revenue_usd, 0)') }} as {{ service }}_revenue_usd,
        {% endfor -%}
        case
            when extended.extension_days is null then bills.due_on
            else {{ add_days('bills.due_on', 'extended.extension_days') }}
        end as due_on
    from bills
    left join totals
        on bills.utility_id = totals.utility_id and bills.bill_id = totals.bill_id
    left join mirrored
        on bills.utility_id = mirrored.utility_id and bills.bill_id = mirrored.cancel_bill_id
    left join cancellations
        on bills.utility_id = cancellations.utility_id and bills.bill_id = cancellations.bill_id
    left join extended
        on bills.utility_id = extended.utility_id and bills.bill_id = extended.bill_id

)

select * from final
