with adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind = 'leak_credit' and amount_usd < 0

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

rules as (

    select * from {{ ref('int_receivables__credit_rules') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

ruled as (

    select
        adjustments.*,
        accounts.premise_id,
        rules.leak_limit,
        rules.leak_posts,
        rules.leak_needs,
        case when rules.leak_limit_per != 'account' then coalesce(accounts.service_address, accounts.premise_id, accounts.account_id) end as limit_address,
        case when rules.leak_limit_per != 'address' then accounts.account_id end as limit_account
    from adjustments
    inner join utilities
        on adjustments.utility_id = utilities.utility_id and adjustments.posted_on <= utilities.as_of_on
    inner join accounts
        on adjustments.utility_id = accounts.utility_id and adjustments.account_id = accounts.account_id
    inner join rules
        on
            adjustments.utility_id = rules.utility_id
            and adjustments.posted_on >= rules.from_on
            and adjustments.posted_on < rules.to_on

),

final as (

    select
        utility_id,
        adjustment_id,
        account_id,
        premise_id,
        bill_id,
        service,
        {{ as_money('-amount_usd') }} as credit_usd,
        requested_on,
        approved_on,
        posted_on,
        document_ref,
        cast(
            row_number() over (
                partition by utility_id, limit_address, limit_account order by posted_on, adjustment_id
            ) as integer
        ) as credit_no,
        row_number() over (
            partition by utility_id, limit_address, limit_account order by posted_on, adjustment_id
        ) > leak_limit as is_over_limit,
        approved_on is not null and approved_on <= posted_on as is_approved,
        document_ref is not null as has_documents,
        leak_needs like '%form%' or leak_needs like '%documents%' as needs_documents,
        case
            when approved_on is null then false
            when leak_posts = 'following_month' then {{ month_number('posted_on') }} = {{ month_number('approved_on') }} + 1
            else {{ month_number('posted_on') }} = {{ month_number('approved_on') }}
        end as is_posted_in_month
    from ruled

)

select * from final
