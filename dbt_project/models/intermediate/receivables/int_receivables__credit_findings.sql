with leak_credits as (

    select * from {{ ref('int_receivables__leak_credits') }}

),

refunds as (

    select * from {{ ref('int_receivables__refunds') }}
    where adjustment_id is not null

),

assistance as (

    select * from {{ ref('int_receivables__judged_assistance') }}
    where not is_eligible

),

-- Of a credit beyond the limit nothing else is said.
leak_findings as (

    select
        utility_id,
        account_id,
        adjustment_id,
        posted_on,
        credit_usd,
        case
            when is_over_limit then 'second_leak_credit'
            when not is_approved then 'leak_credit_without_approval'
            when needs_documents and not has_documents then 'leak_credit_without_documents'
            when not is_posted_in_month then 'leak_credit_in_wrong_month'
        end as finding,
        case
            when is_over_limit then 'Leak credit number ' || cast(credit_no as varchar) || ' of this address and account.'
            when approved_on is null then 'A leak credit without approval.'
            when not is_approved then 'Posted before its approval on ' || cast(approved_on as varchar) || '.'
            when needs_documents and not has_documents then 'A leak credit without form and documents.'
            when not is_posted_in_month then 'Approved on ' || cast(approved_on as varchar) || ' and not posted in the month that policy sets.'
        end as detail
    from leak_credits

),

-- What is left of a closed account is paid out whatever it is.
refund_findings as (

    select
        *,
        case
            when is_only_on_request and requested_on is null then 'refund_without_request'
            when not coalesce(is_above_limit, false) then 'refund_below_limit'
        end as finding,
        case
            when is_only_on_request and requested_on is null then 'Paid out without a request.'
            when not coalesce(is_above_limit, false)
                then
                    'Paid out of a credit of ' || cast(credit_usd as varchar) || ', which is not above '
                    || coalesce(cast(limit_usd as varchar), 'any number of bills') || '.'
        end as detail
    from refunds
    where not is_final

),

final as (

    select
        utility_id, finding, case finding when 'second_leak_credit' then 'R53' when 'leak_credit_in_wrong_month' then 'R52' else 'R51' end as rule,
        account_id, 'adjustments' as source_entity, adjustment_id as source_id, posted_on as found_on, credit_usd as amount_usd,
        cast(case when finding in ('second_leak_credit', 'leak_credit_without_approval') then 0 end as decimal(18, 2)) as expected_usd, detail
    from leak_findings
    where finding is not null

    union all

    select
        utility_id, finding, 'R54' as rule, account_id, 'adjustments' as source_entity, adjustment_id as source_id, judged_on as found_on,
        amount_usd, {{ as_money('0') }} as expected_usd, detail
    from refund_findings
    where finding is not null

    union all

    select
        utility_id, 'assistance_' || breach as finding, case money_kind when 'discount' then 'R79' else 'R68' end as rule, account_id,
        source_entity, source_id, posted_on as found_on, amount_usd, {{ as_money('0') }} as expected_usd,
        coalesce(programme_title, programme, 'Assistance') || ' of ' || cast(given_on as varchar) || ': '
        || replace(breach, '_', ' ') || '.' as detail
    from assistance

)

select * from final
