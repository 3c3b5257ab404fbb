{# Aging: open items by age and unapplied credit, one row for each account, service and day, with the class, group and status that
   the account had on that day.

   open_items: what `settle` gives, with service and posted_on.
   balances:   as `settle` takes them.
   aged_from:  the date that age counts from. #}
{% macro age_receivable(open_items, balances, aged_from) %}
    select
        accounts.utility_id,
        accounts.account_id,
        aged.service,
        aged.at_on,
        periods.customer_class,
        periods.billing_group,
        periods.account_status,
        aged.not_yet_due_usd,
        aged.d1_30_usd,
        aged.d31_60_usd,
        aged.d61_90_usd,
        aged.d91_120_usd,
        aged.over_120_usd,
        aged.unapplied_usd,
        cast(
            aged.not_yet_due_usd + aged.d1_30_usd + aged.d31_60_usd + aged.d61_90_usd + aged.d91_120_usd
            + aged.over_120_usd - aged.unapplied_usd as decimal(18, 2)
        ) as total_usd
    from (
        select
            account_key,
            at_on,
            service,
            {{ aging_buckets(aged_from, 'at_on', 'open_usd') }},
            cast(0 as decimal(18, 2)) as unapplied_usd
        from {{ open_items }} as open_items
        group by account_key, at_on, service
        union all
        select
            account_key,
            at_on,
            'account' as service,
            {% for _ in range(6) %}cast(0 as decimal(18, 2)), {% endfor %}
            cast(-balance_usd as decimal(18, 2)) as unapplied_usd
        from {{ balances }}
        where balance_usd < 0
    ) as aged
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on aged.account_key = accounts.account_key
    left join {{ ref('int_receivables__account_periods') }} as periods
        on aged.account_key = periods.account_key and aged.at_on >= periods.from_on and aged.at_on < periods.to_on
{% endmacro %}
