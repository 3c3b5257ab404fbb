with dates as (

    select * from {{ ref('int_penalties__dates') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

agreements as (

    select
        accounts.account_key,
        periods.from_on,
        periods.to_on,
        periods.put_off_usd
    from {{ ref('int_penalties__agreement_periods') }} as periods
    inner join accounts
        on periods.utility_id = accounts.utility_id and periods.account_id = accounts.account_id
    where periods.is_kept

),

disputes as (

    select
        accounts.account_key,
        periods.from_on,
        periods.to_on,
        periods.disputed_usd
    from {{ ref('int_penalties__dispute_periods') }} as periods
    inner join accounts
        on periods.utility_id = accounts.utility_id and periods.account_id = accounts.account_id

),

parts as (

    select
        dates.utility_id,
        dates.account_key,
        dates.penalty_on,
        agreements.put_off_usd as agreed_usd,
        cast(0 as decimal(18, 2)) as disputed_usd,
        1 as is_agreed
    from dates
    inner join agreements
        on
            dates.account_key = agreements.account_key
            and dates.penalty_on >= agreements.from_on
            and dates.penalty_on < agreements.to_on
    union all
    select
        dates.utility_id,
        dates.account_key,
        dates.penalty_on,
        cast(0 as decimal(18, 2)) as agreed_usd,
        disputes.disputed_usd,
        0 as is_agreed
    from dates
    inner join disputes
        on
            dates.account_key = disputes.account_key
            and dates.penalty_on >= disputes.from_on
            and dates.penalty_on < disputes.to_on

),

final as (

    select
        parts.account_key,
        parts.penalty_on,
        {{ sum_money('case when not rules.has_agreed_in_base then parts.agreed_usd end') }} as agreed_usd,
        {{ sum_money('case when not rules.has_disputed_in_base then parts.disputed_usd end') }} as disputed_usd,
        max(case when not rules.has_penalty_under_agreement then parts.is_agreed else 0 end) = 1 as is_free_of_penalty
    from parts
    inner join rules
        on parts.utility_id = rules.utility_id and parts.penalty_on >= rules.from_on and parts.penalty_on < rules.to_on
    group by parts.account_key, parts.penalty_on

)

select * from final
