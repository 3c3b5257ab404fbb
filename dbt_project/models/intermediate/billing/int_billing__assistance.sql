with rules as (

    select * from {{ ref('stg_policy__rules') }}
    where rule_name like 'assistance.%'

),

-- assistance.<programme>.<setting>
programmes as (

    select
        utility_id,
        split_part(rule_name, '.', 2) as assistance_program,
        effective_from_on,
        max(effective_to_on) as effective_to_on,
        max(case when rule_name like '%.kind' then rule_value end) as programme_kind,
        max(case when rule_name like '%.services' then rule_value end) as services,
        max(case when rule_name like '%.max_usd_per_month' then rule_value end) as max_usd_per_month
    from rules
    group by utility_id, split_part(rule_name, '.', 2), effective_from_on

),

final as (

    select
        utility_id,
        assistance_program,
        services,
        cast(max_usd_per_month as decimal(18, 6)) as assistance_rate_usd,
        effective_from_on,
        coalesce(effective_to_on, {{ end_of_time() }}) as effective_to_on
    from programmes
    where programme_kind = 'discount' and max_usd_per_month is not null

)

select * from final
