with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

agreements as (

    select * from {{ ref('fct_agreements') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

final as (

    select
        episodes.utility_id,
        episodes.episode_id,
        coalesce(periods.customer_class, 'unknown') as customer_class,
        agreements.status as agreement_status,
        cast(count(*) as integer) as agreement_count,
        {{ sum_money('agreements.agreed_usd') }} as agreed_usd,
        cast(sum(agreements.installment_count) as integer) as installment_count,
        cast(sum(agreements.met_count) as integer) as met_count
    from episodes
    inner join agreements
        on
            episodes.utility_id = agreements.utility_id
            and episodes.window_from_on <= agreements.signed_on
            and episodes.window_to_on >= agreements.signed_on
    inner join accounts
        on agreements.utility_id = accounts.utility_id and agreements.account_id = accounts.account_id
    left join periods
        on
            accounts.account_key = periods.account_key
            and agreements.signed_on >= periods.from_on
            and agreements.signed_on < periods.to_on
    group by episodes.utility_id, episodes.episode_id, coalesce(periods.customer_class, 'unknown'), agreements.status

)

select * from final
