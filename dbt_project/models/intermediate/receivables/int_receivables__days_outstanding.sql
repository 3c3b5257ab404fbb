-- Days of sales outstanding by countback: what is owed is taken back through the revenue of the latest days until it is used up. The days of a
-- month share its revenue evenly. A build has some hundred months a utility, so that pairs of months are few.
with months as (

    select * from {{ ref('int_receivables__earned_as_known') }}

),

receivables as (

    select
        utility_id,
        month_no,
        sum(open_usd) as open_usd
    from {{ ref('int_receivables__account_months') }}
    group by utility_id, month_no

),

owed as (

    select
        months.utility_id,
        months.month_no,
        coalesce(receivables.open_usd, 0) as open_usd,
        coalesce(receivables.open_usd, 0) + greatest(months.unbilled_usd, 0) as service_usd
    from months
    left join receivables
        on months.utility_id = receivables.utility_id and months.month_no = receivables.month_no

),

taken_back as (

    select
        owed.utility_id,
        owed.month_no,
        owed.open_usd,
        owed.service_usd,
        back.month_days,
        back.earned_usd,
        coalesce(
            sum(back.earned_usd) over (
                partition by owed.utility_id, owed.month_no order by back.month_no desc
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as later_usd
    from owed
    inner join months as back
        on owed.utility_id = back.utility_id and owed.month_no >= back.month_no
    where back.earned_usd > 0

),

final as (

    select
        utility_id,
        month_no,
        {% for owed, days in [('open_usd', 'dso_days'), ('service_usd', 'service_dso_days')] -%}
            case
                when max({{ owed }}) <= sum(earned_usd)
                    then cast(sum(
                        cast(greatest(0, least(earned_usd, {{ owed }} - later_usd)) * month_days as decimal(28, 6)) / earned_usd
                    ) as decimal(18, 2))
            end as {{ days }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from taken_back
    group by utility_id, month_no

)

select * from final
