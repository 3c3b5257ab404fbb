with adjustments as (

    select
        *,
        ' ' || translate(lower(coalesce(note, '') || ' ' || coalesce(document_ref, '')), '_-.,;:()/', '         ') || ' ' as words
    from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind = 'other_charge' and amount_usd > 0

),

charges as (

    select * from {{ ref('stg_extracts__charges') }}
    where charge_code = 'other' and service = 'account' and amount_usd > 0

),

bills as (

    select * from {{ ref('int_billing__bills') }}

),

rules as (

    select * from {{ ref('int_penalties__payment_rules') }}

),

of_adjustments as (

    select
        utility_id,
        account_id,
        'adjustments' as source_entity,
        adjustment_id as source_id,
        posted_on as found_on,
        amount_usd,
        words like '% view %' or words like '% views %' or words like '% viewing %' as is_view,
        bill_id is null and related_account_id is null and note is null and document_ref is null
        and requested_on is null and approved_on is null and event_id is null and fund_source is null as has_no_ground
    from adjustments

),

of_bills as (

    select
        charges.utility_id,
        charges.account_id,
        'charges' as source_entity,
        charges.charge_id as source_id,
        bills.billed_on as found_on,
        charges.amount_usd,
        false as is_view,
        charges.quantity is null and charges.charge_rate_usd is null as has_no_ground
    from charges
    inner join bills
        on charges.utility_id = bills.utility_id and charges.bill_id = bills.bill_id
    where bills.bill_kind != 'cancel'

),

unioned as (

    select * from of_adjustments
    union all
    select * from of_bills

),

-- Looking at an account is free. A charge that says nothing of what it is for cannot be told from such a fee.
final as (

    select
        unioned.utility_id,
        case when unioned.is_view then 'view_fee' else 'unexplained_charge' end as finding,
        'R85' as rule,
        unioned.account_id,
        unioned.source_entity,
        unioned.source_id,
        unioned.found_on,
        unioned.amount_usd,
        rules.view_fee_usd as expected_usd,
        case
            when unioned.is_view
                then 'A fee of $' || cast(unioned.amount_usd as varchar) || ' for looking at the account; policy asks $'
                || cast(rules.view_fee_usd as varchar) || '.'
            else 'A charge of $' || cast(unioned.amount_usd as varchar)
            || ' that names no ground: neither a note, a document, a request nor a bill. Looking at the account is free.'
        end as detail
    from unioned
    inner join rules
        on
            unioned.utility_id = rules.utility_id
            and unioned.found_on >= rules.from_on
            and unioned.found_on < rules.to_on
    where (unioned.is_view or unioned.has_no_ground) and unioned.amount_usd != rules.view_fee_usd

)

select * from final
