with postings as (

    select * from {{ ref('int_receivables__postings') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

monthly as (

    select
        accounts.utility_id,
        postings.service,
        postings.posting_kind,
        postings.posting_detail,
        postings.debit_class,
        {{ month_number('postings.posted_on') }} as month_no,
        sum(postings.amount_usd) as amount_usd
    from postings
    inner join accounts
        on postings.account_key = accounts.account_key
    group by
        accounts.utility_id, postings.service, postings.posting_kind, postings.posting_detail, postings.debit_class,
        {{ month_number('postings.posted_on') }}

),

-- Each posting belongs to exactly one column of the roll-forward; the columns are signed as the report adds them.
columned as (

    select
        monthly.utility_id,
        service_funds.fund,
        monthly.month_no,
        monthly.amount_usd,
        case
            when monthly.posting_kind = 'charge' then 'billed'
            when monthly.posting_kind = 'penalty' then 'penalties'
            when monthly.posting_kind = 'fee' then 'fees'
            when monthly.posting_kind = 'payment' then 'payments'
            when monthly.posting_kind = 'return' then 'returns'
            when monthly.posting_kind = 'transfer' then 'transfers'
            when monthly.posting_detail = 'write_off' then 'write_offs'
            when monthly.posting_detail = 'recovery' then 'recoveries'
            when monthly.posting_detail = 'refund' then 'refunds'
            when monthly.debit_class is not null then 'other_charges'
            else 'credits'
        end as flow
    from monthly
    inner join service_funds
        on monthly.utility_id = service_funds.utility_id and monthly.service = service_funds.service

),

final as (

    select
        utility_id,
        fund,
        month_no,
        {% for flow in ['billed', 'penalties', 'fees', 'other_charges', 'returns', 'refunds', 'recoveries', 'transfers'] -%}
            {{ sum_money("case when flow = '" ~ flow ~ "' then amount_usd end") }} as {{ flow }}_usd,
        {% endfor -%}
        {% for flow in ['payments', 'credits', 'write_offs'] -%}
            {{ sum_money("case when flow = '" ~ flow ~ "' then -amount_usd end") }} as {{ flow }}_usd,
        {% endfor -%}
        {{ sum_money("case when flow != 'payments' then amount_usd end") }} as other_than_payments_usd
    from columned
    group by utility_id, fund, month_no

)

select * from final
