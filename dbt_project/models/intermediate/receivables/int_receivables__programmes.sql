-- assistance.<programme>.<setting>; a programme is open over the stretches in which it has a kind.
with valued as (

    {{ rule_stretches(['assistance.']) }}

),

named as (

    select
        *,
        split_part(rule_name, '.', 2) as programme,
        split_part(rule_name, '.', 3) as setting
    from valued
    where rule_name is not null

),

final as (

    select
        utility_id,
        programme,
        from_on,
        to_on,
        max(case when setting = 'kind' then rule_value end) as programme_kind,
        max(case when setting = 'title' then rule_value end) as programme_title,
        max(case when setting = 'season_from_month' then cast(rule_value as integer) end) as season_from_month,
        max(case when setting = 'season_to_month' then cast(rule_value as integer) end) as season_to_month
    from named
    group by utility_id, programme, from_on, to_on
    having max(case when setting = 'kind' then rule_value end) is not null

)

select * from final
