with tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- The oldest version also prices what is older than it.
versions as (

    select
        tariffs.utility_id,
        tariffs.service,
        coalesce(
            max(case when tariffs.effective_from_on <= utilities.as_of_on then tariffs.effective_from_on end), min(tariffs.effective_from_on)
        ) as effective_from_on
    from tariffs
    inner join utilities
        on tariffs.utility_id = utilities.utility_id
    group by tariffs.utility_id, tariffs.service

),

final as (

    select
        tariffs.utility_id,
        tariffs.service,
        tariffs.tariff_class,
        tariffs.effective_from_on,
        max(tariffs.effective_on) as effective_on,
        max(case when tariffs.season != '' then 1 else 0 end) = 1 as has_seasons
    from tariffs
    inner join versions
        on
            tariffs.utility_id = versions.utility_id
            and tariffs.service = versions.service
            and tariffs.effective_from_on = versions.effective_from_on
    group by tariffs.utility_id, tariffs.service, tariffs.tariff_class, tariffs.effective_from_on

)

select * from final
