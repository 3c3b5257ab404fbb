with checks as (

    select * from {{ ref('int_penalties__agreement_checks') }}

),

open_items as (

    select * from {{ ref('int_penalties__agreement_open_items') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

still_open as (

    select
        checks.utility_id,
        checks.agreement_id,
        checks.installment_no,
        {{ sum_money('open_items.open_usd') }} as still_open_usd
    from checks
    inner join open_items
        on
            checks.account_key = open_items.account_key
            and checks.judged_on = open_items.at_on
            and checks.signed_on >= open_items.posted_on
    group by checks.utility_id, checks.agreement_id, checks.installment_no

),

final as (

    select
        checks.utility_id,
        checks.agreement_id,
        checks.installment_no,
        checks.account_id,
        checks.signed_on,
        checks.due_on,
        checks.judged_on,
        checks.installment_usd,
        {{ as_money('checks.agreed_usd - checks.fallen_due_usd') }} as allowed_usd,
        case
            when checks.judged_on <= utilities.as_of_on then coalesce(still_open.still_open_usd, cast(0 as decimal(18, 2)))
        end as still_open_usd,
        case
            when checks.judged_on <= utilities.as_of_on
                then coalesce(still_open.still_open_usd, 0) <= checks.agreed_usd - checks.fallen_due_usd
        end as is_met
    from checks
    inner join utilities
        on checks.utility_id = utilities.utility_id
    left join still_open
        on
            checks.utility_id = still_open.utility_id
            and checks.agreement_id = still_open.agreement_id
            and checks.installment_no = still_open.installment_no

)

select * from final
