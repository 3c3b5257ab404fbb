with services as (

    select * from {{ ref('int_billing__priced_services') }}

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

classes as (

    select
        utility_id,
        service,
        tariff_class,
        -- The oldest version also prices what is older than it.
        case
            when min(effective_from_on) = min(min(effective_from_on)) over (partition by utility_id, service) then {{ beginning_of_time() }}
            else min(effective_from_on)
        end as known_from_on
    from {{ ref('stg_policy__tariffs') }}
    group by utility_id, service, tariff_class

),

assistance as (

    select * from {{ ref('int_billing__assistance') }}

),

-- With a winter average a home is established, without one it is new; elsewhere the rate code names the class where the tariff knows it.
averaged as (

    select
        *,
        case
            when not is_by_winter then rate_code
            when is_winter_known then case when average_quantity is null then class_without_average else class_with_average end
            when has_billed_average then class_with_average
            else coalesce(rate_code, class_without_average)
        end as asked_class,
        case
            when average_quantity is not null
                then cast({{ average_of_bill('average_quantity', 'months', 'frequency_months') }} as decimal(18, 6))
            when has_billed_average and not (is_by_winter and is_winter_known) then coalesce(billed_quantity, 0)
            else 0
        end as average_total,
        coalesce(read_quantity, billed_quantity, 0) as usage_total,
        case when has_prorated_base then months else 1 end as base_months_total,
        case when has_prorated_blocks then months else 1 end as months_total
    from services

),

final as (

    select
        averaged.*,
        contexts.service_from_on,
        contexts.service_to_on,
        contexts.service_days,
        coalesce(fine.tariff_class, coarse.tariff_class) as tariff_class,
        case
            when assistance.services is null or ',' || assistance.services || ',' like '%,' || averaged.service || ',%'
                then coalesce(assistance.assistance_rate_usd, 0)
            else 0
        end as assistance_rate_usd
    from averaged
    inner join contexts
        on averaged.utility_id = contexts.utility_id and averaged.bill_id = contexts.bill_id
    left join assistance
        on
            averaged.utility_id = assistance.utility_id
            and contexts.assistance_program = assistance.assistance_program
            and averaged.billed_on between assistance.effective_from_on and assistance.effective_to_on
    left join classes as fine
        on
            averaged.utility_id = fine.utility_id
            and averaged.service = fine.service
            and averaged.asked_class = fine.tariff_class
            and averaged.billed_on >= fine.known_from_on
    left join classes as coarse
        on
            averaged.utility_id = coarse.utility_id
            and averaged.service = coarse.service
            and averaged.customer_class = coarse.tariff_class
            and averaged.billed_on >= coarse.known_from_on

)

select * from final
