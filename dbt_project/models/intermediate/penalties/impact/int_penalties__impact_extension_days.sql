with extensions as (

    select * from {{ ref('int_penalties__impact_extensions') }}

),

chargeable as (

    select * from {{ ref('int_penalties__impact_chargeable') }}

),

-- Several waivers that end together may cover the same charge: it counts once.
covered as (

    select distinct
        extensions.utility_id,
        extensions.episode_id,
        extensions.component,
        extensions.from_on,
        chargeable.charged_on,
        chargeable.customer_class,
        chargeable.service,
        chargeable.channel,
        chargeable.charged_usd,
        chargeable.waived_usd
    from extensions
    inner join chargeable
        on
            extensions.utility_id = chargeable.utility_id
            and extensions.component = chargeable.component
            and (extensions.customer_classes is null or {{ names_word('extensions.customer_classes', 'chargeable.customer_class') }})
            and (extensions.services is null or chargeable.service is null or {{ names_word('extensions.services', 'chargeable.service') }})
            and (extensions.channels is null or {{ names_word('extensions.channels', 'chargeable.channel') }})

),

final as (

    select
        utility_id,
        episode_id,
        component,
        charged_on,
        charged_on >= from_on as is_after_waiver,
        {{ sum_money('charged_usd') }} as charged_usd,
        {{ sum_money('charged_usd + waived_usd') }} as borne_usd
    from covered
    group by utility_id, episode_id, component, charged_on, charged_on >= from_on

)

select * from final
