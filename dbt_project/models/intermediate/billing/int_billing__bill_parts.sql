with services as (

    select * from {{ ref('int_billing__priced_services') }}

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

classes as (

    select distinct
        utility_id,
        service,
        tariff_class
    from {{ ref('stg_policy__tariffs') }}

),

tariff_periods as (

    select * from {{ ref('int_billing__tariff_periods') }}

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
            when not is_by_winter then 0
            when is_winter_known then coalesce(cast(cast(average_quantity * months as decimal(18, 2)) as decimal(18, 6)), 0)
            when has_billed_average then coalesce(billed_quantity, 0)
            else 0
        end as average_total,
        coalesce(read_quantity, billed_quantity, 0) as usage_total,
        case when has_prorated_base then months else 1 end as base_months_total,
        case when has_prorated_blocks then months else 1 end as months_total
    from services

),

classed as (

    select
        averaged.*,
        coalesce(fine.tariff_class, coarse.tariff_class) as tariff_class
    from averaged
    left join classes as fine
        on
            averaged.utility_id = fine.utility_id
            and averaged.service = fine.service
            and averaged.asked_class = fine.tariff_class
    left join classes as coarse
        on
            averaged.utility_id = coarse.utility_id
            and averaged.service = coarse.service
            and averaged.customer_class = coarse.tariff_class

),

-- By bill date one set of prices holds; by day of use every one that prices some of the days.
cut as (

    select
        classed.*,
        contexts.assistance_program,
        tariff_periods.effective_from_on,
        tariff_periods.season_day,
        coalesce(contexts.service_days, 1) as days,
        case
            when contexts.service_days is null or tariff_periods.effective_on = 'bill' then 0
            else greatest(cast({{ days_between('contexts.service_from_on', 'tariff_periods.from_on') }} as integer) - 1, 0)
        end as days_before,
        case
            when contexts.service_days is null then 1
            when tariff_periods.effective_on = 'bill' then contexts.service_days
            else cast({{ days_between('contexts.service_from_on', 'least(tariff_periods.through_on, contexts.service_to_on)') }} as integer)
        end as days_through
    from classed
    inner join contexts
        on classed.utility_id = contexts.utility_id and classed.bill_id = contexts.bill_id
    inner join tariff_periods
        on
            classed.utility_id = tariff_periods.utility_id
            and classed.service = tariff_periods.service
            and classed.tariff_class = tariff_periods.tariff_class
            and case
                when contexts.service_days is null or tariff_periods.effective_on = 'bill'
                    then contexts.billed_on >= tariff_periods.from_on and contexts.billed_on <= tariff_periods.through_on
                else contexts.service_to_on >= tariff_periods.from_on and contexts.service_from_on < tariff_periods.through_on
            end

),

final as (

    select
        cut.utility_id,
        cut.bill_id,
        cut.service,
        cut.days_before,
        cut.days_through,
        cut.days_before = 0 as is_first_part,
        cut.effective_from_on,
        cut.tariff_class,
        cut.meter_size,
        cut.season_day,
        {% for total, part in [
            ('months_total', 'months'), ('base_months_total', 'base_months'), ('usage_total', 'usage_quantity'),
            ('average_total', 'average_quantity'), ('demand_quantity', 'demand_quantity')
        ] -%}
            cast(
                case
                    when cut.days_before = 0 and cut.days_through = cut.days then cut.{{ total }}
                    when cut.days_through = cut.days then cut.{{ total }} - {{ share_of_days('cut.' ~ total, 'cut.days_before', 'cut.days') }}
                    else
                        {{ share_of_days('cut.' ~ total, 'cut.days_through', 'cut.days') }}
                        - {{ share_of_days('cut.' ~ total, 'cut.days_before', 'cut.days') }}
                end as decimal(18, 6)
            ) as {{ part }},
        {% endfor -%}
        case
            when assistance.services is null or ',' || assistance.services || ',' like '%,' || cut.service || ',%'
                then coalesce(assistance.assistance_rate_usd, 0)
            else 0
        end as assistance_rate_usd
    from cut
    left join assistance
        on
            cut.utility_id = assistance.utility_id
            and cut.assistance_program = assistance.assistance_program
            and cut.billed_on between assistance.effective_from_on and assistance.effective_to_on

)

select * from final
