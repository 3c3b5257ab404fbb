with shadows as (

    select
        utility_id,
        account_key,
        bill_id,
        customer_class,
        billing_group,
        penalty_on,
        coalesce(assess_on, {{ add_days('penalty_on', '1') }}) as assess_on,
        shadow_usd
    from {{ ref('int_penalties__differences') }}
    where shadow_usd > 0

),

waivers as (

    select * from {{ ref('int_penalties__waiver_services') }}

),

days as (

    select distinct
        utility_id,
        customer_class,
        assess_on
    from shadows

),

-- Which waivers each day has for a class: of all services, and of any of them.
covers as (

    select
        days.utility_id,
        days.customer_class,
        days.assess_on,
        {% for service in services() -%}
            {{ listed("case when waivers.waives_" ~ service ~ " = 1 then waivers.event_id end", 'waivers.event_no') }} as of_{{ service }},
        {% endfor -%}
        {{ listed('waivers.event_id', 'waivers.event_no') }} as of_any
    from days
    inner join waivers
        on
            days.utility_id = waivers.utility_id
            and days.assess_on between waivers.starts_on and waivers.ends_on
            and (waivers.customer_classes is null or {{ names_word('waivers.customer_classes', 'days.customer_class') }})
    group by days.utility_id, days.customer_class, days.assess_on

),

covered as (

    select
        shadows.*,
        covers.of_any,
        {% for service in services() -%}
            covers.of_{{ service }},
        {% endfor -%}
        {% for service in services() -%}
            coalesce(covers.of_{{ service }} = covers.of_any, false){{ ' and ' if not loop.last }}
        {%- endfor %} as is_alike
    from shadows
    inner join covers
        on
            shadows.utility_id = covers.utility_id
            and coalesce(shadows.customer_class, '') = coalesce(covers.customer_class, '')
            and shadows.assess_on = covers.assess_on

),

-- Where the waivers of a day differ by service, the penalty goes with what each service is owed in its base.
mixed as (

    select * from covered
    where not is_alike

),

{% set on_base = "mixed.account_key = bases.account_key and (mixed.penalty_on = bases.at_on or mixed.assess_on = bases.at_on)" -%}

parts as (

    {% for service in services() -%}
        select
            mixed.account_key,
            mixed.bill_id,
            mixed.of_{{ service }} as covered_by,
            bases.{{ service }}_usd as base_usd
        from mixed
        inner join {{ ref('int_penalties__bases') }} as bases
            on {{ on_base }}
        where mixed.of_{{ service }} is not null and bases.{{ service }}_usd > 0
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

shared as (

    select
        account_key,
        bill_id,
        covered_by,
        cast(sum(sum(base_usd)) over (partition by account_key, bill_id order by covered_by) * 100 as bigint) as reached_cents,
        cast(sum(sum(base_usd)) over (partition by account_key, bill_id order by covered_by rows between unbounded preceding and 1 preceding) * 100 as bigint)
            as before_cents,
        cast(sum(sum(base_usd)) over (partition by account_key, bill_id) * 100 as bigint) as total_cents
    from parts
    group by account_key, bill_id, covered_by

),

final as (

    select
        covered.utility_id,
        covered.account_key,
        covered.bill_id,
        covered.customer_class,
        covered.billing_group,
        covered.assess_on,
        coalesce(shared.covered_by, covered.of_any) as covered_by,
        {% set share -%}
            case
                when shared.total_cents is null then covered.shadow_usd
                else
                    {{ money_share('covered.shadow_usd', 'shared.reached_cents', 'shared.total_cents') }}
                    - {{ money_share('covered.shadow_usd', 'coalesce(shared.before_cents, 0)', 'shared.total_cents') }}
            end
        {%- endset -%}
        {{ as_money(share) }} as amount_usd
    from covered
    left join shared
        on covered.account_key = shared.account_key and covered.bill_id = shared.bill_id

)

select * from final
