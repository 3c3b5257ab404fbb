{%- set last_age = 24 -%}
with collected as (

    select * from {{ ref('int_receivables__collected') }}

),

episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

months as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on,
        not months.has_event and not coalesce(lag(months.has_event) over (partition by months.utility_id order by months.month_no), false) as is_clean
    from {{ ref('int_receivables__event_months') }} as months
    inner join {{ ref('int_quality__utilities') }} as utilities
        on months.utility_id = utilities.utility_id and months.month_end_on <= utilities.as_of_on

),

bills as (

    select
        utility_id,
        billed_month_no,
        sum(case when means = 'billed' then amount_usd else -amount_usd end) as net_usd
    from collected
    where means in ('billed', 'cancelled', 'credit', 'transferred')
    group by utility_id, billed_month_no
    having sum(case when means = 'billed' then amount_usd else -amount_usd end) > 0

),

paid as (

    select
        utility_id,
        billed_month_no,
        least(age_months, {{ last_age }}) as age_months,
        sum(amount_usd) as paid_usd
    from collected
    where means in ('own_money', 'assistance')
    group by utility_id, billed_month_no, least(age_months, {{ last_age }})

),

cells as (

    select
        bills.utility_id,
        bills.billed_month_no,
        bills.net_usd,
        months.month_no,
        months.month_end_on,
        least(months.month_no - bills.billed_month_no, {{ last_age }}) as age_months,
        billed_months.is_clean
    from bills
    inner join months as billed_months
        on bills.utility_id = billed_months.utility_id and bills.billed_month_no = billed_months.month_no
    inner join months
        on bills.utility_id = months.utility_id and bills.billed_month_no <= months.month_no

),

shares as (

    select
        cells.utility_id,
        cells.billed_month_no,
        cells.age_months,
        cells.is_clean,
        cells.net_usd,
        cells.net_usd - sum(coalesce(paid.paid_usd, 0)) as open_usd
    from (select distinct utility_id, billed_month_no, net_usd, age_months, is_clean from cells) as cells
    left join paid
        on cells.utility_id = paid.utility_id and cells.billed_month_no = paid.billed_month_no and paid.age_months <= cells.age_months
    where cells.is_clean
    group by cells.utility_id, cells.billed_month_no, cells.age_months, cells.is_clean, cells.net_usd

),

usual as (

    select
        utility_id,
        age_months,
        cast(sum(open_usd) / sum(net_usd) as decimal(18, 8)) as share,
        cast(min(open_usd / net_usd) as decimal(18, 8)) as low_share,
        cast(max(open_usd / net_usd) as decimal(18, 8)) as high_share
    from shares
    group by utility_id, age_months

),

final as (

    select
        cells.utility_id,
        episodes.episode_id,
        cells.month_end_on,
        {{ sum_money('cells.net_usd * usual.low_share') }} as expected_low_usd,
        {{ sum_money('cells.net_usd * usual.share') }} as expected_usd,
        {{ sum_money('cells.net_usd * usual.high_share') }} as expected_high_usd
    from cells
    inner join usual
        on cells.utility_id = usual.utility_id and cells.age_months = usual.age_months
    inner join episodes
        on cells.utility_id = episodes.utility_id
    group by cells.utility_id, episodes.episode_id, cells.month_end_on

)

select * from final
