{{ config(materialized='table_function', parameters=['until_on'], contract={'enforced': false}) }}

with extensions as (

    select
        utility_id,
        episode_id,
        component,
        from_on,
        as_of_on,
        max(cast(until_on as date)) as to_on,
        greatest(from_on, {{ add_days('as_of_on', '1') }}) as to_come_on,
        max(case when is_open then 1 else 0 end) = 1 as is_open,
        max(case when is_also_waived then 1 else 0 end) = 1 as is_also_waived
    from {{ ref('int_penalties__impact_extensions') }}
    where from_on <= cast(until_on as date)
    group by utility_id, episode_id, component, from_on, as_of_on

),

passed as (

    select
        extensions.utility_id,
        extensions.episode_id,
        extensions.component,
        sum(days.charged_usd) as charged_usd
    from extensions
    inner join {{ ref('int_penalties__impact_extension_days') }} as days
        on
            extensions.utility_id = days.utility_id
            and extensions.episode_id = days.episode_id
            and extensions.component = days.component
            and extensions.from_on <= days.charged_on
            and extensions.to_on >= days.charged_on
    group by extensions.utility_id, extensions.episode_id, extensions.component

),

days_to_come as (

    select
        utility_id,
        episode_id,
        component,
        to_come_on,
        {{ explode_range('0', days_between('to_come_on', 'to_on')) }} as day_no
    from extensions

),

halves_to_come as (

    select
        utility_id,
        episode_id,
        component,
        {{ half_year(month_number(add_days('to_come_on', 'day_no'))) }} as half_year,
        count(*) as day_count
    from days_to_come
    group by utility_id, episode_id, component, {{ half_year(month_number(add_days('to_come_on', 'day_no'))) }}

),

-- Null where no clean month tells what a day would bring.
to_come as (

    select
        halves_to_come.utility_id,
        halves_to_come.episode_id,
        halves_to_come.component,
        sum(halves_to_come.day_count) as day_count,
        {% for name in ['low_day', 'day', 'high_day'] -%}
            case when count(*) = count(rates.day_rate_usd) then sum({{ times('rates.' ~ name ~ '_rate_usd', 'halves_to_come.day_count') }}) end as {{ name }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from halves_to_come
    left join {{ ref('int_penalties__impact_extension_rates') }} as rates
        on
            halves_to_come.utility_id = rates.utility_id
            and halves_to_come.episode_id = rates.episode_id
            and halves_to_come.component = rates.component
            and halves_to_come.half_year = rates.half_year
    group by halves_to_come.utility_id, halves_to_come.episode_id, halves_to_come.component

)

select
    extensions.utility_id,
    extensions.episode_id,
    extensions.component,
    extensions.from_on,
    extensions.to_on as until_on,
    {% for name, part in [('low', 'low_day'), ('central', 'day'), ('high', 'high_day')] -%}
        {{ as_money(
            'coalesce(passed.charged_usd, 0) + case when extensions.to_come_on > extensions.to_on then 0 else to_come.' ~ part ~ '_usd end'
        ) }} as {{ name }}_usd,
    {% endfor -%}
    {{ as_money('coalesce(passed.charged_usd, 0)') }} as charged_usd,
    {{ as_money('case when extensions.to_come_on > extensions.to_on then 0 else to_come.day_usd end') }} as expected_usd,
    {{ as_money(
        "(coalesce(passed.charged_usd, 0) + case when extensions.to_come_on > extensions.to_on then 0 else to_come.day_usd end)"
        ~ " * case extensions.component when 'penalties' then collected_shares.collected_share else 1 end"
    ) }} as collected_usd,
    cast(greatest(0, {{ days_between('extensions.from_on', 'least(extensions.to_on, extensions.as_of_on)') }} + 1) as integer) as passed_days,
    cast(coalesce(to_come.day_count, 0) as integer) as to_come_days,
    extensions.is_open,
    extensions.is_also_waived
from extensions
left join passed
    on
        extensions.utility_id = passed.utility_id
        and extensions.episode_id = passed.episode_id
        and extensions.component = passed.component
left join to_come
    on
        extensions.utility_id = to_come.utility_id
        and extensions.episode_id = to_come.episode_id
        and extensions.component = to_come.component
left join {{ ref('int_penalties__impact_collected_shares') }} as collected_shares
    on extensions.utility_id = collected_shares.utility_id
