-- Of what was billed in each month, how much had been paid so many months later?
with curves as (

    select
        billed_month_end_on,
        age_months,
        sum(collectible_usd) as collectible_usd,
        sum(own_money_usd + assistance_usd) as collected_usd,
        bool_or(is_billing_suspended) as is_billing_suspended,
        bool_or(has_event and age_months = 0) as has_event
    from marts.rpt_collection_curves
    where
        utility_id = $utility
        and is_month_complete
        and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    group by billed_month_end_on, age_months

)

select
    billed_month_end_on,
    age_months,
    collectible_usd,
    collected_usd,
    case
        when bool_or(is_billing_suspended) over billed then 'standstill'
        when bool_or(has_event) over billed then 'waiver'
        else 'usual'
    end as kind
from curves
where collectible_usd > 0
window billed as (partition by billed_month_end_on)
order by billed_month_end_on, age_months
