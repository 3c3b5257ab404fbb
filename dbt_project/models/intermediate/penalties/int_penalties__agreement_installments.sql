with checks as (

    select * from {{ ref('int_penalties__agreement_checks') }}

),

open_items as (

    select * from {{ ref('int_penalties__agreement_open_items') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- What is open of the debits posted by the signing, at its end and at the end of each last day of grace.
open_then as (

    select
        checks.utility_id,
        checks.agreement_id,
        checks.installment_no,
        {{ sum_money('case when checks.judged_on = open_items.at_on then open_items.open_usd end') }} as still_open_usd,
        {{ sum_money('case when checks.signed_on = open_items.at_on then open_items.open_usd end') }} as signed_open_usd
    from checks
    inner join open_items
        on
            checks.account_key = open_items.account_key
            and open_items.at_on in (checks.signed_on, checks.judged_on)
            and checks.signed_on >= open_items.posted_on
    group by checks.utility_id, checks.agreement_id, checks.installment_no

),

measured as (

    select
        checks.*,
        checks.judged_on <= utilities.as_of_on as is_judged,
        coalesce(open_then.still_open_usd, cast(0 as decimal(18, 2))) as still_open_usd,
        coalesce(open_then.signed_open_usd, cast(0 as decimal(18, 2))) as signed_open_usd
    from checks
    inner join utilities
        on checks.utility_id = utilities.utility_id
    left join open_then
        on
            checks.utility_id = open_then.utility_id
            and checks.agreement_id = open_then.agreement_id
            and checks.installment_no = open_then.installment_no

),

-- What the agreement does not cover of the debts at signing may stay open: it stands behind what it covers.
final as (

    select
        utility_id,
        agreement_id,
        installment_no,
        account_id,
        account_key,
        signed_on,
        due_on,
        judged_on,
        installment_usd,
        agreed_usd,
        signed_open_usd,
        {{ as_money('agreed_usd - fallen_due_usd + greatest(0, signed_open_usd - agreed_usd)') }} as allowed_usd,
        case when is_judged then still_open_usd end as still_open_usd,
        case when is_judged then still_open_usd <= agreed_usd - fallen_due_usd + greatest(0, signed_open_usd - agreed_usd) end as is_met
    from measured

)

select * from final
