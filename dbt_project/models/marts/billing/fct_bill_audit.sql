with services as (

    select * from {{ ref('int_billing__recomputed_services') }}

),

explanations as (

    select * from {{ ref('int_billing__audit_explanations') }}

),

-- The same days of a service charged by two bills that both stand.
doubled as (

    select
        utility_id,
        account_id,
        service,
        service_from_on,
        service_to_on,
        min(cast(billed_on as varchar) || bill_id) as first_bill
    from services
    where is_charged and cancelled_on is null and service_days is not null
    group by utility_id, account_id, service, service_from_on, service_to_on
    having count(*) > 1

),

-- Half a cent a line is what rounding in another place can do.
judged as (

    select
        services.*,
        explanations.alternative,
        explanations.variant,
        services.billed_usd - services.recomputed_usd as difference,
        case
            when services.cancelled_on is not null and services.billed_usd = services.recomputed_usd then 'none'
            when services.cancelled_on is not null then 'cancelled'
            when cast(services.billed_on as varchar) || services.bill_id > doubled.first_bill then 'billed_twice'
            when services.billed_usd = services.recomputed_usd then 'none'
            when services.tariff_class is null then 'no_tariff'
            when not services.is_charged then 'service_not_billed'
            when abs(services.billed_usd - services.recomputed_usd) * 2 <= services.line_count * cast(0.01 as decimal(18, 2)) then 'rounding'
            when services.has_tax and not services.is_taxed and services.billed_usd - services.tax_usd = services.recomputed_usd
                then 'tax_not_due'
            when not services.has_base and services.billed_usd + services.recomputed_base_usd = services.recomputed_usd
                then 'missing_base'
            when explanations.alternative = 'quantity' and services.is_by_average then 'wrong_winter_average'
            when explanations.alternative = 'quantity' and services.is_read_since then 'estimate'
            when explanations.alternative = 'quantity' then 'wrong_usage'
            when explanations.alternative = 'version' then 'wrong_rate_version'
            when explanations.alternative is not null then 'wrong_' || explanations.alternative
            when services.unit is not null and not services.has_reads and services.billed_quantity is null then 'no_use'
            else 'unexplained'
        end as reason
    from services
    left join explanations
        on
            services.utility_id = explanations.utility_id
            and services.bill_id = explanations.bill_id
            and services.service = explanations.service
    left join doubled
        on
            services.utility_id = doubled.utility_id
            and services.account_id = doubled.account_id
            and services.service = doubled.service
            and services.service_from_on = doubled.service_from_on
            and services.service_to_on = doubled.service_to_on
            and services.is_charged

),

-- A home that gets its winter average, or loses it, changes class: that is no change of rates (R03).
final as (

    select
        utility_id,
        bill_id,
        service,
        account_id,
        customer_class,
        tariff_class,
        billed_on,
        fiscal_year,
        service_from_on,
        service_to_on,
        months,
        meter_size,
        unit as usage_unit,
        cast(usage_total as decimal(18, 6)) as usage_quantity,
        case when has_reads then 'reads' when billed_quantity is not null then 'bill' else 'none' end as usage_source,
        billed_quantity,
        cast(average_total as decimal(18, 6)) as average_quantity,
        case when is_by_average then 'winter_average' when is_estimated then 'estimated' else 'actual' end as basis,
        billed_usd,
        outside_tariff_usd,
        recomputed_usd,
        {{ as_money('difference') }} as difference_usd,
        reason,
        variant as billed_as,
        cancelled_on is not null as is_cancelled,
        reason not in ('none', 'rounding', 'cancelled', 'estimate', 'no_tariff', 'no_use') as is_error,
        {{ as_money("case when reason = 'billed_twice' then abs(billed_usd) when reason not in ('none', 'rounding', 'cancelled', 'estimate', 'no_tariff', 'no_use') then abs(difference) else 0 end") }} as at_stake_usd,
        coalesce(
            tariff_class != lag(tariff_class) over (partition by utility_id, account_id, service order by billed_on, bill_id), false
        ) as is_class_change,
        is_assumed
    from judged

)

select * from final
