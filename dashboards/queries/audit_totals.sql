-- How much of what was billed is exact to the cent, and how much is wrong: in all (fiscal_year is null) and by fiscal year?
with chosen as (

    select *
    from marts.fct_bill_audit
    where
        utility_id = $utility
        and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
        and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))

),

-- Bills and services are millions, mistakes are few: only these are counted as bills.
by_reason as (

    select
        fiscal_year,
        reason,
        usage_source,
        count(*) as row_count,
        sum(billed_usd) as billed_usd,
        sum(recomputed_usd) as recomputed_usd,
        count(*) filter (recomputed_usd != 0) as priced_count,
        count(*) filter (is_assumed) as assumed_count
    from chosen
    group by fiscal_year, reason, usage_source

),

years as (

    select
        fiscal_year,
        coalesce(sum(row_count) filter (reason != 'cancelled'), 0) as row_count,
        coalesce(sum(row_count) filter (reason = 'none'), 0) as exact_count,
        coalesce(sum(billed_usd) filter (reason != 'cancelled'), 0) as billed_usd,
        coalesce(sum(recomputed_usd) filter (reason != 'cancelled'), 0) as recomputed_usd,
        sum(priced_count) as priced_count,
        coalesce(sum(assumed_count), 0) as assumed_count,
        coalesce(sum(row_count) filter (usage_source = 'reads'), 0) as read_count
    from by_reason
    group by grouping sets ((fiscal_year), ())

),

mistakes as (

    select
        fiscal_year,
        count(distinct bill_id) as error_bill_count,
        sum(at_stake_usd) as at_stake_usd,
        coalesce(sum(difference_usd) filter (difference_usd > 0), 0) as too_much_usd,
        coalesce(-sum(difference_usd) filter (difference_usd < 0), 0) as too_little_usd
    from chosen
    where is_error
    group by grouping sets ((fiscal_year), ())

)

select
    years.fiscal_year,
    years.row_count,
    years.exact_count,
    years.billed_usd,
    years.recomputed_usd,
    years.priced_count,
    years.assumed_count,
    years.read_count,
    coalesce(mistakes.error_bill_count, 0) as error_bill_count,
    coalesce(mistakes.at_stake_usd, 0) as at_stake_usd,
    coalesce(mistakes.too_much_usd, 0) as too_much_usd,
    coalesce(mistakes.too_little_usd, 0) as too_little_usd
from years
left join mistakes
    on coalesce(years.fiscal_year, 0) = coalesce(mistakes.fiscal_year, 0)
order by years.fiscal_year nulls first
