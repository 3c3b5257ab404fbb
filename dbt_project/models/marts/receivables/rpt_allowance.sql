with account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

loss_shares as (

    select * from {{ ref('int_receivables__loss_shares') }}

),

year_ends as (

    select distinct
        utility_id,
        month_end_on
    from loss_shares

),

balances as (

    {% for bucket in age_buckets() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            account_months.utility_id,
            account_months.month_end_on,
            case when account_months.is_final then 'final' else 'active' end as account_group,
            '{{ bucket }}' as bucket,
            {{ sum_money('account_months.' ~ bucket ~ '_usd') }} as balance_usd
        from account_months
        inner join year_ends
            on account_months.utility_id = year_ends.utility_id and account_months.month_end_on = year_ends.month_end_on
        group by account_months.utility_id, account_months.month_end_on, account_months.is_final
    {%- endfor %}

),

final as (

    select
        loss_shares.utility_id,
        cast(loss_shares.fiscal_year as integer) as fiscal_year,
        loss_shares.month_end_on,
        loss_shares.account_group,
        loss_shares.bucket,
        {{ as_money('coalesce(balances.balance_usd, 0)') }} as balance_usd,
        cast(100 * loss_shares.step_share as decimal(18, 4)) as step_pct,
        cast(100 * loss_shares.lost_share as decimal(18, 4)) as lost_pct,
        {{ as_money('coalesce(balances.balance_usd, 0) * loss_shares.lost_share') }} as allowance_usd,
        cast(loss_shares.month_count as integer) as month_count
    from loss_shares
    left join balances
        on
            loss_shares.utility_id = balances.utility_id
            and loss_shares.month_end_on = balances.month_end_on
            and loss_shares.account_group = balances.account_group
            and loss_shares.bucket = balances.bucket

)

select * from final
