{%- set last_step = 18 -%}
with collected as (

    select * from {{ ref('int_receivables__collected') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- What money is to pay: bills less what was cancelled, moved away or covered by credits.
bills as (

    select
        collected.utility_id,
        collected.billed_month_no,
        {{ month_end_of('collected.billed_month_no') }} as billed_month_end_on,
        sum(case when collected.means = 'billed' then collected.amount_usd else -collected.amount_usd end) as net_usd
    from collected
    where collected.means in ('billed', 'cancelled', 'credit', 'transferred')
    group by collected.utility_id, collected.billed_month_no

),

ages as (

    select
        *,
        {{ explode_range('0', last_step) }} as step_no
    from bills

),

-- Even the last bill of the month has this age by the as-of date.
reached as (

    select
        ages.*,
        {{ add_days('ages.billed_month_end_on', 'ages.step_no * 10') }} as reached_on
    from ages
    inner join utilities
        on
            ages.utility_id = utilities.utility_id
            and {{ add_days('ages.billed_month_end_on', 'ages.step_no * 10') }} <= utilities.as_of_on

),

paid as (

    select
        utility_id,
        billed_month_no,
        {{ whole_quotient('age_days + 9', '10') }} as step_no,
        sum(case when means = 'own_money' then amount_usd else 0 end) as own_money_usd,
        sum(case when means = 'assistance' then amount_usd else 0 end) as assistance_usd
    from collected
    where means in ('own_money', 'assistance')
    group by utility_id, billed_month_no, {{ whole_quotient('age_days + 9', '10') }}

),

final as (

    select
        reached.utility_id,
        reached.billed_month_no,
        reached.billed_month_end_on,
        cast(reached.step_no * 10 as integer) as age_days,
        reached.reached_on,
        {{ as_money('reached.net_usd') }} as net_usd,
        {{ as_money('coalesce(sum(paid.own_money_usd) over upward, 0)') }} as own_money_usd,
        {{ as_money('coalesce(sum(paid.assistance_usd) over upward, 0)') }} as assistance_usd
    from reached
    left join paid
        on
            reached.utility_id = paid.utility_id
            and reached.billed_month_no = paid.billed_month_no
            and reached.step_no = paid.step_no
    window
        upward as (
            partition by reached.utility_id, reached.billed_month_no order by reached.step_no
            rows between unbounded preceding and current row
        )

)

select * from final
