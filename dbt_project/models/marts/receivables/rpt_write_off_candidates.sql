with accounts as (

    select
        accounts.account_key,
        dim_accounts.*,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join {{ ref('dim_accounts') }} as dim_accounts
        on accounts.utility_id = dim_accounts.utility_id and accounts.account_id = dim_accounts.account_id
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id

),

rules as (

    select * from {{ ref('int_receivables__collection_rules') }}

),

-- A bankrupt's debt stays a candidate after the stay has ended.
bankrupt as (

    select
        utility_id,
        account_id,
        min(starts_on) as bankrupt_on
    from {{ ref('stg_extracts__holds') }}
    where hold_kind = 'bankruptcy'
    group by utility_id, account_id

),

-- R14: the payee's representative died; R15: the account holder did (NACHA).
deceased as (

    select
        payments.utility_id,
        payments.account_id,
        min(payment_returns.posted_on) as deceased_on
    from {{ ref('stg_extracts__payment_returns') }} as payment_returns
    inner join {{ ref('stg_extracts__payments') }} as payments
        on payment_returns.utility_id = payments.utility_id and payment_returns.payment_id = payments.payment_id
    where payment_returns.reason_code in ('R14', 'R15')
    group by payments.utility_id, payments.account_id

),

owed as (

    select * from {{ ref('int_receivables__open_accounts') }}

),

earlier as (

    select
        postings.account_key,
        {{ sum_money("case when postings.posting_detail = 'write_off' then -postings.amount_usd end") }} as written_off_usd,
        {{ sum_money("case when postings.posting_detail = 'recovery' then postings.amount_usd end") }} as recovered_usd
    from {{ ref('int_receivables__postings') }} as postings
    inner join accounts
        on postings.account_key = accounts.account_key and postings.posted_on <= accounts.as_of_on
    where postings.posting_kind = 'write_off'
    group by postings.account_key

),

judged as (

    select
        accounts.utility_id,
        accounts.account_id,
        accounts.customer_id,
        accounts.customer_class,
        accounts.account_status,
        accounts.closed_on,
        accounts.as_of_on,
        owed.oldest_due_on,
        cast(greatest(0, coalesce({{ days_between('owed.oldest_due_on', 'accounts.as_of_on') }}, 0)) as integer) as days_past_due,
        owed.open_usd,
        owed.past_due_usd,
        ({{ is_final('accounts.account_status') }} or not rules.is_final_only)
        and coalesce({{ days_between('owed.oldest_due_on', 'accounts.as_of_on') }} > rules.write_off_days, false) as is_over_age,
        bankrupt.bankrupt_on <= accounts.as_of_on as is_bankrupt,
        deceased.deceased_on <= accounts.as_of_on as is_deceased,
        coalesce(earlier.written_off_usd, 0) as written_off_usd,
        coalesce(earlier.recovered_usd, 0) as recovered_usd
    from owed
    inner join accounts
        on owed.account_key = accounts.account_key
    inner join rules
        on accounts.utility_id = rules.utility_id and accounts.as_of_on >= rules.from_on and accounts.as_of_on < rules.to_on
    left join bankrupt
        on accounts.utility_id = bankrupt.utility_id and accounts.account_id = bankrupt.account_id
    left join deceased
        on accounts.utility_id = deceased.utility_id and accounts.account_id = deceased.account_id
    left join earlier
        on owed.account_key = earlier.account_key

),

final as (

    select
        utility_id,
        account_id,
        customer_id,
        customer_class,
        account_status,
        closed_on,
        oldest_due_on,
        days_past_due,
        open_usd,
        past_due_usd,
        is_over_age,
        coalesce(is_bankrupt, false) as is_bankrupt,
        coalesce(is_deceased, false) as is_deceased,
        case
            when is_deceased then 'deceased'
            when is_bankrupt then 'bankrupt'
            else 'left and too old'
        end as reason,
        written_off_usd,
        recovered_usd,
        as_of_on
    from judged
    where past_due_usd > 0 and (is_over_age or is_bankrupt or is_deceased)

)

select * from final
