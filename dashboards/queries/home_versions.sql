-- What has a month cost the typical home under each version of the tariff, and what will it under those adopted already?
select
    effective_from_on,
    is_now,
    amount_usd,
    change_usd,
    change_pct
from marts.rpt_typical_bills
where
    utility_id = $utility
    and service = $service
    and is_home
    and use_kind = 'typical'
    and rates_kind = 'version'
order by effective_from_on
