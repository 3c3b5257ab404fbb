with charged as (

    select * from {{ ref('int_penalties__charged') }}

),

penalties as (

    select * from {{ ref('fct_penalties') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

service_counts as (

    select
        utility_id,
        service,
        count(*) as penalty_count
    from charged
    group by utility_id, service

),

-- What was never posted has no service of its own: it stands with the service that most penalties bear.
ranked as (

    select
        utility_id,
        service,
        row_number() over (partition by utility_id order by penalty_count desc, service) as rank_no
    from service_counts

),

usual_services as (

    select * from ranked
    where rank_no = 1

),

posted as (

    select
        charged.utility_id,
        {{ month_number('charged.posted_on') }} as month_no,
        coalesce(penalties.customer_class, 'unknown') as customer_class,
        charged.service,
        charged.assessed_usd,
        charged.waived_event_usd,
        charged.waived_courtesy_usd,
        charged.written_off_usd,
        charged.open_usd,
        case when charged.adjustment_id is not null then 1 else 0 end as penalty_count,
        cast(0 as decimal(18, 2)) as shadow_usd,
        cast(0 as decimal(18, 2)) as expected_usd
    from charged
    inner join penalties
        on charged.utility_id = penalties.utility_id and charged.bill_id = penalties.bill_id

),

due as (

    select
        penalties.utility_id,
        {{ month_number('penalties.assess_on') }} as month_no,
        coalesce(penalties.customer_class, 'unknown') as customer_class,
        coalesce(usual_services.service, 'account') as service,
        {% for name in ['assessed', 'waived_event', 'waived_courtesy', 'written_off', 'open'] -%}
            cast(0 as decimal(18, 2)) as {{ name }}_usd,
        {% endfor -%}
        0 as penalty_count,
        penalties.shadow_usd,
        penalties.expected_usd
    from penalties
    inner join utilities
        on penalties.utility_id = utilities.utility_id and penalties.assess_on <= utilities.as_of_on
    left join usual_services
        on penalties.utility_id = usual_services.utility_id
    where penalties.shadow_usd != 0 or penalties.expected_usd != 0

),

parts as (

    select * from posted
    union all
    select * from due

),

final as (

    select
        utility_id,
        {{ month_end_of('month_no') }} as month_end_on,
        customer_class,
        service,
        {% for name in ['assessed', 'waived_event', 'waived_courtesy'] -%}
            {{ sum_money(name ~ '_usd') }} as {{ name }}_usd,
        {% endfor -%}
        {{ sum_money('assessed_usd - waived_event_usd - waived_courtesy_usd - written_off_usd - open_usd') }} as collected_usd,
        {% for name in ['written_off', 'open', 'shadow', 'expected'] -%}
            {{ sum_money(name ~ '_usd') }} as {{ name }}_usd,
        {% endfor -%}
        cast(sum(penalty_count) as integer) as penalty_count
    from parts
    group by utility_id, month_no, customer_class, service

)

select * from final
