{# Settlement: what is open on a day is the end of the account's queue, up to its balance on that day.

   open_rows: a relation of account_key, at_on, place_no (behind all others while its due date is not known), net_usd and whatever is to be kept;
              debits that are settled for good may be left out.
   balances:  a relation of account_key, at_on, balance_usd; one row for each account and day, none where it is zero.

   Gives open_rows with open_usd, without what is covered. Balance = total of the queue - level, so that
   least(net, greatest(0, balance - behind)) = least(net, greatest(0, hi - level)). #}
{% macro settle(open_rows, balances) %}
    select *
    from (
        select
            queued.*,
            cast(
                least(queued.net_usd, balances.balance_usd - coalesce(queued.behind_usd, 0)) as decimal(18, 2)
            ) as open_usd
        from (
            select
                *,
                sum(net_usd) over (
                    partition by account_key, at_on
                    order by place_no desc
                    rows between unbounded preceding and 1 preceding
                ) as behind_usd
            from {{ open_rows }}
        ) as queued
        inner join {{ balances }} as balances
            on queued.account_key = balances.account_key and queued.at_on = balances.at_on
        where balances.balance_usd > coalesce(queued.behind_usd, 0)
    ) as settled
    where open_usd > 0
{% endmacro %}


{# The age columns of open items: a sum for each bucket. `aged_from` is the date that age counts from; null is not due yet.
   The due date itself is not yet past due. #}
{% macro aging_buckets(aged_from, at_on, amount) %}
    {%- set age = days_between(aged_from, at_on) -%}
    {{ sum_money('case when ' ~ aged_from ~ ' is null or ' ~ age ~ ' <= 0 then ' ~ amount ~ ' end') }} as not_yet_due_usd,
    {{ sum_money('case when ' ~ age ~ ' between 1 and 30 then ' ~ amount ~ ' end') }} as d1_30_usd,
    {{ sum_money('case when ' ~ age ~ ' between 31 and 60 then ' ~ amount ~ ' end') }} as d31_60_usd,
    {{ sum_money('case when ' ~ age ~ ' between 61 and 90 then ' ~ amount ~ ' end') }} as d61_90_usd,
    {{ sum_money('case when ' ~ age ~ ' between 91 and 120 then ' ~ amount ~ ' end') }} as d91_120_usd,
    {{ sum_money('case when ' ~ age ~ ' > 120 then ' ~ amount ~ ' end') }} as over_120_usd
{%- endmacro %}
